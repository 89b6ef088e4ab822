//! What handles leave in memory: nothing, once the registry's pages are warm.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]

use std::alloc::System;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, MutexGuard, PoisonError, mpsc};
use std::thread;

use classtracker::{DeepSizeOf, Tracked, WeakTracked};
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// The allocator counts for the whole process: one test at a time.
fn alone() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// By how many bytes the memory in use grows while `work` runs again, after it has run to warm up.
fn growth(mut work: impl FnMut()) -> isize {
    work();
    let before = ALLOCATOR.stats();
    work();
    let after = ALLOCATOR.stats();
    let live = |stats: stats_alloc::Stats| stats.bytes_allocated as isize - stats.bytes_deallocated as isize;
    live(after) - live(before)
}

/// What the test harness may allocate meanwhile, and far less than a leak would be.
const NOISE: isize = 16 << 10;

#[derive(DeepSizeOf)]
struct Item([u64; 64]);

#[test]
fn objects_of_threads_that_end_leave_nothing() {
    let _turn = alone();
    let grown = growth(|| {
        for _ in 0..20 {
            let threads: Vec<_> = (0..50).map(|_| thread::spawn(|| Tracked::new(Item([1; 64])))).collect();
            let objects: Vec<_> = threads.into_iter().map(|thread| thread.join().unwrap()).collect();
            drop(objects);
        }
    });
    assert!(grown < NOISE, "1000 threads left {grown} bytes");
}

#[test]
fn what_one_thread_makes_and_another_drops_takes_no_more_than_what_lives() {
    let _turn = alone();
    let grown = growth(|| {
        let (send, receive) = mpsc::sync_channel(100);
        let maker = thread::spawn(move || {
            for _ in 0..50_000 {
                send.send(Tracked::new(Item([2; 64]))).unwrap();
            }
        });
        for (number, item) in receive.into_iter().enumerate() {
            assert_eq!(item.0[number % 64], 2);
        }
        maker.join().unwrap();
    });
    assert!(grown < NOISE, "50000 objects left {grown} bytes");
}

#[test]
fn weak_handles_and_values_taken_out_leave_nothing() {
    let _turn = alone();
    let grown = growth(|| {
        for _ in 0..1000 {
            let handle = Tracked::new(Item([3; 64]));
            let weak = Tracked::downgrade(&handle);
            assert!(Tracked::try_unwrap(handle).is_ok());
            drop(weak);
            let handle = Tracked::new(Item([3; 64]));
            assert!(Tracked::into_inner(handle).is_some());
            let cyclic = Tracked::new_cyclic(|own: &WeakTracked<Item>| {
                drop(own.clone());
                Item([3; 64])
            });
            drop(cyclic);
        }
    });
    assert!(grown < NOISE, "3000 objects left {grown} bytes");
}

#[test]
fn panics_leave_nothing() {
    struct Bomb(#[allow(dead_code, reason = "to be freed")] [u64; 64]);
    impl classtracker::Inspect for Bomb {
        fn inspect(&self, _walk: &mut classtracker::Walk<'_>) {}
    }
    impl Drop for Bomb {
        fn drop(&mut self) {
            std::panic::resume_unwind(Box::new("boom"));
        }
    }
    let _turn = alone();
    let grown = growth(|| {
        for _ in 0..1000 {
            let bomb = Tracked::new(Bomb([4; 64]));
            assert!(catch_unwind(AssertUnwindSafe(|| drop(bomb))).is_err());
            let unmade =
                catch_unwind(|| Tracked::<Item>::new_cyclic(|_| std::panic::resume_unwind(Box::new("no value"))));
            assert!(unmade.is_err());
        }
    });
    assert!(grown < NOISE, "2000 panics left {grown} bytes");
}
