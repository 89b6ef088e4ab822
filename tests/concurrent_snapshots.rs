//! Snapshots that are taken while other threads make, clone, drop and hand over objects: every one adds up, and when all is
//! quiet every number is exact.
//!
//! All tests of one process share one registry, so each has a class of its own: [`Item`] with a number.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed, which is what it is for")]

#[path = "conformance/process.rs"]
mod process;

use std::any::type_name;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::{self, Scope};

use classtracker::stats::{ClassRow, Snapshot};
use classtracker::{ClassTracker, DeepSizeOf, Detail, Inspect, TrackOptions, Tracked, Walk};
use parking_lot::Mutex;
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};

#[global_allocator]
static HEAP: &StatsAlloc<std::alloc::System> = &INSTRUMENTED_SYSTEM;

/// Bytes that are allocated now.
fn heap_bytes() -> i64 {
    let stats = HEAP.stats();
    stats.bytes_allocated as i64 - stats.bytes_deallocated as i64
}

/// An object whose deep size is always the same.
#[derive(DeepSizeOf)]
struct Item<const TEST: u32> {
    id: u64,
    text: Vec<u8>,
}

const BYTES: u64 = size_of::<Item<0>>() as u64 + 32;

impl<const TEST: u32> Item<TEST> {
    #[track_caller]
    fn make(id: u64) -> Tracked<Self> {
        Tracked::new(Self { id, text: vec![id as u8; 32] })
    }
}

/// Random enough, and the same every time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % sides
    }
}

/// Threads that work on items until they are told to stop, and what they leave.
struct Work<const TEST: u32> {
    stop: AtomicBool,
    made: AtomicU64,
    /// Where threads hand items to each other, and leave them in the end.
    exchange: Mutex<Vec<Tracked<Item<TEST>>>>,
}

impl<const TEST: u32> Work<TEST> {
    fn new() -> Self {
        Self { stop: AtomicBool::new(false), made: AtomicU64::new(0), exchange: Mutex::default() }
    }

    /// Makes, clones, drops and hands over items.
    fn churn(&self, seed: u64) {
        let mut dice = Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
        let mut mine = Vec::new();
        while !self.stop.load(Ordering::Relaxed) {
            match dice.roll(8) {
                0..3 if mine.len() < 400 => {
                    mine.push(Item::make(self.made.fetch_add(1, Ordering::Relaxed)));
                }
                3 if !mine.is_empty() => {
                    let clone = mine[dice.roll(mine.len())].clone();
                    mine.push(clone);
                }
                4 if !mine.is_empty() => {
                    let weak = Tracked::downgrade(&mine.swap_remove(dice.roll(mine.len())));
                    drop(weak.upgrade());
                }
                5 => {
                    let mut exchange = self.exchange.lock();
                    std::mem::swap(&mut *exchange, &mut mine);
                }
                _ if !mine.is_empty() => drop(mine.swap_remove(dice.roll(mine.len()))),
                _ => {}
            }
        }
        self.exchange.lock().append(&mut mine);
    }

    /// Runs `threads` of churn while `body` runs.
    fn while_churning<R>(&self, threads: u64, body: impl FnOnce(&Scope<'_, '_>) -> R) -> R {
        thread::scope(|scope| {
            for seed in 1..=threads {
                let work = &self;
                scope.spawn(move || work.churn(seed));
            }
            // Whatever happens, the threads must end for the scope to end.
            let _stop = Stop(&self.stop);
            body(scope)
        })
    }

    /// How many different items are left.
    fn left(&self) -> u64 {
        let exchange = self.exchange.lock();
        let mut serials: Vec<_> = exchange.iter().map(Tracked::serial).collect();
        serials.sort_unstable();
        serials.dedup();
        serials.len() as u64
    }
}

struct Stop<'s>(&'s AtomicBool);

impl Drop for Stop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

#[track_caller]
fn row<T>(snapshot: &Snapshot) -> &ClassRow {
    snapshot.class(type_name::<T>()).unwrap()
}

/// What every row of items must be, whenever it was taken.
#[track_caller]
fn check_item_row(row: &ClassRow) {
    assert_eq!(row.created, row.live + row.dropped, "{row:?}");
    assert_eq!(row.bytes, row.live * BYTES, "each item counts whole or not at all: {row:?}");
    assert_eq!(row.flat_bytes, row.live * size_of::<Item<0>>() as u64, "{row:?}");
    let largest = (row.live > 0).then_some(BYTES);
    assert_eq!((row.smallest_bytes, row.largest_bytes, row.unread), (largest, largest, 0), "{row:?}");
    assert!(row.listed <= row.live, "{row:?}");
}

/// What holds from one snapshot to a later one of the same tracker.
#[track_caller]
fn check_progress(earlier: &ClassRow, later: &ClassRow) {
    assert!(later.created >= earlier.created, "{earlier:?}\n{later:?}");
}

/// Takes snapshots one after the other and checks them.
fn watch<const TEST: u32>(tracker: &ClassTracker, snapshots: usize) {
    let mut last: Option<Arc<Snapshot>> = None;
    for _ in 0..snapshots {
        let snapshot = tracker.create_snapshot("");
        let now = row::<Item<TEST>>(&snapshot);
        check_item_row(now);
        for object in &snapshot.objects {
            assert_eq!((object.bytes, object.object.flat_bytes), (BYTES, size_of::<Item<0>>() as u64));
        }
        if let Some(last) = &last {
            check_progress(row::<Item<TEST>>(last), now);
        }
        last = Some(snapshot);
    }
}

/// When all is quiet: exactly what is left.
#[track_caller]
fn check_at_rest<const TEST: u32>(tracker: &ClassTracker, work: &Work<TEST>) {
    let snapshot = tracker.create_snapshot("at rest");
    let row = row::<Item<TEST>>(&snapshot);
    check_item_row(row);
    assert_eq!((row.live, row.created), (work.left(), work.made.load(Ordering::Relaxed)));
    assert_eq!(tracker.instances::<Item<TEST>>().len() as u64, row.live);
}

#[test]
fn every_snapshot_adds_up_while_threads_make_clone_drop_and_hand_over_objects() {
    let work = Work::<1>::new();
    let trackers = [ClassTracker::new(), ClassTracker::new(), ClassTracker::new()];
    for tracker in &trackers {
        tracker.track_class::<Item<1>>();
    }
    let [one, two, shared] = &trackers;
    work.while_churning(3, |_| {
        thread::scope(|scope| {
            for own in [one, two] {
                scope.spawn(|| watch::<1>(own, 80));
            }
            // Two threads with one tracker: who begins first need not end first.
            for _ in 0..2 {
                scope.spawn(|| {
                    for _ in 0..50 {
                        check_item_row(row::<Item<1>>(&shared.create_snapshot("")));
                    }
                });
            }
        });
    });
    for tracker in &trackers {
        check_at_rest(tracker, &work);
    }
    assert_eq!(shared.snapshots().len(), 101);
    assert!(shared.snapshots().is_sorted_by_key(|snapshot| snapshot.elapsed));
    work.exchange.lock().clear();
    for tracker in &trackers {
        check_at_rest(tracker, &work);
        assert_eq!(row::<Item<1>>(&tracker.create_snapshot("")).live, 0);
    }
}

#[test]
fn objects_that_are_only_made_do_not_look_as_if_many_had_died() {
    let made = AtomicU64::new(0);
    let stop = AtomicBool::new(false);
    let tracker = ClassTracker::new();
    tracker.track_class_with::<Item<2>>(TrackOptions::new().detail(Detail::Classes));
    let from_now_on = ClassTracker::new();
    let kept = thread::scope(|scope| {
        let threads = [0; 2].map(|_| {
            scope.spawn(|| {
                let mut kept = Vec::new();
                while !stop.load(Ordering::Relaxed) && kept.len() < 40_000 {
                    kept.push(Item::<2>::make(made.fetch_add(1, Ordering::Relaxed)));
                }
                kept
            })
        });
        let _stop = Stop(&stop);
        for round in 0..120 {
            let before = made.load(Ordering::Relaxed).saturating_sub(2);
            let snapshot = tracker.create_snapshot("");
            let row = row::<Item<2>>(&snapshot);
            check_item_row(row);
            // One for each thread that is in the middle of making one.
            assert!(row.dropped <= 2, "{row:?}");
            assert!((before..=made.load(Ordering::Relaxed)).contains(&row.live), "{before} {row:?}");
            if round == 40 {
                from_now_on.track_class_with::<Item<2>>(TrackOptions::new().only_new().detail(Detail::Classes));
            }
            if round > 40 {
                let snapshot = from_now_on.create_snapshot("");
                check_item_row(snapshot.classes.first().unwrap());
                // And one for each that was when the tracking began.
                assert!(snapshot.classes[0].dropped <= 4, "{snapshot:?}");
            }
        }
        stop.store(true, Ordering::Relaxed);
        threads.map(|thread| thread.join().unwrap())
    });
    let snapshot = tracker.create_snapshot("");
    assert_eq!(row::<Item<2>>(&snapshot).live, kept.iter().map(Vec::len).sum::<usize>() as u64);
}

#[test]
fn objects_that_are_only_dropped_are_never_lost_from_the_count() {
    const COUNT: u64 = 30_000;

    let tracker = ClassTracker::new();
    tracker.track_class_with::<Item<3>>(TrackOptions::new().detail(Detail::Classes));
    let items: Vec<_> = (0..COUNT).map(Item::<3>::make).collect();
    let left = AtomicU64::new(COUNT);
    thread::scope(|scope| {
        let mut items = items;
        let half = items.split_off(items.len() / 2);
        for items in [items, half] {
            let left = &left;
            scope.spawn(move || {
                for item in items {
                    drop(item);
                    left.fetch_sub(1, Ordering::Relaxed);
                    std::hint::spin_loop();
                }
            });
        }
        let mut live = COUNT;
        while live > 0 {
            let snapshot = tracker.create_snapshot("");
            let row = row::<Item<3>>(&snapshot);
            check_item_row(row);
            assert_eq!(row.created, COUNT);
            // Each of the two threads may have dropped one that it has not counted yet.
            assert!(row.live <= live && row.live + 2 >= left.load(Ordering::Relaxed), "{row:?}");
            live = row.live;
        }
    });
}

#[test]
fn data_that_all_objects_share_counts_once_in_every_snapshot() {
    #[derive(DeepSizeOf)]
    struct Sharer(Arc<[u64; 100]>);

    let data = Arc::new([0; 100]);
    let block = (2 * size_of::<usize>() + 800) as u64;
    let tracker = ClassTracker::new();
    tracker.track_class::<Sharer>();
    let stop = AtomicBool::new(false);
    thread::scope(|scope| {
        for seed in 1..=3 {
            let (stop, data) = (&stop, &data);
            scope.spawn(move || {
                let mut dice = Dice(seed);
                let mut mine = Vec::new();
                while !stop.load(Ordering::Relaxed) {
                    if mine.len() < 100 && dice.roll(2) == 0 {
                        mine.push(Tracked::new(Sharer(Arc::clone(data))));
                    } else if !mine.is_empty() {
                        mine.swap_remove(dice.roll(mine.len()));
                    }
                }
            });
        }
        let _stop = Stop(&stop);
        for _ in 0..300 {
            let snapshot = tracker.create_snapshot("");
            let row = row::<Sharer>(&snapshot);
            let expected = if row.live > 0 { row.live * size_of::<Sharer>() as u64 + block } else { 0 };
            assert_eq!((row.bytes, row.created), (expected, row.live + row.dropped));
            let first = snapshot.objects.first().map(|object| object.bytes);
            assert_eq!(first, (row.live > 0).then_some(size_of::<Sharer>() as u64 + block), "the oldest is charged");
        }
    });
    assert_eq!(Arc::strong_count(&data), 1);
}

/// Two numbers that are always equal, but while they are changed.
struct Pair<const TEST: u32> {
    one: u64,
    padding: [u64; 20],
    two: u64,
}

static TORN: AtomicU64 = AtomicU64::new(0);

impl<const TEST: u32> Inspect for Pair<TEST> {
    fn inspect(&self, walk: &mut Walk<'_>) {
        let one = self.one;
        std::hint::black_box(&self.padding);
        if std::hint::black_box(self.two) != one {
            TORN.fetch_add(1, Ordering::Relaxed);
        }
        walk.heap(1000);
    }
}

impl<const TEST: u32> Clone for Pair<TEST> {
    fn clone(&self) -> Self {
        Self { ..*self }
    }
}

#[test]
fn a_value_that_is_being_changed_is_counted_but_never_read() {
    type Thing = Pair<1>;

    let tracker = ClassTracker::new();
    tracker.track_class::<Thing>();
    let stop = AtomicBool::new(false);
    let flat = size_of::<Thing>() as u64;
    thread::scope(|scope| {
        for seed in 1..=2 {
            let stop = &stop;
            scope.spawn(move || {
                let mut dice = Dice(seed);
                let mut mine: Vec<_> =
                    (0..50).map(|_| Tracked::new(Thing { one: 0, padding: [0; 20], two: 0 })).collect();
                let mut changes = 0;
                while !stop.load(Ordering::Relaxed) || changes == 0 {
                    let at = dice.roll(mine.len());
                    match dice.roll(4) {
                        0 => {
                            let mut thing = Tracked::make_mut(&mut mine[at]);
                            thing.one += 1;
                            std::hint::black_box(&mut thing);
                            thing.two += 1;
                        }
                        1 => {
                            let value = Tracked::try_unwrap(mine.swap_remove(at));
                            mine.push(value.map_or_else(|shared| shared, Tracked::new));
                        }
                        _ => {
                            // (`None` while somebody has it from `instances`.)
                            let Some(mut thing) = Tracked::get_mut(&mut mine[at]) else { continue };
                            changes += 1;
                            thing.one = changes;
                            std::hint::black_box(&mut thing);
                            thing.two = changes;
                        }
                    }
                }
            });
        }
        let _stop = Stop(&stop);
        for round in 0..300 {
            let snapshot = tracker.create_snapshot("");
            let row = row::<Thing>(&snapshot);
            assert!(row.live <= 100, "{row:?}");
            assert_eq!(row.bytes, row.live * flat + (row.live - row.unread) * 1000, "{row:?}");
            if round % 10 == 0 {
                assert!(tracker.instances::<Thing>().iter().all(|thing| thing.one == thing.two));
            }
        }
    });
    assert_eq!(TORN.load(Ordering::Relaxed), 0);
}

#[test]
fn objects_beside_one_that_takes_long_come_and_go_and_count_meanwhile() {
    #[derive(DeepSizeOf)]
    struct Thing {
        many: Vec<String>,
    }

    let tracker = ClassTracker::new();
    tracker.track_class::<Thing>();
    let large = || Thing { many: (0..20_000).map(|_| "text".to_owned()).collect() };
    let flat = size_of::<Thing>() as u64;
    let large_bytes = flat + 20_000 * (size_of::<String>() as u64 + 4);
    let stop = AtomicBool::new(false);
    let large_ones = [Tracked::new(large()), Tracked::new(large()), Tracked::new(large())];
    thread::scope(|scope| {
        for seed in 1..=2 {
            let stop = &stop;
            scope.spawn(move || {
                let mut dice = Dice(seed);
                let mut mine = Vec::new();
                while !stop.load(Ordering::Relaxed) {
                    if mine.len() < 30 && dice.roll(2) == 0 {
                        mine.push(Tracked::new(Thing { many: Vec::new() }));
                    } else if !mine.is_empty() {
                        mine.swap_remove(dice.roll(mine.len()));
                    }
                }
            });
        }
        let _stop = Stop(&stop);
        // Four walkers at once: more than a page lets stand aside.
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..25 {
                        let snapshot = tracker.create_snapshot("");
                        let row = row::<Thing>(&snapshot);
                        assert_eq!(row.bytes, (row.live - 3) * flat + 3 * large_bytes, "{row:?}");
                        assert_eq!((row.created, row.unread), (row.live + row.dropped, 0));
                    }
                });
            }
        });
    });
    drop(large_ones);
    assert_eq!(row::<Thing>(&tracker.create_snapshot("")).live, 0);
}

#[test]
fn one_arc_that_many_threads_track_is_one_object() {
    #[derive(DeepSizeOf)]
    struct Thing(u64);

    let tracker = ClassTracker::new();
    let arcs: Vec<_> = (0..50).map(|number| Arc::new(Thing(number))).collect();
    let serials: Vec<Vec<u64>> = thread::scope(|scope| {
        let threads: Vec<_> = (0..4)
            .map(|number| {
                let (tracker, arcs) = (&tracker, &arcs);
                scope.spawn(move || {
                    let mut serials = Vec::new();
                    for arc in arcs {
                        serials.push(tracker.track_object(arc));
                        if number == 0 {
                            let snapshot = tracker.create_snapshot("");
                            let row = row::<Thing>(&snapshot);
                            assert!(row.live <= 50 && row.created == row.live, "{row:?}");
                        }
                        // One that nobody else knows, gone at once.
                        tracker.track_object_with(&Arc::new(Thing(0)), TrackOptions::new().name("short-lived"));
                    }
                    serials
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(serials.iter().all(|of_one_thread| *of_one_thread == serials[0]));
    let snapshot = tracker.create_snapshot("");
    assert_eq!((row::<Thing>(&snapshot).live, row::<Thing>(&snapshot).created), (50, 50));
    let short = snapshot.class("short-lived").unwrap();
    assert_eq!((short.live, short.created, short.dropped), (0, 200, 200));
}

#[test]
fn trackers_come_and_go_on_one_class_while_its_objects_do() {
    let work = Work::<4>::new();
    let steady = ClassTracker::new();
    steady.track_class::<Item<4>>();
    work.while_churning(2, |_| {
        thread::scope(|scope| {
            for seed in 1..=2 {
                scope.spawn(move || {
                    let mut dice = Dice(seed);
                    for _ in 0..12 {
                        let tracker = ClassTracker::new();
                        let options = || TrackOptions::new().keep(true).detail(Detail::Largest(10));
                        match dice.roll(3) {
                            0 => tracker.track_class_with::<Item<4>>(options()),
                            1 => tracker.track_class_with::<Item<4>>(options().only_new()),
                            _ => {
                                tracker.track_class_with::<Item<4>>(options().name("old"));
                                tracker.track_class_with::<Item<4>>(options().name("new"));
                            }
                        }
                        for _ in 0..3 {
                            tracker.create_snapshot("").classes.iter().for_each(check_item_row);
                        }
                        let some: Vec<_> = tracker.instances::<Item<4>>().into_iter().take(5).collect();
                        for item in &some {
                            tracker.track_object_with(item, TrackOptions::new().name("some"));
                        }
                        let snapshot = tracker.create_snapshot("");
                        snapshot.classes.iter().for_each(check_item_row);
                        assert_eq!(snapshot.class("some").map_or(0, |row| row.live), some.len() as u64);
                        drop(some);
                        tracker.detach_class::<Item<4>>().unwrap();
                        tracker.create_snapshot("").classes.iter().for_each(check_item_row);
                        if dice.roll(2) == 0 {
                            tracker.detach_all();
                            assert_eq!(tracker.create_snapshot("").classes, []);
                        }
                    }
                });
            }
            scope.spawn(|| watch::<4>(&steady, 20));
        });
    });
    check_at_rest(&steady, &work);
}

#[test]
fn instances_are_alive_and_in_order_whenever_they_are_asked_for() {
    let work = Work::<5>::new();
    let tracker = ClassTracker::new();
    work.while_churning(3, |_| {
        while work.made.load(Ordering::Relaxed) < 20_000 {
            let instances = tracker.instances::<Item<5>>();
            assert!(instances.is_sorted_by(|a, b| Tracked::serial(a) < Tracked::serial(b)));
            for item in &instances {
                assert!(Tracked::strong_count(item) >= 1);
                assert_eq!(item.text, [item.id as u8; 32]);
            }
        }
    });
    tracker.track_class::<Item<5>>();
    check_at_rest(&tracker, &work);
}

#[test]
#[cfg(target_os = "linux")]
fn memory_stays_flat_over_rounds_of_churn_and_snapshots() {
    process::alone("memory_stays_flat_over_rounds_of_churn_and_snapshots", || {
        let tracker = ClassTracker::new();
        let round = || {
            // New threads each time: what a thread had must come back when it ends.
            let work = Work::<6>::new();
            tracker.track_class::<Item<6>>();
            work.while_churning(3, |_| watch::<6>(&tracker, 20));
            assert_eq!(row::<Item<6>>(&tracker.create_snapshot("")).live, work.left());
            tracker.clear();
        };
        let resident = || ClassTracker::new().create_snapshot("").process.resident_bytes.unwrap();
        (0..3).for_each(|_| round());
        let before = (heap_bytes(), resident());
        (0..9).for_each(|_| round());
        let after = (heap_bytes(), resident());
        // Pages for more objects at once than any round before, perhaps; a byte for each object that died would be more.
        assert!(after.0 < before.0 + (128 << 10), "allocated: {before:?} {after:?}");
        // What the system's allocator keeps for threads to come is its own affair.
        assert!(after.1 < 2 * before.1 + (8 << 20), "resident: {before:?} {after:?}");
    });
}

#[test]
#[cfg(target_os = "linux")]
fn slots_of_dead_objects_are_used_again_whichever_thread_drops_them() {
    process::alone("slots_of_dead_objects_are_used_again_whichever_thread_drops_them", || {
        let tracker = ClassTracker::new();
        tracker.track_class::<Item<7>>();
        let overhead = || ClassTracker::new().create_snapshot("").overhead_bytes;
        let pass_on = |count: u64| {
            let (sender, receiver) = std::sync::mpsc::sync_channel::<Vec<_>>(4);
            thread::scope(|scope| {
                scope.spawn(move || {
                    for batch in 0..count {
                        sender.send((0..1000).map(|id| Item::<7>::make(batch + id)).collect()).unwrap();
                    }
                });
                receiver.into_iter().for_each(drop);
            });
        };
        pass_on(20);
        let before = overhead();
        pass_on(500);
        let after = overhead();
        // 8 bytes for each of half a million slots would be 4 MB.
        assert!(after < before + (256 << 10), "{before} {after}");
        let snapshot = tracker.create_snapshot("");
        let row = row::<Item<7>>(&snapshot);
        assert_eq!((row.live, row.created), (0, 520_000));
    });
}
