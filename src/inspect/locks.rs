//! Locks: tried for a bounded time; poisoned ones are read.

use super::{Inspect, Walk};
use std::sync::{Barrier, Condvar, Mutex, Once, RwLock, TryLockError};

/// A lock that is held for longer than the walk waits is `unread`.
impl<T: Inspect + ?Sized> Inspect for Mutex<T> {
    #[inline]
    fn inspect(&self, walk: &mut Walk<'_>) {
        if let Some(guard) = walk.try_for(|| read(self.try_lock())) {
            guard.inspect(walk);
        }
    }
}

/// A lock that is held for longer than the walk waits is `unread`.
impl<T: Inspect + ?Sized> Inspect for RwLock<T> {
    #[inline]
    fn inspect(&self, walk: &mut Walk<'_>) {
        if let Some(guard) = walk.try_for(|| read(self.try_read())) {
            guard.inspect(walk);
        }
    }
}

super::plain::plain! { Condvar, Barrier, Once }

/// The guard, whether or not somebody panicked while he held the lock.
#[inline]
fn read<G>(attempt: Result<G, TryLockError<G>>) -> Option<G> {
    match attempt {
        Ok(guard) => Some(guard),
        Err(TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner()),
        Err(TryLockError::WouldBlock) => None,
    }
}
