//! What is exported, field by field. This is a public contract, which the model behind it is not: it may gain fields, but
//! none goes or changes its meaning.

use std::time::Duration;

use chrono::{DateTime, SecondsFormat, Utc};
use classtracker_stats::{
    AllocatorMemory, CensusRow, ClassFilter, ClassRow, Durations, History, ObjectRecord, ObjectRow, ProcessMemory,
    Referent, Session, Site, SiteRow, Snapshot, Trace, Tracking,
};
use serde::{Serialize, Serializer};

use crate::arguments::Export;

/// One run of one process.
#[derive(Serialize)]
pub(super) struct SessionRecord<'a> {
    started: String,
    process_id: u32,
    program: Option<&'a str>,
}

impl<'a> SessionRecord<'a> {
    pub(super) fn of(session: &'a Session) -> Self {
        Self { started: time(session.started), process_id: session.process_id, program: session.program.as_deref() }
    }
}

/// One snapshot, with its classes and, if they are wanted, its objects.
#[derive(Serialize)]
pub(super) struct SnapshotRecord<'a> {
    /// From 1, also where only some are exported.
    snapshot: usize,
    label: &'a str,
    time: String,
    elapsed_ns: u128,
    duration_ns: u128,
    tracking: &'static str,
    process: ProcessRecord,
    overhead_bytes: u64,
    classes: Classes<'a>,
    census: Option<Vec<CensusRecord<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    objects: Option<Objects<'a>>,
}

impl<'a> SnapshotRecord<'a> {
    pub(super) fn of(index: usize, snapshot: &'a Snapshot, arguments: &'a Export) -> Self {
        let class = &arguments.of.class;
        let objects = || Objects { rows: &snapshot.objects, class };
        let rows = |rows: &'a Vec<CensusRow>| rows.iter().filter(|row| class.matches(&row.type_name));
        let census =
            |row: &'a CensusRow| CensusRecord { type_name: &row.type_name, count: row.count, bytes: row.bytes };
        Self {
            snapshot: index + 1,
            label: &snapshot.label,
            time: time(snapshot.time),
            elapsed_ns: snapshot.elapsed.as_nanos(),
            duration_ns: snapshot.duration.as_nanos(),
            tracking: tracking(snapshot.tracking),
            process: ProcessRecord::of(&snapshot.process),
            overhead_bytes: snapshot.overhead_bytes,
            classes: Classes { rows: &snapshot.classes, class },
            census: snapshot.census.as_ref().map(|census_rows| rows(census_rows).map(census).collect()),
            objects: arguments.objects.then(objects),
        }
    }
}

#[derive(Serialize)]
struct ProcessRecord {
    virtual_bytes: Option<u64>,
    resident_bytes: Option<u64>,
    proportional_bytes: Option<u64>,
    allocator: Option<AllocatorRecord>,
}

#[derive(Serialize)]
struct AllocatorRecord {
    source: String,
    live_bytes: u64,
    live_blocks: Option<u64>,
    held_bytes: Option<u64>,
}

impl ProcessRecord {
    fn of(process: &ProcessMemory) -> Self {
        let allocator = |allocator: &AllocatorMemory| AllocatorRecord {
            source: allocator.source.to_string(),
            live_bytes: allocator.live_bytes,
            live_blocks: allocator.live_blocks,
            held_bytes: allocator.held_bytes,
        };
        Self {
            virtual_bytes: process.virtual_bytes,
            resident_bytes: process.resident_bytes,
            proportional_bytes: process.proportional_bytes,
            allocator: process.allocator.as_ref().map(allocator),
        }
    }
}

#[derive(Serialize)]
struct CensusRecord<'a> {
    type_name: &'a str,
    count: u64,
    bytes: u64,
}

/// The classes of a snapshot that are wanted.
struct Classes<'a> {
    rows: &'a [ClassRow],
    class: &'a ClassFilter,
}

impl Serialize for Classes<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let wanted = self.rows.iter().filter(|row| self.class.matches(&row.class));
        serializer.collect_seq(wanted.map(ClassRecord::of))
    }
}

#[derive(Serialize)]
struct ClassRecord<'a> {
    class: &'a str,
    live: u64,
    created: u64,
    dropped: u64,
    /// Absent for classes that are only counted.
    bytes: Option<u64>,
    flat_bytes: u64,
    shared_bytes: u64,
    smallest_bytes: Option<u64>,
    largest_bytes: Option<u64>,
    unread: u64,
    listed: u64,
    by_value: bool,
    referents: Vec<ReferentRecord<'a>>,
    sites: Vec<SiteRecord<'a>>,
    ages: Option<Vec<SpanRecord>>,
    lifetimes: Option<Vec<SpanRecord>>,
    oldest: Vec<RecordOfObject<'a>>,
    history: Option<HistoryRecord>,
}

impl<'a> ClassRecord<'a> {
    fn of(row: &'a ClassRow) -> Self {
        Self {
            class: &row.class,
            live: row.live,
            created: row.created,
            dropped: row.dropped,
            bytes: known_bytes(row),
            flat_bytes: row.flat_bytes,
            shared_bytes: row.shared_bytes,
            smallest_bytes: row.smallest_bytes,
            largest_bytes: row.largest_bytes,
            unread: row.unread,
            listed: row.listed,
            by_value: row.by_value,
            referents: referents(&row.referents),
            sites: row.sites.iter().map(SiteRecord::of).collect(),
            ages: row.ages.as_ref().map(spans),
            lifetimes: row.lifetimes.as_ref().map(spans),
            oldest: row.oldest.iter().map(|record| RecordOfObject::of(record)).collect(),
            history: row.history.as_ref().map(HistoryRecord::of),
        }
    }
}

/// The bytes of a class' objects, if they were sized.
pub(super) fn known_bytes(row: &ClassRow) -> Option<u64> {
    (!row.by_value).then_some(row.bytes)
}

#[derive(Serialize)]
struct ReferentRecord<'a> {
    name: &'a str,
    level: u32,
    count: u64,
    flat_bytes: u64,
    bytes: u64,
}

fn referents(referents: &[Referent]) -> Vec<ReferentRecord<'_>> {
    let records = referents.iter().map(|referent| ReferentRecord {
        name: &referent.name,
        level: referent.level,
        count: referent.count,
        flat_bytes: referent.flat_bytes,
        bytes: referent.bytes,
    });
    records.collect()
}

#[derive(Serialize)]
struct SiteRecord<'a> {
    site: Option<PlaceRecord<'a>>,
    trace: Option<TraceRecord<'a>>,
    live: u64,
    bytes: u64,
}

impl<'a> SiteRecord<'a> {
    fn of(row: &'a SiteRow) -> Self {
        Self {
            site: row.site.as_deref().map(PlaceRecord::of),
            trace: row.trace.as_deref().map(TraceRecord::of),
            live: row.live,
            bytes: row.bytes,
        }
    }
}

#[derive(Serialize)]
struct PlaceRecord<'a> {
    file: &'a str,
    line: u32,
    column: u32,
}

impl<'a> PlaceRecord<'a> {
    fn of(site: &'a Site) -> Self {
        Self { file: &site.file, line: site.line, column: site.column }
    }
}

#[derive(Serialize)]
struct TraceRecord<'a> {
    cut: bool,
    frames: Vec<FrameRecord<'a>>,
}

#[derive(Serialize)]
struct FrameRecord<'a> {
    function: &'a str,
    site: Option<PlaceRecord<'a>>,
}

impl<'a> TraceRecord<'a> {
    fn of(trace: &'a Trace) -> Self {
        let frames = trace.frames.iter();
        let frames = frames
            .map(|frame| FrameRecord { function: &frame.function, site: frame.site.as_ref().map(PlaceRecord::of) });
        Self { cut: trace.cut, frames: frames.collect() }
    }
}

/// So many lasted from so long to below so long.
#[derive(Serialize)]
struct SpanRecord {
    from_ns: u128,
    /// Absent for the last one that there can be: it has no end.
    below_ns: Option<u128>,
    count: u64,
}

fn spans(durations: &Durations) -> Vec<SpanRecord> {
    let spans = durations.iter().enumerate();
    let record = |(class, (from, below, count)): (usize, (Duration, Duration, u64))| SpanRecord {
        from_ns: from.as_nanos(),
        below_ns: (class + 1 < Durations::CLASSES).then_some(below.as_nanos()),
        count,
    };
    spans.map(record).collect()
}

#[derive(Serialize)]
struct HistoryRecord {
    lost: u64,
    events: Vec<EventRecord>,
}

#[derive(Serialize)]
struct EventRecord {
    at_ns: u128,
    live: u64,
}

impl HistoryRecord {
    fn of(history: &History) -> Self {
        let events = history.events.iter();
        let events = events.map(|event| EventRecord { at_ns: event.at.as_nanos(), live: event.live });
        Self { lost: history.lost, events: events.collect() }
    }
}

/// The objects of a snapshot that are wanted, made into records one by one as they are written.
struct Objects<'a> {
    rows: &'a [ObjectRow],
    class: &'a ClassFilter,
}

impl Serialize for Objects<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let wanted = self.rows.iter().filter(|row| self.class.matches(&row.object.class));
        serializer.collect_seq(wanted.map(ObjectInSnapshot::of))
    }
}

#[derive(Serialize)]
struct ObjectInSnapshot<'a> {
    #[serde(flatten)]
    object: RecordOfObject<'a>,
    bytes: u64,
    unread: bool,
    referents: Vec<ReferentRecord<'a>>,
}

impl<'a> ObjectInSnapshot<'a> {
    fn of(row: &'a ObjectRow) -> Self {
        Self {
            object: RecordOfObject::of(&row.object),
            bytes: row.bytes,
            unread: row.unread,
            referents: referents(&row.referents),
        }
    }
}

#[derive(Serialize)]
struct RecordOfObject<'a> {
    serial: u64,
    class: &'a str,
    repr: Option<&'a str>,
    birth_ns: Option<u128>,
    site: Option<PlaceRecord<'a>>,
    trace: Option<TraceRecord<'a>>,
    flat_bytes: u64,
}

impl<'a> RecordOfObject<'a> {
    fn of(record: &'a ObjectRecord) -> Self {
        Self {
            serial: record.serial,
            class: &record.class,
            repr: record.repr.as_deref(),
            birth_ns: record.birth.map(|birth| birth.as_nanos()),
            site: record.site.as_deref().map(PlaceRecord::of),
            trace: record.trace.as_deref().map(TraceRecord::of),
            flat_bytes: record.flat_bytes,
        }
    }
}

/// A moment, exact: `2026-01-31T12:00:00.000000001Z`.
pub(super) fn time(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

pub(super) fn tracking(tracking: Tracking) -> &'static str {
    match tracking {
        Tracking::On => "on",
        Tracking::SwitchedOff => "switched off",
        Tracking::CompiledOut => "compiled out",
        _ => "unknown",
    }
}
