//! Snapshots that pass over what cannot have changed find what those find that read everything.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed, which is what it is for")]

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use classtracker::stats::{ClassRow, Snapshot};
use classtracker::{ClassTracker, DeepSizeOf, Detail, Inspect, TrackOptions, Tracked, Walk};

const MANY: usize = 3_000;

/// Random enough, and the same every time.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % end
    }
}

#[derive(DeepSizeOf, Clone)]
struct Entry {
    id: u64,
    name: String,
    values: Vec<u32>,
}

impl Entry {
    fn any(random: &mut Random) -> Self {
        let values = if random.below(100) == 0 { random.below(200) } else { random.below(9) };
        Self { id: random.0, name: "x".repeat(random.below(30)), values: vec![7; values] }
    }

    /// By hand.
    fn bytes(&self) -> u64 {
        (size_of::<Self>() + self.name.capacity() + self.values.capacity() * 4) as u64
    }
}

/// From one of three places.
fn made(random: &mut Random, place: u32) -> Tracked<Entry> {
    let entry = Entry::any(random);
    match place {
        0 => Tracked::new(entry),
        1 => Tracked::new(entry),
        _ => Tracked::new(entry),
    }
}

fn row(snapshot: &Snapshot) -> &ClassRow {
    assert_eq!(snapshot.classes.len(), 1);
    &snapshot.classes[0]
}

/// Everything that a row says of objects, but for when it was made.
fn told(snapshot: &Snapshot) -> String {
    let mut row = row(snapshot).clone();
    (row.created, row.dropped) = (0, 0);
    let objects: Vec<_> =
        snapshot.objects.iter().map(|object| (object.object.serial, object.bytes, object.unread)).collect();
    format!("{row:#?} {objects:?}")
}

/// One change after the other, as a program would make it.
fn change(all: &mut Vec<Tracked<Entry>>, random: &mut Random) {
    let any = |all: &Vec<Tracked<Entry>>, random: &mut Random| random.below(all.len());
    match random.below(9) {
        0 => {}
        1 => drop(all.remove(any(all, random))),
        2 => {
            let place = any(all, random);
            let next = made(random, 0);
            // The new one is there before the old one is gone, or the other way round.
            if random.below(2) == 0 {
                all[place] = next;
            } else {
                drop(next);
                drop(all.swap_remove(place));
                all.push(made(random, 1));
            }
        }
        3 => {
            let place = any(all, random);
            if let Some(mut entry) = Tracked::get_mut(&mut all[place]) {
                entry.name.push_str("and more than there was room for before");
            }
        }
        4 => {
            let place = any(all, random);
            let other = all[place].clone();
            Tracked::make_mut(&mut all[place]).values.push(1);
            all.push(other);
        }
        5 => {
            let place = any(all, random);
            let entry = Tracked::try_unwrap(all.swap_remove(place));
            all.extend(entry.map(Tracked::new));
        }
        6 => {
            let weak = Tracked::downgrade(&all[any(all, random)]);
            let place = any(all, random);
            all.swap_remove(place);
            all.extend(weak.upgrade());
        }
        7 => {
            let from = any(all, random);
            all.truncate(all.len().max(from + 100) - 100);
            let fresh = random.below(200);
            all.extend((0..fresh).map(|_| made(random, 2)));
        }
        _ => {
            // Memory and slots go to another thread.
            let mut theirs = all.split_off(any(all, random));
            let mut seed = Random(random.0 ^ 1);
            let other = thread::spawn(move || {
                theirs.pop();
                theirs.insert(0, made(&mut seed, 1));
                theirs
            });
            all.extend(other.join().unwrap());
        }
    }
    while all.len() < MANY {
        all.push(made(random, 0));
    }
}

#[test]
fn what_is_passed_over_counts_as_if_it_were_read() {
    for seed in 0..6 {
        let mut random = Random(seed);
        let mut all: Vec<_> = (0..MANY).map(|_| made(&mut random, 0)).collect();
        let [remembering, reading] = [true, false].map(|remembers| {
            let tracker = ClassTracker::new();
            let detail = [Detail::Classes, Detail::Largest(5), Detail::Largest(100)][seed as usize % 3];
            tracker.track_class_with::<Entry>(TrackOptions::new().detail(detail));
            tracker.set_remembering(remembers);
            tracker
        });
        for turn in 0..120 {
            for _ in 0..random.below(4) {
                change(&mut all, &mut random);
            }
            remembering.set_snapshot_threads(1 + turn % 3);
            let [found, expected] = [&remembering, &reading].map(|tracker| tracker.create_snapshot(""));
            assert_eq!(told(&found), told(&expected), "seed {seed}, turn {turn}");
            let mut alive: Vec<_> = all.iter().map(|entry| (Tracked::serial(entry), entry.bytes())).collect();
            alive.sort_unstable();
            alive.dedup();
            assert_eq!(row(&found).live, alive.len() as u64);
            assert_eq!(row(&found).bytes, alive.iter().map(|(_, bytes)| bytes).sum::<u64>());
        }
        drop(all);
        assert_eq!(row(&remembering.create_snapshot("")).live, 0);
    }
}

/// Counts how often a value is read.
static READS: AtomicUsize = AtomicUsize::new(0);

struct Counted<const STEADY: bool>;

impl<const STEADY: bool> Inspect for Counted<STEADY> {
    fn inspect(&self, walk: &mut Walk<'_>) {
        READS.fetch_add(1, Ordering::Relaxed);
        walk.heap(5);
    }

    fn is_steady() -> bool {
        STEADY
    }
}

/// How many values another snapshot reads; each counts in any case.
fn reads<T: Inspect + Send + Sync + 'static>(tracker: &ClassTracker, objects: &[Tracked<T>]) -> usize {
    let before = READS.load(Ordering::Relaxed);
    let snapshot = tracker.create_snapshot("");
    assert_eq!((row(&snapshot).live, row(&snapshot).bytes), (objects.len() as u64, 5 * objects.len() as u64));
    READS.load(Ordering::Relaxed) - before
}

fn tracker_of<T: Inspect + Send + Sync + 'static>(detail: Detail) -> ClassTracker {
    let tracker = ClassTracker::new();
    tracker.track_class_with::<T>(TrackOptions::new().detail(detail));
    tracker
}

#[test]
fn what_cannot_have_changed_is_not_read_again() {
    let mut steady: Vec<_> = (0..MANY).map(|_| Tracked::new(Counted::<true>)).collect();
    let tracker = tracker_of::<Counted<true>>(Detail::Largest(10));
    assert_eq!(reads(&tracker, &steady), MANY);
    // Two pages at most are not full, and the first has the ten that are listed.
    let some = reads(&tracker, &steady);
    assert!(some < MANY / 10, "{some} are read");
    let other = tracker_of::<Counted<true>>(Detail::Classes);
    assert!(reads(&other, &steady) <= some, "another tracker knows them as well");

    // One page is read once more, and again, since it is not full any more.
    drop(steady.remove(MANY / 2));
    for _ in 0..2 {
        let more = reads(&tracker, &steady) - some;
        assert!((1..200).contains(&more), "{more} more are read");
    }
    // One that is borrowed has its page read once.
    drop(Tracked::get_mut(&mut steady[MANY / 3]).unwrap());
    let more = [0, 1].map(|_| reads(&tracker, &steady) - some);
    assert!(more[0] > more[1] && more[1] < 200, "{more:?} more are read");

    for tracker in [&tracker, &other] {
        tracker.set_remembering(false);
        assert_eq!(reads(tracker, &steady), steady.len());
        tracker.set_remembering(true);
        assert!(reads(tracker, &steady) < MANY / 5);
    }
    // What needs a look at each object has it.
    tracker.set_census(true);
    assert_eq!(reads(&tracker, &steady), steady.len());

    let unsteady: Vec<_> = (0..MANY).map(|_| Tracked::new(Counted::<false>)).collect();
    let tracker = tracker_of::<Counted<false>>(Detail::Classes);
    for _ in 0..3 {
        assert_eq!(reads(&tracker, &unsteady), MANY);
    }
}

#[test]
fn options_that_ask_for_each_object_are_answered_for_each() {
    let all: Vec<_> = (0..MANY).map(|length| Tracked::new(("x".repeat(length % 50), 1_u8))).collect();
    let plain = ClassTracker::new();
    plain.track_class::<(String, u8)>();
    let [first, second] = [0, 1].map(|_| plain.create_snapshot(""));
    assert_eq!(told(&first), told(&second));

    let aged = ClassTracker::new();
    aged.track_class_with::<(String, u8)>(TrackOptions::new().ages(3));
    for _ in 0..2 {
        let snapshot = aged.create_snapshot("");
        let ages = row(&snapshot).ages.as_ref().unwrap();
        assert_eq!(ages.counts.iter().sum::<u64>(), MANY as u64);
    }
    let detailed = ClassTracker::new();
    detailed.track_class_with::<(String, u8)>(TrackOptions::new().detail(Detail::All));
    for _ in 0..2 {
        assert_eq!(detailed.create_snapshot("").objects.len(), MANY);
    }
    drop(all);
}

/// A page of which one object counts elsewhere is not known to those for whom all of it counts.
#[test]
fn an_object_that_is_registered_alone_is_missed_by_nobody() {
    let all: Vec<_> = (0..MANY).map(|length| Tracked::new(("x".repeat(length % 50), 1_u16))).collect();
    let bytes = all.iter().map(|value| (size_of::<(String, u16)>() + value.0.capacity()) as u64).sum::<u64>();
    let without = tracker_of::<(String, u16)>(Detail::Classes);
    without.track_object_with(&all[MANY / 2], TrackOptions::new().name("alone"));
    let with = tracker_of::<(String, u16)>(Detail::Classes);
    for _ in 0..3 {
        let snapshot = without.create_snapshot("");
        let live: Vec<_> = snapshot.classes.iter().map(|row| row.live).collect();
        assert!(live.contains(&1) && live.contains(&(MANY as u64 - 1)), "{live:?}");
        assert_eq!(snapshot.classes.iter().map(|row| row.bytes).sum::<u64>(), bytes);
        let snapshot = with.create_snapshot("");
        assert_eq!((row(&snapshot).live, row(&snapshot).bytes), (MANY as u64, bytes));
    }
}

/// Borrowed while a snapshot is taken, an object is not read, and its page not taken as known.
#[test]
fn a_borrowed_object_is_unread_and_read_again_later() {
    let mut all: Vec<_> = (0..MANY).map(|length| Tracked::new("x".repeat(length % 50))).collect();
    let tracker = ClassTracker::new();
    tracker.track_class::<String>();
    let before = tracker.create_snapshot("");
    let mut value = Tracked::get_mut(&mut all[MANY / 2]).unwrap();
    value.push_str(&"y".repeat(10_000));
    for _ in 0..2 {
        let during = tracker.create_snapshot("");
        assert_eq!((row(&during).live, row(&during).unread), (MANY as u64, 1));
    }
    let capacity = value.capacity();
    drop(value);
    for _ in 0..2 {
        let after = tracker.create_snapshot("");
        assert_eq!(row(&after).unread, 0);
        assert_eq!(row(&after).bytes, row(&before).bytes + capacity as u64 - (MANY / 2 % 50) as u64);
        assert_eq!(after.objects.iter().map(|object| object.bytes).max().unwrap(), (24 + capacity) as u64);
    }
}

/// While others come and go on other threads, those that stay are there in every snapshot, and at the end all is exact.
#[test]
fn objects_that_stay_are_never_missed_beside_others_that_go() {
    let stay: Vec<_> = (0..MANY).map(|length| Tracked::new(vec![0_u8; length % 50])).collect();
    let bytes: usize = stay.iter().map(|value| 24 + value.capacity()).sum();
    let end = Arc::new(AtomicUsize::new(0));
    let others: Vec<_> = (0..2)
        .map(|thread| {
            let end = Arc::clone(&end);
            thread::spawn(move || {
                let mut random = Random(thread);
                let mut mine: Vec<_> = (0..500).map(|_| Tracked::new(vec![1_u8; 3])).collect();
                while end.load(Ordering::Relaxed) == 0 {
                    let place = random.below(mine.len());
                    mine[place] = Tracked::new(vec![1_u8; 3]);
                    let place = random.below(mine.len());
                    if let Some(mut value) = Tracked::get_mut(&mut mine[place]) {
                        value.push(1);
                        value.shrink_to_fit();
                    }
                }
            })
        })
        .collect();
    let tracker = ClassTracker::new();
    tracker.track_class::<Vec<u8>>();
    tracker.set_keep_last(1);
    let start = std::time::Instant::now();
    let mut turn = 0;
    while start.elapsed() < Duration::from_secs(2) {
        turn += 1;
        tracker.set_snapshot_threads(1 + turn % 2);
        let snapshot = tracker.create_snapshot("");
        assert!(row(&snapshot).live >= MANY as u64 && row(&snapshot).bytes >= bytes as u64);
    }
    end.store(1, Ordering::Relaxed);
    others.into_iter().for_each(|other| other.join().unwrap());
    for _ in 0..2 {
        let snapshot = tracker.create_snapshot("");
        assert_eq!((row(&snapshot).live, row(&snapshot).bytes), (MANY as u64, bytes as u64));
    }
}

/// Of objects of equal size the older ones are listed, also where younger ones stand before them.
#[test]
fn an_older_object_on_a_known_page_is_listed() {
    let mut all: Vec<_> = (0..MANY).map(|_| Tracked::new([1_u16; 3])).collect();
    let tracker = tracker_of::<[u16; 3]>(Detail::Largest(10));
    for turn in 0..4 {
        // Two pages, the first ones, get young objects in the second turn.
        if turn == 1 {
            all.drain(..224);
            all.extend((0..224).map(|_| Tracked::new([2_u16; 3])));
        }
        let snapshot = tracker.create_snapshot("");
        let listed: Vec<_> = snapshot.objects.iter().map(|object| object.object.serial).collect();
        let oldest: Vec<_> = all.iter().take(10).map(|object| Tracked::serial(object).unwrap()).collect();
        assert_eq!(listed, oldest, "turn {turn}");
    }
}

/// What one tracker knows of a page does not do for another that tells some of its objects from the rest.
#[test]
fn a_page_whose_objects_belong_to_two_rows_is_read_for_both() {
    let some = || (0..MANY / 2).map(|length| Tracked::new(vec![1_u16; length % 50])).collect::<Vec<_>>();
    let trackers = [true, false].map(|remembers| {
        let tracker = ClassTracker::new();
        tracker.set_remembering(remembers);
        tracker
    });
    let track_as = |name| {
        let options = TrackOptions::<Vec<u16>>::new().name(name).detail(Detail::Classes);
        trackers.iter().for_each(|tracker| tracker.track_class_with(options.clone()));
    };
    track_as("early");
    let early = some();
    track_as("late");
    let late = some();
    let whole = tracker_of::<Vec<u16>>(Detail::Classes);
    for _ in 0..3 {
        assert_eq!(row(&whole.create_snapshot("")).live, (early.len() + late.len()) as u64);
        let [found, expected] = [&trackers[0], &trackers[1]].map(|tracker| tracker.create_snapshot(""));
        assert_eq!(found.classes, expected.classes);
        let live: Vec<_> = found.classes.iter().map(|row| row.live).collect();
        assert_eq!(live, [early.len() as u64, late.len() as u64]);
    }
}

/// Whether the sizing of one object panics.
static FAULTY: AtomicBool = AtomicBool::new(true);

struct Faulty(usize);

impl Inspect for Faulty {
    fn inspect(&self, walk: &mut Walk<'_>) {
        assert!(self.0 != MANY / 2 || !FAULTY.load(Ordering::Relaxed), "a fault of this type");
        walk.heap(self.0);
    }

    fn is_steady() -> bool {
        true
    }
}

#[test]
fn what_could_not_be_read_is_read_again() {
    let all: Vec<_> = (0..MANY).map(|number| Tracked::new(Faulty(number))).collect();
    let tracker = tracker_of::<Faulty>(Detail::Classes);
    let bytes = (0..MANY).map(|number| (size_of::<Faulty>() + number) as u64).sum::<u64>();
    for faulty in [true, true, false, false] {
        FAULTY.store(faulty, Ordering::Relaxed);
        let snapshot = tracker.create_snapshot("");
        let missing = if faulty { MANY as u64 / 2 } else { 0 };
        let row = row(&snapshot);
        assert_eq!((row.live, row.unread, row.bytes), (MANY as u64, u64::from(faulty), bytes - missing));
    }
    drop(all);
}
