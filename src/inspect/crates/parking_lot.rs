//! `parking_lot`: locks of all kinds, tried for a bounded time. None of them has an allocation.

use crate::inspect::plain::plain;
use crate::inspect::{Inspect, Walk};
use parking_lot::lock_api::{Mutex, RawMutex, RawRwLock, RwLock};

/// `Mutex` and `FairMutex`. A lock that is held for longer than the walk waits is `unread`.
impl<R: RawMutex, T: Inspect + ?Sized> Inspect for Mutex<R, T> {
    #[inline]
    fn inspect(&self, walk: &mut Walk<'_>) {
        if let Some(guard) = walk.try_for(|| self.try_lock()) {
            guard.inspect(walk);
        }
    }
}

/// A lock that is held for longer than the walk waits is `unread`.
impl<R: RawRwLock, T: Inspect + ?Sized> Inspect for RwLock<R, T> {
    #[inline]
    fn inspect(&self, walk: &mut Walk<'_>) {
        if let Some(guard) = walk.try_for(|| self.try_read()) {
            guard.inspect(walk);
        }
    }
}

plain! { parking_lot::Condvar, parking_lot::Once }
