//! Which classes grow, as data.

mod builder;
mod series;
mod sums;
mod trend;
mod warm_up;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::Stats;
pub use builder::GrowthBuilder;

/// Which classes grow over the snapshots, and how fast: the answer to [`Stats::growth`].
///
/// The slope of a class is the median of the slopes between all pairs of snapshots (Theil–Sen), so that single snapshots that
/// stick out do not matter. Whether it is more than chance is judged by the order of all pairs (Mann–Kendall), made
/// stricter where neighbouring snapshots resemble each other, as in traffic that comes in waves. It is judged from snapshot to
/// snapshot, whenever they were taken.
///
/// The first snapshots of a class may be left out as its warm-up: as many, up to half of them, as make the others lie
/// closest to a straight line. So a class that filled up and stays full is not growing.
///
/// With more than 128 snapshots, neighbouring ones are averaged, so that fewer points are left.
///
/// ```
/// use classtracker_stats::{Stats, Verdict};
///
/// let growth = Stats::load("docs/factory.ctdump")?.growth();
/// assert_eq!((growth.snapshots, growth.growing().count()), (8, 1));
/// let orders = &growth.classes[0];
/// assert_eq!((&*orders.name, orders.verdict), ("Order", Verdict::Growing));
/// assert_eq!((orders.objects.per_hour, orders.objects.warm_up), (Some(600.0), 0));
/// let mut text = Vec::new();
/// growth.write_text(&mut text)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Growth {
    /// How many snapshots were looked at.
    pub snapshots: usize,
    /// How many snapshots are averaged into one point; 1 if none are.
    pub averaged: usize,
    /// From the first snapshot to the last.
    #[serde(serialize_with = "crate::json::seconds")]
    pub elapsed: Duration,
    /// Growing classes first, then the others; each those whose bytes grow fastest first, then those whose objects do, then
    /// by name.
    pub classes: Vec<ClassGrowth>,
}

/// How one class grows.
///
/// See [`Growth`] for an example.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct ClassGrowth {
    /// The class' full name.
    pub class: Arc<str>,
    /// What it is called in this answer.
    pub name: Arc<str>,
    /// Growing if its bytes or its objects are; otherwise what its bytes do, or its objects where only these are known.
    pub verdict: Verdict,
    /// How its deep size changes, in bytes; `None` if its objects are only counted.
    pub bytes: Option<Trend>,
    /// How the number of its live objects changes.
    pub objects: Trend,
}

/// How a number changes over the snapshots. It is a number of bytes or of objects, and so is all here that is no share.
///
/// See [`Growth`] for an example.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Trend {
    /// What it does.
    pub verdict: Verdict,
    /// What it is in the first snapshot that has the class.
    pub first: u64,
    /// What it is in the last snapshot that has the class.
    pub last: u64,
    /// How much it changes in an hour, after the warm-up; `None` if time does not go on from snapshot to snapshot.
    pub per_hour: Option<f64>,
    /// How much it changes from snapshot to snapshot, after the warm-up; `None` with a single one.
    pub per_snapshot: Option<f64>,
    /// How many snapshots have the class.
    pub snapshots: usize,
    /// How many of these were left out as warm-up.
    pub warm_up: usize,
    /// Of all pairs of points (snapshots, or averages of some) after the warm-up, the share of those whose later one has more;
    /// `None` without any pair.
    pub rising: Option<f64>,
    /// The share of those pairs whose later one has less.
    pub falling: Option<f64>,
    /// How sure it is that it rises, or falls, rather than goes up and down by chance: 1 for certain, 0.5 for no idea. `None`
    /// where there are too few snapshots to say.
    pub confidence: Option<f64>,
}

/// What a class does in the long run.
///
/// See [`Growth`] for an example.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It rises, and still does.
    Growing,
    /// There are fewer than [`Trend::LEAST_SNAPSHOTS`] to judge by.
    TooFewSnapshots,
    /// It rose, and does so no more.
    Plateaued,
    /// It neither rises nor falls, though it may go up and down.
    Steady,
    /// It falls.
    Shrinking,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Growing => "growing",
            Self::TooFewSnapshots => "too few",
            Self::Plateaued => "plateaued",
            Self::Steady => "steady",
            Self::Shrinking => "shrinking",
        })
    }
}

impl Trend {
    /// With fewer snapshots than this, the warm-up not counted, nothing is said to grow.
    pub const LEAST_SNAPSHOTS: usize = 6;
}

impl Growth {
    /// The classes that grow, the fastest first.
    pub fn growing(&self) -> impl Iterator<Item = &ClassGrowth> {
        self.classes.iter().filter(|class| class.verdict == Verdict::Growing)
    }
}

impl Stats {
    /// Which classes grow over the snapshots, and how fast.
    ///
    /// ```
    /// use classtracker_stats::{ClassRow, Session, Snapshot, Stats, Verdict};
    /// use std::{sync::Arc, time::Duration};
    ///
    /// let now = chrono::Utc::now();
    /// let taken = (0..20).map(|minute| {
    ///     let mut snapshot = Snapshot::new("", now, Duration::from_secs(60 * minute));
    ///     for (class, live) in [("app::Cache", 100 + minute % 3), ("app::Leak", 10 + minute)] {
    ///         let mut row = ClassRow::new(class);
    ///         (row.live, row.bytes) = (live, 100 * live);
    ///         snapshot.classes.push(row);
    ///     }
    ///     Arc::new(snapshot)
    /// });
    /// let growth = Stats::new(Session::new(now, 1), taken.collect()).growth();
    /// let growing: Vec<_> = growth.growing().map(|class| &*class.name).collect();
    /// assert_eq!(growing, ["Leak"]);
    /// assert_eq!(growth.classes[0].objects.per_hour, Some(60.0));
    /// assert_eq!(growth.classes[1].verdict, Verdict::Steady);
    /// ```
    #[must_use]
    pub fn growth(&self) -> Growth {
        let mut builder = GrowthBuilder::new(self.query().names);
        for snapshot in self.snapshots() {
            builder.add(snapshot);
        }
        builder.finish()
    }
}
