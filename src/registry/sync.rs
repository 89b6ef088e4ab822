//! The only place that names atomics and locks: the standard ones, or loom's when a model is checked (`--cfg loom`).

#[cfg(not(loom))]
mod imp {
    #[cfg_attr(not(feature = "track"), allow(unused_imports, reason = "only locks are used then"))]
    pub(in crate::registry) use core::sync::atomic::{AtomicPtr, AtomicU32, AtomicU64, Ordering, fence};

    /// A short-held lock. It cannot be poisoned: no user code runs under it.
    ///
    /// Of our own, because all there is to it is one word: so it can be held over a fork, whatever thread waits for it meanwhile, and
    /// be free in the child. (What others keep of waiting threads stands elsewhere, under further locks.)
    #[repr(C)]
    pub(in crate::registry) struct Lock<T> {
        /// [`FREE`], or who has it.
        held: AtomicU32,
        value: core::cell::UnsafeCell<T>,
    }

    const FREE: u32 = 0;
    const TAKEN: u32 = 1;
    /// A thread that forks has it.
    const FORKING: u32 = 2;
    /// A thread had it that is not there any more, since this process was forked.
    const ORPHANED: u32 = 3;

    // SAFETY: the lock lets one thread at a time come to the value.
    unsafe impl<T: Send> Send for Lock<T> {}
    // SAFETY: as above.
    unsafe impl<T: Send> Sync for Lock<T> {}

    /// The value, until this is dropped. It stays on its thread, as the value's reference may have to.
    pub(in crate::registry) struct Guard<'l, T>(&'l Lock<T>, core::marker::PhantomData<*mut T>);

    impl<T> Lock<T> {
        pub(in crate::registry) const fn new(value: T) -> Self {
            Self { held: AtomicU32::new(FREE), value: core::cell::UnsafeCell::new(value) }
        }

        #[inline]
        pub(in crate::registry) fn lock(&self) -> Guard<'_, T> {
            if !self.try_hold() {
                self.wait();
            }
            Guard(self, core::marker::PhantomData)
        }

        #[inline]
        pub(in crate::registry) fn try_lock(&self) -> Option<Guard<'_, T>> {
            // Only then: a guard that is dropped lets go.
            self.try_hold().then(|| Guard(self, core::marker::PhantomData))
        }

        #[inline]
        fn try_hold(&self) -> bool {
            self.change(FREE, TAKEN)
        }

        #[inline]
        fn change(&self, from: u32, to: u32) -> bool {
            // Acquire: what was done under the lock before is seen. Relaxed on failure: we only try again.
            self.held.compare_exchange(from, to, Ordering::Acquire, Ordering::Relaxed).is_ok()
        }

        #[cold]
        fn wait(&self) {
            let mut round = 0_u32;
            loop {
                pause(round);
                round = round.saturating_add(1);
                // Relaxed: a guess, so that who waits does not write all the time.
                if self.held.load(Ordering::Relaxed) == FREE && self.try_hold() {
                    return;
                }
            }
        }

        /// Takes the lock over a fork, if it can be had until then. [`Lock::end_hold`] lets go of it.
        #[cfg(unix)]
        pub(in crate::registry) fn hold(&self, until: std::time::Instant) -> Option<&T> {
            let mut round = 0_u32;
            while !self.try_hold_over_fork() {
                if std::time::Instant::now() >= until {
                    return None;
                }
                pause(round);
                round = round.saturating_add(1);
            }
            // SAFETY: we hold the lock.
            Some(unsafe { &*self.value.get() })
        }

        /// The same at once; whether it could be had.
        #[cfg(unix)]
        pub(in crate::registry) fn try_hold_over_fork(&self) -> bool {
            self.change(FREE, FORKING)
        }

        /// What the lock guards, for the thread that forks, if it holds it by [`Lock::hold`].
        ///
        /// # Safety
        /// No other thread may be forking, and the caller must have no other reference to what the lock guards.
        #[cfg(unix)]
        #[allow(clippy::mut_from_ref, reason = "the lock is the caller's")]
        pub(in crate::registry) unsafe fn held(&self) -> Option<&mut T> {
            // Relaxed: only this thread writes it so. SAFETY: the caller's promise.
            (self.held.load(Ordering::Relaxed) == FORKING).then(|| unsafe { &mut *self.value.get() })
        }

        /// Lets go of what [`Lock::hold`] may have taken, on the thread that forks.
        #[cfg(unix)]
        pub(in crate::registry) fn end_hold(&self) {
            // Release: as in `let_go`. Relaxed on failure: it was not had.
            let _ = self.held.compare_exchange(FORKING, FREE, Ordering::Release, Ordering::Relaxed);
        }

        /// Whoever holds it is not there any more.
        ///
        /// # Safety
        /// Nobody may use what it guards on the account of having taken it.
        #[cfg(unix)]
        pub(in crate::registry) unsafe fn orphan(&self) {
            // Relaxed: there is no other thread.
            let _ = self.held.compare_exchange(TAKEN, ORPHANED, Ordering::Relaxed, Ordering::Relaxed);
        }

        /// Takes the lock that nobody will give back, with another value in place of the one that is in pieces, which is forgotten.
        #[cold]
        pub(in crate::registry) fn inherit(&self, fresh: impl FnOnce() -> T) -> Option<Guard<'_, T>> {
            // Relaxed: a guess.
            if self.held.load(Ordering::Relaxed) != ORPHANED {
                return None;
            }
            // Before the lock is taken: it may panic.
            let fresh = fresh();
            if !self.change(ORPHANED, TAKEN) {
                return None;
            }
            // SAFETY: we hold the lock. What stood there is neither read nor dropped.
            unsafe { self.value.get().write(fresh) };
            Some(Guard(self, core::marker::PhantomData))
        }

        /// Lets go of the lock.
        ///
        /// # Safety
        /// The caller must hold it, and not use what it stands for any more.
        #[inline]
        unsafe fn let_go(&self) {
            // Release: who takes it next sees what was done under it.
            self.held.store(FREE, Ordering::Release);
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

        pub(in crate::registry) fn try_lock(&self) -> Option<Guard<'_, T>> {
            self.0.try_lock().ok()
        }

        /// Nothing forks in a model.
        pub(in crate::registry) fn inherit(&self, _fresh: impl FnOnce() -> T) -> Option<Guard<'_, T>> {
            None
        }
    }

    pub(in crate::registry) use loom::sync::MutexGuard as Guard;

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
