//! Sessions of any kind, for property tests.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use classtracker_stats::{
    AllocatorMemory, AllocatorSource, CensusRow, ClassRow, Durations, Frame, History, HistoryEvent, ObjectRecord,
    ObjectRow, ProcessMemory, Referent, Session, Site, SiteRow, Snapshot, Stats, Trace, Tracking,
};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

/// Any snapshots, but such that objects often occur in several of them.
pub(crate) fn any_stats() -> impl Strategy<Value = Stats> {
    let records = vec(any_record().prop_map(Arc::new), 1..20);
    let referents = vec(any_referents().prop_map(Arc::from), 1..4);
    let rows = vec(any_class(), 1..4);
    let snapshots = (records, referents, rows).prop_flat_map(|pools| vec(any_snapshot(pools), 0..6));
    (any_session(), snapshots).prop_map(|(session, snapshots)| Stats::new(session, snapshots))
}

fn any_session() -> impl Strategy<Value = Session> {
    (any_time(), any::<u32>(), any::<Option<String>>()).prop_map(|(started, process_id, program)| {
        let mut session = Session::new(started, process_id);
        session.program = program.map(Into::into);
        session
    })
}

/// What several snapshots may have in common.
type Pools = (Vec<Arc<ObjectRecord>>, Vec<Arc<[Referent]>>, Vec<ClassRow>);

fn any_snapshot((records, referents, rows): Pools) -> impl Strategy<Value = Arc<Snapshot>> {
    // Rows that come again in other snapshots, with the same oldest objects, and others with objects that are listed, too.
    let oldest = vec(select(records.clone()), 0..4);
    let with_oldest = (any_class(), oldest).prop_map(|(mut row, oldest)| {
        row.oldest.extend(oldest);
        row
    });
    let classes = vec(prop_oneof![select(rows), with_oldest, any_class()], 0..5);
    let row = (select(records), any::<u64>(), any::<bool>(), select(referents));
    let rows = (vec(row, 0..20), any::<bool>());
    let process =
        (any_process(), any::<u64>(), select(vec![Tracking::On, Tracking::SwitchedOff, Tracking::CompiledOut]));
    let times = (any_time(), any::<Duration>(), any::<Duration>());
    let census = option::of(vec(any_census_row(), 0..4));
    let parts = (any::<String>(), times, process, classes, rows, any::<Vec<u64>>(), census);
    parts.prop_map(|(label, (time, elapsed, duration), process, classes, (rows, sorted), gone, census)| {
        let mut snapshot = Snapshot::new(label, time, elapsed);
        snapshot.duration = duration;
        (snapshot.process, snapshot.overhead_bytes, snapshot.tracking) = process;
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
    let row = (any_name(), counts, any::<[Option<u64>; 2]>(), any_referents());
    (row, any_details()).prop_map(|((name, counts, sizes, referents), details)| {
        let mut row = ClassRow::new(name);
        [row.live, row.created, row.dropped, row.bytes, row.flat_bytes, row.shared_bytes, row.unread, row.listed] =
            counts;
        [row.smallest_bytes, row.largest_bytes] = sizes;
        row.referents = referents;
        if let Some((by_value, sites, oldest, (ages, lifetimes), history)) = details {
            row.by_value = by_value;
            row.sites = sites;
            row.oldest = oldest;
            row.ages = ages.map(|counts| Durations { counts });
            row.lifetimes = lifetimes.map(|counts| Durations { counts });
            row.history = history;
        }
        row
    })
}

type Details = (bool, Vec<SiteRow>, Vec<Arc<ObjectRecord>>, (Option<Vec<u64>>, Option<Vec<u64>>), Option<History>);

fn any_details() -> impl Strategy<Value = Option<Details>> {
    let oldest = vec(any_record().prop_map(Arc::new), 0..3);
    let counts = || option::of(vec(any::<u64>(), 0..5));
    option::of((any::<bool>(), vec(any_site_row(), 0..4), oldest, (counts(), counts()), option::of(any_history())))
}

fn any_site_row() -> impl Strategy<Value = SiteRow> {
    let place = (option::of(any_site()), option::of(any_trace()));
    (place, any::<u64>(), any::<u64>()).prop_map(|((site, trace), live, bytes)| {
        let mut row = SiteRow::new(live, bytes);
        row.site = site.map(Arc::new);
        row.trace = trace.map(Arc::new);
        row
    })
}

fn any_history() -> impl Strategy<Value = History> {
    let event = (any::<Duration>(), any::<u64>()).prop_map(|(at, live)| HistoryEvent { at, live });
    (vec(event, 0..4), any::<u64>()).prop_map(|(events, lost)| History { events, lost })
}

fn any_process() -> impl Strategy<Value = ProcessMemory> {
    let sources = vec![AllocatorSource::Counting, AllocatorSource::Glibc, AllocatorSource::Jemalloc];
    let allocator = (select(sources), any::<u64>(), any::<[Option<u64>; 2]>()).prop_map(|(source, live, known)| {
        let mut memory = AllocatorMemory::new(source, live);
        [memory.live_blocks, memory.held_bytes] = known;
        memory
    });
    (any::<[Option<u64>; 3]>(), option::of(allocator)).prop_map(|(known, allocator)| {
        let mut process = ProcessMemory::default();
        [process.virtual_bytes, process.resident_bytes, process.proportional_bytes] = known;
        process.allocator = allocator;
        process
    })
}

fn any_site() -> impl Strategy<Value = Site> {
    (any_name(), any::<u32>(), any::<u32>()).prop_map(|(file, line, column)| Site { file, line, column })
}

fn any_trace() -> impl Strategy<Value = Trace> {
    let frame = (any_name(), option::of(any_site())).prop_map(|(function, site)| {
        let mut frame = Frame::new(function);
        frame.site = site;
        Arc::new(frame)
    });
    (vec(frame, 0..5), any::<bool>()).prop_map(|(frames, cut)| {
        let mut trace = Trace::new(frames);
        trace.cut = cut;
        trace
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
    let serial = prop_oneof![0..30_u64, any::<u64>()];
    let place = (option::of(any_site()), option::of(any_trace()));
    let absent_or = (any::<Option<String>>(), any::<Option<Duration>>(), place);
    (serial, any_name(), any::<u64>(), absent_or).prop_map(|(serial, class, flat_bytes, absent_or)| {
        let (repr, birth, (site, trace)) = absent_or;
        let mut record = ObjectRecord::new(serial, class, flat_bytes);
        record.repr = repr.map(Into::into);
        record.birth = birth;
        record.site = site.map(Arc::new);
        record.trace = trace.map(Arc::new);
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
