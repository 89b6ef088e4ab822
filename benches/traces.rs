//! What it costs to record stacks, as a ratio to the same program without.
//!
//! Prints `name <tab> value <tab> bound <tab> ok|over`, a line for each figure; the spread goes to stderr.

mod churn;
mod report;

use std::hint::black_box;

use churn::{churn, pairs};
use classtracker::{ClassTracker, Trace, TrackOptions, Tracked};
use report::report;

/// 40 bytes.
type Small = [u64; 5];

fn main() {
    let tracker = ClassTracker::new();
    let value: Small = [1; 5];
    for threads in [1, 2] {
        let plain = || churn(threads, || Tracked::new(black_box(value)));
        let sampled = || {
            tracker.track_class_with::<Small>(TrackOptions::new().trace(Trace::Sampled(1000)));
            let seconds = plain();
            tracker.detach_class::<Small>().expect("it is tracked");
            seconds
        };
        report(
            &format!("create+drop with Trace::Sampled(1000) / without, {threads} thread(s)"),
            1.1,
            pairs(sampled, plain),
        );
    }
}
