//! The classes of a whole run, as data.

use std::cmp::Reverse;
use std::sync::Arc;

use crate::by_class::ByClass;
use crate::names::ClassNames;
use crate::{Moment, Query, Snapshot, Stats};

/// All classes over a whole run, a line for each: the answer to [`Stats::classes`].
///
/// ```
/// use classtracker_stats::Stats;
///
/// let list = Stats::load("docs/factory.ctdump")?.classes();
/// assert_eq!((list.snapshots, list.matching), (8, 3));
/// let orders = &list.classes[0];
/// assert_eq!((&*orders.name, orders.created, orders.live.last), ("Order", 96, 80));
/// assert_eq!(orders.bytes.unwrap().peak, 8000);
/// let mut text = Vec::new();
/// list.write_text(&mut text)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct ClassList {
    /// What was asked: the filter, the names, and the limit.
    pub query: Query,
    /// The first snapshot; `None` without any.
    pub first: Option<Moment>,
    /// The last snapshot; `None` without any.
    pub last: Option<Moment>,
    /// How many snapshots there are.
    pub snapshots: usize,
    /// How many classes the filter lets through.
    pub matching: usize,
    /// Those of them that the limit lets through as well: those with the most bytes at their peaks first, then with the most
    /// objects, then by name.
    pub classes: Vec<ClassRun>,
}

/// One class over a whole run.
///
/// See [`ClassList`] for an example.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct ClassRun {
    /// The class' full name.
    pub class: Arc<str>,
    /// What it is called in this answer.
    pub name: Arc<str>,
    /// Whether its objects are only counted.
    pub by_value: bool,
    /// How many snapshots have it.
    pub snapshots: usize,
    /// Whether the last snapshot has it.
    pub tracked: bool,
    /// Objects made, by the last snapshot that has it.
    pub created: u64,
    /// Objects that died, by the same.
    pub dropped: u64,
    /// Objects alive.
    pub live: FirstLastPeak,
    /// Their deep size; `None` if they are only counted.
    pub bytes: Option<FirstLastPeak>,
}

/// A number in the first and the last snapshot that has it, and the largest in any.
///
/// See [`ClassListBuilder`] for an example.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct FirstLastPeak {
    /// In the first snapshot that has the class.
    pub first: u64,
    /// In the last snapshot that has the class.
    pub last: u64,
    /// The largest.
    pub peak: u64,
    /// The first snapshot in which it was that large, as an index.
    pub peak_snapshot: usize,
}

impl FirstLastPeak {
    fn new(value: u64, snapshot: usize) -> Self {
        Self { first: value, last: value, peak: value, peak_snapshot: snapshot }
    }

    fn add(&mut self, value: u64, snapshot: usize) {
        self.last = value;
        if value > self.peak {
            (self.peak, self.peak_snapshot) = (value, snapshot);
        }
    }
}

/// Puts a [`ClassList`] together from snapshots that need not be in memory at once.
///
/// ```
/// use classtracker_stats::{ClassListBuilder, ClassRow, Query, Snapshot};
/// use std::time::Duration;
///
/// let mut builder = ClassListBuilder::new(Query::default());
/// for live in [1, 7, 3] {
///     let mut snapshot = Snapshot::new("", chrono::Utc::now(), Duration::ZERO);
///     let mut row = ClassRow::new("app::Employee");
///     row.live = live;
///     snapshot.classes.push(row);
///     builder.add(&snapshot);
/// }
/// let live = builder.finish().classes[0].live;
/// assert_eq!((live.first, live.last, live.peak, live.peak_snapshot), (1, 3, 7, 1));
/// ```
#[derive(Debug)]
pub struct ClassListBuilder {
    query: Query,
    first: Option<Moment>,
    last: Option<Moment>,
    snapshots: usize,
    classes: ByClass<ClassRun>,
}

impl ClassListBuilder {
    /// Nothing so far.
    #[must_use]
    pub fn new(query: Query) -> Self {
        Self { query, first: None, last: None, snapshots: 0, classes: ByClass::default() }
    }

    /// Adds the next snapshot. Only the rows of its classes are looked at.
    pub fn add(&mut self, snapshot: &Snapshot) -> &mut Self {
        let index = self.snapshots;
        let moment = Moment::of(snapshot);
        self.first.get_or_insert_with(|| moment.clone());
        self.last = Some(moment);
        self.classes.values_mut().for_each(|class| class.tracked = false);
        for row in &snapshot.classes {
            let run = self.classes.of(&row.class, || ClassRun {
                class: Arc::clone(&row.class),
                name: Arc::clone(&row.class),
                by_value: row.by_value,
                snapshots: 0,
                tracked: false,
                created: 0,
                dropped: 0,
                live: FirstLastPeak::new(row.live, index),
                bytes: Some(FirstLastPeak::new(row.bytes, index)),
            });
            run.snapshots += 1;
            run.tracked = true;
            run.by_value |= row.by_value;
            (run.created, run.dropped) = (row.created, row.dropped);
            run.live.add(row.live, index);
            if let Some(bytes) = &mut run.bytes {
                bytes.add(row.bytes, index);
            }
        }
        self.snapshots += 1;
        self
    }

    /// What came of it.
    #[must_use]
    pub fn finish(self) -> ClassList {
        let names = ClassNames::new(self.query.names, self.classes.classes().collect());
        let runs = self.classes.into_values().filter(|run| self.query.wants(&run.class));
        let mut classes: Vec<ClassRun> = runs
            .map(|run| ClassRun { name: names.of(&run.class), bytes: run.bytes.filter(|_| !run.by_value), ..run })
            .collect();
        classes.sort_by(|a, b| {
            let order = |run: &ClassRun| (Reverse(run.bytes.map(|bytes| bytes.peak)), Reverse(run.live.peak));
            order(a).cmp(&order(b)).then_with(|| a.name.cmp(&b.name))
        });
        let matching = classes.len();
        classes.truncate(self.query.limit.map_or(matching, |limit| limit.of(matching)));
        let (first, last) = (self.first, self.last);
        ClassList { query: self.query, first, last, snapshots: self.snapshots, matching, classes }
    }
}

impl Stats {
    /// The classes that the filter lets through, over all snapshots: what each held first, last and at most. No more than the
    /// limit lets through.
    ///
    /// ```
    /// use classtracker_stats::{Session, Stats};
    ///
    /// let stats = Stats::new(Session::new(chrono::Utc::now(), 1), Vec::new());
    /// assert_eq!(stats.classes().classes, []);
    /// ```
    #[must_use]
    pub fn classes(&self) -> ClassList {
        let mut builder = ClassListBuilder::new(self.query().clone());
        for snapshot in self.snapshots() {
            builder.add(snapshot);
        }
        builder.finish()
    }
}
