//! The rows of objects in some bytes each, for as long as somebody wants to look at them.

use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::column::Values;
use super::decode::{Bad, ObjectsWire, reference};
use super::packed_row::{Packer, Place, Row};
use super::records::{RawRecord, Records};
use super::referents::ReferentValues;
use super::tables::Tables;
use crate::{ListedObject, Site, Trace};

/// How many rows are packed in one piece. Pieces are freed one by one as the next snapshot takes their place.
const CHUNK: u32 = 4096;

/// The objects that a snapshot lists, in 3 to 10 bytes each.
///
/// Of each object there are the serial, the class, the size, whether it was read whole, the birth, the site and the trace; neither
/// a repr nor referents nor the flat size. They are iterated in the order of the snapshot, which is by serial where a tracker made
/// the dump ([`rise`](Self::rise)), so two snapshots are compared by going through both side by side. Numbers of classes are
/// the same in all snapshots up to the next one that [begins anew](super::CompactSnapshot::anew).
#[derive(Clone)]
pub struct PackedObjects {
    chunks: Vec<Chunk>,
    len: u64,
    rise: bool,
    tables: Arc<Tables>,
}

/// Some rows, packed, and how many there are.
#[derive(Clone)]
struct Chunk {
    bytes: Arc<[u8]>,
    rows: u32,
}

impl PackedObjects {
    pub(super) fn none(tables: &Arc<Tables>) -> Self {
        Self { chunks: Vec::new(), len: 0, rise: true, tables: Arc::clone(tables) }
    }

    /// How many objects there are.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.len
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Whether each serial is higher than the one before.
    #[must_use]
    pub fn rise(&self) -> bool {
        self.rise
    }

    /// What they take in memory, in bytes. Snapshots share none of it; names, sites and traces are shared by all and not counted.
    #[must_use]
    pub fn memory_bytes(&self) -> usize {
        let counts = 2 * size_of::<usize>();
        let packed: usize = self.chunks.iter().map(|chunk| counts + chunk.bytes.len()).sum();
        packed + self.chunks.capacity() * size_of::<Chunk>()
    }

    /// The objects one after the other, each unpacked as it comes.
    #[must_use]
    pub fn iter(&self) -> PackedIter<'_> {
        PackedIter {
            chunks: self.chunks.iter(),
            packed: &[],
            rows: 0,
            place: Place::default(),
            left: self.len,
            tables: &self.tables,
        }
    }
}

impl fmt::Debug for PackedObjects {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PackedObjects").field("len", &self.len).field("rise", &self.rise).finish_non_exhaustive()
    }
}

impl<'a> IntoIterator for &'a PackedObjects {
    type Item = PackedObject<'a>;
    type IntoIter = PackedIter<'a>;

    fn into_iter(self) -> PackedIter<'a> {
        self.iter()
    }
}

/// Goes through the objects of a snapshot.
#[derive(Clone)]
pub struct PackedIter<'a> {
    chunks: std::slice::Iter<'a, Chunk>,
    /// The piece that is being read, and how many of its rows are left.
    packed: &'a [u8],
    rows: u32,
    place: Place,
    left: u64,
    tables: &'a Tables,
}

impl<'a> Iterator for PackedIter<'a> {
    type Item = PackedObject<'a>;

    fn next(&mut self) -> Option<PackedObject<'a>> {
        if self.rows == 0 {
            let chunk = self.chunks.next()?;
            (self.packed, self.rows, self.place) = (&chunk.bytes, chunk.rows, Place::default());
        }
        self.rows -= 1;
        self.left -= 1;
        Some(PackedObject { row: self.place.next(self.packed), tables: self.tables })
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = usize::try_from(self.left);
        (left.unwrap_or(usize::MAX), left.ok())
    }
}

impl fmt::Debug for PackedIter<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PackedIter").field("left", &self.left).finish_non_exhaustive()
    }
}

/// One object of a snapshot, unpacked: a [`ListedObject`].
#[derive(Clone, Copy)]
pub struct PackedObject<'a> {
    row: Row,
    tables: &'a Tables,
}

impl<'a> PackedObject<'a> {
    /// As [`ObjectRecord::serial`](crate::ObjectRecord::serial).
    #[must_use]
    pub fn serial(&self) -> u64 {
        self.row.serial
    }

    /// As [`ObjectRecord::class`](crate::ObjectRecord::class).
    #[must_use]
    pub fn class(&self) -> &'a Arc<str> {
        &self.tables.classes[self.row.class as usize]
    }

    /// The class' number, from 0: shorter to compare and to look up than its name.
    #[must_use]
    pub fn class_number(&self) -> usize {
        self.row.class as usize
    }

    /// As [`ObjectRow::bytes`](crate::ObjectRow::bytes).
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.row.bytes
    }

    /// As [`ObjectRow::unread`](crate::ObjectRow::unread).
    #[must_use]
    pub fn unread(&self) -> bool {
        self.row.unread
    }

    /// As [`ObjectRecord::birth`](crate::ObjectRecord::birth).
    #[must_use]
    pub fn birth(&self) -> Option<Duration> {
        self.row.birth
    }

    /// As [`ObjectRecord::site`](crate::ObjectRecord::site).
    #[must_use]
    pub fn site(&self) -> Option<&'a Arc<Site>> {
        self.row.site.map(|site| &self.tables.sites[site as usize])
    }

    /// As [`ObjectRecord::trace`](crate::ObjectRecord::trace).
    #[must_use]
    pub fn trace(&self) -> Option<&'a Arc<Trace>> {
        self.row.trace.map(|trace| &self.tables.traces[trace as usize])
    }
}

impl ListedObject for PackedObject<'_> {
    fn serial(&self) -> u64 {
        self.serial()
    }

    fn class(&self) -> &Arc<str> {
        self.class()
    }

    fn bytes(&self) -> u64 {
        self.bytes()
    }

    fn birth(&self) -> Option<Duration> {
        self.birth()
    }

    fn site(&self) -> Option<&Arc<Site>> {
        self.site()
    }

    fn trace(&self) -> Option<&Arc<Trace>> {
        self.trace()
    }
}

impl fmt::Debug for PackedObject<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = f.debug_struct("PackedObject");
        text.field("serial", &self.row.serial).field("class", self.class()).field("bytes", &self.row.bytes);
        text.finish_non_exhaustive()
    }
}

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
        self.last = rows.chunks.iter().cloned().collect();
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
        PackedObjects { chunks: self.chunks, len: self.len, rise: !self.falls, tables: Arc::clone(tables) }
    }
}
