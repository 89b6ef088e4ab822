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
use report::{report, show};

fn main() {
    let mut arguments = std::env::args().skip(1).filter(|argument| argument != "--bench");
    match arguments.next().as_deref() {
        Some(which @ ("walk-plain" | "walk-tracked")) => {
            let (order, shape) = (arguments.next(), arguments.next());
            walk(which, order.as_deref().unwrap_or("in-order"), shape.as_deref().unwrap_or("whole"));
        }
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
const PAIRS: usize = 7;

mod plain {
    /// As the sizing crate's own users write it.
    #[derive(deepsize::DeepSizeOf)]
    pub(crate) struct Object {
        pub(crate) id: u64,
        pub(crate) name: String,
        pub(crate) values: Vec<u32>,
        pub(crate) extra: Option<Box<[u64; 4]>>,
    }

    /// The same without what makes that crate's derive do more than to read two words.
    #[derive(deepsize::DeepSizeOf)]
    pub(crate) struct Bare {
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
    extra: Option<Box<[u64; 4]>>,
}

#[derive(classtracker::DeepSizeOf)]
struct Bare {
    id: u64,
    name: String,
    values: Vec<u32>,
}

fn parts(id: u64) -> (String, Vec<u32>) {
    ("x".repeat((id % 37) as usize), vec![1; (id % 13) as usize])
}

fn extra(id: u64) -> Option<Box<[u64; 4]>> {
    id.is_multiple_of(3).then(|| Box::new([id; 4]))
}

/// Each side in a process of its own, so that neither works in memory that the other has left in disorder.
fn walks() {
    let ratios = |order: &str, shape: &str| {
        let side = |which| child(&[which, order, shape]);
        (0..PAIRS).map(|_| side("walk-tracked") / side("walk-plain")).collect()
    };
    let name = "snapshot of 1 M objects / loop of deep_size_of over Vec<Arc>";
    report(&format!("{name}, in order"), 0.95, ratios("in-order", "whole"));
    report(&format!("{name}, shuffled in memory"), 0.9, ratios("shuffled", "whole"));
    // Here the loop reads two words an object and does nothing else: what is measured is how fast memory is gone through.
    show(&format!("{name}, two words each, in order"), ratios("in-order", "bare"));
    show(&format!("{name}, two words each, shuffled in memory"), ratios("shuffled", "bare"));
}

fn child(arguments: &[&str]) -> f64 {
    let program = std::env::current_exe().expect("this program has a path");
    let output = Command::new(program).args(arguments).output().expect("this program runs again");
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).trim().parse().expect("it prints seconds")
}

/// What a process of its own measures.
fn walk(which: &str, order: &str, shape: &str) {
    let shuffled = order == "shuffled";
    let whole = shape == "whole";
    match (which, whole) {
        ("walk-plain", true) => walk_plain(shuffled, |id| {
            let (name, values) = parts(id);
            plain::Object { id, name, values, extra: extra(id) }
        }),
        ("walk-plain", false) => walk_plain(shuffled, |id| {
            let (name, values) = parts(id);
            plain::Bare { id, name, values }
        }),
        (_, true) => walk_tracked(shuffled, |id| {
            let (name, values) = parts(id);
            Object { id, name, values, extra: extra(id) }
        }),
        (_, false) => walk_tracked(shuffled, |id| {
            let (name, values) = parts(id);
            Bare { id, name, values }
        }),
    }
}

fn shuffle<T>(values: &mut [T]) {
    let mut random = 0x9E37_79B9_7F4A_7C15_u64;
    for index in (1..values.len()).rev() {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        values.swap(index, (random % (index as u64 + 1)) as usize);
    }
}

fn walk_plain<T: deepsize::DeepSizeOf>(shuffled: bool, object: impl Fn(u64) -> T) {
    let mut objects: Vec<Arc<T>> = (0..OBJECTS).map(|id| Arc::new(object(id))).collect();
    if shuffled {
        shuffle(&mut objects);
    }
    median_of(|| {
        // Of the object, not of the handle.
        black_box(objects.iter().map(|object| T::deep_size_of(object)).sum::<usize>());
    });
    black_box(objects);
}

fn walk_tracked<T: classtracker::Inspect + Send + Sync + 'static>(shuffled: bool, object: impl Fn(u64) -> T) {
    if shuffled {
        // The places in the registry become free in random order, and are taken again in that order. The memory is pieced together
        // again, as soon as somebody asks for a large piece, and taken from its beginning.
        let mut before: Vec<Tracked<T>> = (0..OBJECTS).map(|id| Tracked::new(object(id))).collect();
        shuffle(&mut before);
        drop(before);
        black_box(vec![0_u8; 4 << 20]);
    }
    let objects: Vec<Tracked<T>> = (0..OBJECTS).map(|id| Tracked::new(object(id))).collect();
    let tracker = ClassTracker::new();
    tracker.track_class::<T>();
    median_of(|| {
        black_box(tracker.create_snapshot(""));
    });
    black_box(objects);
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
