//! The run that the examples in the documentation look at: `docs/factory.ctdump`.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed, which is what it is for")]

use std::sync::Arc;
use std::time::Duration;

use chrono::DateTime;
use classtracker_stats::{
    AllocatorMemory, AllocatorSource, CensusRow, ClassRow, Durations, Frame, History, HistoryEvent, ObjectRecord,
    ObjectRow, Referent, Session, Site, SiteRow, Snapshot, Stats, Trace,
};

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/factory.ctdump");

#[test]
fn the_sample_of_the_documentation_is_this_run() {
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        run().dump(FILE).unwrap();
    }
    let read = Stats::load(FILE).unwrap();
    assert_eq!(read.session(), run().session());
    assert_eq!(read.snapshots(), run().snapshots());
}

/// A factory over eight minutes, a snapshot each: three employees, of whom the second leaves; orders, ten more each minute; and
/// requests, which are only counted.
fn run() -> Stats {
    let mut session = Session::new(DateTime::from_timestamp(1_800_000_000, 0).unwrap(), 4711);
    session.program = Some("factory".into());
    let labels = ["start", "load", "", "", "", "", "", "evening"];
    let staff = staff();
    let snapshots = (0..).zip(labels).map(|(minute, label)| {
        let elapsed = Duration::from_secs(1 + 60 * minute);
        let mut snapshot = Snapshot::new(label, session.started + elapsed, elapsed);
        snapshot.duration = Duration::from_micros(400);
        snapshot.classes = vec![employees(minute, &staff), orders(minute), requests(minute)];
        snapshot.objects = objects(minute, &staff);
        snapshot.gone = if minute == 2 { vec![2] } else { Vec::new() };
        snapshot.census = Some(vec![CensusRow::new("factory::staff::Skill", 6, 240)]);
        snapshot.process.virtual_bytes = Some(8_000_000);
        snapshot.process.resident_bytes = Some(4_000_000);
        snapshot.process.allocator = Some(AllocatorMemory::new(AllocatorSource::Counting, 50_000 + 1000 * minute));
        snapshot.overhead_bytes = 20_000;
        Arc::new(snapshot)
    });
    Stats::new(session.clone(), snapshots.collect())
}

fn site(line: u32) -> Arc<Site> {
    Arc::new(Site { file: "src/staff.rs".into(), line, column: 9 })
}

fn trace() -> Arc<Trace> {
    let mut hire = Frame::new("factory::staff::hire");
    hire.site = Some(Site { file: "src/main.rs".into(), line: 20, column: 5 });
    Arc::new(Trace::new(vec![Frame::new("factory::main").into(), hire.into()]))
}

fn staff() -> [Arc<ObjectRecord>; 3] {
    [(1, 0, "Ada"), (2, 0, "Grace"), (3, 30, "Joan")].map(|(serial, birth, name)| {
        let mut record = ObjectRecord::new(serial, "factory::staff::Employee", 48);
        record.birth = Some(Duration::from_secs(birth));
        record.repr = Some(name.into());
        record.site = Some(site(12));
        record.trace = Some(trace());
        Arc::new(record)
    })
}

/// Who is there: the third comes before the second snapshot, after which the second goes.
fn objects(minute: u64, staff: &[Arc<ObjectRecord>; 3]) -> Vec<ObjectRow> {
    let here = staff.iter().filter(|object| match object.serial {
        1 => true,
        2 => minute < 2,
        _ => minute > 0,
    });
    let row = |object: &Arc<ObjectRecord>| {
        let bytes = if object.serial == 1 && minute > 0 { 264 } else { 200 };
        let mut row = ObjectRow::new(Arc::clone(object), bytes);
        row.referents = vec![Referent::new("name", 1, 1, 24, bytes - 24), Referent::new("age", 1, 1, 24, 24)].into();
        row
    };
    here.map(row).collect()
}

fn employees(minute: u64, staff: &[Arc<ObjectRecord>; 3]) -> ClassRow {
    let objects = objects(minute, staff);
    let mut row = ClassRow::new("factory::staff::Employee");
    row.live = objects.len() as u64;
    row.created = if minute == 0 { 2 } else { 3 };
    row.dropped = row.created - row.live;
    row.bytes = objects.iter().map(|object| object.bytes).sum();
    row.flat_bytes = 48 * row.live;
    (row.smallest_bytes, row.largest_bytes) = (Some(200), objects.iter().map(|object| object.bytes).max());
    row.listed = row.live;
    row.referents = Referent::merge(objects.iter().map(|object| &object.referents[..]));
    let mut made = SiteRow::new(row.live, row.bytes);
    (made.site, made.trace) = (Some(site(12)), Some(trace()));
    row.sites = vec![made];
    let mut ages = Durations::default();
    objects.iter().for_each(|row| ages.add(Duration::from_secs(1 + 60 * minute) - row.object.birth.unwrap()));
    row.ages = Some(ages);
    row.oldest = objects.iter().map(|row| Arc::clone(&row.object)).collect();
    let mut lifetimes = Durations::default();
    (0..row.dropped).for_each(|_| lifetimes.add(Duration::from_secs(100)));
    row.lifetimes = Some(lifetimes);
    let mut history = History::default();
    let change = |seconds, live| HistoryEvent { at: Duration::from_secs(seconds), live };
    history.events = match minute {
        0 => vec![change(0, 1), change(0, 2)],
        1 => vec![change(30, 3)],
        2 => vec![change(100, 2)],
        _ => Vec::new(),
    };
    row.history = Some(history);
    row
}

fn orders(minute: u64) -> ClassRow {
    let mut row = ClassRow::new("factory::Order");
    row.created = 12 * (minute + 1);
    row.dropped = 2 * (minute + 1);
    row.live = row.created - row.dropped;
    row.bytes = 100 * row.live;
    row.flat_bytes = 40 * row.live;
    (row.smallest_bytes, row.largest_bytes) = (Some(100), Some(100));
    row
}

fn requests(minute: u64) -> ClassRow {
    let mut row = ClassRow::new("factory::Request");
    row.by_value = true;
    row.created = 1000 * (minute + 1);
    row.live = 3 - minute % 2;
    row.dropped = row.created - row.live;
    row.bytes = 0;
    row.flat_bytes = 32 * row.live;
    row
}
