//! The only place that names atomics and locks: the standard ones, or loom's when a model is checked (`--cfg loom`).

#[cfg(not(loom))]
mod imp {
    pub(in crate::registry) use core::sync::atomic::{AtomicPtr, AtomicU32, AtomicU64, Ordering, fence};

    /// A short-held lock. It cannot be poisoned: no user code runs under it.
    ///
    /// Of our own, because all there is to it is one word: so it can be held over a fork, whatever thread waits for it meanwhile, and
    /// be free in the child. (What others keep of waiting threads stands elsewhere, under further locks.)
    pub(in crate::registry) struct Lock<T> {
        /// 1: somebody holds it.
        held: AtomicU32,
        value: core::cell::UnsafeCell<T>,
    }

    // SAFETY: the lock lets one thread at a time come to the value.
    unsafe impl<T: Send> Send for Lock<T> {}
    // SAFETY: as above.
    unsafe impl<T: Send> Sync for Lock<T> {}

    /// The value, until this is dropped. It stays on its thread, as the value's reference may have to.
    pub(in crate::registry) struct Guard<'l, T>(&'l Lock<T>, core::marker::PhantomData<*mut T>);

    impl<T> Lock<T> {
        pub(in crate::registry) const fn new(value: T) -> Self {
            Self { held: AtomicU32::new(0), value: core::cell::UnsafeCell::new(value) }
        }

        #[inline]
        pub(in crate::registry) fn lock(&self) -> Guard<'_, T> {
            if !self.try_hold() {
                self.wait();
            }
            Guard(self, core::marker::PhantomData)
        }

        #[inline]
        fn try_hold(&self) -> bool {
            // Acquire: what was done under the lock before is seen. Relaxed on failure: we only try again.
            self.held.compare_exchange(0, 1, Ordering::Acquire, Ordering::Relaxed).is_ok()
        }

        #[cold]
        fn wait(&self) {
            let mut round = 0_u32;
            loop {
                pause(round);
                round = round.saturating_add(1);
                // Relaxed: a guess, so that who waits does not write all the time.
                if self.held.load(Ordering::Relaxed) == 0 && self.try_hold() {
                    return;
                }
            }
        }

        /// Takes the lock for good.
        #[cfg(unix)]
        pub(in crate::registry) fn hold(&self) -> &T {
            core::mem::forget(self.lock());
            // SAFETY: we hold the lock.
            unsafe { &*self.value.get() }
        }

        /// What the lock guards, for who holds it by [`Lock::hold`].
        ///
        /// # Safety
        /// The caller must hold it, and have no other reference to what it guards.
        #[cfg(unix)]
        #[allow(clippy::mut_from_ref, reason = "the lock is the caller's")]
        pub(in crate::registry) unsafe fn held(&self) -> &mut T {
            // SAFETY: the caller's promise.
            unsafe { &mut *self.value.get() }
        }

        /// Lets go of the lock.
        ///
        /// # Safety
        /// The caller must hold it, and not use what it stands for any more.
        #[inline]
        pub(in crate::registry) unsafe fn let_go(&self) {
            // Release: who takes it next sees what was done under it.
            self.held.store(0, Ordering::Release);
        }
    }

    impl<T> core::ops::Deref for Guard<'_, T> {
        type Target = T;

        #[inline]
        fn deref(&self) -> &T {
            // SAFETY: the lock is held.
            unsafe { &*self.0.value.get() }
        }
    }

    impl<T> core::ops::DerefMut for Guard<'_, T> {
        #[inline]
        fn deref_mut(&mut self) -> &mut T {
            // SAFETY: the lock is held, and this is the only guard.
            unsafe { &mut *self.0.value.get() }
        }
    }

    impl<T> Drop for Guard<'_, T> {
        #[inline]
        fn drop(&mut self) {
            // SAFETY: the lock is held, by this guard.
            unsafe { self.0.let_go() };
        }
    }

    /// Watches the uses of a node's memory in models; nothing here.
    pub(in crate::registry) struct Life;

    impl Life {
        #[inline]
        pub(in crate::registry) const fn new() -> Self {
            Self
        }

        #[inline]
        pub(in crate::registry) fn used(&self) {}

        /// The memory is about to be freed; whether it shall be.
        #[inline]
        pub(in crate::registry) fn ends(&self) -> bool {
            true
        }
    }

    /// A cell as loom has it, which checks in models that uses do not race.
    pub(in crate::registry) struct UnsafeCell<T>(core::cell::UnsafeCell<T>);

    impl<T> UnsafeCell<T> {
        pub(in crate::registry) const fn new(value: T) -> Self {
            Self(core::cell::UnsafeCell::new(value))
        }

        #[inline]
        pub(in crate::registry) fn with<R>(&self, read: impl FnOnce(*const T) -> R) -> R {
            read(self.0.get())
        }

        #[inline]
        pub(in crate::registry) fn with_mut<R>(&self, write: impl FnOnce(*mut T) -> R) -> R {
            write(self.0.get())
        }
    }

    /// Lets others run; `round` counts the waits so far.
    pub(in crate::registry) fn pause(round: u32) {
        match round {
            0..16 => core::hint::spin_loop(),
            16..64 => std::thread::yield_now(),
            _ => std::thread::sleep(std::time::Duration::from_micros(50)),
        }
    }
}

#[cfg(loom)]
mod imp {
    pub(in crate::registry) use loom::cell::UnsafeCell;
    pub(in crate::registry) use loom::sync::atomic::{AtomicPtr, AtomicU32, AtomicU64, Ordering, fence};

    pub(in crate::registry) struct Lock<T>(loom::sync::Mutex<T>);

    impl<T> Lock<T> {
        pub(in crate::registry) fn new(value: T) -> Self {
            Self(loom::sync::Mutex::new(value))
        }

        pub(in crate::registry) fn lock(&self) -> loom::sync::MutexGuard<'_, T> {
            // A panic inside a model ends the model, so poison never meets anyone.
            self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
        }
    }

    /// Written when a node is freed, read when its header is used: a use that is not ordered before the end is a race that
    /// loom reports, one after it is an assertion that fails. The memory itself stays, so that both can be seen.
    pub(in crate::registry) struct Life(UnsafeCell<bool>);

    std::thread_local! {
        /// How many nodes of the model that this thread runs are not freed. (Loom runs a model's threads on one of the system's.)
        pub(in crate::registry) static NODES: core::cell::Cell<usize> = const { core::cell::Cell::new(0) };
    }

    impl Life {
        pub(in crate::registry) fn new() -> Self {
            NODES.set(NODES.get() + 1);
            Self(UnsafeCell::new(true))
        }

        pub(in crate::registry) fn used(&self) {
            // SAFETY: loom has just checked that nobody writes it.
            self.0.with(|alive| assert!(unsafe { *alive }, "a header is used after its node was freed"));
        }

        pub(in crate::registry) fn ends(&self) -> bool {
            // SAFETY: loom has just checked that nobody else uses it.
            let alive = self.0.with_mut(|alive| core::mem::replace(unsafe { &mut *alive }, false));
            assert!(alive, "a node is freed twice");
            NODES.set(NODES.get() - 1);
            false
        }
    }

    pub(in crate::registry) fn pause(_round: u32) {
        loom::thread::yield_now();
    }
}

pub(super) use imp::*;

/// Writes `new` and returns what stood there, so that no later load of this thread is taken before the write is seen.
///
/// This is one half of the handshake between a thread that takes an object away and a walker (see [`super`]): each side
/// writes its own word, then reads the other's. Loom treats sequentially consistent accesses as acquire/release but knows
/// the fence, so there the fence stands after the swap; on the machine the swap alone is enough and half the price.
#[inline]
pub(super) fn swap_before_loads<T>(word: &AtomicPtr<T>, new: *mut T) -> *mut T {
    #[cfg(not(loom))]
    return word.swap(new, Ordering::SeqCst);
    #[cfg(loom)]
    {
        let old = word.swap(new, Ordering::AcqRel);
        fence(Ordering::SeqCst);
        old
    }
}

/// Something to be looked at often that tells of nothing else.
pub(crate) struct Flag(AtomicU32);

impl Flag {
    pub(crate) fn new() -> Self {
        Self(AtomicU32::new(0))
    }

    #[inline]
    pub(crate) fn get(&self) -> bool {
        // Relaxed: who is told of a change by other means sees it; nothing else is read on its account.
        self.0.load(Ordering::Relaxed) != 0
    }

    pub(crate) fn set(&self, on: bool) {
        // Relaxed: as above.
        self.0.store(u32::from(on), Ordering::Relaxed);
    }
}

/// A counter that one thread writes and all may read: no read-modify-write is needed.
#[inline]
pub(super) fn bump(counter: &AtomicU64) {
    // Relaxed: only this thread writes.
    count(counter, counter.load(Ordering::Relaxed) + 1);
}

/// The same for who has read it already.
#[inline]
pub(super) fn count(counter: &AtomicU64, now: u64) {
    // Release: who reads the count of drops and then the count of creations must not see a drop without its creation (see
    // `Class::totals`).
    counter.store(now, Ordering::Release);
}
