//! Rows: where a thread writes numbers that others only add up.
//!
//! A counter that one thread writes needs no read-modify-write. So each thread takes a row for itself while it lives, of as many as fit in a
//! word; threads beyond those, and those that are ending, share one more, and write it with care.

#[cfg(not(loom))]
use super::sync::{AtomicU64, Ordering};

#[cfg(not(loom))]
pub(super) struct Rows(AtomicU64);

/// How many rows there are for one thread each.
pub(super) const OWN_ROWS: u32 = if cfg!(loom) { 3 } else { 64 };
/// The row of all others.
pub(super) const SHARED_ROW: u32 = OWN_ROWS;
pub(super) const ALL_ROWS: usize = OWN_ROWS as usize + 1;

/// A row for this thread, which begins.
#[cfg(not(loom))]
pub(super) fn take() -> u32 {
    super::registry().rows.take()
}

#[cfg(not(loom))]
pub(super) fn give_back(row: u32) {
    super::registry().rows.give_back(row);
}

/// In a model each of the first threads takes one, for good.
#[cfg(loom)]
pub(super) struct Rows(core::sync::atomic::AtomicU32);

#[cfg(loom)]
impl Rows {
    pub(super) fn new() -> Self {
        Self(core::sync::atomic::AtomicU32::new(0))
    }
}

#[cfg(loom)]
pub(super) fn take() -> u32 {
    // Relaxed: any number will do.
    super::registry().rows.0.fetch_add(1, core::sync::atomic::Ordering::Relaxed).min(SHARED_ROW)
}

/// Nothing: a model's registry is gone when its first thread ends.
#[cfg(loom)]
pub(super) fn give_back(_row: u32) {}

#[cfg(not(loom))]
impl Rows {
    pub(super) const fn new() -> Self {
        Self(AtomicU64::new(0))
    }

    /// A row for a new thread: the lowest that is free.
    pub(super) fn take(&self) -> u32 {
        let lowest = |taken: u64| {
            let row = taken.trailing_ones();
            (row < OWN_ROWS).then(|| taken | 1 << row)
        };
        // Acquire: what the thread before wrote in its row is seen. Relaxed on failure: we only look again.
        match self.0.fetch_update(Ordering::Acquire, Ordering::Relaxed, lowest) {
            Ok(taken) => taken.trailing_ones(),
            Err(_) => SHARED_ROW,
        }
    }

    /// The thread ends, and writes its row no more.
    pub(super) fn give_back(&self, row: u32) {
        if row != SHARED_ROW {
            // Release: see `take`.
            self.0.fetch_and(!(1 << row), Ordering::Release);
        }
    }

    /// In a forked process only the row of its one thread is taken.
    #[cfg(unix)]
    pub(super) fn keep_only(&self, row: u32) {
        let taken = if row == SHARED_ROW { 0 } else { 1 << row };
        // Relaxed: there is no other thread.
        self.0.store(taken, Ordering::Relaxed);
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn each_takes_the_lowest_free_row_and_the_last_ones_share() {
        let rows = Rows::new();
        assert_eq!((0..OWN_ROWS).map(|_| rows.take()).collect::<Vec<_>>(), (0..OWN_ROWS).collect::<Vec<_>>());
        assert_eq!((rows.take(), rows.take()), (SHARED_ROW, SHARED_ROW));
        rows.give_back(7);
        rows.give_back(SHARED_ROW);
        assert_eq!((rows.take(), rows.take()), (7, SHARED_ROW));
    }
}
