//! The list of objects as data, and how it is put together.

mod collect;
mod history;
mod order;

use std::sync::Arc;
use std::time::Duration;

use crate::names::ClassNames;
use crate::{Moment, ObjectRecord, Query, Referent, Snapshot};
use collect::Collected;
pub use history::{ObjectError, ObjectHistory, UnknownObject};

/// Objects one by one, each with its size over time: the answer to [`Stats::objects`](crate::Stats::objects).
///
/// ```
/// use classtracker_stats::{Fate, Query, Stats};
///
/// let list = Stats::load("docs/factory.ctdump")?.objects(&Query::default());
/// assert_eq!((list.total, list.matching, list.objects.len()), (3, 3, 3));
/// let grace = &list.objects[1];
/// assert_eq!((grace.record.repr.as_deref(), &*grace.name), (Some("Grace"), "Employee"));
/// assert_eq!((grace.sizes.len(), grace.sizes[0].bytes), (2, 200));
/// assert!(matches!(grace.fate, Fate::DeadBy { snapshot: 2, .. }));
/// // Orders have no rows of their own: they are only counted.
/// assert_eq!((list.folded[0].snapshot, list.folded[0].objects), (0, 13));
/// let mut text = Vec::new();
/// list.write_text(&mut text)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct ObjectList {
    /// What was asked.
    pub query: Query,
    /// All snapshots, in the order in which they were taken.
    pub moments: Vec<Moment>,
    /// How many objects the snapshots list, of any class.
    pub total: usize,
    /// How many of them the filter lets through.
    pub matching: usize,
    /// Those that the limit lets through as well, in the order asked for.
    pub objects: Vec<ObjectEntry>,
    /// The snapshots in which live objects of the classes asked for have no row of their own.
    pub folded: Vec<Folded>,
}

/// One object in an [`ObjectList`].
///
/// See [`ObjectList`] for an example.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct ObjectEntry {
    /// What it kept from birth to death.
    pub record: Arc<ObjectRecord>,
    /// What its class is called in this list.
    pub name: Arc<str>,
    /// Its size in each snapshot that lists it.
    pub sizes: Vec<Measured>,
    /// What became of it.
    pub fate: Fate,
}

/// An object's size in one snapshot.
///
/// See [`ObjectList`] for an example.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Measured {
    /// The snapshot, as an index into [`ObjectList::moments`].
    pub snapshot: usize,
    /// Deep size in this snapshot.
    pub bytes: u64,
    /// Whether something of it could not be read: its bytes are then a lower bound.
    pub unread: bool,
    /// The parts that it owned; empty if none was asked for.
    pub referents: Arc<[Referent]>,
}

/// What became of an object, as far as the snapshots tell.
///
/// See [`ObjectList`] for an example.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// The last snapshot lists it.
    Live,
    /// It was dead by the time of a snapshot, the first that found it so.
    DeadBy {
        /// The snapshot, as an index into [`ObjectList::moments`].
        snapshot: usize,
        /// When that was taken, from the session's start on.
        #[serde(serialize_with = "crate::json::seconds")]
        elapsed: Duration,
    },
    /// The last snapshot does not list it, and none found it dead: it may be folded into its class' row.
    NotListed,
}

/// Live objects of one snapshot that only their classes' rows count.
///
/// See [`ObjectList`] for an example.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct Folded {
    /// The snapshot, as an index into [`ObjectList::moments`].
    pub snapshot: usize,
    /// How many objects.
    pub objects: u64,
}

impl ObjectList {
    pub(crate) fn new(snapshots: &[Arc<Snapshot>], query: &Query) -> Self {
        let mut collected = Collected::new(snapshots);
        let total = collected.objects.len();
        collected.objects.retain(|object| query.wants(&object.record.class));
        let matching = collected.objects.len();
        order::sort(&mut collected.objects, query);
        let shown = query.limit.map_or(matching, |limit| limit.of(matching));

        let classes = snapshots.iter().flat_map(|snapshot| &snapshot.classes);
        let names = ClassNames::new(
            query.names,
            classes.map(|row| &row.class).chain(collected.objects.iter().map(|object| &object.record.class)).collect(),
        );
        let shown = &collected.objects[..shown];
        Self {
            query: query.clone(),
            moments: snapshots.iter().map(|snapshot| Moment::of(snapshot)).collect(),
            total,
            matching,
            objects: shown.iter().map(|object| object.entry(&collected.rows, &names)).collect(),
            folded: folded(snapshots, query),
        }
    }
}

fn folded(snapshots: &[Arc<Snapshot>], query: &Query) -> Vec<Folded> {
    let in_one = |snapshot: &Snapshot| {
        let wanted = snapshot.classes.iter().filter(|row| query.wants(&row.class));
        wanted.fold(0_u64, |sum, row| sum.saturating_add(row.live.saturating_sub(row.listed)))
    };
    snapshots
        .iter()
        .enumerate()
        .map(|(index, snapshot)| Folded { snapshot: index, objects: in_one(snapshot) })
        .filter(|folded| folded.objects > 0)
        .collect()
}
