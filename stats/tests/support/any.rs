//! Sessions of any kind, for property tests.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use classtracker_stats::{CensusRow, ClassRow, ObjectRecord, ObjectRow, Referent, Session, Site, Snapshot, Stats};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

/// Any snapshots, but such that objects often occur in several of them.
pub(crate) fn any_stats() -> impl Strategy<Value = Stats> {
    let records = vec(any_record().prop_map(Arc::new), 1..20);
    let referents = vec(any_referents().prop_map(Arc::from), 1..4);
    let snapshots = (records, referents).prop_flat_map(|pools| vec(any_snapshot(pools), 0..6));
    (any_session(), snapshots).prop_map(|(session, snapshots)| Stats::new(session, snapshots))
}

fn any_session() -> impl Strategy<Value = Session> {
    (any_time(), any::<u32>(), any::<Option<String>>()).prop_map(|(started, process_id, program)| {
        let mut session = Session::new(started, process_id);
        session.program = program.map(Into::into);
        session
    })
}

fn any_snapshot(
    (records, referents): (Vec<Arc<ObjectRecord>>, Vec<Arc<[Referent]>>),
) -> impl Strategy<Value = Arc<Snapshot>> {
    let row = (select(records), any::<u64>(), any::<bool>(), select(referents));
    let rows = (vec(row, 0..20), any::<bool>());
    let process = any::<(Option<u64>, Option<u64>, u64)>();
    let times = (any_time(), any::<Duration>(), any::<Duration>());
    let classes = vec(any_class(), 0..5);
    let census = option::of(vec(any_census_row(), 0..4));
    let parts = (any::<String>(), times, process, classes, rows, any::<Vec<u64>>(), census);
    parts.prop_map(|(label, (time, elapsed, duration), process, classes, (rows, sorted), gone, census)| {
        let mut snapshot = Snapshot::new(label, time, elapsed);
        snapshot.duration = duration;
        (snapshot.process.virtual_bytes, snapshot.process.resident_bytes, snapshot.overhead_bytes) = process;
        snapshot.classes = classes;
        snapshot.gone = gone;
        snapshot.census = census;
        for (record, bytes, unread, referents) in rows {
            let mut row = ObjectRow::new(record, bytes);
            row.unread = unread;
            row.referents = referents;
            snapshot.objects.push(row);
        }
        if sorted {
            snapshot.objects.sort_by_key(|row| row.object.serial);
        }
        Arc::new(snapshot)
    })
}

fn any_class() -> impl Strategy<Value = ClassRow> {
    let counts = any::<[u64; 8]>();
    (any_name(), counts, any::<[Option<u64>; 2]>(), any_referents()).prop_map(|(name, counts, sizes, referents)| {
        let mut row = ClassRow::new(name);
        [row.live, row.created, row.dropped, row.bytes, row.flat_bytes, row.shared_bytes, row.unread, row.listed] =
            counts;
        [row.smallest_bytes, row.largest_bytes] = sizes;
        row.referents = referents;
        row
    })
}

/// A tree: each level at most one deeper than the one before.
fn any_referents() -> impl Strategy<Value = Vec<Referent>> {
    let referent = (any_name(), 0..4_u32, any::<[u64; 3]>());
    vec(referent, 0..8).prop_map(|referents| {
        let mut before = 0_u32;
        let levels = referents.into_iter().map(|(name, up, [count, flat_bytes, bytes])| {
            before = (before + 1).saturating_sub(up).max(1);
            Referent::new(name, before, count, flat_bytes, bytes)
        });
        levels.collect()
    })
}

fn any_census_row() -> impl Strategy<Value = CensusRow> {
    (any_name(), any::<u64>(), any::<u64>()).prop_map(|(name, count, bytes)| CensusRow::new(name, count, bytes))
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
