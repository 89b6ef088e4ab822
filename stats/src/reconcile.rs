//! The process' memory against what is tracked.

use crate::{AllocatorSource, Percent, ProcessMemory, Snapshot};

/// How much of a process' memory the tracked objects explain: the answer to [`Snapshot::reconcile`].
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct Reconciliation {
    /// Deep size of all live tracked objects, but for those that are only counted.
    pub tracked_bytes: u64,
    /// What the tracker itself takes.
    pub overhead_bytes: u64,
    /// The memory that these are compared with; `None` if neither the allocator nor the system tells.
    pub whole: Option<Whole>,
    /// The whole less tracked objects and overhead: what the program has besides. `None` without a whole.
    ///
    /// It is below 0 where more is tracked than the allocator gave out: objects may stand where it gave out nothing (on a stack, in
    /// a static, in memory of another allocator), and while other threads run the numbers are not of the same moment. Compared
    /// with the resident memory, objects may be swapped out as well.
    pub unexplained_bytes: Option<i64>,
}

/// What the tracked objects are a part of.
///
/// ```
/// use classtracker_stats::{AllocatorSource, Stats};
///
/// let stats = Stats::load("docs/factory.ctdump")?;
/// let whole = stats.snapshots()[0].reconcile().whole.unwrap();
/// assert_eq!((whole.bytes, whole.allocator), (50_000, Some(AllocatorSource::Counting)));
/// # Ok::<(), classtracker_stats::DumpError>(())
/// ```
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct Whole {
    /// How many bytes it is.
    pub bytes: u64,
    /// Whose live bytes these are; `None` for the process' resident memory, taken where no allocator tells. It has code, stacks
    /// and free memory of the allocator in it, too.
    pub allocator: Option<AllocatorSource>,
}

impl Reconciliation {
    pub(crate) fn new(tracked_bytes: u64, overhead_bytes: u64, process: &ProcessMemory) -> Self {
        let allocator = process.allocator.map(|told| Whole { bytes: told.live_bytes, allocator: Some(told.source) });
        let resident = process.resident_bytes.map(|bytes| Whole { bytes, allocator: None });
        let whole = allocator.or(resident);
        let explained = tracked_bytes.saturating_add(overhead_bytes);
        let unexplained_bytes = whole.map(|whole| crate::units::change(explained, whole.bytes));
        Self { tracked_bytes, overhead_bytes, whole, unexplained_bytes }
    }

    /// Of the whole, the share that is not explained; `None` if that is not known, or less than nothing.
    ///
    /// ```
    /// use classtracker_stats::Stats;
    ///
    /// let stats = Stats::load("docs/factory.ctdump")?;
    /// let reconciliation = stats.snapshots()[0].reconcile();
    /// assert_eq!(reconciliation.unexplained().unwrap().to_string(), "57.2 %");
    /// # Ok::<(), classtracker_stats::DumpError>(())
    /// ```
    #[must_use]
    pub fn unexplained(&self) -> Option<Percent> {
        let bytes = u64::try_from(self.unexplained_bytes?).ok()?;
        Percent::of(bytes, self.whole?.bytes)
    }
}

impl Snapshot {
    /// How much of the process' memory the tracked objects explain.
    ///
    /// They are compared with what the allocator says that the program has, or, where it says nothing, with the resident memory.
    ///
    /// ```
    /// use classtracker_stats::{AllocatorMemory, AllocatorSource, ClassRow, Snapshot};
    /// use std::time::Duration;
    ///
    /// let mut snapshot = Snapshot::new("", chrono::Utc::now(), Duration::ZERO);
    /// let mut row = ClassRow::new("app::Cache");
    /// row.bytes = 600;
    /// snapshot.classes.push(row);
    /// snapshot.overhead_bytes = 100;
    /// assert_eq!(snapshot.reconcile().unexplained_bytes, None);
    /// snapshot.process.allocator = Some(AllocatorMemory::new(AllocatorSource::Counting, 1000));
    /// assert_eq!(snapshot.reconcile().unexplained_bytes, Some(300));
    /// ```
    #[must_use]
    pub fn reconcile(&self) -> Reconciliation {
        Reconciliation::new(self.tracked_bytes(), self.overhead_bytes, &self.process)
    }
}
