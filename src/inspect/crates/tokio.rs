//! `tokio`: its locks, tried for a bounded time. What waits for a lock is part of the waiting task, not of the lock.

use crate::inspect::{Inspect, Walk};
use tokio::sync::{Mutex, OnceCell, RwLock};

/// A lock that is held for longer than the walk waits is `unread`.
impl<T: Inspect + ?Sized> Inspect for Mutex<T> {
    fn inspect(&self, walk: &mut Walk<'_>) {
        if let Some(guard) = walk.try_for(|| self.try_lock().ok()) {
            guard.inspect(walk);
        }
    }
}

/// A lock that is held for longer than the walk waits is `unread`.
impl<T: Inspect + ?Sized> Inspect for RwLock<T> {
    fn inspect(&self, walk: &mut Walk<'_>) {
        if let Some(guard) = walk.try_for(|| self.try_read().ok()) {
            guard.inspect(walk);
        }
    }
}

/// What was not set yet owns nothing.
impl<T: Inspect> Inspect for OnceCell<T> {
    fn inspect(&self, walk: &mut Walk<'_>) {
        if let Some(value) = self.get() {
            value.inspect(walk);
        }
    }
}
