//! Other ways to read a dump: packed, without objects, past damage, while it grows.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed, which is what it is for")]

mod support;

use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use std::{fs, thread};

use classtracker_stats::dump::{self, CompactReader, Damage, Ending, Objects, ReadOptions};
use classtracker_stats::{DumpFile, DumpReader, ListedObject, ObjectRow, Snapshot, Stats};
use expect_test::{Expect, expect};
use proptest::prelude::*;
use support::any::any_stats;
use support::everything::everything;
use support::frames::{frame, frames, rebuilt};
use support::{class, dumped, factory, object, session, snapshot};

fn options(set: impl FnOnce(&mut ReadOptions)) -> ReadOptions {
    let mut options = ReadOptions::default();
    set(&mut options);
    options
}

fn without_objects(snapshot: &Snapshot) -> Snapshot {
    let mut snapshot = snapshot.clone();
    snapshot.objects.clear();
    snapshot
}

/// What a reader of packed rows gives must be what the model has.
fn check_packed(stats: &Stats) {
    let bytes = dumped(stats);
    let packed: Vec<_> = CompactReader::new(&bytes[..]).unwrap().map(Result::unwrap).collect();
    assert_eq!(packed.len(), stats.snapshots().len());
    for (packed, snapshot) in packed.iter().zip(stats.snapshots()) {
        assert_eq!(*packed.snapshot, without_objects(snapshot));
        assert_eq!(packed.objects.len(), snapshot.objects.len() as u64);
        assert_eq!(packed.objects.is_empty(), snapshot.objects.is_empty());
        assert_eq!(packed.objects.rise(), snapshot.objects.is_sorted_by(|a, b| a.object.serial < b.object.serial));
        assert_eq!(packed.objects.iter().size_hint().0, snapshot.objects.len());
        assert_eq!(packed.objects.iter().count(), snapshot.objects.len());
        for (packed, row) in packed.objects.iter().zip(&snapshot.objects) {
            same(&packed, row);
            assert_eq!(packed.unread(), row.unread);
        }
    }
}

fn same(a: &impl ListedObject, b: &impl ListedObject) {
    assert_eq!((a.serial(), a.class(), a.bytes(), a.birth()), (b.serial(), b.class(), b.bytes(), b.birth()));
    assert_eq!((a.site(), a.trace()), (b.site(), b.trace()));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(50))]

    #[test]
    fn packed_objects_are_those_of_the_model(stats in any_stats()) {
        check_packed(&stats);
    }

    #[test]
    fn skipped_objects_are_all_that_is_missing(stats in any_stats()) {
        let (read, lost) = Stats::read_with(&dumped(&stats)[..], &options(|to| to.objects = Objects::Skip)).unwrap();
        prop_assert!(lost.is_empty());
        let expected: Vec<_> = stats.snapshots().iter().map(|one| Arc::new(without_objects(one))).collect();
        prop_assert_eq!(read.snapshots(), expected);
    }

    /// Whatever is changed, every snapshot that comes is one that was written, in order; and the account comes out even.
    #[test]
    fn what_is_passed_over_is_accounted_for(stats in any_stats(), at: prop::sample::Index, byte: u8, length: prop::sample::Index) {
        let mut bytes = dumped(&stats);
        let start = frames(&bytes).next().unwrap().end;
        let at = start + at.index(bytes.len() - start);
        bytes[at] = byte;
        bytes.truncate(start + length.index(bytes.len() + 1 - start));
        let (read, lost) = Stats::read_with(&bytes[..], &options(|to| to.damage = Damage::PassOver)).unwrap();
        let mut written = stats.snapshots().iter();
        for snapshot in read.snapshots() {
            prop_assert!(written.any(|one| one == snapshot));
        }
        let report = dump::check_stream(&bytes[..]).unwrap();
        prop_assert_eq!(report.bytes, bytes.len() as u64);
        prop_assert_eq!(report.snapshots, read.snapshots().len() as u64);
        prop_assert_eq!(report.lost.len(), lost.len());
        prop_assert_eq!(report.is_whole(), bytes == dumped(&stats));
    }
}

#[test]
fn many_packed_rows_that_come_go_and_stay_are_right() {
    let snapshots = (0..6_u64).map(|round| {
        let mut one = snapshot("", round);
        for serial in (round * 3000..20_000 + round * 5000).filter(|serial| serial % (7 + round) != round) {
            let record = Arc::new(object(serial, ["a", "b", "c"][serial as usize % 3], serial / 100));
            let mut row = ObjectRow::new(record, 100 + (serial * 7919 + round * (serial % 10 / 9)) % 1000);
            row.unread = (serial + round) % 1000 == 0;
            one.objects.push(row);
        }
        Arc::new(one)
    });
    let stats = Stats::new(session(), snapshots.collect());
    check_packed(&stats);
    let bytes = dumped(&stats);
    let mut reader = CompactReader::new(&bytes[..]).unwrap();
    let objects = reader.next().unwrap().unwrap().objects;
    let each = objects.memory_bytes() as f64 / objects.len() as f64;
    assert!(each < 6.0, "{each} bytes an object");
}

#[test]
fn a_dump_of_version_1_can_be_read_in_each_way() {
    let v1 = fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/v1.ctdump")).unwrap();
    let packed: Vec<_> = CompactReader::new(&v1[..]).unwrap().map(Result::unwrap).collect();
    assert_eq!(packed[2].objects.len(), factory().snapshots()[2].objects.len() as u64);
    let report = dump::check_stream(&v1[..]).unwrap();
    assert!(report.is_whole());
    assert_eq!((report.version, report.snapshots, report.frames), (1, 3, 5));
    assert_eq!(report.bytes, v1.len() as u64);
}

/// Snapshots enough that one in the middle begins anew.
fn long() -> Stats {
    let snapshots = (0..60).map(|round| {
        let mut one = snapshot(&format!("snapshot {round}"), round);
        one.classes.push(class("a", &[round]));
        one.objects.push(ObjectRow::new(Arc::new(object(1, "a", 0)), round));
        Arc::new(one)
    });
    Stats::new(session(), snapshots.collect())
}

/// Of the frames that are snapshots which begin anew: the number among all frames, and among those of snapshots.
fn anew(dump: &[u8]) -> Vec<(usize, usize)> {
    let kinds = frames(dump).map(|frame| dump[frame.start + 8]).enumerate();
    let snapshots = kinds.filter(|(_, kind)| matches!(kind, 0x02 | 0x42)).enumerate();
    snapshots.filter(|(_, (_, kind))| *kind == 0x42).map(|(number, (frame, _))| (frame, number)).collect()
}

#[test]
fn damage_in_the_middle_costs_the_snapshots_up_to_one_that_begins_anew() {
    let stats = long();
    let dump = dumped(&stats);
    let [(1, 0), (second, number), ..] = anew(&dump)[..] else {
        panic!("none begins anew");
    };
    let all: Vec<_> = frames(&dump).collect();
    let mut damaged = dump.clone();
    damaged[all[5].end - 1] ^= 1;
    let (read, lost) = Stats::read_with(&damaged[..], &options(|to| to.damage = Damage::PassOver)).unwrap();
    // The first frame is the session.
    let expected: Vec<_> = [&stats.snapshots()[..4], &stats.snapshots()[number..]].concat();
    assert_eq!(read.snapshots(), expected);
    let [lost] = &lost[..] else {
        panic!("{lost:?}");
    };
    assert_eq!((lost.offset, lost.bytes), (all[5].start as u64, (all[second].start - all[5].start) as u64));
    assert_eq!((lost.snapshots, lost.frames), (4, number as u64 - 5));
    assert!(Stats::read_from(&damaged[..]).is_err());
}

#[test]
fn snapshots_that_begin_anew_share_the_records_of_those_before_in_memory() {
    let dump = dumped(&long());
    assert!(anew(&dump).len() > 2);
    let read = Stats::read_from(&dump[..]).unwrap();
    let record = |snapshot: &Arc<Snapshot>| Arc::clone(&snapshot.objects[0].object);
    let first = record(&read.snapshots()[0]);
    assert!(read.snapshots().iter().all(|snapshot| Arc::ptr_eq(&record(snapshot), &first)));
}

#[test]
fn a_length_that_is_damaged_costs_no_more_than_a_payload() {
    let stats = long();
    let dump = dumped(&stats);
    let [_, (second, number), ..] = anew(&dump)[..] else {
        panic!("none begins anew");
    };
    let all: Vec<_> = frames(&dump).collect();
    let expected: Vec<_> = [&stats.snapshots()[..4], &stats.snapshots()[number..]].concat();
    let check = |damaged: &[u8]| {
        let (read, lost) = Stats::read_with(damaged, &options(|to| to.damage = Damage::PassOver)).unwrap();
        assert_eq!(read.snapshots(), expected);
        let [lost] = &lost[..] else {
            panic!("{lost:?}");
        };
        assert!((all[5].start..all[5].end).contains(&(lost.offset as usize)), "{lost}");
        // The mark before the snapshot may count as lost.
        assert!((all[second - 1].start..=all[second].start).contains(&((lost.offset + lost.bytes) as usize)), "{lost}");
    };
    for bit in 0..32 {
        let mut damaged = dump.clone();
        damaged[all[5].start + bit / 8] ^= 1 << (bit % 8);
        check(&damaged);
    }
    // As a disk may leave it after a power cut: nothing but zeros from the frame's begin on, over some frames' ends.
    for length in [1, 8, 9, 10, 100, 500] {
        let mut damaged = dump.clone();
        damaged[all[5].start..all[5].start + length].fill(0);
        check(&damaged);
        damaged.drain(all[5].start..all[5].start + length);
        let (read, _) = Stats::read_with(&damaged[..], &options(|to| to.damage = Damage::PassOver)).unwrap();
        assert_eq!(read.snapshots(), expected, "{length} bytes are missing");
    }
}

#[test]
fn marks_that_lead_nowhere_are_given_up() {
    let dump = dumped(&long());
    let [_, (second, _), ..] = anew(&dump)[..] else {
        panic!("none begins anew");
    };
    let all: Vec<_> = frames(&dump).collect();
    let mut marks = dump[..all[2].start].to_vec();
    for _ in 0..200_000 {
        marks.extend(&dump[all[second - 1].start..all[second - 1].end]);
        marks.extend([0, 0, 0, 0x3F, 1, 2, 3, 4, 0x42]);
    }
    let report = dump::check_stream(&marks[..]).unwrap();
    assert_eq!((report.snapshots, report.bytes), (1, marks.len() as u64));
}

#[test]
fn what_is_lost_is_said() {
    let stats = factory();
    let dump = dumped(&stats);
    let all: Vec<_> = frames(&dump).collect();
    let check = |dump: &[u8], expected: Expect| {
        let report = dump::check_stream(dump).unwrap();
        let mut text = format!(
            "{} snapshots, {} frames, {} bytes, {} object rows, ended: {}\n",
            report.snapshots, report.frames, report.bytes, report.object_rows, report.ended
        );
        for lost in &report.lost {
            text += &format!("{lost}\n");
        }
        expected.assert_eq(&text);
    };
    let flipped = |at: usize| {
        let mut bytes = dump.clone();
        bytes[at] ^= 1;
        bytes
    };
    check(
        &dump,
        expect![[r#"
        3 snapshots, 5 frames, 1040 bytes, 7 object rows, ended: true
    "#]],
    );
    check(
        &dump[..all[3].end],
        expect![[r#"
        3 snapshots, 4 frames, 1030 bytes, 7 object rows, ended: false
        byte 1030: the dump is cut after 3 whole snapshots: expected 9 bytes of a frame header, found 0
    "#]],
    );
    check(
        &dump[..all[3].end - 10],
        expect![[r#"
        2 snapshots, 3 frames, 1020 bytes, 4 object rows, ended: false
        byte 722: the dump is cut after 2 whole snapshots: expected 308 bytes of a frame's payload, found 298; 307 bytes from byte 713 on can't be used
    "#]],
    );
    check(
        &flipped(all[1].end - 1),
        expect![[r#"
        0 snapshots, 4 frames, 1040 bytes, 0 object rows, ended: true
        byte 41: frame is damaged: expected checksum 356c873a, found 426bb7ac; 989 bytes from byte 41 on can't be used, 2 whole snapshots among them
    "#]],
    );
    check(
        &flipped(all[3].end - 1),
        expect![[r#"
        2 snapshots, 4 frames, 1040 bytes, 4 object rows, ended: true
        byte 713: frame is damaged: expected checksum dbdcf30d, found acdbc39b; 317 bytes from byte 713 on can't be used
    "#]],
    );
    // The highest byte of a length.
    check(
        &flipped(all[2].start + 3),
        expect![[r#"
        1 snapshots, 2 frames, 1040 bytes, 1 object rows, ended: false
        byte 265: the dump is cut after 1 whole snapshot: expected 16777664 bytes of a frame's payload, found 775; 784 bytes from byte 256 on can't be used
    "#]],
    );
    check(
        &[&dump[..], b"more"].concat(),
        expect![[r#"
        3 snapshots, 5 frames, 1044 bytes, 7 object rows, ended: true
        byte 1040: expected the end of the dump, found more bytes; 4 bytes from byte 1040 on can't be used
    "#]],
    );
    check(
        &[&dump[..all[2].start], &frame(77, b"new"), &dump[all[2].start..]].concat(),
        expect![[r#"
        1 snapshots, 6 frames, 1052 bytes, 1 object rows, ended: true
        byte 256: unexpected frame: expected a snapshot (2) or the end (3), found kind 77; 786 bytes from byte 256 on can't be used, 2 whole snapshots among them
    "#]],
    );
    check(
        &rebuilt(&dump, &all[2], |payload| payload.truncate(100)),
        expect![[r#"
        1 snapshots, 5 frames, 692 bytes, 1 object rows, ended: true
        byte 265: undecodable payload: snapshot: expected its fields in 100 bytes, found fewer than they need; 426 bytes from byte 256 on can't be used, 1 whole snapshot among them
    "#]],
    );
    // A snapshot is missing, but all frames are whole.
    check(
        &[&dump[..all[3].start], &dump[all[4].start..]].concat(),
        expect![[r#"
        2 snapshots, 4 frames, 723 bytes, 4 object rows, ended: true
        byte 713: wrong number of snapshots: expected 3, found 2
    "#]],
    );
}

#[test]
fn a_check_names_the_path_and_refuses_what_is_no_dump() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.ctdump");
    fs::write(&path, &dumped(&factory())[..200]).unwrap();
    let report = dump::check(&path).unwrap();
    assert!(report.lost[0].to_string().starts_with(&format!("{}: byte ", path.display())), "{}", report.lost[0]);
    fs::write(&path, "a letter").unwrap();
    assert_eq!(dump::check(&path).unwrap_err().path(), Some(path.as_path()));
}

#[test]
fn what_is_there_of_a_growing_dump_is_read_without_an_error() {
    let dump = dumped(&everything());
    let ends: Vec<usize> = frames(&dump).map(|frame| frame.end).collect();
    for length in ends[0]..=dump.len() {
        let reader = DumpReader::with(&dump[..length], &options(|to| to.ending = Ending::MayGrow)).unwrap();
        let read = reader.map(Result::unwrap).count();
        let whole = ends.iter().filter(|end| **end <= length).count() - 1;
        assert_eq!(read, whole.min(3), "at {length}");
    }
}

#[test]
fn a_growing_dump_is_followed_byte_by_byte_to_its_end() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("growing.ctdump");
    let stats = everything();
    let dump = dumped(&stats);
    let mut file = fs::File::create(&path).unwrap();
    let writer = thread::spawn(move || {
        for piece in dump.chunks(7) {
            file.write_all(piece).unwrap();
            thread::sleep(Duration::from_micros(50));
        }
    });
    let reader = DumpReader::follow(&path, &ReadOptions::default(), Duration::from_micros(100), || true).unwrap();
    let read: Vec<_> = reader.map(Result::unwrap).collect();
    assert_eq!(read, stats.snapshots());
    writer.join().unwrap();
}

#[test]
fn who_follows_waits_in_steps_and_stops_when_told() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("growing.ctdump");
    let stats = everything();
    let mut file = DumpFile::create(&path, stats.session()).unwrap();
    file.write(&stats.snapshots()[0]).unwrap();
    let asked = Arc::new(AtomicU32::new(0));
    let wait = {
        let asked = Arc::clone(&asked);
        move || asked.fetch_add(1, Ordering::Relaxed) < 3
    };
    let mut reader = DumpReader::follow(&path, &ReadOptions::default(), Duration::from_millis(1), wait).unwrap();
    assert_eq!(reader.next().unwrap().unwrap(), stats.snapshots()[0]);
    assert!(reader.next().is_none());
    assert!(reader.next().is_none());
    assert_eq!(asked.load(Ordering::Relaxed), 4);
    assert_eq!(reader.offset(), file.bytes());
}

#[test]
fn a_followed_file_that_begins_again_is_an_error() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("growing.ctdump");
    let stats = everything();
    let mut file = DumpFile::create(&path, stats.session()).unwrap();
    file.write(&stats.snapshots()[0]).unwrap();
    drop(file);
    let mut reader = DumpReader::follow(&path, &ReadOptions::default(), Duration::from_millis(1), || true).unwrap();
    reader.next().unwrap().unwrap();
    let _file = DumpFile::replace(&path, stats.session()).unwrap();
    let error = reader.next().unwrap().unwrap_err();
    assert!(error.to_string().contains("the file was cut to"), "{error}");
}
