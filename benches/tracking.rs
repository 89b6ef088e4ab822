//! What tracking costs, as ratios to what the program would pay anyway.
//!
//! Prints `name <tab> value <tab> bound <tab> ok|over`, a line for each figure; the spread goes to stderr. Each pair is measured
//! in turn, many times, and the median of the pairs' ratios counts, so that a machine that slows down slows both.
//!
//! All benches are built as cargo builds a release by itself, since that is what most programs are: see `[profile.bench]`.

mod churn;
mod report;

use std::hint::black_box;
use std::process::Command;
use std::sync::Arc;
use std::time::Instant;

use churn::{DROPS, bursts, churn, pairs};
use classtracker::{ClassTracker, Tracked};
use report::{report, show};

fn main() {
    let mut arguments = std::env::args().skip(1).filter(|argument| argument != "--bench");
    match arguments.next().as_deref() {
        Some(side) => {
            let shuffled = arguments.next().as_deref() == Some("shuffled in memory");
            match side {
                "snapshot" => snapshot(shuffled),
                "by-hand" => by_hand(shuffled),
                _ => deep_size_of(shuffled),
            }
        }
        None => {
            create_and_drop();
            clone_and_drop();
            walks();
        }
    }
}

/// How many objects come before the first of them goes again: so many that a thread keeps the slots for them, and more.
const BURSTS: [usize; 2] = [1_000, 10_000];

/// 40 bytes.
type Small = [u64; 5];

fn create_and_drop() {
    let value: Small = [1; 5];
    for threads in [1, 2] {
        let arc = || churn(threads, || Arc::new(black_box(value)));
        let tracked = || churn(threads, || Tracked::new(black_box(value)));
        report(&format!("create+drop tracked / Arc, {threads} thread(s)"), 1.25, pairs(tracked, arc));
        for length in BURSTS {
            let arcs = || bursts(threads, length, || Arc::new(black_box(value)));
            let in_bursts = || bursts(threads, length, || Tracked::new(black_box(value)));
            let name = format!("create+drop tracked / Arc, in bursts of {length}, {threads} thread(s)");
            show(&name, pairs(in_bursts, arcs));
        }
        classtracker::set_enabled(false);
        report(&format!("create+drop switched off / Arc, {threads} thread(s)"), 1.1, pairs(tracked, arc));
        classtracker::set_enabled(true);
    }
}

/// Another handle to an object that has one, and its end.
fn clone_and_drop() {
    fn seconds<H: Clone>(handle: &H) -> f64 {
        let start = Instant::now();
        (0..DROPS).for_each(|_| drop(black_box(black_box(handle).clone())));
        start.elapsed().as_secs_f64()
    }
    let value: Small = [1; 5];
    let (arc, tracked) = (Arc::new(value), Tracked::new(value));
    show("clone+drop of a tracked handle / Arc", pairs(|| seconds(&tracked), || seconds(&arc)));
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
}

#[derive(classtracker::DeepSizeOf)]
struct Object {
    id: u64,
    name: String,
    values: Vec<u32>,
    extra: Option<Box<[u64; 4]>>,
}

fn parts(id: u64) -> (String, Vec<u32>) {
    ("x".repeat((id % 37) as usize), vec![1; (id % 13) as usize])
}

fn extra(id: u64) -> Option<Box<[u64; 4]>> {
    id.is_multiple_of(3).then(|| Box::new([id; 4]))
}

/// Each side in a process of its own, so that neither works in memory that the other has left in disorder.
fn walks() {
    let ratios = |theirs: &str, order: &str| {
        (0..PAIRS).map(|_| child(&["snapshot", order]) / child(&[theirs, order])).collect::<Vec<_>>()
    };
    let name = |theirs: &str, order: &str| format!("snapshot of 1 M objects / {theirs} over Vec<Arc>, {order}");
    report(&name("loop of deep_size_of", "in order"), 0.95, ratios("deep-size-of", "in order"));
    report(&name("loop of deep_size_of", "shuffled in memory"), 0.9, ratios("deep-size-of", "shuffled in memory"));
    // It reads three words an object and does nothing else: how fast memory can be gone through.
    for order in ["in order", "shuffled in memory"] {
        show(&name("loop by hand that adds up capacities", order), ratios("by-hand", order));
    }
}

fn child(arguments: &[&str]) -> f64 {
    let program = std::env::current_exe().expect("this program has a path");
    let output = Command::new(program).args(arguments).output().expect("this program runs again");
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).trim().parse().expect("it prints seconds")
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

fn plain_objects(shuffled: bool) -> Vec<Arc<plain::Object>> {
    let object = |id| {
        let (name, values) = parts(id);
        Arc::new(plain::Object { id, name, values, extra: extra(id) })
    };
    let mut objects: Vec<_> = (0..OBJECTS).map(object).collect();
    if shuffled {
        shuffle(&mut objects);
    }
    objects
}

fn deep_size_of(shuffled: bool) {
    use deepsize::DeepSizeOf;
    let objects = plain_objects(shuffled);
    // Of the object, not of the handle.
    median_of(|| objects.iter().map(|object| plain::Object::deep_size_of(object)).sum::<usize>());
    read(&objects);
}

fn by_hand(shuffled: bool) {
    let objects = plain_objects(shuffled);
    let size = |object: &plain::Object| {
        let extra = if object.extra.is_some() { size_of::<[u64; 4]>() } else { 0 };
        size_of::<plain::Object>() + object.name.capacity() + object.values.capacity() * size_of::<u32>() + extra
    };
    median_of(|| objects.iter().map(|object| size(object)).sum::<usize>());
    read(&objects);
}

fn read(objects: &[Arc<plain::Object>]) {
    black_box(objects.iter().map(|object| object.id ^ object.extra.as_ref().map_or(0, |extra| extra[0])).max());
}

fn snapshot(shuffled: bool) {
    let object = |id| {
        let (name, values) = parts(id);
        Tracked::new(Object { id, name, values, extra: extra(id) })
    };
    if shuffled {
        // The places in the registry become free in random order, and are taken again in that order. The memory is pieced together
        // again, as soon as somebody asks for a large piece, and taken from its beginning.
        let mut before: Vec<_> = (0..OBJECTS).map(object).collect();
        shuffle(&mut before);
        drop(before);
        black_box(vec![0_u8; 4 << 20]);
    }
    let objects: Vec<_> = (0..OBJECTS).map(object).collect();
    let tracker = ClassTracker::new();
    tracker.track_class::<Object>();
    // What reading takes is measured: nothing is passed over.
    tracker.set_remembering(false);
    median_of(|| tracker.create_snapshot(""));
    black_box(objects.iter().map(|object| object.id ^ object.extra.as_ref().map_or(0, |extra| extra[0])).max());
}

/// Prints the median of some runs, in seconds.
fn median_of<R>(run: impl Fn() -> R) {
    // What comes once is not measured.
    black_box(run());
    let mut seconds: Vec<f64> = (0..WALKS)
        .map(|_| {
            let start = Instant::now();
            black_box(run());
            start.elapsed().as_secs_f64()
        })
        .collect();
    seconds.sort_by(f64::total_cmp);
    println!("{}", seconds[WALKS / 2]);
}
