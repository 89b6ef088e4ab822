//! Objects that come and go, and two ways of it compared.

#![allow(dead_code, reason = "not every bench compares two ways by turns")]

use std::hint::black_box;
use std::time::Instant;

/// Many, over some seconds: other guests of the machine come and go.
const ROUNDS: usize = 75;
/// How many objects are alive on each thread.
pub(crate) const WINDOW: usize = 64;
/// How many objects each thread drops.
pub(crate) const DROPS: usize = 400_000;

/// The ratios of `ours` to `theirs`, measured in turn.
pub(crate) fn pairs(ours: impl Fn() -> f64, theirs: impl Fn() -> f64) -> Vec<f64> {
    // What comes once is not measured.
    ours();
    theirs();
    (0..ROUNDS).map(|_| ours() / theirs()).collect()
}

/// Seconds for creating and dropping objects, with a window of them alive, on each of `threads` threads at once.
pub(crate) fn churn<T>(threads: usize, make: impl Fn() -> T + Sync) -> f64 {
    churn_of(threads, DROPS, make)
}

/// The same for so many objects that each thread drops. Seconds on the clock: threads that wait for each other take no processor's time.
pub(crate) fn churn_of<T>(threads: usize, drops: usize, make: impl Fn() -> T + Sync) -> f64 {
    let start = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| turn_over(drops, &make));
        }
    });
    start.elapsed().as_secs_f64()
}

/// Seconds for creating and dropping as many objects as [`churn`] does, but `length` in a row, then none: few find the memory of one that has just
/// gone.
pub(crate) fn bursts<T>(threads: usize, length: usize, make: impl Fn() -> T + Sync) -> f64 {
    let burst = || {
        let mut alive = Vec::with_capacity(length);
        for _ in 0..DROPS / length {
            alive.extend((0..length).map(|_| make()));
            black_box(&alive);
            alive.clear();
        }
    };
    let start = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(burst);
        }
    });
    start.elapsed().as_secs_f64()
}

/// Creates and drops objects on this thread, with a window of them alive.
pub(crate) fn turn_over<T>(drops: usize, make: impl Fn() -> T) {
    let mut window: Vec<Option<T>> = (0..WINDOW).map(|_| Some(make())).collect();
    for round in 0..drops {
        let place = &mut window[round % WINDOW];
        *place = None;
        *place = Some(make());
    }
    black_box(&window);
}
