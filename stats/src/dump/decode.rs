//! Payloads to snapshots. Nothing in a payload is trusted: every number is checked before it is used, and what is
//! allocated is bounded by the bytes that are there, since every row and every text takes at least one.

use std::slice;
use std::sync::Arc;

use super::codec;
use super::column::Values;
use super::details::DetailValues;
use super::records::Records;
use super::referents::ReferentValues;
use super::tables::Tables;
use super::wire::{
    AllocatorWire, CensusWire, ClassesWire, EndWire, ExtensionWire, Packed, RowsWire, SessionWire, SnapshotWire,
};
use crate::{
    AllocatorMemory, AllocatorSource, CensusRow, ClassRow, ObjectRecord, ObjectRow, Session, Snapshot, Tracking,
};

/// What the frames so far have brought; the mirror of the encoder's.
#[derive(Default)]
pub(super) struct Decoder {
    tables: Tables,
    /// The oldest objects of all classes in the last snapshot.
    oldest: Vec<Arc<ObjectRecord>>,
    last: Option<Arc<Snapshot>>,
}

/// What is wrong with a payload.
pub(super) enum Bad {
    Layout { what: &'static str, expected: String, found: String },
    Reference { what: &'static str, expected: u64, found: u64 },
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
    /// The snapshot in the payload of a frame of this version.
    pub(super) fn snapshot(&mut self, version: u16, payload: &[u8]) -> Result<Arc<Snapshot>, Bad> {
        let (wire, extension) = match version {
            1 => (decode::<SnapshotWire<'_>>(payload, "snapshot")?, None),
            _ => {
                let (wire, extension) = decode::<(SnapshotWire<'_>, ExtensionWire<'_>)>(payload, "snapshot")?;
                (wire, Some(extension))
            }
        };
        let mut snapshot = head(&wire)?;
        self.tables.add(&wire.new)?;
        if let Some(extension) = &extension {
            extend(&mut snapshot, extension)?;
            self.tables.add_traces(extension.new_calls, extension.new_traces)?;
        }
        snapshot.classes = self.class_rows(&wire.classes, ReferentValues::of_classes(&wire.class_referents))?;
        if let Some(extension) = &extension {
            let details = DetailValues::new(&extension.details);
            details.read(&mut snapshot.classes, snapshot.elapsed, &self.oldest, &self.tables)?;
        }
        let traces = extension.map_or(Packed(&[]), |extension| extension.record_traces);
        snapshot.objects = self.object_rows(&wire.rows, Records::of_objects(&wire.records, traces))?;
        self.object_referents(
            &mut snapshot.objects,
            Values::new(wire.rows.referents.0, "rows: referents"),
            ReferentValues::of_objects(&wire.object_referents),
        )?;
        snapshot.gone = serials(Values::new(wire.gone.0, "gone"))?;
        snapshot.census = wire.census.map(|census| self.census(&census)).transpose()?;

        self.oldest.clear();
        self.oldest.extend(snapshot.classes.iter().flat_map(|row| &row.oldest).map(Arc::clone));
        let snapshot = Arc::new(snapshot);
        self.last = Some(Arc::clone(&snapshot));
        Ok(snapshot)
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

    fn object_rows(&self, wire: &RowsWire<'_>, mut records: Records<'_>) -> Result<Vec<ObjectRow>, Bad> {
        let mut before = self.last.as_deref().map_or(&[][..], |last| &last.objects);
        let mut steps = Values::new(wire.steps.0, "rows: steps");
        let mut bytes = Values::new(wire.bytes.0, "rows: bytes");
        // Every row takes a byte here, so a short frame can't ask for many rows, not even for those of the last snapshot.
        let mut rows = Vec::with_capacity(bytes.count());
        while !steps.is_empty() {
            let kept = take(&mut before, steps.next()?)?;
            for old in kept {
                let size = bytes.next_delta(old.bytes)?;
                let mut row = ObjectRow::new(Arc::clone(&old.object), size);
                row.referents = Arc::clone(&old.referents);
                rows.push(row);
            }
            take(&mut before, steps.next()?)?;
            for _ in 0..steps.next()? {
                let record = records.next(&self.tables)?;
                let size = bytes.next_delta(record.flat_bytes)?;
                rows.push(ObjectRow::new(record, size));
            }
        }
        bytes.finish()?;
        records.finish()?;

        let mut unread = Values::new(wire.unread.0, "rows: unread");
        let mut left = rows.iter_mut();
        while !unread.is_empty() {
            pass(&mut left, unread.next()?, "an unread row")?.unread = true;
        }
        Ok(rows)
    }

    /// Gives those rows other referents that have others than in the snapshot before.
    fn object_referents(
        &self,
        rows: &mut [ObjectRow],
        mut changed: Values<'_>,
        mut parts: ReferentValues<'_>,
    ) -> Result<(), Bad> {
        let mut left = rows.iter_mut();
        while !changed.is_empty() {
            let row = pass(&mut left, changed.next()?, "a row with other referents")?;
            row.referents = parts.next(changed.next()?, &self.tables)?.into();
        }
        parts.finish()
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

/// Passes over `gap` rows, and gives the next.
fn pass<'a>(rows: &mut slice::IterMut<'a, ObjectRow>, gap: u64, what: &'static str) -> Result<&'a mut ObjectRow, Bad> {
    let left = rows.len();
    let row = usize::try_from(gap).ok().and_then(|gap| rows.nth(gap));
    row.ok_or_else(|| reference(what, left, gap))
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

/// Splits `count` rows off the front.
fn take<'a>(rows: &mut &'a [ObjectRow], count: u64) -> Result<&'a [ObjectRow], Bad> {
    let split = usize::try_from(count).ok().and_then(|count| rows.split_at_checked(count));
    let (taken, rest) = split.ok_or_else(|| reference("a row of the snapshot before", rows.len(), count))?;
    *rows = rest;
    Ok(taken)
}

pub(super) fn reference(what: &'static str, expected: usize, found: u64) -> Bad {
    Bad::Reference { what, expected: expected as u64, found }
}
