//! The oldest live objects, as data.

use std::sync::Arc;
use std::time::Duration;

use crate::names::ClassNames;
use crate::{Moment, ObjectRecord, Query, Snapshot, SnapshotKey, SnapshotKeyError, Stats};

/// How many objects an answer names if no limit says otherwise.
const USUAL: usize = 10;

/// The oldest live objects of a snapshot: the answer to [`Stats::oldest`].
///
/// ```
/// use classtracker_stats::{SnapshotKey, Stats};
/// use std::time::Duration;
///
/// let oldest = Stats::load("docs/factory.ctdump")?.oldest(&SnapshotKey::LAST)?;
/// let first = &oldest.objects[0];
/// assert_eq!((first.record.serial, first.age), (1, Some(Duration::from_secs(421))));
/// // Of the orders no single one is known.
/// let orders = &oldest.classes[1];
/// assert_eq!((&*orders.name, orders.live, orders.known, orders.oldest), ("Order", 80, 0, false));
/// let mut text = Vec::new();
/// oldest.write_text(&mut text)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Oldest {
    /// What was asked: the filter, the names, and the limit.
    pub query: Query,
    /// The snapshot.
    pub moment: Moment,
    /// The oldest first; of the same age by serial. Objects of which it is not known when they were made come last.
    pub objects: Vec<OldObject>,
    /// What is known of each class that the filter lets through and of which anything is alive, by name.
    pub classes: Vec<OldestOf>,
}

/// One object in [`Oldest`].
///
/// See [`Oldest`] for an example.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct OldObject {
    /// What it keeps from birth to death.
    pub record: Arc<ObjectRecord>,
    /// What its class is called in this answer.
    pub name: Arc<str>,
    /// How old it was when the snapshot was taken, to the resolution of its birth; `None` if it is not known when it was made.
    #[serde(serialize_with = "crate::json::maybe_seconds")]
    pub age: Option<Duration>,
    /// Its deep size; `None` if the snapshot does not list it by itself.
    pub bytes: Option<u64>,
}

/// Which objects of a class could be looked at.
///
/// See [`Oldest`] for an example.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct OldestOf {
    /// The class' full name.
    pub class: Arc<str>,
    /// What it is called in this answer.
    pub name: Arc<str>,
    /// Its objects alive.
    pub live: u64,
    /// How many of them are known.
    pub known: u64,
    /// Whether the known ones are the oldest of all. If not, they are those that the snapshot lists, and some that it only
    /// counts may be older.
    pub oldest: bool,
}

impl Oldest {
    /// The oldest live objects of the classes that the query wants; 10 of them if it has no limit.
    ///
    /// ```
    /// use classtracker_stats::{Oldest, Query, Stats};
    ///
    /// let stats = Stats::load("docs/factory.ctdump")?;
    /// let mut query = Query::default();
    /// query.class = "Employee".into();
    /// assert_eq!(Oldest::new(&stats.snapshots()[1], &query).objects.len(), 3);
    /// # Ok::<(), classtracker_stats::DumpError>(())
    /// ```
    #[must_use]
    pub fn new(snapshot: &Snapshot, query: &Query) -> Self {
        let names = ClassNames::new(query.names, snapshot.classes.iter().map(|row| &row.class).collect());
        let mut objects: Vec<OldObject> = Vec::new();
        let mut classes = Vec::new();
        for row in snapshot.classes.iter().filter(|row| row.live > 0 && query.wants(&row.class)) {
            let name = names.of(&row.class);
            let oldest = !row.oldest.is_empty();
            let before = objects.len();
            let found = |record: &Arc<ObjectRecord>, bytes| OldObject {
                age: record.birth.map(|birth| snapshot.elapsed.saturating_sub(birth)),
                record: Arc::clone(record),
                name: Arc::clone(&name),
                bytes,
            };
            if oldest {
                let size = |serial: u64| {
                    let at = snapshot.objects.binary_search_by_key(&serial, |row| row.object.serial).ok()?;
                    Some(snapshot.objects[at].bytes)
                };
                objects.extend(row.oldest.iter().map(|record| found(record, size(record.serial))));
            } else {
                let listed = snapshot.objects.iter().filter(|object| object.object.class == row.class);
                objects.extend(listed.map(|object| found(&object.object, Some(object.bytes))));
            }
            let known = (objects.len() - before) as u64;
            let class = Arc::clone(&row.class);
            classes.push(OldestOf { class, name, live: row.live, known, oldest: oldest || known >= row.live });
        }
        objects.sort_by_key(|object| (object.age.is_none(), object.record.birth, object.record.serial));
        let known = objects.len();
        objects.truncate(query.limit.map_or(USUAL, |limit| limit.of(known)));
        classes.sort_by(|a, b| a.name.cmp(&b.name));
        Self { query: query.clone(), moment: Moment::of(snapshot), objects, classes }
    }
}

impl Stats {
    /// The oldest live objects of a snapshot, of the classes that the filter lets through, as many as the limit does; 10 without
    /// a limit.
    ///
    /// Where a snapshot keeps the oldest objects of a class, these are looked at. Otherwise it is those that it lists one by
    /// one, and the answer says so.
    ///
    /// # Errors
    /// [`SnapshotKeyError`] if the key means no snapshot, or several.
    ///
    /// ```
    /// use classtracker_stats::{ClassRow, Limit, ObjectRecord, Session, Snapshot, SnapshotKey, Stats};
    /// use std::{sync::Arc, time::Duration};
    ///
    /// let now = chrono::Utc::now();
    /// let mut snapshot = Snapshot::new("", now, Duration::from_secs(60));
    /// let mut row = ClassRow::new("app::Employee");
    /// row.live = 1000;
    /// let mut ann = ObjectRecord::new(17, "app::Employee", 48);
    /// ann.birth = Some(Duration::from_secs(2));
    /// row.oldest = vec![Arc::new(ann)];
    /// snapshot.classes.push(row);
    ///
    /// let mut stats = Stats::new(Session::new(now, 1), vec![Arc::new(snapshot)]);
    /// let oldest = stats.limit(Limit::count(3)).oldest(&SnapshotKey::LAST)?;
    /// assert_eq!(oldest.objects[0].age, Some(Duration::from_secs(58)));
    /// assert_eq!((oldest.classes[0].known, oldest.classes[0].live), (1, 1000));
    /// # Ok::<(), classtracker_stats::SnapshotKeyError>(())
    /// ```
    pub fn oldest(&self, snapshot: &SnapshotKey) -> Result<Oldest, SnapshotKeyError> {
        Ok(Oldest::new(self.snapshot(snapshot)?, self.query()))
    }
}
