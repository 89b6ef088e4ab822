//! Records of objects, a list for each field. They stand in two places: listed objects, and the oldest of each class.

use std::sync::Arc;
use std::time::Duration;

use super::column::{Column, Values};
use super::decode::Bad;
use super::tables::{Known, Tables};
use super::wire::{Packed, RecordsWire};
use crate::ObjectRecord;

/// The record before, which most fields are taken against.
#[derive(Default)]
struct Previous {
    serial: u64,
    birth: u128,
    flat_bytes: u64,
}

/// Records that are being packed.
#[derive(Default)]
pub(super) struct RecordColumns {
    /// In the order of `RecordsWire`.
    fields: [Column; 6],
    traces: Column,
    /// Whether any has a trace: if not, the list stays away.
    traced: bool,
    previous: Previous,
}

impl RecordColumns {
    pub(super) fn push(&mut self, record: &ObjectRecord, known: &mut Known) {
        let previous = &self.previous;
        let [serial, class, repr, birth, site, flat_bytes] = &mut self.fields;
        serial.push_delta(record.serial, previous.serial);
        class.push(known.class(&record.class));
        repr.push_optional_text(record.repr.as_deref());
        birth.push_wide(match record.birth {
            None => 0,
            // Below 2^96 either way, so the sign and the one for "absent" fit.
            Some(birth) => super::column::zigzag(birth.as_nanos(), previous.birth) + 1,
        });
        site.push_optional(record.site.as_ref().map(|site| known.site(site)));
        flat_bytes.push_delta(record.flat_bytes, previous.flat_bytes);
        self.traces.push_optional(record.trace.as_ref().map(|trace| known.trace(trace)));
        self.traced |= record.trace.is_some();
        let birth = record.birth.map_or(0, |birth| birth.as_nanos());
        self.previous = Previous { serial: record.serial, birth, flat_bytes: record.flat_bytes };
    }

    pub(super) fn clear(&mut self) {
        self.fields.iter_mut().for_each(Column::clear);
        self.traces.clear();
        self.traced = false;
        self.previous = Previous::default();
    }

    pub(super) fn wire(&self) -> RecordsWire<'_> {
        let [serial, class, repr, birth, site, flat_bytes] = self.fields.each_ref().map(|column| Packed(&column.0));
        RecordsWire { serial, class, repr, birth, site, flat_bytes }
    }

    pub(super) fn traces(&self) -> Packed<'_> {
        Packed(if self.traced { &self.traces.0 } else { &[] })
    }
}

/// A record as numbers, still without the tables.
pub(super) struct RawRecord<'a> {
    pub(super) serial: u64,
    pub(super) class: u64,
    pub(super) repr: Option<&'a str>,
    pub(super) birth: Option<Duration>,
    pub(super) site: Option<u64>,
    pub(super) trace: Option<u64>,
    pub(super) flat_bytes: u64,
}

/// Records that are being read, all lists side by side.
pub(super) struct Records<'a> {
    serial: Values<'a>,
    class: Values<'a>,
    repr: Values<'a>,
    birth: Values<'a>,
    site: Values<'a>,
    flat_bytes: Values<'a>,
    /// `None` if none of them has any.
    trace: Option<Values<'a>>,
    previous: Previous,
}

impl<'a> Records<'a> {
    pub(super) fn of_objects(wire: &RecordsWire<'a>, traces: Packed<'a>) -> Self {
        const WHAT: [&str; 7] = [
            "objects: serial",
            "objects: class",
            "objects: repr",
            "objects: birth",
            "objects: site",
            "objects: flat bytes",
            "objects: trace",
        ];
        Self::new(wire, traces, WHAT)
    }

    pub(super) fn of_oldest(wire: &RecordsWire<'a>, traces: Packed<'a>) -> Self {
        const WHAT: [&str; 7] = [
            "oldest: serial",
            "oldest: class",
            "oldest: repr",
            "oldest: birth",
            "oldest: site",
            "oldest: flat bytes",
            "oldest: trace",
        ];
        Self::new(wire, traces, WHAT)
    }

    fn new(wire: &RecordsWire<'a>, traces: Packed<'a>, what: [&'static str; 7]) -> Self {
        Self {
            serial: Values::new(wire.serial.0, what[0]),
            class: Values::new(wire.class.0, what[1]),
            repr: Values::new(wire.repr.0, what[2]),
            birth: Values::new(wire.birth.0, what[3]),
            site: Values::new(wire.site.0, what[4]),
            flat_bytes: Values::new(wire.flat_bytes.0, what[5]),
            trace: (!traces.0.is_empty()).then(|| Values::new(traces.0, what[6])),
            previous: Previous::default(),
        }
    }

    pub(super) fn next(&mut self, tables: &Tables) -> Result<Arc<ObjectRecord>, Bad> {
        let raw = self.next_raw()?;
        let mut record = ObjectRecord::new(raw.serial, tables.class(raw.class)?, raw.flat_bytes);
        record.repr = raw.repr.map(Arc::from);
        record.birth = raw.birth;
        record.site = raw.site.map(|site| tables.site(site)).transpose()?;
        record.trace = raw.trace.map(|trace| tables.trace(trace)).transpose()?;
        Ok(Arc::new(record))
    }

    pub(super) fn next_raw(&mut self) -> Result<RawRecord<'a>, Bad> {
        let record = RawRecord {
            serial: self.serial.next_delta(self.previous.serial)?,
            class: self.class.next()?,
            repr: self.repr.next_optional_text()?,
            birth: self.next_birth()?,
            site: self.site.next_optional()?,
            trace: match &mut self.trace {
                None => None,
                Some(traces) => traces.next_optional()?,
            },
            flat_bytes: self.flat_bytes.next_delta(self.previous.flat_bytes)?,
        };
        self.previous.serial = record.serial;
        self.previous.birth = record.birth.map_or(0, |birth| birth.as_nanos());
        self.previous.flat_bytes = record.flat_bytes;
        Ok(record)
    }

    fn next_birth(&mut self) -> Result<Option<Duration>, Bad> {
        match self.birth.next_wide()?.checked_sub(1) {
            None => Ok(None),
            Some(zigzag) => self.birth.duration(zigzag, self.previous.birth).map(Some),
        }
    }

    pub(super) fn finish(self) -> Result<(), Bad> {
        for column in [self.serial, self.class, self.repr, self.birth, self.site, self.flat_bytes] {
            column.finish()?;
        }
        self.trace.map_or(Ok(()), Values::finish)
    }
}
