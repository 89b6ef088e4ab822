//! Snapshots to payloads. What an earlier frame has brought is referred to, not repeated.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;

use super::column::Column;
use super::referents::ReferentColumns;
use super::wire::{CensusWire, ClassesWire, Packed, RecordsWire, RowsWire, SnapshotWire};
use crate::{ClassRow, ObjectRecord, ObjectRow, Referent, Site, Snapshot};

/// What the frames so far have brought.
///
/// Names and sites are kept for good: there are as many as the program's source has. Objects are kept as long as the
/// last snapshot lists them, so this does not grow with the number of objects that ever were.
#[derive(Default)]
pub(super) struct Encoder {
    classes: Names,
    /// Those of referents and of types in the census.
    names: Names,
    sites: HashMap<Arc<Site>, u64>,
    last: Option<Arc<Snapshot>>,
    /// How many rows were written since the last whose referents had changed.
    unchanged: u64,
    columns: Columns,
}

/// The texts that the frames so far have brought, with their numbers, and those of them that are new.
#[derive(Default)]
pub(super) struct Names {
    known: HashMap<Arc<str>, u64>,
    new: Column,
}

impl Names {
    /// The number of the name. If that is new, it is taken to be written.
    pub(super) fn index(&mut self, name: &Arc<str>) -> u64 {
        index(&mut self.known, name, || self.new.push_text(name))
    }
}

/// The packed lists of one snapshot; kept for their memory.
#[derive(Default)]
struct Columns {
    new_sites: Column,
    gone: Column,
    // The fields of the classes' rows, in the order of `ClassesWire`.
    class: [Column; 12],
    class_referents: ReferentColumns,
    // The fields of new objects' records, in the order of `RecordsWire`.
    record: [Column; 6],
    // What the objects' rows are, in the order of `RowsWire`.
    row: [Column; 4],
    object_referents: ReferentColumns,
    // The fields of the census' rows, in the order of `CensusWire`.
    census: [Column; 3],
}

impl Encoder {
    /// The payload of the snapshot. What it refers to is taken to be written.
    pub(super) fn encode<'a>(&'a mut self, snapshot: &'a Arc<Snapshot>) -> SnapshotWire<'a> {
        self.columns.clear();
        self.classes.new.0.clear();
        self.names.new.0.clear();
        for row in &snapshot.classes {
            self.class_row(row);
        }
        self.object_rows(snapshot);
        let mut before = 0;
        for serial in &snapshot.gone {
            self.columns.gone.push_delta(*serial, before);
            before = *serial;
        }
        for row in snapshot.census.iter().flatten() {
            let [type_name, count, bytes] = &mut self.columns.census;
            type_name.push(self.names.index(&row.type_name));
            count.push(row.count);
            bytes.push(row.bytes);
        }
        self.last = Some(Arc::clone(snapshot));
        self.wire(snapshot)
    }

    fn class_row(&mut self, row: &ClassRow) {
        let [name, live, created, dropped, bytes, flat_bytes, shared, smallest, largest, unread, listed, referents] =
            &mut self.columns.class;
        name.push(self.classes.index(&row.class));
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
        self.columns.class_referents.push(&row.referents, &mut self.names);
    }

    /// Walks the rows of the last snapshot and of this one side by side: both are sorted by serial. Rows that are not are
    /// written as well, only not as short.
    fn object_rows(&mut self, snapshot: &Snapshot) {
        let last = self.last.take();
        let mut before = last.as_deref().map_or(&[][..], |last| &last.objects);
        let mut rows = &snapshot.objects[..];
        let mut previous = None;
        self.unchanged = 0;
        while !rows.is_empty() {
            let (kept, skipped, added);
            (kept, before, rows) = self.keep(before, rows);
            (skipped, before) = skip(before, rows);
            (added, rows) = self.add(before, rows, &mut previous);
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
        self.columns.object_referents.push(referents, &mut self.names);
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
    fn add<'a>(
        &mut self,
        before: &[ObjectRow],
        rows: &'a [ObjectRow],
        previous: &mut Option<&'a ObjectRecord>,
    ) -> (usize, &'a [ObjectRow]) {
        let next = before.first().map(|row| row.object.serial);
        let is_new = |row: &&ObjectRow| next.is_none_or(|next| row.object.serial < next);
        let none = Arc::default();
        let mut count = 0;
        for row in rows.iter().take_while(is_new) {
            self.columns.row[1].push_delta(row.bytes, row.object.flat_bytes);
            self.referents(&row.referents, &none);
            self.record(&row.object, *previous);
            *previous = Some(&row.object);
            count += 1;
        }
        (count, &rows[count..])
    }

    fn record(&mut self, record: &ObjectRecord, previous: Option<&ObjectRecord>) {
        let class_index = self.classes.index(&record.class);
        let site_index = record.site.as_ref().map(|new| self.site(new));
        let [serial, class, repr, birth, site, flat_bytes] = &mut self.columns.record;
        serial.push_delta(record.serial, previous.map_or(0, |previous| previous.serial));
        class.push(class_index);
        repr.push_optional_text(record.repr.as_deref());
        let nanos = |record: &ObjectRecord| record.birth.map_or(0, |birth| birth.as_nanos());
        birth.push_wide(match record.birth {
            None => 0,
            // Below 2^96 either way, so the sign and the one for "absent" fit.
            Some(birth) => {
                let delta = birth.as_nanos().cast_signed() - previous.map_or(0, nanos).cast_signed();
                ((delta << 1) ^ (delta >> 127)).cast_unsigned() + 1
            }
        });
        site.push_optional(site_index);
        flat_bytes.push_delta(record.flat_bytes, previous.map_or(0, |previous| previous.flat_bytes));
    }

    fn site(&mut self, site: &Arc<Site>) -> u64 {
        let new = &mut self.columns.new_sites;
        index(&mut self.sites, site, || {
            new.push_text(&site.file);
            new.push(site.line.into());
            new.push(site.column.into());
        })
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

fn index<K: Clone + Eq + Hash>(table: &mut HashMap<K, u64>, key: &K, new: impl FnOnce()) -> u64 {
    if let Some(index) = table.get(key) {
        return *index;
    }
    let index = table.len() as u64;
    table.insert(key.clone(), index);
    new();
    index
}

impl Columns {
    fn clear(&mut self) {
        let single = [&mut self.new_sites, &mut self.gone];
        let all = single.into_iter().chain(&mut self.class).chain(&mut self.record).chain(&mut self.row);
        all.chain(&mut self.census).for_each(|column| column.0.clear());
        self.class_referents.clear();
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
        let [serial, class, repr, birth, site, flat_bytes] = columns.record.each_ref().map(packed);
        let records = RecordsWire { serial, class, repr, birth, site, flat_bytes };
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
            new_classes: packed(&self.classes.new),
            new_sites: packed(&columns.new_sites),
            new_names: packed(&self.names.new),
            classes,
            class_referents: columns.class_referents.wire(),
            records,
            rows,
            object_referents: columns.object_referents.wire(),
            gone: packed(&columns.gone),
            census: snapshot.census.is_some().then_some(CensusWire { type_name, count, bytes }),
        }
    }
}
