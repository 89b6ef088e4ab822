//! What a second thread brings: snapshots by two threads, as ratios to the same by one.
//!
//! Prints `name <tab> value <tab> bound <tab> ok|over`, a line for each figure; the spread goes to stderr. The two sides alternate, each as
//! often first as second, and the median of the pairs' ratios counts. Beside them stands the machine's own limit: a plain loop over
//! half of the objects on each of two threads, against one loop over all, measured by turns with the snapshots. What that does not reach, nobody
//! does: the cores may share one memory, one power budget, or one core. So where the limit is above the bound, it is the bound.

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
    let plain: Vec<_> = (0..OBJECTS).map(|id| Arc::new(Object::new(id))).collect();
    let tracker = tracker_of::<Object>();
    let (mut walkers, mut limit) = (Vec::new(), Vec::new());
    for number in 0..=PAIRS {
        let ratios =
            [ratio(number, |threads| snapshot(&tracker, threads)), ratio(number, |threads| loops(&plain, threads))];
        // What comes once is not measured.
        if number > 0 {
            walkers.push(ratios[0]);
            limit.push(ratios[1]);
        }
    }
    drop((objects, plain));
    limit.sort_by(f64::total_cmp);
    let bound = (limit[PAIRS / 2] * 1000.0).round() / 1000.0;
    report("snapshot of 1 M objects with two threads / one", bound.max(0.6), walkers);
    show("the machine's own limit: loops over half of 1 M objects on two threads / one loop", limit);

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

fn tracker_of<T: Inspect + Send + Sync + 'static>() -> ClassTracker {
    let tracker = ClassTracker::new();
    tracker.track_class::<T>();
    tracker.set_keep_last(1);
    // What reading takes is measured: nothing is passed over.
    tracker.set_remembering(false);
    tracker
}

/// Snapshots of a class by two threads against the same by one.
fn snapshots<T: Inspect + Send + Sync + 'static>() -> Vec<f64> {
    let tracker = tracker_of::<T>();
    // What comes once is not measured.
    (0..=PAIRS).map(|number| ratio(number, |threads| snapshot(&tracker, threads))).skip(1).collect()
}

/// The seconds of a snapshot by so many threads.
fn snapshot(tracker: &ClassTracker, threads: usize) -> f64 {
    tracker.set_snapshot_threads(threads);
    let start = Instant::now();
    black_box(tracker.create_snapshot(""));
    start.elapsed().as_secs_f64()
}

/// The seconds of a loop over the objects; by two threads, each over a half of them.
fn loops(objects: &[Arc<Object>], threads: usize) -> f64 {
    let read = |object: &Arc<Object>| object.id as usize ^ object.owned_bytes();
    let sum = |objects: &[Arc<Object>]| objects.iter().map(read).fold(0, usize::wrapping_add);
    let start = Instant::now();
    black_box(if threads == 1 {
        sum(objects)
    } else {
        let (first, second) = objects.split_at(objects.len() / 2);
        thread::scope(|scope| {
            let other = scope.spawn(|| sum(second));
            sum(first).wrapping_add(other.join().expect("it sums"))
        })
    });
    start.elapsed().as_secs_f64()
}

/// What two threads take for each second of one; each is as often first as second.
fn ratio(number: usize, seconds: impl Fn(usize) -> f64) -> f64 {
    let order = if number.is_multiple_of(2) { [2, 1] } else { [1, 2] };
    let [first, second] = order.map(seconds);
    if order[0] == 2 { first / second } else { second / first }
}
