//! What it costs to count objects where they stand, and to have a tracker told of every object, as ratios to what the program would
//! pay anyway.
//!
//! Prints `name <tab> value <tab> bound <tab> ok|over`, a line for each figure; the spread goes to stderr. Each pair is measured
//! in turn, many times, and the median of the pairs' ratios counts.

mod churn;
mod processor;
mod report;

use std::hint::black_box;
use std::sync::Arc;

use churn::{DROPS, pairs, turn_over};
use classtracker::{Inventory, Trackable, Tracked, set_global_tracker};
use processor::processor_seconds;
use report::report;

fn main() {
    by_value();
    inventory();
}

/// 40 bytes, and those of the field.
struct Counted {
    _words: [u64; 5],
    _tracked: Trackable<Counted>,
}

fn by_value() {
    let words = [1; 5];
    for threads in [1, 2] {
        let plain = || churn(threads, || Box::new(black_box(words)));
        let counted = || churn(threads, || Box::new(Counted { _words: black_box(words), _tracked: Trackable::new() }));
        report(
            &format!("create+drop Box with a Trackable field / Box, {threads} thread(s)"),
            1.5,
            pairs(counted, plain),
        );
    }
}

fn inventory() {
    let words = [1_u64; 5];
    for threads in [1, 2] {
        let arc = || churn(threads, || Arc::new(black_box(words)));
        let tracked = || churn(threads, || Tracked::new(black_box(words)));
        set_global_tracker(Some(Arc::new(Inventory::new())));
        report(
            &format!("create+drop with an Inventory as global tracker / Arc, {threads} thread(s)"),
            3.0,
            pairs(tracked, arc),
        );
        set_global_tracker(None);
    }
}

/// Seconds of processor time for creating and dropping objects, with a window of them alive, on each of `threads` threads at once.
///
/// Not of the clock on the wall: what else runs on the machine takes turns with one side more than with the other.
fn churn<T>(threads: usize, make: impl Fn() -> T + Sync) -> f64 {
    std::thread::scope(|scope| {
        let work = || {
            let start = processor_seconds();
            turn_over(DROPS, &make);
            processor_seconds() - start
        };
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        threads.into_iter().map(|thread| thread.join().expect("it does not panic")).sum()
    })
}
