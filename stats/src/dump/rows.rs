//! The rows of objects as they are in the model: each with its record, which snapshots share.

use std::slice;
use std::sync::Arc;

use super::column::Values;
use super::decode::{Bad, ObjectsWire, reference};
use super::records::Records;
use super::referents::ReferentValues;
use super::tables::Tables;
use crate::{ObjectRow, Snapshot};

/// What frames so far have brought of objects.
#[derive(Default)]
pub(super) struct Rows {
    last: Option<Arc<Snapshot>>,
    /// The last one before a snapshot that begins anew.
    old: Option<Arc<Snapshot>>,
}

impl Rows {
    /// What comes next refers to nothing so far. It may be the same all the same: then it is shared.
    pub(super) fn begin_anew(&mut self) {
        self.old = self.last.take();
    }

    /// Completes the snapshot by its objects.
    pub(super) fn read(
        &mut self,
        mut snapshot: Snapshot,
        objects: &ObjectsWire<'_>,
        tables: &Tables,
    ) -> Result<Arc<Snapshot>, Bad> {
        snapshot.objects = self.list(objects, tables)?;
        object_referents(
            &mut snapshot.objects,
            tables,
            Values::new(objects.rows.referents.0, "rows: referents"),
            ReferentValues::of_objects(&objects.referents),
        )?;
        let snapshot = Arc::new(snapshot);
        self.old = None;
        self.last = Some(Arc::clone(&snapshot));
        Ok(snapshot)
    }

    fn list(&self, objects: &ObjectsWire<'_>, tables: &Tables) -> Result<Vec<ObjectRow>, Bad> {
        let wire = &objects.rows;
        let mut before = self.last.as_deref().map_or(&[][..], |last| &last.objects);
        let mut records = Records::of_objects(&objects.records, objects.traces);
        let mut old = self.old.as_deref().map_or(&[][..], |old| &old.objects).iter().peekable();
        let mut steps = Values::new(wire.steps.0, "rows: steps");
        let mut bytes = Values::new(wire.bytes.0, "rows: bytes");
        // Every row takes a byte here, so a short frame can't ask for many rows, not even for those of the last snapshot.
        let mut rows = Vec::with_capacity(bytes.count());
        while !steps.is_empty() {
            let kept = take(&mut before, steps.next()?)?;
            for old in kept {
                let size = bytes.next_delta(old.bytes)?;
                // Put together by hand: to begin with other referents and drop them takes longer than all else.
                rows.push(ObjectRow {
                    object: Arc::clone(&old.object),
                    bytes: size,
                    unread: false,
                    referents: Arc::clone(&old.referents),
                });
            }
            take(&mut before, steps.next()?)?;
            for _ in 0..steps.next()? {
                let mut record = records.next(tables)?;
                while old.next_if(|old| old.object.serial < record.serial).is_some() {}
                if let Some(same) = old.next_if(|old| old.object == record) {
                    record = Arc::clone(&same.object);
                }
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
}

/// Gives those rows other referents that have others than in the snapshot before.
fn object_referents(
    rows: &mut [ObjectRow],
    tables: &Tables,
    mut changed: Values<'_>,
    mut parts: ReferentValues<'_>,
) -> Result<(), Bad> {
    let mut left = rows.iter_mut();
    while !changed.is_empty() {
        let row = pass(&mut left, changed.next()?, "a row with other referents")?;
        row.referents = parts.next(changed.next()?, tables)?.into();
    }
    parts.finish()
}

/// Passes over `gap` rows, and gives the next.
fn pass<'a>(rows: &mut slice::IterMut<'a, ObjectRow>, gap: u64, what: &'static str) -> Result<&'a mut ObjectRow, Bad> {
    let left = rows.len();
    let row = usize::try_from(gap).ok().and_then(|gap| rows.nth(gap));
    row.ok_or_else(|| reference(what, left, gap))
}

/// Splits `count` rows off the front.
fn take<'a>(rows: &mut &'a [ObjectRow], count: u64) -> Result<&'a [ObjectRow], Bad> {
    let split = usize::try_from(count).ok().and_then(|count| rows.split_at_checked(count));
    let (taken, rest) = split.ok_or_else(|| reference("a row of the snapshot before", rows.len(), count))?;
    *rows = rest;
    Ok(taken)
}
