//! A small session that has a bit of everything, made by hand so that it is the same every time.

#![allow(dead_code, reason = "each test file uses its own part of this")]
#![allow(clippy::unwrap_used, reason = "a test that panics has failed, which is what it is for")]

pub(crate) mod any;
pub(crate) mod everything;
pub(crate) mod frames;

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use classtracker_stats::{CensusRow, ClassRow, ObjectRecord, ObjectRow, Referent, Session, Site, Snapshot, Stats};

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
    before.census = Some(Vec::new());

    let mut load = snapshot("after load", 412);
    load.classes.push(class("factory::Factory", &[41_062]));
    load.classes[0].referents = parts_of_factory(41_062);
    load.classes[0].shared_bytes = 512;
    let mut employees = class("factory::staff::Employee", &[200; 1000]);
    employees.listed = 2;
    employees.referents = parts_of_employees(1000, 3000);
    load.classes.push(employees);
    load.objects.push(ObjectRow::new(Arc::clone(&factory), 41_062));
    load.objects[0].referents = parts_of_factory(41_062).into();
    load.objects.push(ObjectRow::new(Arc::clone(&ann), 200));
    load.objects[1].referents = parts_of_employees(1, 3).into();
    load.objects.push(ObjectRow::new(Arc::clone(&bob), 200));
    load.census =
        Some(vec![CensusRow::new("factory::Address", 2, 144), CensusRow::new("factory::staff::Skill", 3000, 149_000)]);

    let mut evict = snapshot("", 1_900);
    evict.classes.push(class("factory::Factory", &[41_066]));
    evict.classes[0].referents = parts_of_factory(41_066);
    evict.classes.push(class("factory::Order<factory::staff::Employee>", &[1_300_000]));
    evict.classes[1].shared_bytes = 41_066;
    let mut employees = class("factory::staff::Employee", &[200; 499]);
    employees.created = 1000;
    employees.dropped = 501;
    employees.listed = 1;
    employees.unread = 1;
    evict.classes.push(employees);
    evict.objects.push(ObjectRow::new(factory, 41_066));
    evict.objects[0].referents = parts_of_factory(41_066).into();
    let mut unread = ObjectRow::new(ann, 48);
    unread.unread = true;
    unread.referents = [Referent::new("name", 1, 1, 24, 24), Referent::new("skills", 1, 1, 24, 24)].into();
    evict.objects.push(unread);
    evict.objects.push(ObjectRow::new(order, 1_300_000));
    evict.gone.push(3);

    let snapshots = [before, load, evict].map(Arc::new);
    Stats::new(session(), snapshots.to_vec())
}

fn parts_of_factory(bytes: u64) -> Vec<Referent> {
    let staff = bytes - 37 - 35;
    vec![
        Referent::new("name", 1, 1, 24, 37),
        Referent::new("site", 1, 1, 8, 35),
        Referent::new("staff", 1, 1, 24, staff),
        Referent::new("elements", 2, 1000, 24_000, staff - 24),
        Referent::new("badge", 3, 1000, 8_000, 24_000),
    ]
}

fn parts_of_employees(live: u64, skills: u64) -> Vec<Referent> {
    vec![
        Referent::new("name", 1, live, 24 * live, 27 * live),
        Referent::new("skills", 1, live, 24 * live, 173 * live),
        Referent::new("elements", 2, skills, 24 * skills, 149 * live),
    ]
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

pub(crate) fn annotated(stats: &Stats) -> String {
    let mut text = Vec::new();
    stats.write_annotated(&mut text).unwrap();
    String::from_utf8(text).unwrap()
}

pub(crate) fn object_text(stats: &Stats, serial: u64) -> String {
    let mut text = Vec::new();
    stats.write_object(&mut text, serial).unwrap();
    String::from_utf8(text).unwrap()
}

pub(crate) fn dumped(stats: &Stats) -> Vec<u8> {
    let mut bytes = Vec::new();
    stats.write_to(&mut bytes).unwrap();
    bytes
}
