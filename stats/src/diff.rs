//! What changed between two snapshots, as data.

mod builder;
mod class;
mod join;
mod largest;

use std::sync::Arc;
use std::time::Duration;

use crate::{Bounds, Moment, Names, Percent, ProcessMemory, SnapshotKey, SnapshotKeyError, Stats};
pub use builder::DiffBuilder;
pub(crate) use join::Line;

/// What changed from one snapshot to another: the answer to [`Stats::diff`].
///
/// How many objects there are, and how many were made and dropped in between, is known of every class. Which of those that
/// lived before live on follows from that only in part: an object that was made and dropped in between looks like one
/// made and an older one dropped. Where both snapshots list all objects of the class, it is known exactly; otherwise the
/// numbers are [`Bounds`].
///
/// ```
/// use classtracker_stats::{Runs, SnapshotKey, Stats};
/// use std::time::Duration;
///
/// let stats = Stats::load("docs/factory.ctdump")?;
/// let diff = stats.diff(&"start".parse()?, &SnapshotKey::LAST)?;
/// assert_eq!((diff.before.moment.label.as_str(), diff.runs), ("start", Runs::Same));
/// assert_eq!(diff.elapsed(), Some(Duration::from_secs(420)));
/// assert_eq!(diff.growth().unwrap().to_string(), "504.6 %");
///
/// let orders = &diff.classes[0];
/// assert_eq!((&*orders.name, orders.live_change, orders.bytes_change), ("Order", 70, Some(7000)));
/// assert_eq!((orders.after.unwrap().live, orders.created, orders.dropped), (80, Some(84), Some(14)));
/// // All employees are listed, so it is known what became of each.
/// let fates = diff.classes[1].fates.unwrap();
/// assert!(diff.classes[1].is_changed() && fates.is_exact());
/// assert_eq!((fates.new.exact(), fates.dead.exact(), fates.listed.survived), (Some(1), Some(1), 1));
/// assert_eq!((diff.objects[0].serial, diff.objects[0].before_bytes), (2, Some(200)));
///
/// let mut text = Vec::new();
/// diff.write_text(&mut text)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Diff {
    /// The snapshot before.
    pub before: DiffEnd,
    /// The snapshot after.
    pub after: DiffEnd,
    /// Whether both are of one process.
    pub runs: Runs,
    /// One for each class of either snapshot: those whose bytes changed most first, then those whose objects did, then by name.
    pub classes: Vec<ClassDiff>,
    /// All classes together. Where it is not known of a class what became of its objects, it is not known here either.
    pub total: ClassDiff,
    /// The objects that changed most by themselves, the largest change first, then by serial; as many as
    /// [`DiffOptions::objects`] says. Only listed objects can be here, and only those of which it is sure what became of them.
    pub objects: Vec<ObjectDiff>,
}

/// One of the two snapshots of a [`Diff`].
///
/// See [`Diff`] for an example.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct DiffEnd {
    /// Its label and time.
    pub moment: Moment,
    /// The process' memory.
    pub process: ProcessMemory,
    /// Bytes that the tracker itself took.
    pub overhead_bytes: u64,
}

/// Whether two snapshots are of one run of one process.
///
/// See [`Diff`] for an example.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Runs {
    /// They are: their objects can be told by their serials.
    #[default]
    Same,
    /// They are not: serials of different processes mean nothing to each other, so only classes are compared.
    Different,
}

/// How one class changed.
///
/// See [`Diff`] for an example.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct ClassDiff {
    /// The class' full name.
    pub class: Arc<str>,
    /// What it is called in this diff.
    pub name: Arc<str>,
    /// Whether its objects are only counted; nothing is known of their bytes then.
    pub by_value: bool,
    /// What it held before; `None` if it was not tracked then.
    pub before: Option<Held>,
    /// What it holds after; `None` if it is not tracked any more. What became of its objects is not known then.
    pub after: Option<Held>,
    /// How many objects more (or fewer, below 0) are alive after.
    pub live_change: i64,
    /// How many bytes more (or fewer, below 0) they take; `None` if its objects are only counted.
    pub bytes_change: Option<i64>,
    /// Objects made in between, those included that died in between as well.
    pub created: Option<u64>,
    /// Objects that died in between.
    pub dropped: Option<u64>,
    /// What became of its objects; `None` between different runs, and for a class that is not tracked any more.
    pub fates: Option<Fates>,
}

/// What a class held in one of the two snapshots.
///
/// See [`Diff`] for an example.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
pub struct Held {
    /// Objects alive.
    pub live: u64,
    /// Their deep size; `None` if they are only counted.
    pub bytes: Option<u64>,
    /// How many of them have a row of their own.
    pub listed: u64,
}

/// What became of the objects of a class between two snapshots.
///
/// With each bound taken from the same side: those alive before, less the dead, are the survivors, and with the new ones
/// these are all that are alive after.
///
/// See [`Diff`] for an example.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
pub struct Fates {
    /// Objects alive after that were not before.
    pub new: Bounds,
    /// Objects alive before that are not after.
    pub dead: Bounds,
    /// Objects alive in both.
    pub survived: Bounds,
    /// Objects made and dropped in between, in neither snapshot; `None` if it is not known how many were made.
    pub short_lived: Option<Bounds>,
    /// What the new objects take; `None` where that is not known exactly.
    pub new_bytes: Option<u64>,
    /// What the dead ones took before; `None` where that is not known exactly.
    pub dead_bytes: Option<u64>,
    /// By how much those alive in both grew (or shrank, below 0); `None` where that is not known exactly.
    pub growth_bytes: Option<i64>,
    /// What the listed objects tell.
    pub listed: ListedFates,
}

/// What became of those objects that the snapshots list one by one.
///
/// See [`Diff`] for an example.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
pub struct ListedFates {
    /// New objects for sure: listed after, and made in between.
    pub new: u64,
    /// What these take.
    pub new_bytes: u64,
    /// Dead objects for sure: listed before, and seen dead.
    pub dead: u64,
    /// What these took.
    pub dead_bytes: u64,
    /// Objects listed in both.
    pub survived: u64,
    /// By how much these grew, or shrank.
    pub growth_bytes: i64,
    /// Objects listed in one of the snapshots, of which it is not known whether they lived in the other, or not how large
    /// they were then: only their classes' rows count them there.
    pub unclear: u64,
}

/// How one object changed.
///
/// See [`Diff`] for an example.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct ObjectDiff {
    /// Its serial.
    pub serial: u64,
    /// Its class' full name.
    pub class: Arc<str>,
    /// What its class is called in this diff.
    pub name: Arc<str>,
    /// Its deep size before; `None` for a new object.
    pub before_bytes: Option<u64>,
    /// Its deep size after; `None` for a dead object.
    pub after_bytes: Option<u64>,
}

impl ObjectDiff {
    /// By how many bytes it changed memory: all of a new object, less all of a dead one.
    ///
    /// ```
    /// use classtracker_stats::Stats;
    ///
    /// let stats = Stats::load("docs/factory.ctdump")?;
    /// let diff = stats.diff(&"start".parse()?, &"load".parse()?)?;
    /// let changes: Vec<_> = diff.objects.iter().map(|object| (object.serial, object.bytes_change())).collect();
    /// assert_eq!(changes, [(3, 200), (1, 64)]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn bytes_change(&self) -> i64 {
        crate::units::change(self.before_bytes.unwrap_or(0), self.after_bytes.unwrap_or(0))
    }
}

/// How two snapshots are to be compared.
///
/// ```
/// use classtracker_stats::{DiffOptions, Runs};
///
/// let mut options = DiffOptions::default();
/// options.runs = Runs::Different;
/// options.objects = 0;
/// ```
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DiffOptions {
    /// Whether both are of one process. The default takes them for that.
    pub runs: Runs,
    /// How classes are named.
    pub names: Names,
    /// How many objects to name that changed most; 10 by default.
    pub objects: usize,
}

impl Default for DiffOptions {
    fn default() -> Self {
        Self { runs: Runs::Same, names: Names::Short, objects: 10 }
    }
}

impl Diff {
    /// By what share of the bytes before all tracked bytes grew, or shrank; `None` if there were none.
    ///
    /// Classes whose objects are only counted have no part in it.
    #[must_use]
    pub fn growth(&self) -> Option<Percent> {
        let before = self.total.before?.bytes.filter(|before| *before > 0)?;
        Some(Percent(self.total.bytes_change? as f64 / before as f64))
    }

    /// How much time passed between the two; `None` between different runs, and if the second was taken first.
    #[must_use]
    pub fn elapsed(&self) -> Option<Duration> {
        let same = self.runs == Runs::Same;
        self.after.moment.elapsed.checked_sub(self.before.moment.elapsed).filter(|_| same)
    }
}

impl Stats {
    /// What changed from one snapshot to another.
    ///
    /// Any two can be compared, also a later one with an earlier one; what died in between is then not known from the
    /// snapshots that saw it.
    ///
    /// # Errors
    /// [`SnapshotKeyError`] if a key means no snapshot, or several.
    ///
    /// ```
    /// use classtracker_stats::{ClassRow, Session, Snapshot, SnapshotKey, Stats};
    /// use std::{sync::Arc, time::Duration};
    ///
    /// let now = chrono::Utc::now();
    /// let taken = [("before", 100, 0), ("after", 110, 30)].map(|(label, created, dropped)| {
    ///     let mut snapshot = Snapshot::new(label, now, Duration::ZERO);
    ///     let mut row = ClassRow::new("app::Employee");
    ///     (row.created, row.dropped, row.live) = (created, dropped, created - dropped);
    ///     row.bytes = 200 * row.live;
    ///     snapshot.classes.push(row);
    ///     Arc::new(snapshot)
    /// });
    /// let stats = Stats::new(Session::new(now, 1), taken.to_vec());
    ///
    /// let diff = stats.diff(&"before".parse()?, &SnapshotKey::LAST)?;
    /// let employees = &diff.classes[0];
    /// assert_eq!((employees.live_change, employees.bytes_change), (-20, Some(-4000)));
    /// // Ten were made: alive are at most those. Perhaps some of the 30 that died were among them.
    /// let fates = employees.fates.unwrap();
    /// assert_eq!((fates.new.at_least, fates.new.at_most), (0, 10));
    /// assert_eq!((fates.dead.at_least, fates.dead.at_most), (20, 30));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn diff(&self, before: &SnapshotKey, after: &SnapshotKey) -> Result<Diff, SnapshotKeyError> {
        let options = DiffOptions { names: self.query().names, ..DiffOptions::default() };
        self.diff_with(before, after, options)
    }

    /// What changed from one snapshot to another, as these options want to know it. They are of one run, whatever the
    /// options say.
    ///
    /// ```
    /// use classtracker_stats::{DiffOptions, Names, SnapshotKey, Stats};
    ///
    /// let mut options = DiffOptions::default();
    /// (options.names, options.objects) = (Names::Full, 1);
    /// let stats = Stats::load("docs/factory.ctdump")?;
    /// let diff = stats.diff_with(&SnapshotKey::FIRST, &SnapshotKey::LAST, options)?;
    /// assert_eq!((&*diff.classes[0].name, diff.objects.len()), ("factory::Order", 1));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As [`diff`](Self::diff).
    pub fn diff_with(
        &self,
        before: &SnapshotKey,
        after: &SnapshotKey,
        options: DiffOptions,
    ) -> Result<Diff, SnapshotKeyError> {
        let moments = self.moments();
        let (from, to) = (before.find(&moments)?, after.find(&moments)?);
        let snapshots = self.snapshots();
        let options = DiffOptions { runs: Runs::Same, ..options };
        let mut builder = DiffBuilder::new(&snapshots[from], &snapshots[to], options);
        for between in snapshots.get(from + 1..to).unwrap_or_default() {
            builder.gone(&between.gone);
        }
        builder.objects(&snapshots[from].objects, &snapshots[to].objects);
        Ok(builder.finish())
    }
}
