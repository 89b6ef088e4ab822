//! What is told of the snapshots afterwards: sorted, filtered, printed, dumped.

use std::any::type_name;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use classtracker::stats::{DumpError, Fate, Limit, Query, ShareOf, SortKey, Stats};
use classtracker::{ClassTracker, DeepSizeOf, TrackOptions, Tracked};

use crate::support::{counts, row};

/// An object that can grow and shows its name; of a class of its own for each test.
#[derive(DeepSizeOf)]
struct Item<const TEST: u32> {
    name: &'static str,
    text: Mutex<Vec<u8>>,
}

impl<const TEST: u32> Item<TEST> {
    fn new(name: &'static str, length: usize) -> Self {
        Self { name, text: Mutex::new(vec![0; length]) }
    }

    fn resize(&self, length: usize) {
        *self.text.lock().unwrap() = vec![0; length];
    }
}

fn options<const TEST: u32>() -> TrackOptions<Item<TEST>> {
    TrackOptions::new().only_new().repr(|item: &Item<TEST>| item.name.to_owned())
}

/// Four items over three snapshots, of which the second has the largest total.
///
/// | item | class    | sizes       | end      |
/// | ---- | -------- | ----------- | -------- |
/// | d    | shop::In | 100   1  1  |          |
/// | b    | shop::In |  10 300  –  | third    |
/// | c    | shop::Up |  50  60 60  |          |
/// | a    | shop::In |  50   –  –  | second   |
fn shop<const TEST: u32>() -> ClassTracker {
    let tracker = ClassTracker::new();
    tracker.track_class_with::<Item<TEST>>(options().name("shop::In"));
    let wait = || std::thread::sleep(Duration::from_millis(25));
    let d = Tracked::new(Item::<TEST>::new("d", 100));
    wait();
    let b = Tracked::new(Item::<TEST>::new("b", 10));
    wait();
    tracker.track_class_with::<Item<TEST>>(options().name("shop::Up"));
    let c = Tracked::new(Item::<TEST>::new("c", 50));
    wait();
    tracker.track_class_with::<Item<TEST>>(options().name("shop::In"));
    let a = Tracked::new(Item::<TEST>::new("a", 50));
    tracker.create_snapshot("first");
    drop(a);
    d.resize(1);
    b.resize(300);
    c.resize(60);
    tracker.create_snapshot("second");
    drop(b);
    tracker.create_snapshot("third");
    drop((c, d));
    tracker
}

fn order(stats: &Stats, sort: &[SortKey], reversed: bool) -> String {
    let mut query = Query::default();
    query.sort = sort.to_vec();
    query.reversed = reversed;
    stats.objects(&query).objects.iter().map(|entry| entry.record.repr.as_deref().unwrap()).collect()
}

#[test]
fn p18_objects_sort_by_each_key_sizes_the_largest_first() {
    let stats = shop::<1>().stats();
    let check = |word: &str, expected: &str| {
        let key = word.parse().unwrap();
        assert_eq!(order(&stats, &[key], false), expected, "by {word}");
        let reversed: String = expected.chars().rev().collect();
        assert_eq!(order(&stats, &[key], true), reversed, "by {word}, reversed");
    };
    check("serial", "dbca");
    check("birth", "dbca");
    check("death", "abdc");
    check("size", "bdca");
    check("tsize", "bcda");
    check("repr", "abcd");
    check("class", "dbac");
    check("classname", "dbac");
    check("name", "dbac");
    assert_eq!(order(&stats, &[], false), "dbca", "without a key, by serial");
}

#[test]
fn p18_later_keys_break_the_ties_of_earlier_ones() {
    let stats = shop::<2>().stats();
    assert_eq!(order(&stats, &[SortKey::Class, SortKey::Size], false), "bdac");
    assert_eq!(order(&stats, &[SortKey::Class, SortKey::Repr], false), "abdc");
    assert_eq!(order(&stats, &[SortKey::Class, SortKey::Repr], true), "cdba");
}

#[test]
fn p18_an_unknown_sort_key_is_an_error() {
    let error = "weight".parse::<SortKey>().unwrap_err();
    assert_eq!(error.found, "weight");
    assert!(error.to_string().contains("classname"), "{error}");
}

fn shown(stats: &mut Stats, class: &str, limit: Option<Limit>) -> String {
    stats.sort_by(&[SortKey::Repr]).filter(class).limit(limit);
    let list = stats.objects(stats.query());
    list.objects.iter().map(|entry| entry.record.repr.as_deref().unwrap()).collect()
}

#[test]
fn p19_objects_are_filtered_by_class_first_and_then_limited_by_count_or_share() {
    let mut stats = shop::<4>().stats();
    let share = |number| Some(Limit::try_from(number).unwrap());
    assert_eq!(shown(&mut stats, "", None), "abcd");
    assert_eq!(shown(&mut stats, "In", None), "abd");
    assert_eq!(shown(&mut stats, "shop", None), "abcd");
    assert_eq!(shown(&mut stats, "shoe", None), "");
    assert_eq!(shown(&mut stats, "", Some(Limit::count(2))), "ab");
    assert_eq!(shown(&mut stats, "", Some(Limit::count(0))), "");
    assert_eq!(shown(&mut stats, "", share(0.5)), "ab");
    assert_eq!(shown(&mut stats, "", share(0.01)), "a", "one at least");
    assert_eq!(shown(&mut stats, "In", share(0.67)), "ab", "of the three that match");
    assert_eq!(shown(&mut stats, "Up", Some(Limit::count(1))), "c");
    assert!(Limit::try_from(-1.0).is_err());
}

fn printed(stats: &Stats) -> String {
    let mut text = Vec::new();
    stats.write_stats(&mut text).unwrap();
    String::from_utf8(text).unwrap()
}

#[test]
fn p19_each_object_is_printed_with_its_serial_site_sizes_and_end() {
    let tracker = ClassTracker::new();
    tracker.track_class_with::<Item<5>>(options().name("shop::Item"));
    let dies = Tracked::new(Item::<5>::new("dies", 1000));
    let line = line!() - 1;
    let stays = Tracked::new(Item::<5>::new("stays", 2048));
    tracker.create_snapshot("first");
    let [dead, alive] = [&dies, &stays].map(|item| Tracked::serial(item).unwrap());
    drop(dies);
    tracker.create_snapshot("second");
    let text = printed(&tracker.stats());

    let objects: Vec<_> = text.split("\n\n").collect();
    let [_, of_dead, of_alive] = &objects[..] else { panic!("{text}") };
    let check = |object: &str, expected: &[&str]| {
        let lines: Vec<_> = object.lines().collect();
        assert_eq!(lines.len(), expected.len(), "{object}");
        for (line, expected) in lines.iter().zip(expected) {
            assert!(line.contains(expected), "{expected:?} is not in {line:?}");
        }
    };
    let site = format!("made at {}:{line}:", file!());
    check(of_dead, &[&format!("Item #{dead}  free"), "dies", &site, "1.0 KiB", "dead by then"]);
    check(of_alive, &[&format!("Item #{alive}"), "stays", "made at", "2.0 KiB", "2.0 KiB"]);
    assert!(!of_alive.contains("free"));
    drop(stays);
}

#[test]
fn p20_the_summary_has_a_header_and_a_row_for_each_class_in_each_snapshot() {
    #[derive(DeepSizeOf)]
    struct Early(u64);
    #[derive(DeepSizeOf)]
    struct Late(u64);

    let tracker = ClassTracker::new();
    tracker.track_class::<Early>();
    let early = [Tracked::new(Early(1)), Tracked::new(Early(2))];
    tracker.create_snapshot("one");
    drop(early);
    tracker.track_class::<Late>();
    let late = Tracked::new(Late(3));
    tracker.create_snapshot("two");

    let summary = tracker.stats().summary();
    assert_eq!(summary.classes, 2);
    let rows: Vec<Vec<_>> = summary
        .snapshots
        .iter()
        .map(|snapshot| snapshot.rows.iter().map(|row| (&*row.class, row.row.as_ref().map(counts))).collect())
        .collect();
    let (early, late_name) = (type_name::<Early>(), type_name::<Late>());
    assert_eq!(rows[0], [(early, Some((2, 2, 0))), (late_name, None)]);
    assert_eq!(rows[1], [(early, Some((0, 2, 2))), (late_name, Some((1, 1, 0)))]);
    for (snapshot, bytes) in summary.snapshots.iter().zip([16, 8]) {
        assert_eq!(snapshot.total.bytes, bytes);
    }

    let mut text = Vec::new();
    tracker.stats().write_summary(&mut text).unwrap();
    let text = String::from_utf8(text).unwrap();
    for label in ["one", "two"] {
        let header = text.lines().find(|line| line.starts_with(&format!(" {label} ("))).unwrap();
        for column in ["live", "bytes", "average", "share"] {
            assert!(header.contains(column), "{header}");
        }
    }
    assert_eq!(text.lines().filter(|line| line.starts_with("  Early ")).count(), 2, "{text}");
    assert_eq!(text.lines().filter(|line| line.starts_with("  Late ")).count(), 2, "{text}");
    drop(late);
}

#[test]
fn p21_a_dump_gives_back_the_same_snapshots_and_prints_the_same() {
    let tracker = shop::<7>();
    let mut live = tracker.stats();
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("shop.ctdump");
    live.dump(&path).unwrap();
    let mut stream = Vec::new();
    live.write_to(&mut stream).unwrap();
    assert_eq!(std::fs::read(&path).unwrap(), stream);

    let loads = [Stats::load(&path).unwrap(), Stats::load(&path).unwrap(), Stats::read_from(&*stream).unwrap()];
    live.sort_by(&[SortKey::TSize, SortKey::Name]).limit(Limit::count(3));
    let summary = |stats: &Stats| {
        let mut text = Vec::new();
        stats.write_summary(&mut text).unwrap();
        text
    };
    for mut loaded in loads {
        assert_eq!(loaded.snapshots(), live.snapshots());
        assert_eq!(loaded.session(), live.session());
        for key in ["class", "name", "birth", "death", "size", "tsize", "repr", "serial"] {
            let sort = [key.parse().unwrap()];
            assert_eq!(order(&loaded, &sort, false), order(&live, &sort, false));
        }
        loaded.sort_by(&[SortKey::TSize, SortKey::Name]).limit(Limit::count(3));
        assert_eq!(printed(&loaded), printed(&live));
        assert_eq!(summary(&loaded), summary(&live));
    }
}

#[test]
fn p21_loading_what_is_no_dump_is_a_clear_error() {
    let error = Stats::read_from(&b"SUMMARY  2 snapshots, 2 classes"[..]).unwrap_err();
    assert!(error.to_string().contains("dump"), "{error}");
    let missing = tempfile::tempdir().unwrap().path().join("none.ctdump");
    let error = Stats::load(&missing).unwrap_err();
    assert!(matches!(&error, DumpError::Io { .. }), "{error:?}");
    assert!(error.to_string().contains("none.ctdump"), "{error}");
}

#[test]
fn p25_the_record_of_an_object_ends_with_it_and_a_class_stays_listed() {
    let tracker = ClassTracker::new();
    tracker.track_class_with::<Item<9>>(options().name("Ending"));
    let item = Tracked::new(Item::<9>::new("x", 1));
    tracker.create_snapshot("alive");
    tracker.detach_class::<Item<9>>().unwrap();
    drop(item);
    for label in ["dead", "still dead"] {
        let snapshot = tracker.create_snapshot(label);
        assert_eq!(counts(snapshot.class("Ending").unwrap()), (0, 1, 1), "{label}");
    }
    let stats = tracker.stats();
    let text = printed(&stats);
    assert!(text.contains("free") && text.contains("dead by then"), "{text}");
    let list = stats.objects(&Query::default());
    assert!(matches!(list.objects[0].fate, Fate::DeadBy { snapshot: 1, .. }));

    tracker.clear();
    let stats = tracker.stats();
    assert_eq!((stats.snapshots().len(), stats.objects(&Query::default()).objects.len()), (0, 0));
    assert_eq!(tracker.create_snapshot("").classes, []);
}

fn texts(tracker: &ClassTracker) -> (String, String) {
    let stats = tracker.stats();
    let mut summary = Vec::new();
    stats.write_summary(&mut summary).unwrap();
    (String::from_utf8(summary).unwrap(), printed(&stats))
}

#[test]
fn p26_a_tracker_without_snapshots_prints_what_to_do_next() {
    let (summary, objects) = texts(&ClassTracker::new());
    assert!(summary.starts_with("SUMMARY  0 snapshots, 0 classes\n"), "{summary}");
    assert!(summary.contains("create_snapshot"), "{summary}");
    assert!(objects.starts_with("OBJECTS  0 objects"), "{objects}");
    assert!(objects.contains("create_snapshot"), "{objects}");
}

#[test]
fn p26_an_empty_snapshot_prints_what_to_do_next() {
    let tracker = ClassTracker::new();
    let snapshot = tracker.create_snapshot("nothing");
    assert_eq!((snapshot.classes.len(), snapshot.objects.len(), snapshot.tracked_bytes()), (0, 0, 0));
    let (summary, objects) = texts(&tracker);
    assert!(summary.contains("no class is tracked") && summary.contains("track_class"), "{summary}");
    assert!(objects.contains("no snapshot lists an object"), "{objects}");
}

#[test]
fn p26_a_total_of_zero_has_no_average_and_divides_nothing() {
    #[derive(DeepSizeOf)]
    struct Nobody(u8);
    #[derive(DeepSizeOf)]
    struct Nothing;

    let tracker = ClassTracker::new();
    tracker.track_class::<Nobody>();
    let snapshot = tracker.create_snapshot("nobody");
    let nobody = row::<Nobody>(&snapshot);
    assert_eq!(
        (nobody.live, nobody.average_bytes(), nobody.smallest_bytes, nobody.largest_bytes),
        (0, None, None, None)
    );
    assert!(texts(&tracker).0.contains("no tracked object was alive"));

    tracker.track_class::<Nothing>();
    let nothing = Tracked::new(Nothing);
    let snapshot = tracker.create_snapshot("nothing");
    assert_eq!(row::<Nothing>(&snapshot).average_bytes(), Some(0));
    // Without the process' memory, shares are those of the tracked bytes: all of nothing.
    let mut unknown = (*snapshot).clone();
    unknown.process = Default::default();
    let stats = Stats::new(tracker.stats().session().clone(), vec![Arc::new(unknown)]);
    let summary = stats.summary();
    assert_eq!((summary.share_of, summary.snapshots[0].total_share), (ShareOf::TrackedBytes, None));
    stats.write_summary(&mut io::sink()).unwrap();
    drop(nothing);
}

#[test]
fn p27_a_class_first_seen_after_the_first_print_joins_the_next_one() {
    #[derive(DeepSizeOf)]
    struct First(u8);
    #[derive(DeepSizeOf)]
    struct Second(u8);

    let tracker = ClassTracker::new();
    tracker.track_class::<First>();
    tracker.create_snapshot("first");
    assert!(!texts(&tracker).0.contains("Second"));
    tracker.track_class::<Second>();
    let second = Tracked::new(Second(1));
    tracker.create_snapshot("second");
    let (summary, objects) = texts(&tracker);
    assert!(
        summary.lines().any(|line| line.starts_with("  Second ") && line.ends_with("not tracked yet")),
        "{summary}"
    );
    assert!(objects.contains("Second #"), "{objects}");
    drop(second);
}

#[test]
fn p27_live_and_dead_objects_sort_by_death_together() {
    let stats = shop::<14>().stats();
    assert_eq!(order(&stats, &[SortKey::Death, SortKey::Repr], false), "abcd");
    let mut stats = stats;
    stats.sort_by(&[SortKey::Death]);
    assert_eq!(printed(&stats).matches("  free").count(), 2);
}

#[test]
fn p27_an_object_whose_making_panics_leaves_nothing() {
    #[derive(DeepSizeOf)]
    struct Thing(u8);

    let tracker = ClassTracker::new();
    tracker.track_class::<Thing>();
    let fail = || -> Thing { std::panic::resume_unwind(Box::new("halfway")) };
    assert!(catch_unwind(|| Tracked::new(fail())).is_err());
    let mut weak = None;
    let cyclic = catch_unwind(AssertUnwindSafe(|| {
        Tracked::new_cyclic(|itself| {
            weak = Some(itself.clone());
            assert_eq!(row::<Thing>(&tracker.create_snapshot("halfway")).live, 0, "it is not there yet");
            fail()
        })
    }));
    assert!(cyclic.is_err());
    assert!(weak.unwrap().upgrade().is_none());
    let snapshot = tracker.create_snapshot("after");
    let (live, created, dropped) = counts(row::<Thing>(&snapshot));
    assert_eq!((live, created - dropped), (0, 0));
    let whole = Tracked::new(Thing(1));
    assert_eq!(row::<Thing>(&tracker.create_snapshot("whole")).live, 1);
    drop(whole);
}
