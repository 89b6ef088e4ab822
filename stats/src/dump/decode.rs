//! Payloads to snapshots. Nothing in a payload is trusted: every number is checked before it is used, and what is
//! allocated is bounded by the bytes that are there, since every row and every text takes at least one.

use std::sync::Arc;

use super::codec;
use super::column::Values;
use super::details::DetailValues;
use super::referents::ReferentValues;
use super::tables::Tables;
use super::wire::{
    AllocatorWire, CensusWire, ClassesWire, EndWire, ExtensionWire, Packed, RecordsWire, ReferentsWire, RowsWire,
    SessionWire, SnapshotWire,
};
use crate::{AllocatorMemory, AllocatorSource, CensusRow, ClassRow, ObjectRecord, Session, Snapshot, Tracking};

/// What the frames so far have brought, but for the rows of objects; the mirror of the encoder's.
#[derive(Default)]
pub(super) struct Decoder {
    /// Shared with packed rows, which refer to it.
    pub(super) tables: Arc<Tables>,
    /// The oldest objects of all classes in the last snapshot.
    oldest: Vec<Arc<ObjectRecord>>,
}

/// The part of a payload that is about single objects.
pub(super) struct ObjectsWire<'a> {
    pub(super) rows: RowsWire<'a>,
    pub(super) records: RecordsWire<'a>,
    pub(super) traces: Packed<'a>,
    pub(super) referents: ReferentsWire<'a>,
}

/// What is wrong with a payload.
pub(super) enum Bad {
    Layout {
        what: &'static str,
        expected: String,
        found: String,
    },
    Reference {
        what: &'static str,
        expected: u64,
        found: u64,
    },
    #[cfg(not(feature = "compression"))]
    Compressed,
}

impl Bad {
    pub(super) fn layout(what: &'static str, expected: impl ToString, found: impl ToString) -> Self {
        Self::Layout { what, expected: expected.to_string(), found: found.to_string() }
    }
}

pub(super) fn session(payload: &[u8]) -> Result<Session, Bad> {
    let wire: SessionWire<'_> = decode(payload, "session")?;
    let started = wire.started.to_time();
    let started = started.ok_or_else(|| Bad::layout("session", "a time", "none that exists"))?;
    let mut session = Session::new(started, wire.process_id);
    session.program = wire.program.map(Arc::from);
    Ok(session)
}

/// The number of snapshots that the end frame counts.
pub(super) fn end(payload: &[u8]) -> Result<u64, Bad> {
    decode::<EndWire>(payload, "end").map(|wire| wire.snapshots)
}

impl Decoder {
    /// The snapshot in the payload of a frame of this version, still without its objects.
    pub(super) fn snapshot<'a>(&mut self, version: u16, payload: &'a [u8]) -> Result<(Snapshot, ObjectsWire<'a>), Bad> {
        let (wire, extension) = match version {
            1 => (decode::<SnapshotWire<'a>>(payload, "snapshot")?, None),
            _ => {
                let (wire, extension) = decode::<(SnapshotWire<'a>, ExtensionWire<'a>)>(payload, "snapshot")?;
                (wire, Some(extension))
            }
        };
        let mut snapshot = head(&wire)?;
        self.add_new(&wire, extension.as_ref())?;
        snapshot.classes = self.class_rows(&wire.classes, ReferentValues::of_classes(&wire.class_referents))?;
        if let Some(extension) = &extension {
            extend(&mut snapshot, extension)?;
            let details = DetailValues::new(&extension.details);
            details.read(&mut snapshot.classes, snapshot.elapsed, &self.oldest, &self.tables)?;
        }
        snapshot.gone = serials(Values::new(wire.gone.0, "gone"))?;
        snapshot.census = wire.census.map(|census| self.census(&census)).transpose()?;

        self.oldest.clear();
        self.oldest.extend(snapshot.classes.iter().flat_map(|row| &row.oldest).map(Arc::clone));
        let traces = extension.map_or(Packed(&[]), |extension| extension.record_traces);
        let objects = ObjectsWire { rows: wire.rows, records: wire.records, traces, referents: wire.object_referents };
        Ok((snapshot, objects))
    }

    fn add_new(&mut self, wire: &SnapshotWire<'_>, extension: Option<&ExtensionWire<'_>>) -> Result<(), Bad> {
        let traces = extension.map(|extension| (extension.new_calls, extension.new_traces));
        let lists = [wire.new.classes, wire.new.sites, wire.new.names].into_iter();
        if lists
            .chain(traces.map(|(calls, _)| calls))
            .chain(traces.map(|(_, traces)| traces))
            .all(|list| list.0.is_empty())
        {
            return Ok(());
        }
        // Someone may still hold rows that refer to those so far.
        let tables = Arc::make_mut(&mut self.tables);
        tables.add(&wire.new)?;
        traces.map_or(Ok(()), |(calls, traces)| tables.add_traces(calls, traces))
    }

    fn class_rows(&self, wire: &ClassesWire<'_>, mut parts: ReferentValues<'_>) -> Result<Vec<ClassRow>, Bad> {
        let mut class = Values::new(wire.class.0, "classes: class");
        let mut live = Values::new(wire.live.0, "classes: live");
        let mut created = Values::new(wire.created.0, "classes: created");
        let mut dropped = Values::new(wire.dropped.0, "classes: dropped");
        let mut bytes = Values::new(wire.bytes.0, "classes: bytes");
        let mut flat_bytes = Values::new(wire.flat_bytes.0, "classes: flat bytes");
        let mut shared = Values::new(wire.shared_bytes.0, "classes: shared bytes");
        let mut smallest = Values::new(wire.smallest_bytes.0, "classes: smallest");
        let mut largest = Values::new(wire.largest_bytes.0, "classes: largest");
        let mut unread = Values::new(wire.unread.0, "classes: unread");
        let mut listed = Values::new(wire.listed.0, "classes: listed");
        let mut referents = Values::new(wire.referents.0, "classes: referents");
        let mut rows = Vec::with_capacity(class.count());
        while !class.is_empty() {
            let mut row = ClassRow::new(self.tables.class(class.next()?)?);
            row.live = live.next()?;
            row.created = created.next()?;
            row.dropped = dropped.next()?;
            row.bytes = bytes.next()?;
            row.flat_bytes = flat_bytes.next()?;
            row.shared_bytes = shared.next()?;
            row.smallest_bytes = smallest.next_optional()?;
            row.largest_bytes = largest.next_optional()?;
            row.unread = unread.next()?;
            row.listed = listed.next()?;
            row.referents = parts.next(referents.next()?, &self.tables)?;
            rows.push(row);
        }
        let counts = [live, created, dropped, unread, listed, referents];
        for column in counts.into_iter().chain([bytes, flat_bytes, shared, smallest, largest]) {
            column.finish()?;
        }
        parts.finish()?;
        Ok(rows)
    }

    fn census(&self, wire: &CensusWire<'_>) -> Result<Vec<CensusRow>, Bad> {
        let mut type_name = Values::new(wire.type_name.0, "census: type");
        let mut count = Values::new(wire.count.0, "census: count");
        let mut bytes = Values::new(wire.bytes.0, "census: bytes");
        let mut rows = Vec::with_capacity(type_name.count());
        while !type_name.is_empty() {
            let name = self.tables.name(type_name.next()?)?;
            rows.push(CensusRow::new(name, count.next()?, bytes.next()?));
        }
        count.finish()?;
        bytes.finish()?;
        Ok(rows)
    }
}

/// What a snapshot has but for its lists.
fn head(wire: &SnapshotWire<'_>) -> Result<Snapshot, Bad> {
    let bad_time = |what| move || Bad::layout(what, "a time", "none that exists");
    let time = wire.time.to_time().ok_or_else(bad_time("time"))?;
    let elapsed = wire.elapsed.to_duration().ok_or_else(bad_time("elapsed"))?;
    let mut snapshot = Snapshot::new(wire.label, time, elapsed);
    snapshot.duration = wire.duration.to_duration().ok_or_else(bad_time("duration"))?;
    snapshot.process.virtual_bytes = wire.virtual_bytes;
    snapshot.process.resident_bytes = wire.resident_bytes;
    snapshot.overhead_bytes = wire.overhead_bytes;
    Ok(snapshot)
}

/// The same of what version 2 adds.
fn extend(snapshot: &mut Snapshot, wire: &ExtensionWire<'_>) -> Result<(), Bad> {
    snapshot.process.proportional_bytes = wire.proportional_bytes;
    snapshot.process.allocator = wire.allocator.as_ref().map(allocator).transpose()?;
    snapshot.tracking = match wire.tracking {
        0 => Tracking::On,
        1 => Tracking::SwitchedOff,
        2 => Tracking::CompiledOut,
        other => return Err(Bad::layout("tracking", "a number below 3", other)),
    };
    Ok(())
}

fn allocator(wire: &AllocatorWire) -> Result<AllocatorMemory, Bad> {
    let source = match wire.source {
        0 => AllocatorSource::Counting,
        1 => AllocatorSource::Glibc,
        2 => AllocatorSource::Jemalloc,
        other => return Err(Bad::layout("allocator: source", "a number below 3", other)),
    };
    let mut memory = AllocatorMemory::new(source, wire.live_bytes);
    memory.live_blocks = wire.live_blocks;
    memory.held_bytes = wire.held_bytes;
    Ok(memory)
}

fn decode<'a, T: serde::Deserialize<'a>>(payload: &'a [u8], what: &'static str) -> Result<T, Bad> {
    let expected = || format!("its fields in {} bytes", payload.len());
    codec::decode(payload).map_err(|found| Bad::layout(what, expected(), found))
}

fn serials(mut deltas: Values<'_>) -> Result<Vec<u64>, Bad> {
    let mut serials = Vec::with_capacity(deltas.count());
    let mut before = 0;
    while !deltas.is_empty() {
        before = deltas.next_delta(before)?;
        serials.push(before);
    }
    Ok(serials)
}

pub(super) fn reference(what: &'static str, expected: usize, found: u64) -> Bad {
    Bad::Reference { what, expected: expected as u64, found }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(bad: Bad) -> String {
        match bad {
            Bad::Layout { what, expected, found } => format!("{what}: expected {expected}, found {found}"),
            _ => "something else".to_owned(),
        }
    }

    #[test]
    fn codes_that_are_not_known_are_errors_that_say_so() {
        let wire = |source| AllocatorWire { source, live_bytes: 7, live_blocks: None, held_bytes: None };
        assert!(allocator(&wire(2)).is_ok());
        assert_eq!(
            allocator(&wire(3)).map_err(text),
            Err("allocator: source: expected a number below 3, found 3".to_owned())
        );

        let mut bytes = Vec::new();
        let tracking = |code: u64, bytes: &mut Vec<u8>| {
            bytes.clear();
            bytes.extend([0, 0]);
            bytes.extend([code as u8]);
            bytes.extend([0; 3 + 16]);
            let wire = decode::<ExtensionWire<'_>>(bytes, "extension").map_err(text)?;
            extend(&mut Snapshot::new("", chrono::DateTime::UNIX_EPOCH, Default::default()), &wire).map_err(text)
        };
        assert_eq!(tracking(2, &mut bytes), Ok(()));
        assert_eq!(tracking(3, &mut bytes), Err("tracking: expected a number below 3, found 3".to_owned()));
    }
}
