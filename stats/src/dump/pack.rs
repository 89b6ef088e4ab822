//! Packs the rows of objects as they are read, and lets go of those of the snapshot before on the way.

use std::collections::VecDeque;
use std::sync::Arc;

use super::column::Values;
use super::decode::{Bad, ObjectsWire, reference};
use super::packed::{Chunk, PackedObjects};
use super::packed_row::{Packer, Place, Row};
use super::records::{RawRecord, Records};
use super::referents::ReferentValues;
use super::tables::Tables;

/// How many rows are packed in one piece. Pieces are freed one by one as the next snapshot takes their place.
const CHUNK: u32 = 4096;

/// What frames so far have brought of objects: the packed rows of the last snapshot.
#[derive(Default)]
pub(super) struct PackedRows {
    last: VecDeque<Chunk>,
}

impl PackedRows {
    /// The objects of the next snapshot. Those of the last are given up on the way, so that not both are in memory as a whole;
    /// after an error, nothing is left that another snapshot could refer to.
    pub(super) fn read(&mut self, objects: &ObjectsWire<'_>, tables: &Arc<Tables>) -> Result<PackedObjects, Bad> {
        let mut before = Before { chunks: std::mem::take(&mut self.last), place: Place::default(), taken: 0 };
        let mut records = Records::of_objects(&objects.records, objects.traces);
        let mut steps = Values::new(objects.rows.steps.0, "rows: steps");
        let mut bytes = Values::new(objects.rows.bytes.0, "rows: bytes");
        let mut unread = Unread::new(Values::new(objects.rows.unread.0, "rows: unread"))?;
        let mut rows = Builder::default();
        while !steps.is_empty() {
            let kept = steps.next()?;
            before.each(kept, |mut row| {
                row.bytes = bytes.next_delta(row.bytes)?;
                row.unread = unread.is_next()?;
                rows.push(row);
                Ok(())
            })?;
            before.each(steps.next()?, |_| Ok(()))?;
            for _ in 0..steps.next()? {
                let record = records.next_raw()?;
                let bytes = bytes.next_delta(record.flat_bytes)?;
                rows.push(row(&record, bytes, unread.is_next()?, tables)?);
            }
        }
        bytes.finish()?;
        records.finish()?;
        unread.finish(rows.len)?;
        check_referents(objects, tables, rows.len)?;
        let rows = rows.finish(tables);
        self.last = rows.chunks().iter().cloned().collect();
        Ok(rows)
    }
}

/// The row of a new object, if all that it refers to is there.
fn row(record: &RawRecord<'_>, bytes: u64, unread: bool, tables: &Tables) -> Result<Row, Bad> {
    let known = |number: u64, count: usize, what| match u32::try_from(number) {
        Ok(number) if (number as usize) < count => Ok(number),
        _ => Err(reference(what, count, number)),
    };
    Ok(Row {
        serial: record.serial,
        class: known(record.class, tables.classes.len(), "a class")?,
        bytes,
        unread,
        birth: record.birth,
        site: record.site.map(|site| known(site, tables.sites.len(), "a site")).transpose()?,
        trace: record.trace.map(|trace| known(trace, tables.traces.len(), "a trace")).transpose()?,
    })
}

/// Referents are not kept, but what is wrong with them is wrong with the dump.
fn check_referents(objects: &ObjectsWire<'_>, tables: &Tables, rows: u64) -> Result<(), Bad> {
    let mut changed = Values::new(objects.rows.referents.0, "rows: referents");
    let mut parts = ReferentValues::of_objects(&objects.referents);
    let mut left = rows;
    while !changed.is_empty() {
        let gap = changed.next()?;
        left = match left.checked_sub(gap) {
            Some(left) if left > 0 => left - 1,
            _ => return Err(Bad::Reference { what: "a row with other referents", expected: left, found: gap }),
        };
        parts.next(changed.next()?, tables)?;
    }
    parts.finish()
}

/// The rows of the snapshot before, from the front on.
struct Before {
    chunks: VecDeque<Chunk>,
    /// Where the next row begins in the first chunk, and how many of its rows are before that.
    place: Place,
    taken: u32,
}

impl Before {
    /// Takes `count` rows off the front.
    fn each(&mut self, count: u64, mut with: impl FnMut(Row) -> Result<(), Bad>) -> Result<(), Bad> {
        for taken in 0..count {
            let Some(chunk) = self.chunks.front() else {
                return Err(Bad::Reference { what: "a row of the snapshot before", expected: taken, found: count });
            };
            let row = self.place.next(&chunk.bytes);
            self.taken += 1;
            if self.taken == chunk.rows {
                self.chunks.pop_front();
                (self.place, self.taken) = (Place::default(), 0);
            }
            with(row)?;
        }
        Ok(())
    }
}

/// Which rows are of objects that could not be read whole.
struct Unread<'a> {
    gaps: Values<'a>,
    /// How many rows lie before the next one; `None` if there is none.
    gap: Option<u64>,
}

impl<'a> Unread<'a> {
    fn new(mut gaps: Values<'a>) -> Result<Self, Bad> {
        let gap = next_gap(&mut gaps)?;
        Ok(Self { gaps, gap })
    }

    /// Whether the next row is one of them.
    fn is_next(&mut self) -> Result<bool, Bad> {
        match &mut self.gap {
            None => Ok(false),
            Some(gap @ 1..) => {
                *gap -= 1;
                Ok(false)
            }
            Some(0) => {
                self.gap = next_gap(&mut self.gaps)?;
                Ok(true)
            }
        }
    }

    fn finish(self, rows: u64) -> Result<(), Bad> {
        match self.gap {
            None => Ok(()),
            Some(gap) => Err(Bad::Reference { what: "an unread row", expected: rows, found: gap }),
        }
    }
}

fn next_gap(gaps: &mut Values<'_>) -> Result<Option<u64>, Bad> {
    if gaps.is_empty() { Ok(None) } else { gaps.next().map(Some) }
}

/// Packs rows into pieces.
#[derive(Default)]
struct Builder {
    chunks: Vec<Chunk>,
    packer: Packer,
    /// How many rows the packer holds.
    rows: u32,
    len: u64,
    last: Option<u64>,
    falls: bool,
}

impl Builder {
    fn push(&mut self, row: Row) {
        self.falls |= self.last.is_some_and(|last| row.serial <= last);
        self.last = Some(row.serial);
        self.packer.push(row);
        self.rows += 1;
        self.len += 1;
        if self.rows == CHUNK {
            self.close();
        }
    }

    fn close(&mut self) {
        if self.rows > 0 {
            self.chunks.push(Chunk { bytes: self.packer.take().into(), rows: self.rows });
            self.packer.clear();
            self.rows = 0;
        }
    }

    fn finish(mut self, tables: &Arc<Tables>) -> PackedObjects {
        self.close();
        PackedObjects::new(self.chunks, self.len, !self.falls, tables)
    }
}
