use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};

use super::{CensusRow, ClassRow, HistoryEvent, ObjectRecord, ObjectRow, ProcessMemory, Referent, SiteRow};

/// The state of all tracked classes and objects at one moment.
///
/// ```
/// use classtracker_stats::{ClassRow, Snapshot};
/// use chrono::Utc;
/// use std::time::Duration;
///
/// let mut snapshot = Snapshot::new("after load", Utc::now(), Duration::from_millis(412));
/// snapshot.classes.push(ClassRow::new("app::Employee"));
/// assert_eq!(snapshot.tracked_bytes(), 0);
/// ```
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Snapshot {
    /// What the caller named it; may be empty.
    pub label: String,
    /// When it was taken.
    pub time: DateTime<Utc>,
    /// When it was taken, from [`Session::started`](crate::Session::started) on.
    #[serde(serialize_with = "crate::json::seconds")]
    pub elapsed: Duration,
    /// How long the walk over the objects took.
    #[serde(serialize_with = "crate::json::seconds")]
    pub duration: Duration,
    /// One row for each class that is or was tracked, by name. No two rows have the same name: where the program has two
    /// types of one name, whoever takes the snapshot tells them apart.
    pub classes: Vec<ClassRow>,
    /// The objects that are kept one by one (see [`ClassRow::listed`]), by serial.
    pub objects: Vec<ObjectRow>,
    /// Serials of objects listed in an earlier snapshot that this one found dead, rising.
    pub gone: Vec<u64>,
    /// The values of derived types that were seen inside tracked objects, a row for each type, by name; `None` if they
    /// were not counted.
    pub census: Option<Vec<CensusRow>>,
    /// The whole process' memory.
    pub process: ProcessMemory,
    /// Bytes that the tracker itself takes. They are no part of any class' bytes.
    pub overhead_bytes: u64,
    /// Whether objects were being tracked at all. If not, the lists are short or empty for that reason.
    pub tracking: Tracking,
}

/// Whether the program tracked its objects when a snapshot was taken.
///
/// ```
/// use classtracker_stats::{Stats, Tracking};
///
/// let stats = Stats::load("docs/factory.ctdump")?;
/// assert_eq!(stats.snapshots()[0].tracking, Tracking::On);
/// # Ok::<(), classtracker_stats::DumpError>(())
/// ```
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Tracking {
    /// New objects were registered.
    #[default]
    On,
    /// It was switched off while the program ran: objects made meanwhile are missing.
    SwitchedOff,
    /// The program was built without it: there is nothing but the process' memory.
    CompiledOut,
}

impl Snapshot {
    /// A snapshot that lists nothing, knows nothing of the process and took no time.
    #[must_use]
    pub fn new(label: impl Into<String>, time: DateTime<Utc>, elapsed: Duration) -> Self {
        Self {
            label: label.into(),
            time,
            elapsed,
            duration: Duration::ZERO,
            classes: Vec::new(),
            objects: Vec::new(),
            gone: Vec::new(),
            census: None,
            process: ProcessMemory::default(),
            overhead_bytes: 0,
            tracking: Tracking::On,
        }
    }

    /// Deep size of all live objects of all classes, in bytes (at most `u64::MAX`).
    #[must_use]
    pub fn tracked_bytes(&self) -> u64 {
        self.classes.iter().fold(0, |sum, row| sum.saturating_add(row.bytes))
    }

    /// The row of the class with exactly this name.
    ///
    /// ```
    /// use classtracker_stats::Stats;
    ///
    /// let stats = Stats::load("docs/factory.ctdump")?;
    /// let first = &stats.snapshots()[0];
    /// assert_eq!(first.class("factory::staff::Employee").unwrap().live, 2);
    /// assert!(first.class("Employee").is_none(), "it has another full name");
    /// # Ok::<(), classtracker_stats::DumpError>(())
    /// ```
    #[must_use]
    pub fn class(&self, class: &str) -> Option<&ClassRow> {
        self.classes.iter().find(|row| &*row.class == class)
    }

    /// Bytes that this value takes on the heap: its label, the capacity of its lists and of those in its rows, and
    /// its objects' referents.
    ///
    /// Referents that several snapshots share are counted in each of them. A row's pointer to its object is counted, what
    /// it points to is not: records, names and sites are shared by many snapshots. Whoever holds them adds
    /// [`ObjectRecord::memory_bytes`](crate::ObjectRecord::memory_bytes) once for each record. What the allocator adds to
    /// each block is not counted either.
    ///
    /// ```
    /// use classtracker_stats::Stats;
    ///
    /// let stats = Stats::load("docs/factory.ctdump")?;
    /// let memory: usize = stats.snapshots().iter().map(|snapshot| snapshot.memory_bytes()).sum();
    /// assert!(memory < 100_000);
    /// # Ok::<(), classtracker_stats::DumpError>(())
    /// ```
    #[must_use]
    pub fn memory_bytes(&self) -> usize {
        let parts_of_classes: usize = self.classes.iter().map(|row| row.referents.capacity()).sum();
        let parts_of_objects: usize = self.objects.iter().map(|row| row.referents.len()).sum();
        let of_class = |row: &ClassRow| {
            let histograms = [&row.ages, &row.lifetimes].into_iter().flatten();
            let events = row.history.as_ref().map_or(0, |history| history.events.capacity());
            row.sites.capacity() * size_of::<SiteRow>()
                + row.oldest.capacity() * size_of::<Arc<ObjectRecord>>()
                + histograms.map(|histogram| histogram.counts.capacity() * size_of::<u64>()).sum::<usize>()
                + events * size_of::<HistoryEvent>()
        };
        // Two counts in front of each list that holds something; empty ones share one that is static.
        let counted = self.objects.iter().filter(|row| !row.referents.is_empty()).count();
        self.label.capacity()
            + self.classes.capacity() * size_of::<ClassRow>()
            + self.classes.iter().map(of_class).sum::<usize>()
            + self.objects.capacity() * size_of::<ObjectRow>()
            + self.gone.capacity() * size_of::<u64>()
            + self.census.as_ref().map_or(0, Vec::capacity) * size_of::<CensusRow>()
            + (parts_of_classes + parts_of_objects) * size_of::<Referent>()
            + counted * 2 * size_of::<usize>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ObjectRecord;

    fn snapshot() -> Snapshot {
        Snapshot::new("", DateTime::UNIX_EPOCH, Duration::ZERO)
    }

    #[test]
    fn an_empty_snapshot_takes_no_heap() {
        assert_eq!(snapshot().memory_bytes(), 0);
    }

    #[test]
    fn each_list_adds_its_capacity() {
        let mut snapshot = snapshot();
        snapshot.gone.reserve_exact(10);
        snapshot.objects.reserve_exact(2);
        let record = Arc::new(ObjectRecord::new(1, "a", 8));
        snapshot.objects.push(ObjectRow::new(record, 8));
        assert_eq!(snapshot.memory_bytes(), 10 * 8 + 2 * size_of::<ObjectRow>());
    }

    #[test]
    fn referents_and_the_census_count() {
        let mut snapshot = snapshot();
        let mut row = ClassRow::new("a");
        row.referents.reserve_exact(3);
        snapshot.classes = vec![row];
        let record = Arc::new(ObjectRecord::new(1, "a", 8));
        let mut row = ObjectRow::new(record, 8);
        row.referents = [Referent::new("x", 1, 1, 4, 4), Referent::new("y", 1, 1, 4, 4)].into();
        snapshot.objects = vec![row.clone(), ObjectRow::new(row.object, 8)];
        snapshot.census = Some(vec![CensusRow::new("b", 1, 1)]);
        let lists = size_of::<ClassRow>() + 2 * size_of::<ObjectRow>() + size_of::<CensusRow>();
        assert_eq!(snapshot.memory_bytes(), lists + (3 + 2) * size_of::<Referent>() + 2 * size_of::<usize>());
    }

    #[test]
    fn totals_stop_at_the_largest_number() {
        let mut snapshot = snapshot();
        for class in ["a", "b"] {
            let mut row = ClassRow::new(class);
            row.bytes = u64::MAX - 1;
            snapshot.classes.push(row);
        }
        assert_eq!(snapshot.tracked_bytes(), u64::MAX);
    }
}
