//! Locks are tried for a bounded time, never waited for.

use std::thread;
use std::time::{Duration, Instant};

/// How long one lock is tried.
const ONE_LOCK: Duration = Duration::from_millis(2);

/// Tries `attempt` for a short while, at most for what is left of `patience`; what it waited is taken off.
///
/// The lock may be held by the very thread that asks, so no answer may be waited for without bound.
#[cold]
pub(super) fn wait_for<G>(patience: &mut Duration, mut attempt: impl FnMut() -> Option<G>) -> Option<G> {
    let limit = ONE_LOCK.min(*patience);
    let start = Instant::now();
    let mut tries = 0u32;
    let guard = loop {
        if let Some(guard) = attempt() {
            break Some(guard);
        }
        if start.elapsed() >= limit {
            break None;
        }
        // Locks are mostly held for less than a microsecond; the sleep is for the others.
        tries += 1;
        if tries < 64 {
            thread::yield_now();
        } else {
            thread::sleep(Duration::from_micros(50));
        }
    };
    *patience = patience.saturating_sub(start.elapsed());
    guard
}
