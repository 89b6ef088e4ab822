//! A small session that has a bit of everything, made by hand so that it is the same every time.

#![allow(dead_code, reason = "each test file uses its own part of this")]
#![allow(clippy::unwrap_used, reason = "a test that panics has failed, which is what it is for")]

pub(crate) mod frames;

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use classtracker_stats::{ClassRow, ObjectRecord, ObjectRow, Session, Site, Snapshot, Stats};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

pub(crate) fn at(millis: u64) -> DateTime<Utc> {
    let start = DateTime::from_timestamp(1_800_000_000, 250_000_000).unwrap();
    start + Duration::from_millis(millis)
}

pub(crate) fn session() -> Session {
    let mut session = Session::new(at(0), 4711);
    session.program = Some("factory".into());
    session
}

pub(crate) fn snapshot(label: &str, millis: u64) -> Snapshot {
    let mut snapshot = Snapshot::new(label, at(millis), Duration::from_millis(millis));
    snapshot.duration = Duration::from_micros(250);
    snapshot.overhead_bytes = 123_000;
    snapshot.process.virtual_bytes = Some(12_700_000);
    snapshot.process.resident_bytes = Some(3_750_000);
    snapshot
}

/// A class of which `listed` objects, all of them read, take `sizes`; none was dropped.
pub(crate) fn class(name: &str, sizes: &[u64]) -> ClassRow {
    let mut row = ClassRow::new(name);
    row.live = sizes.len() as u64;
    row.created = row.live;
    row.listed = row.live;
    row.bytes = sizes.iter().sum();
    row.flat_bytes = 48 * row.live;
    row.smallest_bytes = sizes.iter().min().copied();
    row.largest_bytes = sizes.iter().max().copied();
    row
}

pub(crate) fn object(serial: u64, class: &str, birth: u64) -> ObjectRecord {
    let mut record = ObjectRecord::new(serial, class, 48);
    record.birth = Some(Duration::from_millis(birth));
    record.site = Some(Arc::new(Site { file: "src/main.rs".to_owned(), line: 12, column: 9 }));
    record
}

/// Three snapshots: a factory and two of 1000 employees; one is gone and one could not be read; a class that comes late.
pub(crate) fn factory() -> Stats {
    let factory = Arc::new({
        let mut record = ObjectRecord::new(1, "factory::Factory", 56);
        record.site = Some(Arc::new(Site { file: "src/main.rs".to_owned(), line: 30, column: 5 }));
        record
    });
    let ann = Arc::new({
        let mut record = object(2, "factory::staff::Employee", 104);
        record.repr = Some("Employee { name: \"Ann\" }".into());
        record
    });
    let bob = Arc::new({
        let mut record = object(3, "factory::staff::Employee", 108);
        record.repr = Some("Employee { name: \"Bob\" }".into());
        record
    });
    let order = Arc::new(object(1002, "factory::Order<factory::staff::Employee>", 612));

    let mut before = snapshot("before", 102);
    before.classes.push(class("factory::Factory", &[41_062]));
    before.classes.push(class("factory::staff::Employee", &[]));
    before.objects.push(ObjectRow::new(Arc::clone(&factory), 41_062));

    let mut load = snapshot("after load", 412);
    load.classes.push(class("factory::Factory", &[41_062]));
    let mut employees = class("factory::staff::Employee", &[200; 1000]);
    employees.listed = 2;
    load.classes.push(employees);
    load.objects.push(ObjectRow::new(Arc::clone(&factory), 41_062));
    load.objects.push(ObjectRow::new(Arc::clone(&ann), 200));
    load.objects.push(ObjectRow::new(Arc::clone(&bob), 200));

    let mut evict = snapshot("", 1_900);
    evict.classes.push(class("factory::Factory", &[41_066]));
    evict.classes.push(class("factory::Order<factory::staff::Employee>", &[1_300_000]));
    let mut employees = class("factory::staff::Employee", &[200; 499]);
    employees.created = 1000;
    employees.dropped = 501;
    employees.listed = 1;
    employees.unread = 1;
    evict.classes.push(employees);
    evict.objects.push(ObjectRow::new(factory, 41_066));
    let mut unread = ObjectRow::new(ann, 48);
    unread.unread = true;
    evict.objects.push(unread);
    evict.objects.push(ObjectRow::new(order, 1_300_000));
    evict.gone.push(3);

    let snapshots = [before, load, evict].map(Arc::new);
    Stats::new(session(), snapshots.to_vec())
}

pub(crate) fn summary(stats: &Stats) -> String {
    let mut text = Vec::new();
    stats.write_summary(&mut text).unwrap();
    String::from_utf8(text).unwrap()
}

pub(crate) fn objects(stats: &Stats) -> String {
    let mut text = Vec::new();
    stats.write_stats(&mut text).unwrap();
    String::from_utf8(text).unwrap()
}

pub(crate) fn dumped(stats: &Stats) -> Vec<u8> {
    let mut bytes = Vec::new();
    stats.write_to(&mut bytes).unwrap();
    bytes
}

/// Any snapshots, but such that objects often occur in several of them.
pub(crate) fn any_stats() -> impl Strategy<Value = Stats> {
    let pool = vec(any_record().prop_map(Arc::new), 1..20);
    let snapshots = pool.prop_flat_map(|pool| vec(any_snapshot(pool), 0..6));
    (any_session(), snapshots).prop_map(|(session, snapshots)| Stats::new(session, snapshots))
}

fn any_session() -> impl Strategy<Value = Session> {
    (any_time(), any::<u32>(), any::<Option<String>>()).prop_map(|(started, process_id, program)| {
        let mut session = Session::new(started, process_id);
        session.program = program.map(Into::into);
        session
    })
}

fn any_snapshot(pool: Vec<Arc<ObjectRecord>>) -> impl Strategy<Value = Arc<Snapshot>> {
    let row = (select(pool), any::<u64>(), any::<bool>());
    let rows = (vec(row, 0..20), any::<bool>());
    let process = any::<(Option<u64>, Option<u64>, u64)>();
    let times = (any_time(), any::<Duration>(), any::<Duration>());
    let classes = vec(any_class(), 0..5);
    let parts = (any::<String>(), times, process, classes, rows, any::<Vec<u64>>());
    parts.prop_map(|(label, (time, elapsed, duration), process, classes, (rows, sorted), gone)| {
        let mut snapshot = Snapshot::new(label, time, elapsed);
        snapshot.duration = duration;
        (snapshot.process.virtual_bytes, snapshot.process.resident_bytes, snapshot.overhead_bytes) = process;
        snapshot.classes = classes;
        snapshot.gone = gone;
        for (record, bytes, unread) in rows {
            let mut row = ObjectRow::new(record, bytes);
            row.unread = unread;
            snapshot.objects.push(row);
        }
        if sorted {
            snapshot.objects.sort_by_key(|row| row.object.serial);
        }
        Arc::new(snapshot)
    })
}

fn any_class() -> impl Strategy<Value = ClassRow> {
    let counts = any::<[u64; 7]>();
    (any_name(), counts, any::<[Option<u64>; 2]>()).prop_map(|(name, counts, sizes)| {
        let mut row = ClassRow::new(name);
        [row.live, row.created, row.dropped, row.bytes, row.flat_bytes, row.unread, row.listed] = counts;
        [row.smallest_bytes, row.largest_bytes] = sizes;
        row
    })
}

fn any_record() -> impl Strategy<Value = ObjectRecord> {
    let site = (any_name(), any::<u32>(), any::<u32>()).prop_map(|(file, line, column)| Site { file, line, column });
    let serial = prop_oneof![0..30_u64, any::<u64>()];
    let absent_or = (any::<Option<String>>(), any::<Option<Duration>>(), option::of(site));
    (serial, any_name(), any::<u64>(), absent_or).prop_map(|(serial, class, flat_bytes, (repr, birth, site))| {
        let mut record = ObjectRecord::new(serial, class, flat_bytes);
        record.repr = repr.map(Into::into);
        record.birth = birth;
        record.site = site.map(Arc::new);
        record
    })
}

/// Few names, so that they are often the same.
fn any_name() -> impl Strategy<Value = String> {
    prop_oneof!["[ab]{0,1}", "[a-c]::[A-C](<[a-c]::[A-C]>)?", any::<String>()]
}

fn any_time() -> impl Strategy<Value = DateTime<Utc>> {
    let range = DateTime::<Utc>::MIN_UTC.timestamp()..=DateTime::<Utc>::MAX_UTC.timestamp();
    (range, 0..1_000_000_000_u32).prop_map(|(seconds, nanos)| DateTime::from_timestamp(seconds, nanos).unwrap())
}
