use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use super::{Fate, Measured, ObjectEntry};
use crate::names::ClassNames;
use crate::{ObjectRecord, ObjectRow, Snapshot};

/// The rows of all snapshots, gathered by object.
pub(super) struct Collected<'a> {
    /// All rows with their snapshot's index, by serial and then by snapshot.
    pub(super) rows: Vec<(usize, &'a ObjectRow)>,
    /// One entry for each serial, by serial.
    pub(super) objects: Vec<Object<'a>>,
}

pub(super) struct Object<'a> {
    /// The newest, should they differ.
    pub(super) record: &'a Arc<ObjectRecord>,
    pub(super) fate: Fate,
    /// The largest size over all snapshots.
    pub(super) largest: u64,
    /// The size in the snapshot with the largest total, if that lists the object.
    pub(super) in_largest_total: Option<u64>,
    /// Where its rows are.
    rows: Range<usize>,
}

impl Object<'_> {
    pub(super) fn death(&self) -> Option<Duration> {
        match self.fate {
            Fate::DeadBy { elapsed, .. } => Some(elapsed),
            Fate::Live | Fate::NotListed => None,
        }
    }

    pub(super) fn entry(&self, rows: &[(usize, &ObjectRow)], names: &ClassNames) -> ObjectEntry {
        ObjectEntry {
            record: Arc::clone(self.record),
            name: names.of(&self.record.class),
            sizes: self.sizes(rows).collect(),
            fate: self.fate,
        }
    }

    fn sizes<'r>(&self, rows: &'r [(usize, &ObjectRow)]) -> impl Iterator<Item = Measured> + use<'r> {
        rows[self.rows.clone()].iter().map(|(snapshot, row)| Measured {
            snapshot: *snapshot,
            bytes: row.bytes,
            unread: row.unread,
            referents: Arc::clone(&row.referents),
        })
    }
}

impl<'a> Collected<'a> {
    pub(super) fn new(snapshots: &'a [Arc<Snapshot>]) -> Self {
        Self::of(snapshots, |_| true)
    }

    /// Only objects of serials that are wanted.
    pub(super) fn of(snapshots: &'a [Arc<Snapshot>], wanted: impl Fn(u64) -> bool) -> Self {
        let mut rows: Vec<(usize, &ObjectRow)> = snapshots
            .iter()
            .enumerate()
            .flat_map(|(index, snapshot)| snapshot.objects.iter().map(move |row| (index, row)))
            .filter(|(_, row)| wanted(row.object.serial))
            .collect();
        // The rows of each snapshot are sorted already, and this sort merges sorted runs.
        rows.sort_by_key(|(index, row)| (row.object.serial, *index));
        let deaths = deaths(snapshots);
        let largest_total = largest_total(snapshots);

        let mut objects = Vec::new();
        let mut start = 0;
        for group in rows.chunk_by(|(_, a), (_, b)| a.object.serial == b.object.serial) {
            let range = start..start + group.len();
            start = range.end;
            let Some((last_snapshot, last)) = group.last() else {
                continue;
            };
            let record = &last.object;
            let dead = deaths.binary_search_by_key(&record.serial, |(serial, _)| *serial).ok().map(|at| deaths[at].1);
            let fate = match dead {
                Some(snapshot) => Fate::DeadBy { snapshot, elapsed: snapshots[snapshot].elapsed },
                None if *last_snapshot + 1 == snapshots.len() => Fate::Live,
                None => Fate::NotListed,
            };
            objects.push(Object {
                record,
                fate,
                largest: group.iter().map(|(_, row)| row.bytes).max().unwrap_or(0),
                in_largest_total: group
                    .iter()
                    .find(|(index, _)| Some(*index) == largest_total)
                    .map(|(_, row)| row.bytes),
                rows: range,
            });
        }
        Self { rows, objects }
    }
}

/// Each serial that a snapshot found dead, with the first such snapshot, by serial.
fn deaths(snapshots: &[Arc<Snapshot>]) -> Vec<(u64, usize)> {
    let mut deaths: Vec<(u64, usize)> = snapshots
        .iter()
        .enumerate()
        .flat_map(|(index, snapshot)| snapshot.gone.iter().map(move |serial| (*serial, index)))
        .collect();
    deaths.sort_unstable();
    deaths.dedup_by_key(|(serial, _)| *serial);
    deaths
}

/// The snapshot with the most tracked bytes; the first of these.
fn largest_total(snapshots: &[Arc<Snapshot>]) -> Option<usize> {
    let totals = snapshots.iter().map(|snapshot| snapshot.tracked_bytes());
    let largest = totals.enumerate().rev().max_by_key(|(_, bytes)| *bytes);
    largest.map(|(index, _)| index)
}
