//! Handles on several threads.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Barrier, mpsc};
use std::thread;

use classtracker::{ClassTracker, DeepSizeOf, Tracked, WeakTracked};

use crate::counts;

#[test]
fn of_handles_that_are_taken_apart_at_once_one_gives_the_value() {
    #[derive(DeepSizeOf)]
    struct Prize(#[allow(dead_code, reason = "to be sized")] u64);
    const THREADS: usize = 4;
    for _ in 0..300 {
        let handle = Tracked::new(Prize(1));
        let handles = vec![handle.clone(); THREADS];
        drop(handle);
        let start = Barrier::new(THREADS);
        let winners: usize = thread::scope(|scope| {
            let threads: Vec<_> = handles
                .into_iter()
                .map(|handle| {
                    let start = &start;
                    scope.spawn(move || {
                        start.wait();
                        usize::from(Tracked::into_inner(handle).is_some())
                    })
                })
                .collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).sum()
        });
        assert_eq!(winners, 1);
    }
    assert_eq!(counts::<Prize>(), (0, 300, 300));
}

#[test]
fn weak_handles_race_with_the_last_strong_one() {
    #[derive(DeepSizeOf)]
    struct Raced(u64);
    for round in 0..500 {
        let handle = Tracked::new(Raced(round));
        let weak: Vec<WeakTracked<Raced>> = (0..2).map(|_| Tracked::downgrade(&handle)).collect();
        thread::scope(|scope| {
            for weak in weak {
                scope.spawn(move || {
                    while let Some(handle) = weak.upgrade() {
                        assert_eq!(handle.0, round);
                    }
                });
            }
            drop(handle);
        });
    }
    assert_eq!(counts::<Raced>(), (0, 500, 500));
}

#[test]
fn a_value_is_written_between_walks_never_during_one() {
    #[derive(DeepSizeOf)]
    struct Pair(Vec<u8>, u64);

    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            let tracker = ClassTracker::new();
            tracker.track_class::<Pair>();
            while !done.load(Ordering::Relaxed) {
                tracker.create_snapshot("");
                for found in tracker.instances::<Pair>() {
                    assert_eq!(found.0.len() as u64, found.1);
                }
                tracker.clear();
                tracker.track_class::<Pair>();
            }
        });
        let mut handle = Tracked::new(Pair(Vec::new(), 0));
        for round in 0..20_000_u64 {
            if let Some(mut pair) = Tracked::get_mut(&mut handle) {
                pair.0 = Vec::new();
                pair.1 = round % 7;
                pair.0 = vec![0; (round % 7) as usize];
            }
        }
        done.store(true, Ordering::Relaxed);
    });
    assert_eq!(counts::<Pair>(), (0, 1, 1));
}

#[test]
fn objects_outlive_their_threads_and_are_counted_once() {
    #[derive(DeepSizeOf)]
    struct Orphan(usize);
    const THREADS: usize = 2000;
    let (send, receive) = mpsc::channel();
    for batch in 0..THREADS / 50 {
        let threads: Vec<_> = (0..50)
            .map(|number| {
                let send = send.clone();
                thread::spawn(move || send.send(Tracked::new(Orphan(batch * 50 + number))).unwrap())
            })
            .collect();
        threads.into_iter().for_each(|thread| thread.join().unwrap());
    }
    drop(send);
    assert_eq!(counts::<Orphan>(), (THREADS as u64, THREADS as u64, 0));
    let orphans: Vec<_> = receive.into_iter().collect();
    let mut numbers: Vec<usize> = orphans.iter().map(|orphan| orphan.0).collect();
    numbers.sort_unstable();
    assert!(numbers.into_iter().eq(0..THREADS));
    thread::spawn(move || drop(orphans)).join().unwrap();
    assert_eq!(counts::<Orphan>(), (0, THREADS as u64, THREADS as u64));
}
