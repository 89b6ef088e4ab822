//! How old live objects are, and how long dead ones lived, as data.

use std::cmp::Reverse;
use std::sync::Arc;
use std::time::Duration;

use crate::names::ClassNames;
use crate::{ClassRow, Durations, Moment, Percent, Query, Snapshot, SnapshotKey, SnapshotKeyError, Stats};

/// How old the live objects of classes are, or how long the dead ones lived: the answer to [`Stats::ages`] and
/// [`Stats::lifetimes`].
///
/// ```
/// use classtracker_stats::{LifespansOf, SnapshotKey, Stats};
///
/// let lifetimes = Stats::load("docs/factory.ctdump")?.lifetimes(&SnapshotKey::LAST)?;
/// assert_eq!((lifetimes.of, lifetimes.matching, lifetimes.not_counted), (LifespansOf::Dead, 1, 2));
/// let employees = &lifetimes.classes[0];
/// assert_eq!((&*employees.name, employees.objects, employees.bars[0].objects), ("Employee", 1, 1));
/// let mut text = Vec::new();
/// lifetimes.write_text(&mut text)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Lifespans {
    /// What was asked: the filter, the names, and the limit, which is one of classes.
    pub query: Query,
    /// The snapshot.
    pub moment: Moment,
    /// What is counted.
    pub of: LifespansOf,
    /// How many classes the filter lets through of which this was counted.
    pub matching: usize,
    /// How many classes the filter lets through of which it was not.
    pub not_counted: usize,
    /// Those that the limit lets through as well, the ones with most objects first, then by name.
    pub classes: Vec<ClassLifespans>,
}

/// What [`Lifespans`] are of.
///
/// See [`Lifespans::new`] for an example.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LifespansOf {
    /// Live objects, from birth to the snapshot.
    Live,
    /// Objects that have died so far, from birth to death.
    Dead,
}

/// The histogram of one class in [`Lifespans`].
///
/// See [`Lifespans`] for an example.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct ClassLifespans {
    /// The class' full name.
    pub class: Arc<str>,
    /// What it is called in this answer.
    pub name: Arc<str>,
    /// How many objects were counted.
    pub objects: u64,
    /// The bars from the first that is not empty to the last one.
    pub bars: Vec<LifespanBar>,
}

/// One bar of a histogram: objects of about the same age.
///
/// See [`Stats::ages`] for an example.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct LifespanBar {
    /// They are at least this old,
    #[serde(serialize_with = "crate::json::seconds")]
    pub from: Duration,
    /// and younger than this; `None` in the last bar that there can be.
    #[serde(serialize_with = "crate::json::maybe_seconds")]
    pub below: Option<Duration>,
    /// How many.
    pub objects: u64,
    /// Their share of the objects counted of the class; `None` if there are none.
    pub share: Option<Percent>,
}

impl Lifespans {
    /// The histograms of the classes that the query wants.
    ///
    /// ```
    /// use classtracker_stats::{Lifespans, LifespansOf, Query, Stats};
    ///
    /// let stats = Stats::load("docs/factory.ctdump")?;
    /// let ages = Lifespans::new(&stats.snapshots()[0], LifespansOf::Live, &Query::default());
    /// assert_eq!(ages.classes[0].objects, 2);
    /// # Ok::<(), classtracker_stats::DumpError>(())
    /// ```
    #[must_use]
    pub fn new(snapshot: &Snapshot, of: LifespansOf, query: &Query) -> Self {
        let names = ClassNames::new(query.names, snapshot.classes.iter().map(|row| &row.class).collect());
        let wanted = || snapshot.classes.iter().filter(|row| query.wants(&row.class));
        let counted = |row: &'_ ClassRow| match of {
            LifespansOf::Live => row.ages.clone(),
            LifespansOf::Dead => row.lifetimes.clone(),
        };
        let mut classes: Vec<ClassLifespans> = wanted()
            .filter_map(|row| {
                let durations = counted(row)?;
                let objects = durations.count();
                let (class, name) = (Arc::clone(&row.class), names.of(&row.class));
                Some(ClassLifespans { class, name, objects, bars: bars(&durations, objects) })
            })
            .collect();
        classes.sort_by(|a, b| (Reverse(a.objects), &a.name).cmp(&(Reverse(b.objects), &b.name)));
        let matching = classes.len();
        let not_counted = wanted().count() - matching;
        classes.truncate(query.limit.map_or(matching, |limit| limit.of(matching)));
        Self { query: query.clone(), moment: Moment::of(snapshot), of, matching, not_counted, classes }
    }
}

fn bars(durations: &Durations, objects: u64) -> Vec<LifespanBar> {
    let bars = durations.iter().enumerate().map(|(class, (from, below, count))| LifespanBar {
        from,
        below: (class + 1 < Durations::CLASSES).then_some(below),
        objects: count,
        share: Percent::of(count, objects),
    });
    bars.skip_while(|bar| bar.objects == 0).collect()
}

impl Stats {
    /// How old the live objects of a snapshot are, of the classes that the filter lets through and that count it.
    ///
    /// # Errors
    /// [`SnapshotKeyError`] if the key means no snapshot, or several.
    ///
    /// ```
    /// use classtracker_stats::{ClassRow, Durations, Session, Snapshot, SnapshotKey, Stats};
    /// use std::{sync::Arc, time::Duration};
    ///
    /// let now = chrono::Utc::now();
    /// let mut ages = Durations::default();
    /// ages.add(Duration::from_millis(300));
    /// let mut row = ClassRow::new("app::Employee");
    /// row.ages = Some(ages);
    /// let mut snapshot = Snapshot::new("", now, Duration::ZERO);
    /// snapshot.classes.push(row);
    /// let stats = Stats::new(Session::new(now, 1), vec![Arc::new(snapshot)]);
    ///
    /// let bar = stats.ages(&SnapshotKey::LAST)?.classes[0].bars[0];
    /// assert_eq!((bar.from, bar.objects), (Duration::from_millis(250), 1));
    /// # Ok::<(), classtracker_stats::SnapshotKeyError>(())
    /// ```
    pub fn ages(&self, snapshot: &SnapshotKey) -> Result<Lifespans, SnapshotKeyError> {
        Ok(Lifespans::new(self.snapshot(snapshot)?, LifespansOf::Live, self.query()))
    }

    /// How long those objects lived that had died by a snapshot, of the classes that the filter lets through and that count it.
    ///
    /// # Errors
    /// [`SnapshotKeyError`] if the key means no snapshot, or several.
    ///
    /// ```
    /// use classtracker_stats::{Session, Snapshot, SnapshotKey, Stats};
    /// use std::{sync::Arc, time::Duration};
    ///
    /// let now = chrono::Utc::now();
    /// let stats = Stats::new(Session::new(now, 1), vec![Arc::new(Snapshot::new("", now, Duration::ZERO))]);
    /// assert_eq!(stats.lifetimes(&SnapshotKey::LAST)?.classes, []);
    /// # Ok::<(), classtracker_stats::SnapshotKeyError>(())
    /// ```
    pub fn lifetimes(&self, snapshot: &SnapshotKey) -> Result<Lifespans, SnapshotKeyError> {
        Ok(Lifespans::new(self.snapshot(snapshot)?, LifespansOf::Dead, self.query()))
    }
}
