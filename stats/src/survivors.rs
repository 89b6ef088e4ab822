//! Objects born between two snapshots that a third one still sees, as data.

mod builder;
mod tally;

use std::sync::Arc;

use thiserror::Error;

use crate::{Bounds, Moment, Query, Site, SnapshotKey, SnapshotKeyError, Stats, Trace};
pub use builder::SurvivorsBuilder;

/// The objects that were made between two snapshots and are still alive in a third: the answer to [`Stats::survivors`].
///
/// A phase of a program (a request, a batch) makes objects that should be gone some time after it. Those that are not are what
/// it leaks.
///
/// ```
/// use classtracker_stats::{SnapshotKey, Stats};
///
/// let mut stats = Stats::load("docs/factory.ctdump")?;
/// let survivors = stats.filter("Employee").survivors(&"start".parse()?, &"load".parse()?, &SnapshotKey::LAST)?;
/// let employees = &survivors.classes[0];
/// assert_eq!((employees.made, employees.survived.exact()), (Some(1), Some(1)));
/// assert_eq!((employees.sites[0].objects, employees.sites[0].bytes), (1, 200));
/// let mut text = Vec::new();
/// survivors.write_text(&mut text)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Survivors {
    /// What was asked: the filter, the names, and the limit, which is one of sites for each class.
    pub query: Query,
    /// They were made after this snapshot,
    pub after: Moment,
    /// and before this one,
    pub before: Moment,
    /// and are alive in this one.
    pub alive: Moment,
    /// The classes that have such objects, or may have: those with most bytes known first, then with most objects, then by
    /// name.
    pub classes: Vec<ClassSurvivors>,
}

/// The objects of one class in [`Survivors`].
///
/// See [`Survivors`] for an example.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct ClassSurvivors {
    /// The class' full name.
    pub class: Arc<str>,
    /// What it is called in this answer.
    pub name: Arc<str>,
    /// How many of its objects were made between the first two snapshots; `None` if that is not known.
    pub made: Option<u64>,
    /// How many of these the third one sees. It is known exactly where the snapshots list all objects of the class, or where
    /// the counts leave no choice.
    pub survived: Bounds,
    /// How many objects that the third one lists one by one are of these for sure.
    pub listed: u64,
    /// The deep size of those. It is that of all of them if [`survived`](Self::survived) is exactly as many.
    pub listed_bytes: u64,
    /// How many objects that the third one lists may be of these or not.
    pub unclear: u64,
    /// How many sites there are, those left out included.
    pub total_sites: usize,
    /// Where the listed ones were made: the sites that the limit lets through, those with the most bytes first, then with
    /// the most objects, then by place.
    pub sites: Vec<SurvivorSite>,
}

/// The listed objects of one class in [`Survivors`] that were made in one place by the same calls.
///
/// See [`Survivors`] for an example.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct SurvivorSite {
    /// Where; `None` if that is not known.
    pub site: Option<Arc<Site>>,
    /// The calls that led there; `None` if they were not recorded.
    pub trace: Option<Arc<Trace>>,
    /// How many.
    pub objects: u64,
    /// Their deep size in the third snapshot.
    pub bytes: u64,
}

/// Three snapshots of which it can't be said what survived.
///
/// ```
/// use classtracker_stats::{Stats, SurvivorsError};
///
/// let stats = Stats::load("docs/factory.ctdump")?;
/// let error = stats.survivors(&"3".parse()?, &"2".parse()?, &"4".parse()?).unwrap_err();
/// assert!(matches!(error, SurvivorsError::Order { numbers: [3, 2, 4] }));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SurvivorsError {
    /// A key means no snapshot, or several.
    #[error(transparent)]
    Key(#[from] SnapshotKeyError),
    /// They were not taken in this order.
    #[error("snapshots {}, {} and {} are not in order: the first two bound when objects were made, the third sees them",
        numbers[0], numbers[1], numbers[2])]
    Order {
        /// Their numbers, from 1.
        numbers: [usize; 3],
    },
}

impl Stats {
    /// The objects made between two snapshots that a third still sees, by class and site.
    ///
    /// The third may be the second. Of objects that are only counted in their classes' rows, it says how many there are at least
    /// and at most.
    ///
    /// # Errors
    /// [`SurvivorsError`] if a key means no snapshot or several, or if they are not in the order in which they were taken.
    ///
    /// ```
    /// use classtracker_stats::{ClassRow, ObjectRecord, ObjectRow, Session, Snapshot, Stats};
    /// use std::{sync::Arc, time::Duration};
    ///
    /// let now = chrono::Utc::now();
    /// // Request 1 runs between the first two; #2 was made in it, #3 after it.
    /// let taken = [(1, vec![1]), (2, vec![1, 2]), (3, vec![2, 3])].map(|(created, serials)| {
    ///     let mut snapshot = Snapshot::new("", now, Duration::ZERO);
    ///     let mut row = ClassRow::new("app::Buffer");
    ///     (row.live, row.listed) = (serials.len() as u64, serials.len() as u64);
    ///     (row.created, row.dropped) = (created, created - row.live);
    ///     snapshot.classes.push(row);
    ///     let object = |serial| ObjectRow::new(Arc::new(ObjectRecord::new(serial, "app::Buffer", 24)), 100);
    ///     snapshot.objects.extend(serials.into_iter().map(object));
    ///     Arc::new(snapshot)
    /// });
    /// let stats = Stats::new(Session::new(now, 1), taken.to_vec());
    /// let survivors = stats.survivors(&"1".parse()?, &"2".parse()?, &"3".parse()?)?;
    /// assert_eq!(survivors.classes[0].survived.exact(), Some(1));
    /// assert_eq!(survivors.classes[0].listed_bytes, 100);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn survivors(
        &self,
        after: &SnapshotKey,
        before: &SnapshotKey,
        alive: &SnapshotKey,
    ) -> Result<Survivors, SurvivorsError> {
        let moments = self.moments();
        let [first, second, third] = [after.find(&moments)?, before.find(&moments)?, alive.find(&moments)?];
        if first >= second || second > third {
            return Err(SurvivorsError::Order { numbers: [first + 1, second + 1, third + 1] });
        }
        let [first, second, third] = [first, second, third].map(|index| &self.snapshots()[index]);
        let mut builder = SurvivorsBuilder::new(first, second, third, self.query().clone());
        builder.objects(&first.objects, &second.objects, &third.objects);
        Ok(builder.finish())
    }
}
