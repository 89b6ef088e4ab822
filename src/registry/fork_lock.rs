//! Locks of trackers, which a forked process never finds taken for ever.

use core::mem::ManuallyDrop;
use core::ops::{Deref, DerefMut};
use std::time::{Duration, Instant};

use super::sync::{self, Lock, pause};

/// A lock around what a tracker keeps. It cannot be poisoned: what panics under it lets go of it.
///
/// A fork takes it if it can (see [`fork`](super::fork)); so as a rule the child finds it free, and what it guards whole. Where another thread
/// held it for too long, that thread is not there in the child, and what it was changing is in pieces: there a fresh value takes its
/// place, and the old one is forgotten.
///
/// User code never runs under it, but for the allocator.
pub(crate) struct ForkLock<T: 'static>(Box<Inner<T>>);

struct Inner<T> {
    lock: Lock<ManuallyDrop<T>>,
    fresh: fn() -> T,
}

/// When a fork takes a lock, so that nobody who holds one and waits for the next is in its way.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Turn {
    /// It is held while files are written: a fork does not wait for it, the child begins anew.
    AtOnce,
    /// Others are taken under it.
    First,
    /// No other is taken under it.
    Last,
}

pub(crate) struct ForkGuard<'l, T>(sync::Guard<'l, ManuallyDrop<T>>);

impl<T: 'static> ForkLock<T> {
    /// A lock around `fresh()`; that is also what a child has that could not get it.
    pub(crate) fn new(turn: Turn, fresh: fn() -> T) -> Self {
        Self::with(turn, fresh(), fresh)
    }

    /// A lock around a value, and what a child has that could not get it.
    pub(crate) fn with(turn: Turn, value: T, fresh: fn() -> T) -> Self {
        let inner = Box::new(Inner { lock: Lock::new(ManuallyDrop::new(value)), fresh });
        list::enter(&*inner, turn);
        Self(inner)
    }

    pub(crate) fn lock(&self) -> ForkGuard<'_, T> {
        let mut round = 0_u32;
        loop {
            if let Some(guard) = self.try_lock() {
                return guard;
            }
            pause(round);
            round = round.saturating_add(1);
        }
    }

    #[inline]
    pub(crate) fn try_lock(&self) -> Option<ForkGuard<'_, T>> {
        let Inner { lock, fresh } = &*self.0;
        let guard = lock.try_lock().or_else(|| lock.inherit(|| ManuallyDrop::new(fresh())))?;
        Some(ForkGuard(guard))
    }

    pub(crate) fn try_lock_for(&self, patience: Duration) -> Option<ForkGuard<'_, T>> {
        let end = Instant::now() + patience;
        let mut round = 0_u32;
        loop {
            match self.try_lock() {
                None if Instant::now() < end => pause(round),
                guard => return guard,
            }
            round = round.saturating_add(1);
        }
    }
}

impl<T: 'static> Drop for ForkLock<T> {
    fn drop(&mut self) {
        list::leave(&*self.0);
        // Nobody else has it. What is in pieces is forgotten: then it is fresh.
        if let Some(mut guard) = self.try_lock() {
            // SAFETY: the value is not used any more.
            unsafe { ManuallyDrop::drop(&mut guard.0) };
        }
    }
}

impl<T> Deref for ForkGuard<'_, T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> DerefMut for ForkGuard<'_, T> {
    #[inline]
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

#[cfg(all(unix, not(loom)))]
pub(super) use list::{hold_all, let_go_all};

/// All locks that there are.
#[cfg(all(unix, not(loom)))]
mod list {
    use std::time::Instant;

    use super::{Inner, Turn};
    use crate::registry::fork;
    use crate::registry::sync::Lock;

    static ALL: Lock<Vec<(Entry, Turn)>> = Lock::new(Vec::new());

    struct Entry(*const dyn Forks);

    // SAFETY: entries are taken out before they end, and are used under the lock around the list.
    unsafe impl Send for Entry {}

    trait Forks {
        fn hold(&self, until: Option<Instant>);
        fn let_go(&self, in_child: bool);
    }

    impl<T> Forks for Inner<T> {
        fn hold(&self, until: Option<Instant>) {
            match until {
                Some(until) => _ = self.lock.hold(until),
                None => _ = self.lock.try_hold_over_fork(),
            }
        }

        fn let_go(&self, in_child: bool) {
            self.lock.end_hold();
            if in_child {
                // SAFETY: whoever holds it now is not there, or is this thread further down, if a signal's handler forks: the child must
                // not return from that into code that knows nothing of it, as the system's rules for such a child have it.
                unsafe { self.lock.orphan() };
            }
        }
    }

    pub(super) fn enter<T: 'static>(inner: &Inner<T>, turn: Turn) {
        fork::prepare();
        ALL.lock().push((Entry(core::ptr::from_ref(inner)), turn));
    }

    pub(super) fn leave<T: 'static>(inner: &Inner<T>) {
        let mut all = ALL.lock();
        let address = core::ptr::from_ref(inner).cast::<()>();
        if let Some(place) = all.iter().position(|(entry, _)| entry.0.cast::<()>() == address) {
            all.swap_remove(place);
        }
    }

    /// Takes all that can be had until then.
    pub(in crate::registry) fn hold_all(until: Instant) {
        let Some(all) = ALL.hold(until) else { return };
        for turn in [Turn::AtOnce, Turn::First, Turn::Last] {
            for (entry, _) in all.iter().filter(|(_, its)| *its == turn) {
                // SAFETY: it is in the list, so it has not ended.
                unsafe { &*entry.0 }.hold((turn != Turn::AtOnce).then_some(until));
            }
        }
    }

    /// Lets go of what `hold_all` took, on the thread that called it.
    pub(in crate::registry) fn let_go_all(in_child: bool) {
        // SAFETY: only the thread that forks comes here, while it has its turn.
        let Some(all) = (unsafe { ALL.held() }) else { return };
        for (entry, _) in &*all {
            // SAFETY: as in `hold_all`.
            unsafe { &*entry.0 }.let_go(in_child);
        }
        ALL.end_hold();
    }
}

/// Nothing forks here.
#[cfg(not(all(unix, not(loom))))]
mod list {
    pub(super) fn enter<T>(_inner: &super::Inner<T>, _turn: super::Turn) {}
    pub(super) fn leave<T>(_inner: &super::Inner<T>) {}
}
