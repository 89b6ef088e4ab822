use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::Arc;

use thiserror::Error;

use super::{Merged, Process};
use crate::names::ClassNames;
use crate::{ClassRow, Moment, Percent, ProcessMemory, Query, Reconciliation, Snapshot, SnapshotKey, SnapshotKeyError};

/// What the classes of several runs hold, in one snapshot of each: the answer to [`Merged::summary`].
///
/// ```
/// use classtracker_stats::{Merged, Query, Session, SnapshotKey, Stats};
///
/// let one = Stats::load("docs/factory.ctdump")?;
/// let other = Stats::new(Session::new(chrono::Utc::now(), 12), one.snapshots().to_vec());
/// let summary = Merged::new(vec![one, other])?.summary(&SnapshotKey::LAST, &Query::default())?;
/// assert_eq!(summary.processes[0].process.label(), "factory (4711)");
/// let orders = &summary.classes[0];
/// assert_eq!((&*orders.name, orders.all.live, orders.parts[1].1.live), ("Order", 160, 80));
/// let mut text = Vec::new();
/// summary.write_text(&mut text)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct MergedSummary {
    /// What was asked: the filter, the names, and the limit, which is one of classes.
    pub query: Query,
    /// The runs, by number.
    pub processes: Vec<ProcessSummary>,
    /// How many classes the filter lets through.
    pub matching: usize,
    /// Those that the limit lets through as well: those with the most bytes in all runs together first, then with the most
    /// objects, then by name.
    pub classes: Vec<MergedClass>,
    /// All classes of all runs, the ones left out included.
    pub total: MergedClass,
}

/// One run in a [`MergedSummary`].
///
/// See [`MergedSummary`] for an example.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct ProcessSummary {
    /// Which.
    pub process: Process,
    /// How many snapshots it has.
    pub snapshots: usize,
    /// The snapshot that is shown; `None` if it has none.
    pub moment: Option<Moment>,
    /// The process' memory then.
    pub memory: ProcessMemory,
    /// How much of it is explained; `None` without a snapshot.
    pub reconciliation: Option<Reconciliation>,
}

/// One class in a [`MergedSummary`].
///
/// See [`MergedSummary`] for an example.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct MergedClass {
    /// The class' full name.
    pub class: Arc<str>,
    /// What it is called in this answer.
    pub name: Arc<str>,
    /// All runs together. Sums stop at the largest number.
    pub all: MergedPart,
    /// What each run that tracks the class has of it, by number. It stays empty for the total.
    pub parts: Vec<(usize, MergedPart)>,
    /// The share of its bytes in the bytes tracked by all runs; `None` if these are 0, or its objects are only counted.
    pub share: Option<Percent>,
}

/// What a class has in one run, or in all.
///
/// See [`MergedSummary`] for an example.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
pub struct MergedPart {
    /// Objects alive.
    pub live: u64,
    /// Objects made so far.
    pub created: u64,
    /// Objects that died so far.
    pub dropped: u64,
    /// Deep size of the live ones; `None` if they are only counted.
    pub bytes: Option<u64>,
}

impl MergedPart {
    fn of(row: &ClassRow) -> Self {
        let bytes = (!row.by_value).then_some(row.bytes);
        Self { live: row.live, created: row.created, dropped: row.dropped, bytes }
    }

    fn and(self, other: Self) -> Self {
        Self {
            live: self.live.saturating_add(other.live),
            created: self.created.saturating_add(other.created),
            dropped: self.dropped.saturating_add(other.dropped),
            bytes: match (self.bytes, other.bytes) {
                (Some(one), Some(two)) => Some(one.saturating_add(two)),
                (one, two) => one.or(two),
            },
        }
    }
}

impl Merged {
    /// What the classes that the query wants hold, in the snapshot of this number or label of each run. A run without any
    /// snapshot is listed, and has nothing.
    ///
    /// # Errors
    /// [`MergedSummaryError`] if the key means no snapshot of a run that has some, or several.
    ///
    /// ```
    /// use classtracker_stats::{ClassRow, Merged, Query, Session, Snapshot, SnapshotKey, Stats};
    /// use std::{sync::Arc, time::Duration};
    ///
    /// let now = chrono::Utc::now();
    /// let runs = [11, 12].map(|process_id| {
    ///     let mut row = ClassRow::new("app::Employee");
    ///     (row.live, row.bytes) = (10, 2000);
    ///     let mut snapshot = Snapshot::new("", now, Duration::ZERO);
    ///     snapshot.classes.push(row);
    ///     Stats::new(Session::new(now, process_id), vec![Arc::new(snapshot)])
    /// });
    /// let merged = Merged::new(runs.to_vec())?;
    /// let summary = merged.summary(&SnapshotKey::LAST, &Query::default())?;
    /// assert_eq!((summary.classes[0].all.live, summary.classes[0].parts.len()), (20, 2));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn summary(&self, snapshot: &SnapshotKey, query: &Query) -> Result<MergedSummary, MergedSummaryError> {
        let mut taken: Vec<Option<&Snapshot>> = Vec::with_capacity(self.runs().len());
        for (index, run) in self.runs().iter().enumerate() {
            taken.push(match run.snapshots() {
                [] => None,
                _ => Some(run.snapshot(snapshot).map_err(|error| MergedSummaryError { process: index + 1, error })?),
            });
        }
        let rows = || taken.iter().flatten().flat_map(|snapshot| &snapshot.classes);
        let names = ClassNames::new(query.names, rows().map(|row| &row.class).collect());
        let everything = rows().map(MergedPart::of).fold(MergedPart::default(), MergedPart::and);
        let mut by_class: BTreeMap<&Arc<str>, BTreeMap<usize, MergedPart>> = BTreeMap::new();
        for (index, snapshot) in taken.iter().enumerate() {
            for row in snapshot.iter().flat_map(|snapshot| &snapshot.classes).filter(|row| query.wants(&row.class)) {
                let parts = by_class.entry(&row.class).or_default();
                let part = MergedPart::of(row);
                parts.entry(index + 1).and_modify(|sum| *sum = sum.and(part)).or_insert(part);
            }
        }
        let share = |part: MergedPart| Percent::of(part.bytes?, everything.bytes?);
        let class = |(class, parts): (&Arc<str>, BTreeMap<usize, MergedPart>)| {
            let all = parts.values().copied().fold(MergedPart::default(), MergedPart::and);
            let parts = parts.into_iter().collect();
            MergedClass { class: Arc::clone(class), name: names.of(class), all, parts, share: share(all) }
        };
        let mut classes: Vec<MergedClass> = by_class.into_iter().map(class).collect();
        classes.sort_by(|a, b| {
            (Reverse(a.all.bytes), Reverse(a.all.live), &a.name).cmp(&(
                Reverse(b.all.bytes),
                Reverse(b.all.live),
                &b.name,
            ))
        });
        let matching = classes.len();
        classes.truncate(query.limit.map_or(matching, |limit| limit.of(matching)));
        let name: Arc<str> = "total".into();
        let total = MergedClass {
            class: Arc::clone(&name),
            name,
            all: everything,
            parts: Vec::new(),
            share: share(everything),
        };
        let processes =
            self.processes().into_iter().zip(self.runs()).zip(&taken).map(|((process, run), taken)| ProcessSummary {
                process,
                snapshots: run.snapshots().len(),
                moment: taken.map(Moment::of),
                memory: taken.map(|snapshot| snapshot.process).unwrap_or_default(),
                reconciliation: taken.map(Snapshot::reconcile),
            });
        Ok(MergedSummary { query: query.clone(), processes: processes.collect(), matching, classes, total })
    }
}

/// A [`SnapshotKey`] that does not fit one of the runs.
///
/// ```
/// use classtracker_stats::{Merged, Query, SnapshotKey, Stats};
///
/// let merged = Merged::new(vec![Stats::load("docs/factory.ctdump")?])?;
/// let error = merged.summary(&"night".parse::<SnapshotKey>()?, &Query::default()).unwrap_err();
/// assert_eq!(error.process, 1);
/// assert!(error.to_string().starts_with("in process 1, no snapshot has the label \"night\""));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("in process {process}, {error}")]
pub struct MergedSummaryError {
    /// The number of the run.
    pub process: usize,
    /// Why.
    #[source]
    pub error: SnapshotKeyError,
}
