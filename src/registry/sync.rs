//! The only place that names atomics and locks: the standard ones, or loom's when a model is checked (`--cfg loom`).

#[cfg(not(loom))]
mod imp {
    pub(in crate::registry) use core::sync::atomic::{AtomicPtr, AtomicU32, AtomicU64, Ordering, fence};

    /// A short-held lock. It cannot be poisoned: no user code runs under it.
    pub(in crate::registry) struct Lock<T>(parking_lot::Mutex<T>);

    impl<T> Lock<T> {
        pub(in crate::registry) const fn new(value: T) -> Self {
            Self(parking_lot::Mutex::new(value))
        }

        pub(in crate::registry) fn lock(&self) -> parking_lot::MutexGuard<'_, T> {
            self.0.lock()
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

/// A counter that one thread writes and all may read: no read-modify-write is needed.
#[inline]
pub(super) fn bump(counter: &AtomicU64) {
    // Relaxed load: only this thread writes. Release store: who reads the count of drops and then the count of creations
    // must not see a drop without its creation (see `Class::totals`).
    counter.store(counter.load(Ordering::Relaxed) + 1, Ordering::Release);
}
