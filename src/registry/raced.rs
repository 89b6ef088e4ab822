//! What is made once, without a lock. (Not one of loom's atomics: models make nothing by it.)

use core::ptr::null_mut;
use core::sync::atomic::{AtomicPtr, Ordering};

/// What is made when it is first asked for, and then stays. Threads that ask for the first time at once each make one, and one of these is
/// kept: so nobody ever waits, not even in a forked process for a thread that is not there.
pub(crate) struct Raced<T: 'static>(AtomicPtr<T>);

impl<T: Send + Sync> Raced<T> {
    pub(crate) const fn new() -> Self {
        Self(AtomicPtr::new(null_mut()))
    }

    /// What was made, if it was.
    #[inline]
    pub(crate) fn get(&'static self) -> Option<&'static T> {
        // Acquire: it is seen as it was made.
        // SAFETY: what is kept is never freed.
        unsafe { self.0.load(Ordering::Acquire).as_ref() }
    }

    #[inline]
    pub(crate) fn get_or_make(&'static self, make: impl FnOnce() -> T) -> &'static T {
        match self.get() {
            Some(made) => made,
            None => self.make(make),
        }
    }

    #[cold]
    fn make(&'static self, make: impl FnOnce() -> T) -> &'static T {
        let fresh = Box::into_raw(Box::new(make()));
        // Release: who finds it sees it made. Acquire: so do we, if another thread was first.
        match self.0.compare_exchange(null_mut(), fresh, Ordering::Release, Ordering::Acquire) {
            // SAFETY: just made, and never freed.
            Ok(_) => unsafe { &*fresh },
            Err(kept) => {
                // SAFETY: just made, and shown to nobody.
                drop(unsafe { Box::from_raw(fresh) });
                // SAFETY: as in `get`.
                unsafe { &*kept }
            }
        }
    }
}
