//! How the number of live objects of classes changed, one object at a time, as data.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::names::ClassNames;
use crate::{HistoryEvent, Moment, Names, Stats};

/// How the number of live objects of one class changed: an answer to [`Stats::histories`].
///
/// ```
/// use classtracker_stats::Stats;
///
/// let mut stats = Stats::load("docs/factory.ctdump")?;
/// let history = &stats.filter("Employee").histories()[0];
/// assert_eq!(history.events().map(|event| event.live).collect::<Vec<_>>(), [1, 2, 3, 2]);
/// assert_eq!((history.lost(), history.stretches[0].events.len()), (0, 2));
/// let mut text = Vec::new();
/// history.write_text(&mut text)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct ClassHistory {
    /// The class' full name.
    pub class: Arc<str>,
    /// What it is called in this answer.
    pub name: Arc<str>,
    /// A stretch of time for each snapshot that has a history of the class, in their order.
    pub stretches: Vec<HistoryStretch>,
}

/// The changes up to one snapshot, from the one before it on.
///
/// See [`ClassHistory`] for an example.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct HistoryStretch {
    /// The snapshot that it ends with.
    pub until: Moment,
    /// How many changes there were before the first of [`events`](Self::events), for which there was no room.
    pub lost: u64,
    /// The changes, in order.
    pub events: Vec<HistoryEvent>,
}

impl ClassHistory {
    /// All changes that are known, in order.
    pub fn events(&self) -> impl Iterator<Item = &HistoryEvent> {
        self.stretches.iter().flat_map(|stretch| &stretch.events)
    }

    /// How many changes are not known.
    #[must_use]
    pub fn lost(&self) -> u64 {
        self.stretches.iter().fold(0, |sum, stretch| sum.saturating_add(stretch.lost))
    }
}

impl Stats {
    /// How the numbers of live objects changed, one object at a time, of the classes that the filter lets through and that
    /// record it; by name.
    ///
    /// ```
    /// use classtracker_stats::{ClassRow, History, HistoryEvent, Session, Snapshot, Stats};
    /// use std::{sync::Arc, time::Duration};
    ///
    /// let now = chrono::Utc::now();
    /// let mut row = ClassRow::new("app::Employee");
    /// let mut history = History::default();
    /// history.events = [1, 2, 1].map(|live| HistoryEvent { at: Duration::ZERO, live }).to_vec();
    /// row.history = Some(history);
    /// let mut snapshot = Snapshot::new("", now, Duration::ZERO);
    /// snapshot.classes.push(row);
    /// let histories = Stats::new(Session::new(now, 1), vec![Arc::new(snapshot)]).histories();
    /// assert_eq!(histories[0].events().map(|event| event.live).collect::<Vec<_>>(), [1, 2, 1]);
    /// assert_eq!(histories[0].lost(), 0);
    /// ```
    #[must_use]
    pub fn histories(&self) -> Vec<ClassHistory> {
        let mut classes: BTreeMap<&Arc<str>, Vec<HistoryStretch>> = BTreeMap::new();
        for snapshot in self.snapshots() {
            for row in snapshot.classes.iter().filter(|row| self.query().wants(&row.class)) {
                if let Some(history) = &row.history {
                    classes.entry(&row.class).or_default().push(HistoryStretch {
                        until: Moment::of(snapshot),
                        lost: history.lost,
                        events: history.events.clone(),
                    });
                }
            }
        }
        let all = self.snapshots().iter().flat_map(|snapshot| &snapshot.classes).map(|row| &row.class);
        let names: Names = self.query().names;
        let names = ClassNames::new(names, all.collect());
        let history = |(class, stretches): (&Arc<str>, Vec<HistoryStretch>)| ClassHistory {
            class: Arc::clone(class),
            name: names.of(class),
            stretches,
        };
        let mut histories: Vec<ClassHistory> = classes.into_iter().map(history).collect();
        histories.sort_by(|a, b| a.name.cmp(&b.name));
        histories
    }
}
