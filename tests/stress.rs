//! Threads that create, share, lend, take apart and drop objects, while others walk them, switch tracking off and on, replace the tracker
//! that is told, and end. Afterwards
//! every count must be exact; and meanwhile memory must not grow.
//!
//! It is a program of its own, without the usual harness, so that it can run for long (`cargo test --test stress -- --seconds 600`), and
//! under valgrind and the sanitizers: between threads it passes data only by what those tools see into (locks of `parking_lot`, joins).

#![allow(clippy::unwrap_used, reason = "a test that panics has failed, which is what it is for")]

use std::ops::Range;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use classtracker::stats::{Snapshot, Stats};
use classtracker::{
    ClassTracker, CountingAlloc, DeepSizeOf, MonitorOptions, MonitorStatus, ObjectInfo, TrackOptions, Trackable,
    Tracked, Tracker, WeakTracked, set_global_tracker,
};
use parking_lot::Mutex;

#[global_allocator]
static ALLOCATOR: CountingAlloc = CountingAlloc::new();

/// Whole as long as the second is the first turned round, and the text as long as it says.
#[derive(DeepSizeOf)]
struct Item {
    number: u64,
    check: u64,
    text: Vec<u8>,
}

/// Is told of the objects that are made while it is the global tracker, and must go with the last of them.
#[derive(Default)]
struct Told {
    objects: AtomicU64,
}

/// How many of them there are, and how many went before their objects, or were told of a death twice.
static TOLD: AtomicU64 = AtomicU64::new(0);
static WRONG: AtomicU64 = AtomicU64::new(0);

impl Told {
    fn new() -> Arc<Self> {
        // Relaxed here and below: counts, asked for after all threads have ended.
        TOLD.fetch_add(1, Ordering::Relaxed);
        Arc::default()
    }
}

impl Tracker for Told {
    fn notify_attached(&self, _object: &ObjectInfo<'_>) {
        self.objects.fetch_add(1, Ordering::Relaxed);
    }

    fn notify_destroyed(&self, _object: &ObjectInfo<'_>) {
        let before = self.objects.fetch_sub(1, Ordering::Relaxed);
        WRONG.fetch_add(u64::from(before == 0), Ordering::Relaxed);
    }
}

impl Drop for Told {
    fn drop(&mut self) {
        WRONG.fetch_add(u64::from(*self.objects.get_mut() != 0), Ordering::Relaxed);
        TOLD.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A struct that is counted where it stands.
#[derive(DeepSizeOf, Clone)]
struct Step {
    number: u64,
    counted: Trackable<Step>,
}

impl Item {
    fn new(number: u64) -> Self {
        Self { number, check: !number, text: vec![number as u8; (number % 50) as usize] }
    }

    fn check(&self) {
        let whole = self.check == !self.number && self.text.iter().all(|byte| *byte == self.number as u8);
        assert!(whole, "a value that is not whole: {}", self.number);
    }
}

impl Clone for Item {
    fn clone(&self) -> Self {
        self.check();
        Self::new(self.number)
    }
}

impl Drop for Item {
    fn drop(&mut self) {
        self.check();
        self.check = self.number;
    }
}

/// How many objects of each class a snapshot has to know.
#[derive(Default, Clone, Copy)]
struct Counted {
    items: u64,
    steps: u64,
}

const PLACES: usize = 32;

/// Items that stay: so many that several threads are started for a snapshot.
const BALLAST: u64 = 20_000;

/// What all threads take from and put into.
#[derive(Default)]
struct Shared {
    strong: [Mutex<Option<Tracked<Item>>>; PLACES],
    weak: [Mutex<WeakTracked<Item>>; PLACES],
    steps: [Mutex<Vec<Step>>; 4],
    counted: Mutex<Counted>,
}

/// Numbers without an order, the same in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % end as u64) as usize
    }
}

/// One thread's life: so many operations.
fn live(shared: &Shared, seed: u64, operations: usize) {
    let mut random = Random(seed | 1);
    let mut own: Vec<Tracked<Item>> = Vec::new();
    let mut counted = Counted::default();
    let made = |object: Tracked<Item>, counted: &mut Counted| {
        counted.items += u64::from(Tracked::serial(&object).is_some());
        object
    };
    for operation in 0..operations {
        let number = seed.wrapping_mul(31).wrapping_add(operation as u64);
        let place = random.below(PLACES);
        match random.below(12) {
            0..3 => own.push(made(Tracked::new(Item::new(number)), &mut counted)),
            3 => {
                let object = made(Tracked::new(Item::new(number)), &mut counted);
                *shared.weak[place].lock() = Tracked::downgrade(&object);
                let old = shared.strong[place].lock().replace(object);
                drop(old);
            }
            4 => {
                let found = shared.strong[place].lock().clone();
                own.extend(found);
            }
            5 => {
                let taken = shared.strong[place].lock().take();
                drop(taken);
            }
            6 => {
                let weak = shared.weak[place].lock().clone();
                if let Some(object) = weak.upgrade() {
                    object.check();
                }
            }
            7 => {
                if let Some(object) = own.last_mut() {
                    let before = Tracked::serial(object);
                    Tracked::make_mut(object).check();
                    if Tracked::serial(object) != before {
                        counted.items += u64::from(Tracked::serial(object).is_some());
                    }
                    if let Some(mut value) = Tracked::get_mut(object) {
                        *value = Item::new(number);
                    }
                }
            }
            8 => {
                if let Some(Ok(value)) = own.pop().map(Tracked::try_unwrap) {
                    value.check();
                }
            }
            9 => {
                let step = Step { number, counted: Trackable::new() };
                counted.steps += u64::from(step.counted.serial().is_some());
                let mut steps = shared.steps[place % 4].lock();
                steps.push(step);
                if steps.len() > 50 {
                    // They move, and some are taken apart.
                    let Step { number, counted } = steps.swap_remove(place);
                    drop((number, counted));
                    let old = std::mem::take(&mut *steps);
                    drop(steps);
                    drop(old);
                }
            }
            _ => {
                let place = random.below(own.len() + 1);
                if place < own.len() {
                    own.swap_remove(place);
                }
            }
        }
        if own.len() > 200 {
            own.truncate(50);
        }
    }
    let mut sum = shared.counted.lock();
    sum.items += counted.items;
    sum.steps += counted.steps;
}

struct Options {
    seconds: u64,
    threads: u64,
    operations: usize,
    /// Whether memory is looked at. Under valgrind and the sanitizers it says nothing.
    memory: bool,
}

impl Options {
    fn parse() -> Self {
        let mut options = Self { seconds: 3, threads: 3, operations: 20_000, memory: true };
        let mut words = std::env::args().skip(1);
        while let Some(word) = words.next() {
            let mut number = || words.next().and_then(|word| word.parse().ok());
            match word.as_str() {
                "--seconds" => options.seconds = number().expect("--seconds takes a number"),
                "--threads" => options.threads = number().expect("--threads takes a number"),
                "--operations" => options.operations = number().expect("--operations takes a number") as usize,
                "--no-memory" => options.memory = false,
                // What `cargo test` gives to all tests.
                _ => {}
            }
        }
        options
    }
}

fn main() {
    let options = Options::parse();
    let folder = tempfile::tempdir().unwrap();
    let dump = folder.path().join("stress.ctdump");
    let tracker = ClassTracker::new();
    tracker.track_class::<Item>();
    let monitor = MonitorOptions::new().period(Duration::from_millis(100)).keep_last(10).stream_to(&dump);
    let monitor = tracker.monitor(monitor).unwrap();

    let ballast: Vec<_> = (0..BALLAST).map(|number| Tracked::new(Item::new(number))).collect();
    let shared = Arc::new(Shared::default());
    let over = Arc::new(AtomicBool::new(false));
    let end = Instant::now() + Duration::from_secs(options.seconds);
    let mut threads = Vec::new();
    for lane in 0..options.threads {
        let shared = Arc::clone(&shared);
        let operations = options.operations;
        threads.push(thread::spawn(move || {
            // One thread after the other, at least one.
            for life in 1.. {
                let shared = Arc::clone(&shared);
                thread::spawn(move || live(&shared, (lane + 1) * 1_000_003 + life, operations)).join().unwrap();
                if Instant::now() >= end {
                    break;
                }
            }
        }));
    }
    let walker = {
        let over = Arc::clone(&over);
        thread::spawn(move || {
            let tracker = ClassTracker::new();
            tracker.track_class::<Item>();
            let mut turns = 0_u64;
            let watching = |turn: u64| {
                let options = TrackOptions::<Item>::new();
                if turn.is_multiple_of(2) { options } else { options.ages(3).lifetimes().history(100) }
            };
            // Relaxed: a last turn too many does no harm.
            while !over.load(Ordering::Relaxed) {
                tracker.set_snapshot_threads(1 + turns as usize % 3);
                let snapshot = tracker.create_snapshot("");
                let row = &snapshot.classes[0];
                assert!(row.live <= row.created && row.bytes >= row.flat_bytes);
                tracker.instances::<Item>().iter().for_each(|item| item.check());
                let sites: u64 = row.sites.iter().map(|site| site.live).sum();
                assert_eq!(sites, row.live);
                assert!(row.ages.as_ref().is_none_or(|ages| ages.count() == row.live));
                tracker.clear();
                turns += 1;
                match turns % 5 {
                    0 => set_global_tracker(None),
                    // Objects of all kinds of threads live on with trackers before: more than have a number may be in use.
                    1 | 3 => set_global_tracker(Some(Told::new())),
                    _ => {}
                }
                tracker.track_class_with(watching(turns));
                if turns.is_multiple_of(3) {
                    classtracker::set_enabled(false);
                    thread::yield_now();
                    classtracker::set_enabled(true);
                }
            }
            classtracker::set_enabled(true);
            set_global_tracker(None);
            turns
        })
    };
    let memory = {
        let over = Arc::clone(&over);
        // A thousand samples at most: more would be memory that grows.
        let pause = Duration::from_millis(20.max(options.seconds));
        thread::spawn(move || {
            let mut samples = Vec::with_capacity(1024);
            // Relaxed: as above.
            while !over.load(Ordering::Relaxed) {
                thread::sleep(pause);
                let memory = classtracker::process_memory(classtracker::MemoryOptions::default());
                samples.push((CountingAlloc::live().unwrap().live_bytes, memory.resident_bytes));
            }
            samples
        })
    };
    threads.into_iter().for_each(|thread| thread.join().unwrap());
    over.store(true, Ordering::Relaxed);
    let walks = walker.join().unwrap();
    let memory = memory.join().unwrap();

    let Shared { strong, weak, steps, counted } = Arc::into_inner(shared).unwrap();
    drop((strong, weak, steps, ballast));
    let Counted { items, steps } = counted.into_inner();
    // One that began before the last one could be filed behind it.
    tracker.stop_periodic_snapshots();
    let last = tracker.create_snapshot("end");
    monitor.finish().unwrap();
    // What died while a periodic snapshot was on its page ends with that snapshot, and its tracker with it.
    assert_eq!((TOLD.load(Ordering::Relaxed), WRONG.load(Ordering::Relaxed)), (0, 0), "trackers left, told wrongly");
    let status = tracker.monitor_status();
    let exact = |class: &str, expected: u64| {
        let row = last.classes.iter().find(|row| row.class.contains(class)).unwrap();
        assert_eq!((row.live, row.created, row.dropped), (0, expected, expected), "{class}");
        assert_eq!((row.bytes, row.unread), (0, 0), "{class}");
    };
    exact("Item", items + BALLAST);
    exact("Step", steps);
    assert!(tracker.instances::<Item>().is_empty());
    assert!(tracker.snapshots().len() <= 10);
    if options.memory && options.seconds >= 3 {
        let (live, resident): (Vec<_>, Vec<_>) = memory.into_iter().unzip();
        check_flat("live blocks", &live, 256 << 10);
        // The allocator may give back late, and in other pieces.
        check_flat("resident memory", &resident.into_iter().flatten().collect::<Vec<_>>(), 2 << 20);
    }
    let streamed = check_dump(&dump, &status);
    assert!(walks > 0);
    println!("stress: {items} items, {steps} steps, {walks} walks, {streamed} snapshots streamed");
}

/// Every snapshot is in the dump, in order, and none contradicts another; returns how many there are.
fn check_dump(dump: &Path, status: &MonitorStatus) -> usize {
    assert!(status.last_error.is_none(), "{:?}", status.last_error);
    assert_eq!((status.snapshots_panicked, status.snapshots_unwritten), (0, 0));
    let streamed = Stats::load(dump).unwrap();
    let snapshots = streamed.snapshots();
    assert_eq!(snapshots.len() as u64, status.snapshots_written);
    assert!(snapshots.iter().any(|snapshot| snapshot.label == "end"));
    let created = |snapshot: &Snapshot, class: &str| {
        let row = snapshot.classes.iter().find(|row| row.class.contains(class));
        row.inspect(|row| assert!(row.live <= row.created && (row.by_value || row.bytes >= row.flat_bytes)))
            .map_or(0, |row| row.created)
    };
    for class in ["Item", "Step"] {
        assert!(snapshots.is_sorted_by_key(|snapshot| created(snapshot, class)), "{class}");
    }
    assert!(snapshots.is_sorted_by_key(|snapshot| snapshot.elapsed));
    snapshots.len()
}

/// After the first quarter memory is what it was, but for some slack: a twentieth, and what waits to be freed at one moment and not at
/// another.
fn check_flat(what: &str, bytes: &[u64], slack: u64) {
    if bytes.len() < 20 {
        return;
    }
    let median = |part: Range<usize>| {
        let mut part = bytes[part].to_vec();
        part.sort_unstable();
        part[part.len() / 2]
    };
    let tenth = |number: usize| bytes.len() * number / 10;
    let tenths: Vec<_> = (0..10).map(|number| median(tenth(number)..tenth(number + 1)) >> 10).collect();
    println!("stress: {what} by tenths of the time: {tenths:?} KiB, {} at most", bytes.iter().max().unwrap() >> 10);
    let quarter = bytes.len() / 4;
    let (before, after) = (median(quarter..2 * quarter), median(3 * quarter..bytes.len()));
    assert!(after <= before + before / 20 + slack, "{what}: {before} bytes in the second quarter, {after} in the last");
}
