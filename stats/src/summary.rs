mod builder;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt;
use std::sync::Arc;

use crate::census;
use crate::names::ClassNames;
use crate::{
    CensusEntry, ClassRow, Moment, Names, Percent, ProcessMemory, Reconciliation, Referent, Snapshot, Tracking,
};
pub use builder::SummaryBuilder;

/// Per snapshot, what each class holds: the answer to [`Stats::summary`](crate::Stats::summary).
///
/// Every snapshot has a row for each class that occurs in any of them, in the same order.
///
/// ```
/// use classtracker_stats::Stats;
///
/// let summary = Stats::load("docs/factory.ctdump")?.summary();
/// let first = &summary.snapshots[0];
/// assert_eq!((first.total.live, first.only_counted, first.average_bytes()), (15, 3, Some(117)));
/// assert_eq!((&*first.rows[0].name, first.rows[0].seen_before), ("Employee", false));
/// assert_eq!(first.rows[0].row.as_ref().unwrap().bytes, 400);
/// let mut text = Vec::new();
/// summary.write_text(&mut text)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Summary {
    /// What every share in it is a share of.
    pub share_of: ShareOf,
    /// How many classes occur in any snapshot.
    pub classes: usize,
    /// How many snapshots were taken before the first of these, and are not kept.
    pub forgotten_snapshots: u64,
    /// One entry for each snapshot, in the order in which they were taken.
    pub snapshots: Vec<SnapshotSummary>,
}

/// One snapshot in a [`Summary`].
///
/// See [`Summary`] for an example.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct SnapshotSummary {
    /// The snapshot's label and time.
    pub moment: Moment,
    /// One row for each class, by shown name.
    pub rows: Vec<SummaryRow>,
    /// Whether objects were being tracked at all.
    pub tracking: Tracking,
    /// All classes together. Its smallest and largest are those of all objects. It has neither referents nor
    /// [`shared_bytes`](ClassRow::shared_bytes): blocks that several classes reach would count more than once.
    pub total: ClassRow,
    /// How many of all live objects are only counted: of these no bytes are part of the [`total`](Self::total).
    pub only_counted: u64,
    /// The share that all classes together have; `None` if the whole is 0.
    pub total_share: Option<Percent>,
    /// The whole process' memory.
    pub process: ProcessMemory,
    /// Bytes that the tracker itself takes; no part of any row.
    pub overhead_bytes: u64,
    /// How much of the process' memory all of this explains.
    pub reconciliation: Reconciliation,
    /// The values of derived types that were seen inside tracked objects: the types with the most bytes first, then by
    /// name. `None` if they were not counted.
    pub census: Option<Vec<CensusEntry>>,
}

/// One class in one snapshot of a [`Summary`].
///
/// See [`Summary`] for an example.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct SummaryRow {
    /// The class' full name.
    pub class: Arc<str>,
    /// What the class is called in this summary.
    pub name: Arc<str>,
    /// Its row in the snapshot, without sites, ages, the oldest objects, lifetimes and history, which are not summed up; `None`
    /// when the class was not tracked then.
    pub row: Option<ClassRow>,
    /// Whether an earlier snapshot has the class: without a row, it is then not tracked any more, otherwise not yet.
    pub seen_before: bool,
    /// The share of its bytes; `None` when it was not tracked then, if its objects are only counted, or if the whole is 0.
    pub share: Option<Percent>,
}

/// The whole that a share is a share of.
///
/// See [`Stats::summary`](crate::Stats::summary) for an example.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ShareOf {
    /// The process' memory in physical memory, in the same snapshot.
    ResidentMemory,
    /// The bytes of all tracked objects in the same snapshot. Taken when a snapshot does not know the resident memory.
    TrackedBytes,
}

impl fmt::Display for ShareOf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::ResidentMemory => "resident memory",
            Self::TrackedBytes => "tracked bytes",
        })
    }
}

impl Summary {
    pub(crate) fn new(snapshots: &[Arc<Snapshot>], names: Names) -> Self {
        let classes = || snapshots.iter().flat_map(|snapshot| &snapshot.classes);
        let types = census::names(snapshots, names);
        let names = ClassNames::new(names, classes().map(|row| &row.class).collect());
        // Two classes never share a shown name, so the name alone is a total order.
        let named: BTreeMap<Arc<str>, &Arc<str>> = classes().map(|row| (names.of(&row.class), &row.class)).collect();
        // One whole for all snapshots: shares of different things would not compare.
        let resident = |snapshot: &Arc<Snapshot>| snapshot.process.resident_bytes.is_some();
        let share_of = if snapshots.iter().all(resident) { ShareOf::ResidentMemory } else { ShareOf::TrackedBytes };
        let mut seen = HashSet::new();
        Self {
            share_of,
            classes: named.len(),
            forgotten_snapshots: 0,
            snapshots: snapshots
                .iter()
                .map(|snapshot| SnapshotSummary {
                    census: census::entries(snapshot, &types),
                    ..SnapshotSummary::new(snapshot, share_of, &named, &mut seen)
                })
                .collect(),
        }
    }
}

impl SnapshotSummary {
    /// `named` are all classes by shown name, `seen` those of the snapshots before.
    fn new<'a>(
        snapshot: &'a Snapshot,
        share_of: ShareOf,
        named: &BTreeMap<Arc<str>, &Arc<str>>,
        seen: &mut HashSet<&'a str>,
    ) -> Self {
        let mut total = sum("total", &snapshot.classes.iter().collect::<Vec<_>>());
        total.by_value = !snapshot.classes.is_empty() && snapshot.classes.iter().all(|row| row.by_value);
        let whole = match share_of {
            ShareOf::ResidentMemory => snapshot.process.resident_bytes.unwrap_or(0),
            ShareOf::TrackedBytes => total.bytes,
        };
        let mut rows: HashMap<&str, Vec<&ClassRow>> = HashMap::new();
        for row in &snapshot.classes {
            rows.entry(&row.class).or_default().push(row);
        }
        let row = |(name, class): (&Arc<str>, &&Arc<str>)| {
            let class = Arc::clone(class);
            // A class has one row. Should there be more, none goes unseen.
            let row = rows.get(&*class).map(|rows| joined(Arc::clone(&class), rows));
            SummaryRow {
                name: Arc::clone(name),
                share: row.as_ref().filter(|row| !row.by_value).and_then(|row| Percent::of(row.bytes, whole)),
                row,
                seen_before: seen.contains(&*class),
                class,
            }
        };
        let rows = named.iter().map(row).collect();
        seen.extend(snapshot.classes.iter().map(|row| &*row.class));
        Self {
            moment: Moment::of(snapshot),
            rows,
            tracking: snapshot.tracking,
            only_counted: only_counted(snapshot),
            reconciliation: Reconciliation::new(total.bytes, snapshot.overhead_bytes, &snapshot.process),
            total_share: Percent::of(total.bytes, whole).filter(|_| !total.by_value),
            total,
            process: snapshot.process,
            overhead_bytes: snapshot.overhead_bytes,
            census: None,
        }
    }
}

impl SnapshotSummary {
    /// Deep size of a live object on average, to the nearest byte, those left out that are only counted; `None` without any
    /// other.
    ///
    /// ```
    /// use classtracker_stats::Stats;
    ///
    /// let summary = Stats::load("docs/factory.ctdump")?.summary();
    /// assert_eq!(summary.snapshots[0].average_bytes(), Some(117));
    /// # Ok::<(), classtracker_stats::DumpError>(())
    /// ```
    #[must_use]
    pub fn average_bytes(&self) -> Option<u64> {
        crate::model::average(self.total.bytes, self.total.live.saturating_sub(self.only_counted))
    }
}

fn only_counted(snapshot: &Snapshot) -> u64 {
    let rows = snapshot.classes.iter().filter(|row| row.by_value);
    rows.fold(0, |sum, row| sum.saturating_add(row.live))
}

/// All rows of one class as one.
fn joined(name: Arc<str>, rows: &[&ClassRow]) -> ClassRow {
    let mut row = sum(name, rows);
    row.by_value = rows.iter().any(|row| row.by_value);
    row.shared_bytes = rows.iter().fold(0, |sum, row| sum.saturating_add(row.shared_bytes));
    row.referents = match rows {
        [only] => only.referents.clone(),
        several => Referent::merge(several.iter().map(|row| &row.referents[..])),
    };
    row
}

/// The sums of several rows, except for what can't be added up across classes. Sums stop at the largest number: a dump
/// may claim anything.
fn sum(name: impl Into<Arc<str>>, rows: &[&ClassRow]) -> ClassRow {
    let mut total = ClassRow::new(name);
    for row in rows {
        for (sum, part) in [
            (&mut total.live, row.live),
            (&mut total.created, row.created),
            (&mut total.dropped, row.dropped),
            (&mut total.bytes, row.bytes),
            (&mut total.flat_bytes, row.flat_bytes),
            (&mut total.unread, row.unread),
            (&mut total.listed, row.listed),
        ] {
            *sum = sum.saturating_add(part);
        }
        let smallest = [total.smallest_bytes, row.smallest_bytes];
        total.smallest_bytes = smallest.into_iter().flatten().min();
        total.largest_bytes = total.largest_bytes.max(row.largest_bytes);
    }
    total
}
