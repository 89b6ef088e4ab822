//! Snapshots to payloads. What an earlier frame has brought is referred to, not repeated.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;

use super::column::Column;
use super::wire::{ClassesWire, Packed, RecordsWire, RowsWire, SnapshotWire};
use crate::{ClassRow, ObjectRecord, ObjectRow, Site, Snapshot};

/// What the frames so far have brought.
///
/// Classes and sites are kept for good: there are as many as the program's source has. Objects are kept as long as the
/// last snapshot lists them, so this does not grow with the number of objects that ever were.
#[derive(Default)]
pub(super) struct Encoder {
    classes: HashMap<Arc<str>, u64>,
    sites: HashMap<Arc<Site>, u64>,
    last: Option<Arc<Snapshot>>,
    columns: Columns,
}

/// The packed lists of one snapshot; kept for their memory.
#[derive(Default)]
struct Columns {
    new_classes: Column,
    new_sites: Column,
    gone: Column,
    // The fields of the classes' rows, in the order of `ClassesWire`.
    class: [Column; 10],
    // The fields of new objects' records, in the order of `RecordsWire`.
    record: [Column; 6],
    // What the objects' rows are, in the order of `RowsWire`.
    row: [Column; 3],
}

impl Encoder {
    /// The payload of the snapshot. What it refers to is taken to be written.
    pub(super) fn encode<'a>(&'a mut self, snapshot: &'a Arc<Snapshot>) -> SnapshotWire<'a> {
        self.columns.clear();
        for row in &snapshot.classes {
            self.class_row(row);
        }
        self.object_rows(snapshot);
        let mut before = 0;
        for serial in &snapshot.gone {
            self.columns.gone.push_delta(*serial, before);
            before = *serial;
        }
        self.last = Some(Arc::clone(snapshot));
        self.columns.wire(snapshot)
    }

    fn class_row(&mut self, row: &ClassRow) {
        let class = self.class(&row.class);
        let [name, live, created, dropped, bytes, flat_bytes, smallest, largest, unread, listed] =
            &mut self.columns.class;
        name.push(class);
        live.push(row.live);
        created.push(row.created);
        dropped.push(row.dropped);
        bytes.push(row.bytes);
        flat_bytes.push(row.flat_bytes);
        smallest.push_optional(row.smallest_bytes);
        largest.push_optional(row.largest_bytes);
        unread.push(row.unread);
        listed.push(row.listed);
    }

    /// Walks the rows of the last snapshot and of this one side by side: both are sorted by serial. Rows that are not are
    /// written as well, only not as short.
    fn object_rows(&mut self, snapshot: &Snapshot) {
        let last = self.last.take();
        let mut before = last.as_deref().map_or(&[][..], |last| &last.objects);
        let mut rows = &snapshot.objects[..];
        let mut previous = None;
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
        let mut count = 0;
        for row in rows.iter().take_while(is_new) {
            self.columns.row[1].push_delta(row.bytes, row.object.flat_bytes);
            self.record(&row.object, *previous);
            *previous = Some(&row.object);
            count += 1;
        }
        (count, &rows[count..])
    }

    fn record(&mut self, record: &ObjectRecord, previous: Option<&ObjectRecord>) {
        let class_index = self.class(&record.class);
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

    fn class(&mut self, class: &Arc<str>) -> u64 {
        let new = &mut self.columns.new_classes;
        index(&mut self.classes, class, || new.push_text(class))
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
        let single = [&mut self.new_classes, &mut self.new_sites, &mut self.gone];
        let all = single.into_iter().chain(&mut self.class);
        for column in all.chain(&mut self.record).chain(&mut self.row) {
            column.0.clear();
        }
    }

    fn wire<'a>(&'a self, snapshot: &'a Snapshot) -> SnapshotWire<'a> {
        let packed = |column: &'a Column| Packed(&column.0);
        let [class, live, created, dropped, bytes, flat_bytes, smallest_bytes, largest_bytes, unread, listed] =
            self.class.each_ref().map(packed);
        let classes = ClassesWire {
            class,
            live,
            created,
            dropped,
            bytes,
            flat_bytes,
            smallest_bytes,
            largest_bytes,
            unread,
            listed,
        };
        let [serial, class, repr, birth, site, flat_bytes] = self.record.each_ref().map(packed);
        let records = RecordsWire { serial, class, repr, birth, site, flat_bytes };
        let [steps, bytes, unread] = self.row.each_ref().map(packed);
        SnapshotWire {
            label: &snapshot.label,
            time: snapshot.time.into(),
            elapsed: snapshot.elapsed.into(),
            duration: snapshot.duration.into(),
            virtual_bytes: snapshot.process.virtual_bytes,
            resident_bytes: snapshot.process.resident_bytes,
            overhead_bytes: snapshot.overhead_bytes,
            new_classes: packed(&self.new_classes),
            new_sites: packed(&self.new_sites),
            classes,
            records,
            rows: RowsWire { steps, bytes, unread },
            gone: packed(&self.gone),
        }
    }
}
