//! What tracking costs, as ratios to what the program would pay anyway.
//!
//! Prints `name <tab> value <tab> bound <tab> ok|over`, a line for each figure; the spread goes to stderr. Each pair is measured
//! in turn, many times, and the median of the pairs' ratios counts, so that a machine that slows down slows both.

mod churn;
mod report;

use std::hint::black_box;
use std::process::Command;
use std::sync::Arc;
use std::time::Instant;

use churn::{churn, pairs};
use classtracker::{ClassTracker, Tracked};
use report::report;

fn main() {
    let mut arguments = std::env::args().skip(1).filter(|argument| argument != "--bench");
    match arguments.next().as_deref() {
        Some("walk-plain") => walk_plain(),
        Some("walk-tracked") => walk_tracked(),
        _ => {
            create_and_drop();
            walks();
        }
    }
}

/// 40 bytes.
type Small = [u64; 5];

fn create_and_drop() {
    let value: Small = [1; 5];
    for threads in [1, 2] {
        let arc = || churn(threads, || Arc::new(black_box(value)));
        let tracked = || churn(threads, || Tracked::new(black_box(value)));
        report(&format!("create+drop tracked / Arc, {threads} thread(s)"), 1.5, pairs(tracked, arc));
        classtracker::set_enabled(false);
        report(&format!("create+drop switched off / Arc, {threads} thread(s)"), 1.1, pairs(tracked, arc));
        classtracker::set_enabled(true);
    }
}

const OBJECTS: u64 = 1_000_000;
const WALKS: usize = 9;

mod plain {
    /// As the sizing crate's own users write it.
    #[derive(deepsize::DeepSizeOf)]
    pub(crate) struct Object {
        pub(crate) id: u64,
        pub(crate) name: String,
        pub(crate) values: Vec<u32>,
    }
}

#[derive(classtracker::DeepSizeOf)]
struct Object {
    id: u64,
    name: String,
    values: Vec<u32>,
}

fn parts(id: u64) -> (String, Vec<u32>) {
    ("x".repeat((id % 37) as usize), vec![1; (id % 13) as usize])
}

/// Each side in a process of its own, so that neither works in memory that the other has left in disorder.
fn walks() {
    let ratios = (0..7).map(|_| child("walk-tracked") / child("walk-plain")).collect();
    report("snapshot of 1 M objects / loop of deep_size_of over Vec<Arc>, in order", 1.2, ratios);
}

fn child(which: &str) -> f64 {
    let program = std::env::current_exe().expect("this program has a path");
    let output = Command::new(program).arg(which).output().expect("this program runs again");
    assert!(output.status.success(), "{which}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).trim().parse().expect("it prints seconds")
}

fn walk_plain() {
    use deepsize::DeepSizeOf;
    let objects: Vec<Arc<plain::Object>> = (0..OBJECTS)
        .map(|id| {
            let (name, values) = parts(id);
            Arc::new(plain::Object { id, name, values })
        })
        .collect();
    median_of(|| {
        // Of the object, not of the handle.
        black_box(objects.iter().map(|object| plain::Object::deep_size_of(object)).sum::<usize>());
    });
    black_box(objects.iter().map(|object| object.id ^ object.name.len() as u64 ^ object.values.len() as u64).max());
}

fn walk_tracked() {
    let objects: Vec<Tracked<Object>> = (0..OBJECTS)
        .map(|id| {
            let (name, values) = parts(id);
            Tracked::new(Object { id, name, values })
        })
        .collect();
    let tracker = ClassTracker::new();
    tracker.track_class::<Object>();
    median_of(|| {
        black_box(tracker.create_snapshot(""));
    });
    black_box(objects.iter().map(|object| object.id ^ object.name.len() as u64 ^ object.values.len() as u64).max());
}

/// Prints the median of some runs, in seconds.
fn median_of(run: impl Fn()) {
    run();
    let mut seconds: Vec<f64> = (0..WALKS)
        .map(|_| {
            let start = Instant::now();
            run();
            start.elapsed().as_secs_f64()
        })
        .collect();
    seconds.sort_by(f64::total_cmp);
    println!("{}", seconds[WALKS / 2]);
}
