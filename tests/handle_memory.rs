//! What handles leave in memory: nothing, once the registry's pages are warm, but some memory that each thread keeps for its next objects.

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
struct Item<const WORDS: usize>([u64; WORDS]);

/// So small that its memory is kept for the next one.
const SMALL: usize = 5;
/// So large that its memory goes back to the allocator.
const LARGE: usize = 64;

#[test]
fn objects_of_threads_that_end_leave_nothing() {
    objects_of_threads_that_end::<SMALL>();
    objects_of_threads_that_end::<LARGE>();
}

fn objects_of_threads_that_end<const WORDS: usize>() {
    let _turn = alone();
    let grown = growth(|| {
        for _ in 0..20 {
            let threads: Vec<_> = (0..50).map(|_| thread::spawn(|| Tracked::new(Item([1; WORDS])))).collect();
            let objects: Vec<_> = threads.into_iter().map(|thread| thread.join().unwrap()).collect();
            drop(objects);
        }
    });
    assert!(grown < NOISE, "1000 threads left {grown} bytes");
}

#[test]
fn what_one_thread_makes_and_another_drops_takes_no_more_than_what_lives() {
    passed_on::<SMALL>();
    passed_on::<LARGE>();
}

fn passed_on<const WORDS: usize>() {
    let _turn = alone();
    let grown = growth(|| {
        let (send, receive) = mpsc::sync_channel(100);
        let maker = thread::spawn(move || {
            for _ in 0..50_000 {
                send.send(Tracked::new(Item([2; WORDS]))).unwrap();
            }
        });
        for (number, item) in receive.into_iter().enumerate() {
            assert_eq!(item.0[number % WORDS], 2);
        }
        maker.join().unwrap();
    });
    assert!(grown < NOISE, "50000 objects left {grown} bytes");
}

#[test]
fn weak_handles_and_values_taken_out_leave_nothing() {
    weak_handles_and_values_taken_out::<SMALL>();
    weak_handles_and_values_taken_out::<LARGE>();
}

fn weak_handles_and_values_taken_out<const WORDS: usize>() {
    let _turn = alone();
    let grown = growth(|| {
        for _ in 0..1000 {
            let handle = Tracked::new(Item([3; WORDS]));
            let weak = Tracked::downgrade(&handle);
            assert!(Tracked::try_unwrap(handle).is_ok());
            drop(weak);
            let handle = Tracked::new(Item([3; WORDS]));
            assert!(Tracked::into_inner(handle).is_some());
            let cyclic = Tracked::new_cyclic(|own: &WeakTracked<Item<WORDS>>| {
                drop(own.clone());
                Item([3; WORDS])
            });
            drop(cyclic);
        }
    });
    assert!(grown < NOISE, "3000 objects left {grown} bytes");
}

#[test]
fn panics_leave_nothing() {
    panics::<SMALL>();
    panics::<LARGE>();
}

fn panics<const WORDS: usize>() {
    struct Bomb<const WORDS: usize>(#[allow(dead_code, reason = "to be freed")] [u64; WORDS]);
    impl<const WORDS: usize> classtracker::Inspect for Bomb<WORDS> {
        fn inspect(&self, _walk: &mut classtracker::Walk<'_>) {}
    }
    impl<const WORDS: usize> Drop for Bomb<WORDS> {
        fn drop(&mut self) {
            std::panic::resume_unwind(Box::new("boom"));
        }
    }
    let _turn = alone();
    let grown = growth(|| {
        for _ in 0..1000 {
            let bomb = Tracked::new(Bomb([4; WORDS]));
            assert!(catch_unwind(AssertUnwindSafe(|| drop(bomb))).is_err());
            let unmade = catch_unwind(|| {
                Tracked::<Item<WORDS>>::new_cyclic(|_| std::panic::resume_unwind(Box::new("no value")))
            });
            assert!(unmade.is_err());
        }
    });
    assert!(grown < NOISE, "2000 panics left {grown} bytes");
}

#[test]
fn memory_of_any_alignment_is_given_back_as_it_was_taken() {
    #[derive(DeepSizeOf)]
    #[repr(align(64))]
    struct Aligned<const WORDS: usize>([u64; WORDS]);
    #[derive(DeepSizeOf)]
    #[repr(align(16))]
    struct Wide([u64; 4]);
    let _turn = alone();
    for round in 0..1000 {
        // Of the same sizes as others with another alignment.
        let (aligned, wide, plain) =
            (Tracked::new(Aligned([7; 8])), Tracked::new(Wide([7; 4])), Tracked::new(Item([7; 4])));
        let same_size = Tracked::new(Item([7; 12]));
        assert!(Tracked::as_ptr(&aligned).is_aligned() && Tracked::as_ptr(&wide).is_aligned(), "round {round}");
        assert_eq!((aligned.0[7], wide.0[3], plain.0[3], same_size.0[11]), (7, 7, 7, 7));
    }
}

/// What is different where dead objects' memory is freed at once, for tools that watch uses of it.
#[cfg(not(classtracker_keeps_no_memory))]
mod kept {
    use classtracker::ClassTracker;

    use super::*;

    /// Makes a thousand objects of each of many sizes, then drops them.
    fn thousands_of_many_sizes() {
        fn make<const WORDS: usize>() -> Vec<Tracked<Item<WORDS>>> {
            (0..1000).map(|_| Tracked::new(Item([5; WORDS]))).collect()
        }
        drop((
            make::<1>(),
            make::<2>(),
            make::<3>(),
            make::<5>(),
            make::<8>(),
            make::<13>(),
            make::<21>(),
            make::<34>(),
        ));
    }

    fn live_bytes() -> isize {
        let stats = ALLOCATOR.stats();
        stats.bytes_allocated as isize - stats.bytes_deallocated as isize
    }

    #[test]
    fn what_a_thread_keeps_of_dead_objects_is_bounded_counted_and_given_back() {
        let _turn = alone();
        let overhead = || ClassTracker::new().create_snapshot("").overhead_bytes as isize;
        thread::spawn(thousands_of_many_sizes).join().unwrap();
        overhead();
        let before = (live_bytes(), overhead());
        let (during, same_again) = thread::spawn(move || {
            thousands_of_many_sizes();
            let during = (live_bytes(), overhead());
            thousands_of_many_sizes();
            (during, live_bytes())
        })
        .join()
        .unwrap();
        let after = (live_bytes(), overhead());

        let kept = during.0 - before.0;
        // Seven of the eight sizes are kept, up to 1 KiB of each, and free slots are not the allocator's affair. All objects were 900 KB.
        assert!(kept > 6 << 10 && kept < 7 * 1024 + NOISE, "{kept} bytes are kept");
        assert!((during.1 - before.1 - kept).abs() < 4 << 10, "{kept} bytes are kept, {} said", during.1 - before.1);
        assert!((same_again - during.0).abs() < 4 << 10, "{} bytes more", same_again - during.0);
        assert!((after.0 - before.0).abs() < 4 << 10, "{} bytes stay", after.0 - before.0);
        assert!((after.1 - before.1).abs() < 4 << 10, "{} bytes are said to stay", after.1 - before.1);
    }

    #[test]
    fn an_object_gets_the_memory_of_one_that_was_dropped_just_before() {
        let _turn = alone();
        drop(Tracked::new(Item([6; SMALL])));
        let before = ALLOCATOR.stats();
        for number in 0..100_000 {
            // Another class, of the same size.
            drop(Tracked::new([number as u64; SMALL]));
            drop(Tracked::new(Item([number as u64; SMALL])));
        }
        let asked = ALLOCATOR.stats() - before;
        assert!(asked.allocations < 1000, "{asked:?}");
    }
}
