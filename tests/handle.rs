//! The handle: what users of `Arc` expect of it, and where it differs.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]

#[path = "handle/auto_traits.rs"]
mod auto_traits;
#[path = "handle/cyclic.rs"]
mod cyclic;
#[path = "handle/destruction.rs"]
mod destruction;
#[path = "handle/exclusive.rs"]
mod exclusive;
#[path = "handle/layout.rs"]
mod layout;
#[path = "handle/pinned.rs"]
mod pinned;
#[path = "handle/sharing.rs"]
mod sharing;
#[path = "handle/stress.rs"]
mod stress;
#[path = "handle/switch.rs"]
mod switch;
#[path = "handle/threads.rs"]
mod threads;
#[path = "handle/traits.rs"]
mod traits;

use classtracker::{ClassTracker, Inspect};

/// How many objects of `T` live, were made, and were dropped. Every test takes a class of its own.
fn counts<T: Inspect + Send + Sync + 'static>() -> (u64, u64, u64) {
    let tracker = ClassTracker::new();
    tracker.track_class::<T>();
    let snapshot = tracker.create_snapshot("");
    let row = &snapshot.classes[0];
    (row.live, row.created, row.dropped)
}
