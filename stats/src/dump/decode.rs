//! Payloads to snapshots. Nothing in a payload is trusted: every number is checked before it is used, and what is
//! allocated is bounded by the bytes that are there, since every row and every text takes at least one.

use std::slice;
use std::sync::Arc;
use std::time::Duration;

use super::codec;
use super::column::Values;
use super::referents::ReferentValues;
use super::wire::{CensusWire, ClassesWire, EndWire, RecordsWire, RowsWire, SessionWire, SnapshotWire};
use crate::{CensusRow, ClassRow, ObjectRecord, ObjectRow, Session, Site, Snapshot};

/// What the frames so far have brought; the mirror of the encoder's.
#[derive(Default)]
pub(super) struct Decoder {
    classes: Vec<Arc<str>>,
    names: Vec<Arc<str>>,
    sites: Vec<Arc<Site>>,
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
    pub(super) fn snapshot(&mut self, payload: &[u8]) -> Result<Arc<Snapshot>, Bad> {
        let wire: SnapshotWire<'_> = decode(payload, "snapshot")?;
        let bad_time = |what| move || Bad::layout(what, "a time", "none that exists");
        let time = wire.time.to_time().ok_or_else(bad_time("time"))?;
        let elapsed = wire.elapsed.to_duration().ok_or_else(bad_time("elapsed"))?;
        let mut snapshot = Snapshot::new(wire.label, time, elapsed);
        snapshot.duration = wire.duration.to_duration().ok_or_else(bad_time("duration"))?;
        snapshot.process.virtual_bytes = wire.virtual_bytes;
        snapshot.process.resident_bytes = wire.resident_bytes;
        snapshot.overhead_bytes = wire.overhead_bytes;

        new_names(&mut self.classes, Values::new(wire.new_classes.0, "new classes"))?;
        self.new_sites(Values::new(wire.new_sites.0, "new sites"))?;
        new_names(&mut self.names, Values::new(wire.new_names.0, "new names"))?;
        snapshot.classes = self.class_rows(&wire.classes, ReferentValues::of_classes(&wire.class_referents))?;
        snapshot.objects = self.object_rows(&wire.rows, &wire.records)?;
        self.object_referents(
            &mut snapshot.objects,
            Values::new(wire.rows.referents.0, "rows: referents"),
            ReferentValues::of_objects(&wire.object_referents),
        )?;
        snapshot.gone = serials(Values::new(wire.gone.0, "gone"))?;
        snapshot.census = wire.census.map(|census| self.census(&census)).transpose()?;

        let snapshot = Arc::new(snapshot);
        self.last = Some(Arc::clone(&snapshot));
        Ok(snapshot)
    }

    fn new_sites(&mut self, mut sites: Values<'_>) -> Result<(), Bad> {
        while !sites.is_empty() {
            self.sites.push(Arc::new(Site {
                file: sites.next_text()?.to_owned(),
                line: sites.next_u32()?,
                column: sites.next_u32()?,
            }));
        }
        Ok(())
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
            let mut row = ClassRow::new(referred(&self.classes, class.next()?, "a class")?);
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
            row.referents = parts.next(referents.next()?, &self.names)?;
            rows.push(row);
        }
        let counts = [live, created, dropped, unread, listed, referents];
        for column in counts.into_iter().chain([bytes, flat_bytes, shared, smallest, largest]) {
            column.finish()?;
        }
        parts.finish()?;
        Ok(rows)
    }

    fn object_rows(&self, wire: &RowsWire<'_>, records: &RecordsWire<'_>) -> Result<Vec<ObjectRow>, Bad> {
        let mut before = self.last.as_deref().map_or(&[][..], |last| &last.objects);
        let mut records = Records::new(records);
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
                let record = records.next(self)?;
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
            row.referents = parts.next(changed.next()?, &self.names)?.into();
        }
        parts.finish()
    }

    fn census(&self, wire: &CensusWire<'_>) -> Result<Vec<CensusRow>, Bad> {
        let mut type_name = Values::new(wire.type_name.0, "census: type");
        let mut count = Values::new(wire.count.0, "census: count");
        let mut bytes = Values::new(wire.bytes.0, "census: bytes");
        let mut rows = Vec::with_capacity(type_name.count());
        while !type_name.is_empty() {
            let name = referred(&self.names, type_name.next()?, "a name")?;
            rows.push(CensusRow::new(name, count.next()?, bytes.next()?));
        }
        count.finish()?;
        bytes.finish()?;
        Ok(rows)
    }
}

/// The records of new objects, read side by side.
struct Records<'a> {
    serial: Values<'a>,
    class: Values<'a>,
    repr: Values<'a>,
    birth: Values<'a>,
    site: Values<'a>,
    flat_bytes: Values<'a>,
    previous_serial: u64,
    previous_birth: u128,
    previous_flat_bytes: u64,
}

impl<'a> Records<'a> {
    fn new(wire: &RecordsWire<'a>) -> Self {
        Self {
            serial: Values::new(wire.serial.0, "objects: serial"),
            class: Values::new(wire.class.0, "objects: class"),
            repr: Values::new(wire.repr.0, "objects: repr"),
            birth: Values::new(wire.birth.0, "objects: birth"),
            site: Values::new(wire.site.0, "objects: site"),
            flat_bytes: Values::new(wire.flat_bytes.0, "objects: flat bytes"),
            previous_serial: 0,
            previous_birth: 0,
            previous_flat_bytes: 0,
        }
    }

    fn next(&mut self, decoder: &Decoder) -> Result<Arc<ObjectRecord>, Bad> {
        let serial = self.serial.next_delta(self.previous_serial)?;
        let class = referred(&decoder.classes, self.class.next()?, "a class")?;
        let flat_bytes = self.flat_bytes.next_delta(self.previous_flat_bytes)?;
        let mut record = ObjectRecord::new(serial, class, flat_bytes);
        record.repr = self.repr.next_optional_text()?.map(Arc::from);
        record.birth = self.next_birth()?;
        if let Some(site) = self.site.next_optional()? {
            record.site = Some(referred(&decoder.sites, site, "a site")?);
        }
        self.previous_serial = serial;
        self.previous_birth = record.birth.map_or(0, |birth| birth.as_nanos());
        self.previous_flat_bytes = flat_bytes;
        Ok(Arc::new(record))
    }

    fn next_birth(&mut self) -> Result<Option<Duration>, Bad> {
        const NANOS: u128 = 1_000_000_000;
        let Some(zigzag) = self.birth.next_wide()?.checked_sub(1) else {
            return Ok(None);
        };
        let delta = (zigzag >> 1) ^ (zigzag & 1).wrapping_neg();
        let nanos = self.previous_birth.wrapping_add(delta);
        let seconds =
            u64::try_from(nanos / NANOS).map_err(|_| Bad::layout("objects: birth", "seconds of 64 bits", "more"))?;
        Ok(Some(Duration::new(seconds, (nanos % NANOS) as u32)))
    }

    fn finish(self) -> Result<(), Bad> {
        for column in [self.serial, self.class, self.repr, self.birth, self.site, self.flat_bytes] {
            column.finish()?;
        }
        Ok(())
    }
}

fn decode<'a, T: serde::Deserialize<'a>>(payload: &'a [u8], what: &'static str) -> Result<T, Bad> {
    let expected = || format!("its fields in {} bytes", payload.len());
    codec::decode(payload).map_err(|found| Bad::layout(what, expected(), found))
}

fn new_names(table: &mut Vec<Arc<str>>, mut names: Values<'_>) -> Result<(), Bad> {
    while !names.is_empty() {
        table.push(names.next_text()?.into());
    }
    Ok(())
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

pub(super) fn referred<T: ?Sized>(table: &[Arc<T>], index: u64, what: &'static str) -> Result<Arc<T>, Bad> {
    usize::try_from(index)
        .ok()
        .and_then(|index| table.get(index))
        .map(Arc::clone)
        .ok_or_else(|| reference(what, table.len(), index))
}

fn reference(what: &'static str, expected: usize, found: u64) -> Bad {
    Bad::Reference { what, expected: expected as u64, found }
}
