//! What is dumped is what is loaded.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed, which is what it is for")]

mod support;

use std::sync::Arc;

use classtracker_stats::{DumpReader, DumpWriter, ObjectRow, Query, Referent, Snapshot, Stats};
use proptest::prelude::*;
use support::any::any_stats;
use support::everything::everything;
use support::{annotated, dumped, factory, object_text, objects, session, summary};

fn check(stats: &Stats) {
    let bytes = dumped(stats);
    let loaded = Stats::read_from(&bytes[..]).unwrap();
    assert_eq!(loaded.session(), stats.session());
    assert_eq!(loaded.snapshots(), stats.snapshots());
    assert_eq!(summary(&loaded), summary(stats));
    assert_eq!(objects(&loaded), objects(stats));
    assert_eq!(annotated(&loaded), annotated(stats));
    for object in stats.objects(&Query::default()).objects {
        let serial = object.record.serial;
        assert_eq!(object_text(&loaded, serial), object_text(stats, serial));
    }
    assert_eq!(dumped(&loaded), bytes, "dumped again, it is the same");
}

proptest! {
    #[test]
    fn any_session_is_loaded_as_it_was_dumped(stats in any_stats()) {
        check(&stats);
    }

    #[test]
    fn any_bytes_after_the_magic_are_an_error_and_no_panic(bytes: Vec<u8>) {
        let mut dump = dumped(&Stats::new(session(), Vec::new()));
        dump.truncate(10);
        dump.extend(bytes);
        prop_assert!(Stats::read_from(&dump[..]).is_err());
    }
}

#[test]
fn a_small_session_and_an_empty_one_go_through() {
    check(&factory());
    check(&everything());
    check(&Stats::new(session(), Vec::new()));
}

#[test]
fn a_file_loads_the_same_any_number_of_times_and_can_be_dumped_over() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("factory.ctdump");
    let stats = factory();
    for _ in 0..2 {
        stats.dump(&path).unwrap();
        for _ in 0..2 {
            assert_eq!(Stats::load(&path).unwrap().snapshots(), stats.snapshots());
        }
    }
    let names: Vec<_> = dir.path().read_dir().unwrap().collect();
    assert_eq!(names.len(), 1, "{names:?}");
}

#[test]
fn snapshots_that_list_the_same_object_share_its_record_again() {
    let bytes = dumped(&factory());
    let loaded = Stats::read_from(&bytes[..]).unwrap();
    let [first, .., last] = loaded.snapshots() else {
        panic!("no two snapshots");
    };
    assert!(Arc::ptr_eq(&first.objects[0].object, &last.objects[0].object));
}

#[test]
fn an_object_listed_on_and_off_comes_back() {
    let stats = factory();
    let [before, load, evict] = stats.snapshots() else {
        panic!("not three snapshots");
    };
    let order = [load, before, load, evict, before, evict, load].map(Arc::clone);
    check(&Stats::new(session(), order.to_vec()));
}

#[test]
fn rows_in_any_order_come_back() {
    let stats = factory();
    let snapshots = stats.snapshots().iter().map(|snapshot| {
        let mut snapshot = Snapshot::clone(snapshot);
        snapshot.objects.reverse();
        let twice = snapshot.objects.clone();
        snapshot.objects.extend(twice);
        Arc::new(snapshot)
    });
    let reversed: Vec<_> = snapshots.collect();
    let mixed = reversed.iter().chain(stats.snapshots()).chain(&reversed).cloned();
    check(&Stats::new(session(), mixed.collect()));
}

#[test]
fn a_dump_that_grows_can_be_read_up_to_its_last_whole_frame() {
    let stats = factory();
    let mut bytes = Vec::new();
    let mut writer = DumpWriter::new(&mut bytes, stats.session()).unwrap();
    for snapshot in stats.snapshots() {
        writer.write(snapshot).unwrap();
    }
    drop(writer);
    let whole: Vec<_> = DumpReader::new(&bytes[..]).unwrap().map_while(Result::ok).collect();
    assert_eq!(whole, stats.snapshots());
}

#[test]
fn levels_that_make_no_tree_come_back_as_the_nearest_that_do() {
    let mut one = support::snapshot("", 1);
    let mut row = support::class("a", &[]);
    row.referents = [0, 7, u32::MAX, 2, 1].map(|level| Referent::new("part", level, 1, 1, 1)).into();
    one.classes.push(row);
    let bytes = dumped(&Stats::new(session(), vec![Arc::new(one)]));
    let loaded = Stats::read_from(&bytes[..]).unwrap();
    let levels: Vec<_> = loaded.snapshots()[0].classes[0].referents.iter().map(|part| part.level).collect();
    assert_eq!(levels, [1, 2, 3, 2, 1]);
}

#[test]
fn referents_that_did_not_change_are_not_written_again_and_are_shared_again() {
    let record = Arc::new(support::object(1, "a", 0));
    let parts: Arc<[_]> = (0..1000).map(|_| Referent::new("part", 1, 1, 1000, 1000)).collect();
    let snapshots = [1, 2, 3].map(|millis| {
        let mut one = support::snapshot("", millis);
        let mut row = ObjectRow::new(Arc::clone(&record), 1_000_000);
        row.referents = if millis == 2 { parts.to_vec().into() } else { Arc::clone(&parts) };
        one.objects.push(row);
        Arc::new(one)
    });
    let size = |count: usize| dumped(&Stats::new(session(), snapshots[..count].to_vec())).len();
    assert!(size(1) > 5000, "{}", size(1));
    assert!(size(3) - size(1) < 250, "{}", size(3) - size(1));
    let bytes = dumped(&Stats::new(session(), snapshots.to_vec()));
    let loaded = Stats::read_from(&bytes[..]).unwrap();
    let [first, .., last] = loaded.snapshots() else {
        panic!("no two snapshots");
    };
    assert!(Arc::ptr_eq(&first.objects[0].referents, &last.objects[0].referents));
}

#[test]
fn an_unchanged_row_takes_a_byte() {
    let mut one = support::snapshot("", 1);
    for serial in 0..10_000 {
        let record = Arc::new(support::object(serial, "a", serial / 10));
        one.objects.push(ObjectRow::new(record, 100));
    }
    let one = Arc::new(one);
    let size = |times| dumped(&Stats::new(session(), vec![Arc::clone(&one); times])).len();
    let (first, second, third) = (size(1), size(2), size(3));
    assert_eq!(third - second, second - first);
    assert!(second - first < 10_130, "{}", second - first);
    assert!(first < 90_000, "{first}");
}
