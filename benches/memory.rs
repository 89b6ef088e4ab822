//! What tracking costs in memory, exactly: bytes asked from the allocator.
//!
//! Prints `name <tab> value <tab> bound <tab> ok|over`.

mod report;

use std::alloc::System;
use std::sync::Arc;

use classtracker::Tracked;
use report::report;
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

const OBJECTS: usize = 1_000_000;

fn main() {
    // The thread and the class have what they need before anything is counted.
    drop(Tracked::new([0_u64; 5]));
    let arc = bytes_per_object(|| Arc::new([1_u64; 5]));
    let tracked = bytes_per_object(|| Tracked::new([1_u64; 5]));
    report("bytes per tracked object over Arc, slot included", 32.0, vec![tracked - arc]);
}

fn bytes_per_object<T>(make: impl Fn() -> T) -> f64 {
    let mut objects = Vec::with_capacity(OBJECTS);
    let region = Region::new(ALLOCATOR);
    objects.extend((0..OBJECTS).map(|_| make()));
    let change = region.change();
    let live = change.bytes_allocated as isize - change.bytes_deallocated as isize;
    drop(objects);
    live as f64 / OBJECTS as f64
}
