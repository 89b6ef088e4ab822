//! What the system and glibc say of a process whose allocator is glibc's.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test that panics has failed, which is what it is for")]

use std::hint::black_box;
use std::sync::{Mutex, MutexGuard, PoisonError};

use classtracker::stats::AllocatorSource;
use classtracker::{ClassTracker, MemoryOptions, Tracked, process_memory};

/// What one test has in memory is in the figures of all: they take turns.
fn alone() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

#[test]
fn shared_pages_count_in_part_in_the_proportional_size_which_is_asked_for_only_on_request() {
    let _turn = alone();
    assert_eq!(process_memory(MemoryOptions::new()).proportional_bytes, None);
    let tracker = ClassTracker::new();
    assert_eq!(tracker.create_snapshot("").process.proportional_bytes, None);
    tracker.set_memory(MemoryOptions::new().proportional());
    let process = tracker.create_snapshot("").process;
    let (proportional, resident) = (process.proportional_bytes.unwrap(), process.resident_bytes.unwrap());
    // Pages come and go between the two readings.
    assert!(proportional > 0 && proportional < resident + (8 << 20), "{process:?}");
}

#[test]
#[cfg(target_env = "gnu")]
fn glibc_says_what_it_has_given_out_if_it_is_asked() {
    let _turn = alone();
    assert_eq!(process_memory(MemoryOptions::new()).allocator, None);
    let options = MemoryOptions::new().glibc();
    let before = process_memory(options).allocator.unwrap();
    assert_eq!((before.source, before.live_blocks), (AllocatorSource::Glibc, None));
    // One large block, which is mapped, and many small ones, which are not.
    let large = black_box(vec![1_u8; 50 << 20]);
    let small: Vec<Box<[u8; 100]>> = (0..100_000).map(|_| black_box(Box::new([1; 100]))).collect();
    let with = process_memory(options).allocator.unwrap();
    let added = with.live_bytes.checked_sub(before.live_bytes).unwrap();
    // A small block takes 112 bytes, and a pointer in the list.
    let expected = (50 << 20) + 100_000 * (112 + 8);
    assert!(added.abs_diff(expected) < 1 << 20, "{added} {expected}");
    assert!(with.held_bytes >= Some(with.live_bytes));
    drop((large, small));
    let after = process_memory(options).allocator.unwrap();
    assert!(after.live_bytes.abs_diff(before.live_bytes) < 1 << 20, "{before:?} {after:?}");
}

#[test]
#[cfg(target_env = "gnu")]
fn p08_a_snapshot_has_the_whole_heap_where_the_allocator_is_asked() {
    let _turn = alone();
    let tracker = ClassTracker::new();
    tracker.track_class::<Vec<u8>>();
    let thing = Tracked::new(vec![1_u8; 5_000_000]);
    assert_eq!(tracker.create_snapshot("").process.allocator, None);
    tracker.set_memory(MemoryOptions::new().glibc());
    let snapshot = tracker.create_snapshot("");
    let allocator = snapshot.process.allocator.unwrap();
    assert!(allocator.live_bytes > snapshot.tracked_bytes(), "{allocator:?}");
    assert!(allocator.held_bytes.unwrap() < snapshot.process.virtual_bytes.unwrap(), "{:?}", snapshot.process);
    drop(thing);
}
