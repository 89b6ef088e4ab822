//! What a second thread brings: snapshots by two threads, as ratios to the same by one.
//!
//! Prints `name <tab> value <tab> bound <tab> ok|over`, a line for each figure; the spread goes to stderr. The two sides alternate, each as
//! often first as second, and the median of the pairs' ratios counts. Beside them stands the machine's own limit: a plain loop over
//! half of the objects on each of two threads, against one loop over all. What that does not reach, nobody does: the cores may share
//! one memory, one power budget, or one core.

mod object;
mod report;

use std::hint::black_box;
use std::sync::Arc;
use std::thread;
use std::time::Instant;

use classtracker::{ClassTracker, DeepSizeOf, Inspect, Tracked};
use object::Object;
use report::{report, show};

const OBJECTS: u64 = 1_000_000;
const PAIRS: usize = 21;

fn main() {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    if cores < 2 {
        eprintln!("# not measured: with one processor two threads only take turns");
        return;
    }
    let objects: Vec<_> = (0..OBJECTS).map(|id| Tracked::new(Object::new(id))).collect();
    report("snapshot of 1 M objects with two threads / one", 0.6, snapshots::<Object>());
    drop(objects);
    let objects: Vec<_> = (0..OBJECTS).map(|id| Arc::new(Object::new(id))).collect();
    show("the machine's own limit: loops over half of 1 M objects on two threads / one loop", loops(&objects));
    drop(objects);

    let small: Vec<_> = (0..10_000).map(|id| Tracked::new(Object::new(id))).collect();
    show("snapshot of 10,000 objects, too few to be shared out, with two threads / one", snapshots::<Object>());
    drop(small);
    let all = Arc::new((0..3).map(|number: u32| number.to_string()).collect::<Vec<_>>());
    let sharing: Vec<_> = (0..OBJECTS).map(|id| Tracked::new(Sharing { id, tags: Arc::clone(&all) })).collect();
    show("snapshot of 1 M objects that share one Arc, with two threads / one", snapshots::<Sharing>());
    drop(sharing);
    let mut pairs = Vec::with_capacity(OBJECTS as usize);
    for id in 0..OBJECTS / 2 {
        let tags = Arc::new(vec![id.to_string()]);
        pairs.extend([0, 1].map(|half| Tracked::new(Sharing { id: 2 * id + half, tags: Arc::clone(&tags) })));
    }
    show("snapshot of 1 M objects of which every two share an Arc, with two threads / one", snapshots::<Sharing>());
    drop(pairs);
}

#[derive(DeepSizeOf)]
struct Sharing {
    id: u64,
    tags: Arc<Vec<String>>,
}

/// Snapshots of a class by two threads against the same by one.
fn snapshots<T: Inspect + Send + Sync + 'static>() -> Vec<f64> {
    let tracker = ClassTracker::new();
    tracker.track_class::<T>();
    tracker.set_keep_last(1);
    // What reading takes is measured: nothing is passed over.
    tracker.set_remembering(false);
    let by = |threads| {
        tracker.set_snapshot_threads(threads);
        let start = Instant::now();
        black_box(tracker.create_snapshot(""));
        start.elapsed().as_secs_f64()
    };
    pairs(|| by(2), || by(1))
}

/// A loop over the objects: in two halves, on a thread each, against one.
fn loops(objects: &[Arc<Object>]) -> Vec<f64> {
    let read = |object: &Arc<Object>| object.id as usize ^ object.owned_bytes();
    let sum = |objects: &[Arc<Object>]| objects.iter().map(read).fold(0, usize::wrapping_add);
    let time = |work: &dyn Fn() -> usize| {
        let start = Instant::now();
        black_box(work());
        start.elapsed().as_secs_f64()
    };
    let two = || {
        let (first, second) = objects.split_at(objects.len() / 2);
        thread::scope(|scope| {
            let other = scope.spawn(|| sum(second));
            sum(first).wrapping_add(other.join().expect("it sums"))
        })
    };
    pairs(|| time(&two), || time(&|| sum(objects)))
}

/// The ratios of two that are measured by turns.
fn pairs(one: impl Fn() -> f64, other: impl Fn() -> f64) -> Vec<f64> {
    // What comes once is not measured.
    one();
    other();
    let ratio = |number| {
        let (one, other) = if number % 2 == 0 {
            let one = one();
            (one, other())
        } else {
            let other = other();
            (one(), other)
        };
        one / other
    };
    (0..PAIRS).map(ratio).collect()
}
