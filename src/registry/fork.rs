//! A process that forks: the child has one thread, and a copy of everything that the others held.
//!
//! Before a fork every lock is taken, so that nothing is half done; after it they are let go, on both sides. (Not for the short kind of fork
//! that only starts another program.) First those of trackers ([`fork_lock`](super::fork_lock)), then those of the registry
//! ([`held`](super::held)), in an order in which nobody takes two of them the other way round.
//!
//! **The program that forks is not held up for longer than [`PATIENCE`]** (but for what other forks of it take that are under way): a
//! thread that holds a lock may be stopped in an allocator, which may itself be waiting for this fork; or the very thread that forks may
//! hold one, if a signal's handler forks. A lock that could not be had is left alone.

use core::cell::Cell;
use std::time::{Duration, Instant};

use super::sync::{AtomicU32, Lock, Ordering};
use super::{fork_lock, registry};

/// How long a fork waits for all locks together.
const PATIENCE: Duration = Duration::from_secs(1);

/// One fork at a time.
static TURN: Lock<()> = Lock::new(());
static PREPARED: AtomicU32 = AtomicU32::new(0);

thread_local! {
    /// Whether this thread is between the two ends of a fork.
    static FORKS: Cell<bool> = const { Cell::new(false) };
}

/// Sees to it that forks are prepared for, from the first call on.
#[cold]
pub(super) fn prepare() {
    // Relaxed: it is called once, whoever does so.
    if PREPARED.swap(1, Ordering::Relaxed) == 0 {
        // SAFETY: the handlers live as long as this code, and do nothing that a fork forbids.
        unsafe { libc::pthread_atfork(Some(before), Some(after_in_parent), Some(after_in_child)) };
    }
}

extern "C" fn before() {
    let until = Instant::now() + PATIENCE;
    // Another thread that forks is done when the system is; in a large process that takes a while.
    let turn = TURN.hold(until + 10 * PATIENCE);
    FORKS.set(turn.is_some());
    if turn.is_some() {
        fork_lock::hold_all(until);
        registry().hold_all(until);
    }
}

extern "C" fn after_in_parent() {
    if FORKS.replace(false) {
        // SAFETY: `before` has run on this thread.
        unsafe { registry().let_go_all(false) };
        fork_lock::let_go_all(false);
        TURN.end_hold();
    }
}

extern "C" fn after_in_child() {
    if FORKS.replace(false) {
        // SAFETY: `before` has run on this thread, and there is no other.
        unsafe { registry().let_go_all(true) };
        fork_lock::let_go_all(true);
        TURN.end_hold();
    }
}
