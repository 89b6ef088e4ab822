//! Snapshots to payloads. What an earlier frame has brought is referred to, not repeated.

use std::sync::Arc;
use std::time::Duration;

use super::column::Column;
use super::details::{self, DetailColumns, OldestBefore};
use super::records::RecordColumns;
use super::referents::ReferentColumns;
use super::tables::Known;
use super::wire::{AllocatorWire, CensusWire, ClassesWire, ExtensionWire, Packed, RowsWire, SnapshotWire};
use crate::{AllocatorMemory, AllocatorSource, ClassRow, ObjectRow, Referent, Snapshot, Tracking};

/// What the frames so far have brought.
///
/// Names, sites and traces are kept for good: there are as many as the program's source has. Objects are kept as long as
/// the last snapshot lists them, so this does not grow with the number of objects that ever were.
#[derive(Default)]
pub(super) struct Encoder {
    known: Known,
    last: Option<Arc<Snapshot>>,
    /// The snapshot that is being written.
    pending: Option<Arc<Snapshot>>,
    /// How many rows were written since the last whose referents had changed.
    unchanged: u64,
    columns: Columns,
}

/// The packed lists of one snapshot; kept for their memory.
#[derive(Default)]
struct Columns {
    gone: Column,
    // The fields of the classes' rows, in the order of `ClassesWire`.
    class: [Column; 12],
    class_referents: ReferentColumns,
    details: DetailColumns,
    records: RecordColumns,
    // What the objects' rows are, in the order of `RowsWire`.
    row: [Column; 4],
    object_referents: ReferentColumns,
    // The fields of the census' rows, in the order of `CensusWire`.
    census: [Column; 3],
}

impl Encoder {
    /// The payload of the snapshot. [`commit`](Self::commit) then says that it is written, or
    /// [`roll_back`](Self::roll_back) that it is not.
    pub(super) fn encode<'a>(&'a mut self, snapshot: &'a Arc<Snapshot>) -> (SnapshotWire<'a>, ExtensionWire<'a>) {
        self.columns.clear();
        self.known.begin();
        let last = self.last.clone();
        let oldest = details::oldest_of(last.as_deref());
        for row in &snapshot.classes {
            self.class_row(row, snapshot.elapsed, &oldest);
        }
        self.object_rows(last.as_deref(), snapshot);
        let mut before = 0;
        for serial in &snapshot.gone {
            self.columns.gone.push_delta(*serial, before);
            before = *serial;
        }
        for row in snapshot.census.iter().flatten() {
            let [type_name, count, bytes] = &mut self.columns.census;
            type_name.push(self.known.name(&row.type_name));
            count.push(row.count);
            bytes.push(row.bytes);
        }
        self.pending = Some(Arc::clone(snapshot));
        (self.wire(snapshot), self.extension(snapshot))
    }

    /// How many values there are to refer to, beside the last snapshot.
    pub(super) fn len(&self) -> usize {
        self.known.len()
    }

    /// Begins anew, with nothing to refer to.
    pub(super) fn forget(&mut self) {
        self.known = Known::default();
        self.last = None;
    }

    /// What was encoded last is written, and may be referred to.
    pub(super) fn commit(&mut self) {
        self.last = self.pending.take();
    }

    /// What was encoded last is not written, and nothing may refer to it.
    pub(super) fn roll_back(&mut self) {
        if self.pending.take().is_some() {
            self.known.roll_back();
        }
    }

    fn class_row(&mut self, row: &ClassRow, elapsed: Duration, oldest: &OldestBefore<'_>) {
        let [name, live, created, dropped, bytes, flat_bytes, shared, smallest, largest, unread, listed, referents] =
            &mut self.columns.class;
        name.push(self.known.class(&row.class));
        live.push(row.live);
        created.push(row.created);
        dropped.push(row.dropped);
        bytes.push(row.bytes);
        flat_bytes.push(row.flat_bytes);
        shared.push(row.shared_bytes);
        smallest.push_optional(row.smallest_bytes);
        largest.push_optional(row.largest_bytes);
        unread.push(row.unread);
        listed.push(row.listed);
        referents.push(row.referents.len() as u64);
        self.columns.class_referents.push(&row.referents, &mut self.known);
        self.columns.details.push(row, elapsed, oldest, &mut self.known);
    }

    /// Walks the rows of the last snapshot and of this one side by side: both are sorted by serial. Rows that are not are
    /// written as well, only not as short.
    fn object_rows(&mut self, last: Option<&Snapshot>, snapshot: &Snapshot) {
        let mut before = last.map_or(&[][..], |last| &last.objects);
        let mut rows = &snapshot.objects[..];
        self.unchanged = 0;
        while !rows.is_empty() {
            let (kept, skipped, added);
            (kept, before, rows) = self.keep(before, rows);
            (skipped, before) = skip(before, rows);
            (added, rows) = self.add(before, rows);
            for count in [kept, skipped, added] {
                self.columns.row[0].push(count as u64);
            }
        }
        let unread = snapshot.objects.iter().enumerate().filter(|(_, row)| row.unread);
        let mut next = 0;
        for (index, _) in unread {
            self.columns.row[2].push(index as u64 - next);
            next = index as u64 + 1;
        }
    }

    /// The referents of a row, if they are others than `before`.
    fn referents(&mut self, referents: &Arc<[Referent]>, before: &Arc<[Referent]>) {
        if Arc::ptr_eq(referents, before) || referents == before {
            self.unchanged += 1;
            return;
        }
        self.columns.row[3].push(std::mem::take(&mut self.unchanged));
        self.columns.row[3].push(referents.len() as u64);
        self.columns.object_referents.push(referents, &mut self.known);
    }

    /// The rows of objects that the last snapshot lists as well: only how their sizes changed.
    fn keep<'a>(
        &mut self,
        before: &'a [ObjectRow],
        rows: &'a [ObjectRow],
    ) -> (usize, &'a [ObjectRow], &'a [ObjectRow]) {
        let pairs = before.iter().zip(rows);
        let kept = pairs.take_while(|(old, new)| old.object == new.object);
        let mut count = 0;
        for (old, new) in kept {
            self.columns.row[1].push_delta(new.bytes, old.bytes);
            self.referents(&new.referents, &old.referents);
            count += 1;
        }
        (count, &before[count..], &rows[count..])
    }

    /// The rows of objects that the last snapshot does not list: their records, and how their sizes differ from the flat
    /// ones.
    fn add<'a>(&mut self, before: &[ObjectRow], rows: &'a [ObjectRow]) -> (usize, &'a [ObjectRow]) {
        let next = before.first().map(|row| row.object.serial);
        let is_new = |row: &&ObjectRow| next.is_none_or(|next| row.object.serial < next);
        let none = Arc::default();
        let mut count = 0;
        for row in rows.iter().take_while(is_new) {
            self.columns.row[1].push_delta(row.bytes, row.object.flat_bytes);
            self.referents(&row.referents, &none);
            self.columns.records.push(&row.object, &mut self.known);
            count += 1;
        }
        (count, &rows[count..])
    }
}

/// The rows of the last snapshot whose objects this one does not list, or lists with another record.
fn skip<'a>(before: &'a [ObjectRow], rows: &[ObjectRow]) -> (usize, &'a [ObjectRow]) {
    let Some(row) = rows.first() else {
        return (0, before);
    };
    let serial = row.object.serial;
    let mut skipped = before.iter().take_while(|old| old.object.serial < serial).count();
    if let Some(old) = before.get(skipped)
        && old.object.serial == serial
        && old.object != row.object
    {
        skipped += 1;
    }
    (skipped, &before[skipped..])
}

impl Columns {
    fn clear(&mut self) {
        let single = std::iter::once(&mut self.gone);
        let all = single.chain(&mut self.class).chain(&mut self.row).chain(&mut self.census);
        all.for_each(Column::clear);
        self.class_referents.clear();
        self.details.clear();
        self.records.clear();
        self.object_referents.clear();
    }
}

impl Encoder {
    fn wire<'a>(&'a self, snapshot: &'a Snapshot) -> SnapshotWire<'a> {
        let packed = |column: &'a Column| Packed(&column.0);
        let columns = &self.columns;
        let [
            class,
            live,
            created,
            dropped,
            bytes,
            flat_bytes,
            shared_bytes,
            smallest_bytes,
            largest_bytes,
            unread,
            listed,
            referents,
        ] = columns.class.each_ref().map(packed);
        let classes = ClassesWire {
            class,
            live,
            created,
            dropped,
            bytes,
            flat_bytes,
            shared_bytes,
            smallest_bytes,
            largest_bytes,
            unread,
            listed,
            referents,
        };
        let [steps, bytes, unread, referents] = columns.row.each_ref().map(packed);
        let rows = RowsWire { steps, bytes, unread, referents };
        let [type_name, count, bytes] = columns.census.each_ref().map(packed);
        SnapshotWire {
            label: &snapshot.label,
            time: snapshot.time.into(),
            elapsed: snapshot.elapsed.into(),
            duration: snapshot.duration.into(),
            virtual_bytes: snapshot.process.virtual_bytes,
            resident_bytes: snapshot.process.resident_bytes,
            overhead_bytes: snapshot.overhead_bytes,
            new: self.known.wire(),
            classes,
            class_referents: columns.class_referents.wire(),
            records: columns.records.wire(),
            rows,
            object_referents: columns.object_referents.wire(),
            gone: packed(&columns.gone),
            census: snapshot.census.is_some().then_some(CensusWire { type_name, count, bytes }),
        }
    }

    fn extension(&self, snapshot: &Snapshot) -> ExtensionWire<'_> {
        ExtensionWire {
            proportional_bytes: snapshot.process.proportional_bytes,
            allocator: snapshot.process.allocator.map(allocator),
            tracking: match snapshot.tracking {
                Tracking::On => 0,
                Tracking::SwitchedOff => 1,
                Tracking::CompiledOut => 2,
            },
            new_calls: self.known.new_calls(),
            new_traces: self.known.new_traces(),
            record_traces: self.columns.records.traces(),
            details: self.columns.details.wire(),
        }
    }
}

fn allocator(memory: AllocatorMemory) -> AllocatorWire {
    AllocatorWire {
        source: match memory.source {
            AllocatorSource::Counting => 0,
            AllocatorSource::Glibc => 1,
            AllocatorSource::Jemalloc => 2,
        },
        live_bytes: memory.live_bytes,
        live_blocks: memory.live_blocks,
        held_bytes: memory.held_bytes,
    }
}
