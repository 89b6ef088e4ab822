//! What becomes of the costs when there are many: ten million objects, a hundred snapshots, 64 threads.
//!
//! Prints `name <tab> value <tab> bound <tab> ok|over`, a line for each figure; the spread goes to stderr. Each side runs in a process
//! of its own, so that neither works in memory that the other has left; the pairs alternate, and the median of their ratios counts.
//!
//! - A snapshot also costs something that does not depend on the number of objects: their thousand largest get rows, the system is asked for
//!   the process' memory. Spread over a hundred thousand objects that would be a good part of the time for each, and would
//!   make ten million look cheap. So the time for one object is a slope: what a snapshot takes beyond one of [`FEW`]
//!   objects, in the same process, for each object beyond.
//! - Objects that cannot have changed are passed over, as in any program that does not ask for something else. The same with every object
//!   read stands beside it, and so it is for a hundred snapshots.
//! - A million objects and more do not fit in the caches nearest to the processor. What that alone costs stands beside it: a plain
//!   loop over as many `Arc`s of the same objects, in the order in which they were made; and one over the tracked objects themselves, which reads
//!   one word of each one's header and one of its value, and does nothing with them: what the memory takes of the walk.

mod churn;
mod object;
mod processor;
mod report;

use std::hint::black_box;
use std::process::Command;
use std::sync::Arc;

use churn::{WINDOW, churn_of};
use classtracker::{ClassTracker, Inspect, Tracked};
use object::Object;
use processor::processor_seconds;
use report::{report, show};

const MANY: u64 = 10_000_000;
const SOME: u64 = 100_000;
const FEW: u64 = 1_000;
/// What other guests of the machine leave in its caches differs from second to second.
const PAIRS: usize = 9;
/// Of what does not differ from run to run.
const FEW_PAIRS: usize = 3;
const THREADS: usize = 64;

fn main() {
    let mut arguments = std::env::args().skip(1).filter(|argument| argument != "--bench");
    let Some(which) = arguments.next() else { return figures() };
    let mut number = || arguments.next().and_then(|word| word.parse().ok()).expect("a number of objects");
    match which.as_str() {
        "snapshots" => print_slope(&snapshots(number(), true)),
        "readings" => print_slope(&snapshots(number(), false)),
        "loops" => print_slope(&loops(number())),
        "touches" => print_slope(&touches(number())),
        "bytes-tracked" => print_bytes(number(), |id| Tracked::new([id; 5])),
        "bytes-arc" => print_bytes(number(), |id| Arc::new([id; 5])),
        "hundred" => hundred(number()),
        "threads-tracked" => threads_tracked(),
        "threads-arc" => threads_arc(),
        other => eprintln!("{other}: no such part of this bench"),
    }
}

fn figures() {
    let over_arc = |_| child("bytes-tracked", MANY)[0] - child("bytes-arc", MANY)[0];
    show("resident bytes per object over Arc, 10 M objects of 40 bytes", (0..FEW_PAIRS).map(over_arc).collect());

    let mut slopes = [const { Vec::new() }; 9];
    for _ in 0..PAIRS {
        let [many, some] = many_and_some("snapshots");
        let [many_read, some_read] = many_and_some("readings");
        let [many_plain, some_plain] = many_and_some("loops");
        let [many_touched, some_touched] = many_and_some("touches");
        let ratios = [many / some, many_read / some_read, many_plain / some_plain, many_touched / some_touched];
        let nanoseconds = [many, some, many_read, many_touched].map(|seconds| seconds * 1e9);
        let figures = ratios.into_iter().chain([many_read / many_plain]).chain(nanoseconds);
        slopes.iter_mut().zip(figures).for_each(|(slopes, figure)| slopes.push(figure));
    }
    let [ratio, read, plain, touched, against_plain, nanoseconds, some, nanoseconds_read, nanoseconds_touched] = slopes;
    report("snapshot's time per object, 10 M / 100 k", 1.2, ratio);
    show("the same with every object read, 10 M / 100 k", read);
    show("plain loop's time per object, 10 M / 100 k", plain);
    show("time per object of a loop that reads two words of each tracked object, 10 M / 100 k", touched);
    show("snapshot of 10 M objects, every one read / plain loop", against_plain);
    show("snapshot of 10 M objects, ns per object", nanoseconds);
    show("snapshot of 100 k objects, ns per object", some);
    show("snapshot of 10 M objects, every one read, ns per object", nanoseconds_read);
    show("loop that reads two words of each of 10 M tracked objects, ns per object", nanoseconds_touched);

    let hundreds: Vec<Vec<f64>> = (0..PAIRS).map(|_| child("hundred", 1_000_000)).collect();
    report("100th snapshot / first", 1.05, hundreds.iter().map(|ratios| ratios[0]).collect());
    report("96th to 100th snapshot / 2nd to 6th", 1.05, hundreds.iter().map(|ratios| ratios[1]).collect());

    let ratios = (0..FEW_PAIRS).map(|_| child("threads-arc", 0)[0] / child("threads-tracked", 0)[0]);
    show("64 threads that create and drop: throughput / that of Arc", ratios.collect());
}

/// The seconds for one object of many, and of some. To go through some takes so short a time that it falls into one mood of the machine: so that is
/// done several times, before the many and after them, and the median counts.
fn many_and_some(which: &str) -> [f64; 2] {
    let some = |times: usize| (0..times).map(|_| child(which, SOME)[0]).collect::<Vec<_>>();
    let before = some(2);
    let many = child(which, MANY)[0];
    [many, median([before, some(3)].concat())]
}

/// What this program prints when it runs again with these arguments.
fn child(which: &str, objects: u64) -> Vec<f64> {
    let program = std::env::current_exe().expect("this program has a path");
    let output = Command::new(program).arg(which).arg(objects.to_string()).output().expect("this program runs again");
    assert!(output.status.success(), "{which}: {}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8_lossy(&output.stdout);
    text.split_whitespace().map(|word| word.parse().expect("it prints numbers")).collect()
}

/// Objects that are there, and how long it takes to go through them.
struct Timed {
    objects: u64,
    seconds: f64,
    /// The same for [`FEW`].
    seconds_for_few: f64,
}

/// Prints the seconds for one object more.
fn print_slope(timed: &Timed) {
    println!("{}", (timed.seconds - timed.seconds_for_few) / (timed.objects - FEW) as f64);
}

fn snapshots(objects: u64, remembers: bool) -> Timed {
    let tracker = tracker_of::<Object>();
    tracker.set_remembering(remembers);
    let mut all: Vec<_> = (0..FEW).map(|id| Tracked::new(Object::new(id))).collect();
    let seconds_for_few = median_of(101, || tracker.create_snapshot(""));
    all.extend((FEW..objects).map(|id| Tracked::new(Object::new(id))));
    let seconds = median_of(runs(objects), || tracker.create_snapshot(""));
    let live = tracker.create_snapshot("").classes[0].live;
    assert_eq!(live, objects, "all of them were there");
    black_box(all);
    Timed { objects, seconds, seconds_for_few }
}

fn loops(objects: u64) -> Timed {
    let deep_size = |object: &Arc<Object>| (size_of::<Object>() + object.owned_bytes()) as u64;
    sums(objects, |id| Arc::new(Object::new(id)), deep_size)
}

fn touches(objects: u64) -> Timed {
    sums(
        objects,
        |id| Tracked::new(Object::new(id)),
        |object| Tracked::serial(object).map_or(0, |serial| serial ^ object.id),
    )
}

fn sums<T>(objects: u64, make: impl Fn(u64) -> T, number: impl Fn(&T) -> u64) -> Timed {
    let sum = |all: &[T]| all.iter().map(&number).fold(0, u64::wrapping_add);
    let mut all: Vec<_> = (0..FEW).map(&make).collect();
    let seconds_for_few = median_of(101, || sum(black_box(&all)));
    all.extend((FEW..objects).map(&make));
    let seconds = median_of(runs(objects), || sum(black_box(&all)));
    black_box(all);
    Timed { objects, seconds, seconds_for_few }
}

/// How often it is gone through so many objects.
fn runs(objects: u64) -> usize {
    if objects > 1_000_000 { 9 } else { 101 }
}

fn tracker_of<T: Inspect + Send + Sync + 'static>() -> ClassTracker {
    let tracker = ClassTracker::new();
    tracker.track_class::<T>();
    tracker.set_keep_last(1);
    tracker
}

/// The median of some runs, in seconds that this thread has run: what else the machine does does not count.
fn median_of<R>(runs: usize, run: impl Fn() -> R) -> f64 {
    // What comes once is not measured.
    black_box(run());
    let seconds = (0..runs).map(|_| seconds_of(&run));
    median(seconds.collect())
}

fn seconds_of<R>(run: impl FnOnce() -> R) -> f64 {
    let start = processor_seconds();
    black_box(run());
    processor_seconds() - start
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Prints by how much the process grew for each object.
fn print_bytes<T>(objects: u64, make: impl Fn(u64) -> T) {
    let resident = || {
        let memory = classtracker::process_memory(classtracker::MemoryOptions::default());
        memory.resident_bytes.expect("the system says how much memory the process has") as f64
    };
    let mut all = Vec::with_capacity(objects as usize);
    // The list is there as a whole before anything is measured.
    all.resize_with(objects as usize, || None);
    black_box(&mut all);
    let before = resident();
    for (place, id) in all.iter_mut().zip(0..) {
        *place = Some(make(id));
    }
    let after = resident();
    black_box(&all);
    println!("{}", (after - before) / objects as f64);
}

/// Prints the last of a hundred snapshots, each of them kept, against the first one; and the median of the last five against that of the
/// second to the sixth, which no longer pay for what comes once.
fn hundred(objects: u64) {
    let all: Vec<_> = (0..objects).map(|id| Tracked::new(Object::new(id))).collect();
    let tracker = ClassTracker::new();
    tracker.track_class::<Object>();
    tracker.set_remembering(false);
    let seconds: Vec<f64> = (0..100).map(|number| seconds_of(|| tracker.create_snapshot(number))).collect();
    assert_eq!(tracker.snapshots().len(), 100, "they are all kept");
    println!("{} {}", seconds[99] / seconds[0], median(seconds[95..].to_vec()) / median(seconds[1..6].to_vec()));
    black_box(all);
}

const DROPS: usize = 40_000;

/// Prints the seconds that 64 threads take to create and drop; afterwards every count must be exact.
fn threads_tracked() {
    let tracker = tracker_of::<[u64; 5]>();
    println!("{}", churn_of(THREADS, DROPS, || Tracked::new(black_box([1_u64; 5]))));
    let snapshot = tracker.create_snapshot("");
    let row = &snapshot.classes[0];
    let made = (THREADS * (WINDOW + DROPS)) as u64;
    assert_eq!((row.live, row.created, row.dropped), (0, made, made), "the counts are exact");
}

fn threads_arc() {
    println!("{}", churn_of(THREADS, DROPS, || Arc::new(black_box([1_u64; 5]))));
}
