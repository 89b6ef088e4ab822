//! What it costs to size objects, as ratios to what other crates take for the same objects.
//!
//! Prints `name <tab> value <tab> bound <tab> ok|over`, a line for each figure; the spread goes to stderr. Ours is always a whole
//! snapshot of a tracked class; the others size the same objects, behind an `Arc` each, in a loop in the order in which
//! they were made. Each side runs in a process of its own, so that neither works in memory that the other has left in
//! disorder; the pairs alternate, and the median of their ratios counts.

mod report;

use std::collections::HashMap;
use std::hint::black_box;
use std::process::Command;
use std::sync::Arc;
use std::time::Instant;

use classtracker::{ClassTracker, TrackOptions, Tracked};
use report::{report, show};

const OBJECTS: u64 = 1_000_000;
const PAIRS: usize = 7;
const RUNS: usize = 7;

fn main() {
    let mut arguments = std::env::args().skip(1).filter(|argument| argument != "--bench");
    match arguments.next().as_deref() {
        Some("ours") => median_of_snapshots(0, ours()),
        Some("ours-in-parts") => median_of_snapshots(2, ours()),
        Some("deepsize") => by_deepsize(),
        Some("allocative") => median_of_loops(theirs(), allocative::size_of_unique),
        Some("get-size2") => median_of_loops(theirs(), get_size2::GetSize::get_size),
        Some("mem_dbg") => by_mem_dbg(),
        Some("ours-two-shared") => median_of_snapshots(0, sharing(1)),
        Some("deepsize-two-shared") => sharing_by_deepsize(1),
        Some("ours-thousand-pairs") => median_of_snapshots(0, sharing(1000)),
        Some("deepsize-thousand-pairs") => sharing_by_deepsize(1000),
        Some("ours-own-pairs") => median_of_snapshots(0, sharing(OBJECTS / 2)),
        Some("deepsize-own-pairs") => sharing_by_deepsize(OBJECTS / 2),
        _ => figures(),
    }
}

fn figures() {
    compare("snapshot / deepsize's derive, 1 M objects in order", 1.2, "ours", "deepsize");
    compare("snapshot / allocative, the same objects", 1.0, "ours", "allocative");
    compare("snapshot / mem_dbg, the same objects", 1.1, "ours", "mem_dbg");
    show("snapshot / get-size2, the same objects", ratios("ours", "get-size2"));
    compare("snapshot / deepsize with one context, all share two Arcs", 0.5, "ours-two-shared", "deepsize-two-shared");
    compare(
        "snapshot / deepsize with one context, a thousand groups share two Arcs each",
        0.5,
        "ours-thousand-pairs",
        "deepsize-thousand-pairs",
    );
    // Both look a million blocks up that they have not seen, in tables that no cache holds. Theirs knows after it whether it has met one, ours
    // also whose it is: what is charged to whom does not depend on the order.
    let harder = "snapshot / deepsize with one context, every two objects share two Arcs of their own";
    show(harder, ratios("ours-own-pairs", "deepsize-own-pairs"));
    compare("resolution level 2 / level 0", 3.0, "ours-in-parts", "ours");
}

fn compare(name: &str, bound: f64, ours: &str, theirs: &str) {
    report(name, bound, ratios(ours, theirs));
}

fn ratios(ours: &str, theirs: &str) -> Vec<f64> {
    (0..PAIRS).map(|_| child(ours) / child(theirs)).collect()
}

fn child(which: &str) -> f64 {
    let program = std::env::current_exe().expect("this program has a path");
    let output = Command::new(program).arg(which).output().expect("this program runs again");
    assert!(output.status.success(), "{which}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).trim().parse().expect("it prints seconds")
}

/// What the objects are made of.
type Parts = (u64, String, Vec<u32>, HashMap<u32, String>);

fn parts(id: u64) -> Parts {
    let entry = |key| (key, "x".repeat((id % 11) as usize + key as usize));
    (id, "x".repeat((id % 37) as usize), vec![1; (id % 13) as usize], (0..(id % 4) as u32).map(entry).collect())
}

#[derive(classtracker::DeepSizeOf)]
struct Ours {
    id: u64,
    name: String,
    values: Vec<u32>,
    notes: HashMap<u32, String>,
}

/// As the users of each of the other crates write it. One type for all: it is what they derive that differs.
#[derive(deepsize::DeepSizeOf, allocative::Allocative, get_size2::GetSize, mem_dbg::MemSize)]
struct Theirs {
    id: u64,
    name: String,
    values: Vec<u32>,
    notes: HashMap<u32, String>,
}

fn ours() -> Vec<Tracked<Ours>> {
    let object = |id| {
        let (id, name, values, notes) = parts(id);
        Tracked::new(Ours { id, name, values, notes })
    };
    (0..OBJECTS).map(object).collect()
}

fn theirs() -> Vec<Arc<Theirs>> {
    let object = |id| {
        let (id, name, values, notes) = parts(id);
        Arc::new(Theirs { id, name, values, notes })
    };
    (0..OBJECTS).map(object).collect()
}

fn by_deepsize() {
    use deepsize::DeepSizeOf;
    median_of_loops(theirs(), Theirs::deep_size_of);
}

fn by_mem_dbg() {
    use mem_dbg::{MemSize, SizeFlags};
    median_of_loops(theirs(), |object| object.mem_size(SizeFlags::CAPACITY));
}

/// What many objects have in common.
type Common = (Arc<String>, Arc<Vec<String>>);

fn common(groups: u64) -> Vec<Common> {
    (0..groups).map(|group| (Arc::new(group.to_string()), Arc::new(vec![group.to_string(); 3]))).collect()
}

#[derive(classtracker::DeepSizeOf)]
struct OursSharing {
    id: u64,
    name: Arc<String>,
    tags: Arc<Vec<String>>,
}

#[derive(deepsize::DeepSizeOf)]
struct TheirsSharing {
    id: u64,
    name: Arc<String>,
    tags: Arc<Vec<String>>,
}

fn sharing(groups: u64) -> Vec<Tracked<OursSharing>> {
    let common = common(groups);
    let object = |id| {
        let (name, tags) = common[(id % groups) as usize].clone();
        Tracked::new(OursSharing { id, name, tags })
    };
    (0..OBJECTS).map(object).collect()
}

fn sharing_by_deepsize(groups: u64) {
    use deepsize::{Context, DeepSizeOf};

    /// One context for all is to be had only in here.
    struct All(Vec<Arc<TheirsSharing>>);

    impl DeepSizeOf for All {
        fn deep_size_of_children(&self, context: &mut Context) -> usize {
            let size = |object: &Arc<TheirsSharing>| {
                size_of::<TheirsSharing>() + TheirsSharing::deep_size_of_children(object, context)
            };
            self.0.iter().map(size).sum()
        }
    }

    let common = common(groups);
    let object = |id| {
        let (name, tags) = common[(id % groups) as usize].clone();
        Arc::new(TheirsSharing { id, name, tags })
    };
    let all = All((0..OBJECTS).map(object).collect());
    median_of(|| all.deep_size_of());
    black_box(all.0.iter().map(|object| object.id ^ object.name.len() as u64 ^ object.tags.len() as u64).max());
}

/// Snapshots of the class, with its parts named down to `level`.
fn median_of_snapshots<T: classtracker::Inspect + Send + Sync + 'static>(level: u32, objects: Vec<Tracked<T>>) {
    let tracker = ClassTracker::new();
    tracker.track_class_with::<T>(TrackOptions::new().resolution_level(level));
    // What reading takes is measured: nothing is passed over.
    tracker.set_remembering(false);
    median_of(|| tracker.create_snapshot(""));
    black_box(objects);
}

fn median_of_loops(objects: Vec<Arc<Theirs>>, size: impl Fn(&Theirs) -> usize) {
    median_of(|| objects.iter().map(|object| size(object)).sum::<usize>());
    black_box(
        objects
            .iter()
            .map(|object| object.id ^ (object.name.len() + object.values.len() + object.notes.len()) as u64)
            .max(),
    );
}

/// Prints the median of some runs, in seconds.
fn median_of<R>(run: impl Fn() -> R) {
    // What comes once is not measured.
    black_box(run());
    let mut seconds: Vec<f64> = (0..RUNS)
        .map(|_| {
            let start = Instant::now();
            black_box(run());
            start.elapsed().as_secs_f64()
        })
        .collect();
    seconds.sort_by(f64::total_cmp);
    println!("{}", seconds[RUNS / 2]);
}
