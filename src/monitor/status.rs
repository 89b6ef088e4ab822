use std::sync::Arc;
use std::time::Duration;

use super::MonitorError;

/// How monitoring goes: what was done, what was not, and why not. The counts are the tracker's, from its beginning on.
///
/// ```
/// use std::time::Duration;
/// use classtracker::ClassTracker;
///
/// let tracker = ClassTracker::new();
/// tracker.start_periodic_snapshots(Duration::from_secs(60));
/// let status = tracker.monitor_status();
/// assert_eq!((status.period, status.beats_missed), (Some(Duration::from_secs(60)), 0));
/// assert!(status.last_error.is_none());
/// ```
#[non_exhaustive]
#[derive(Debug, Clone, Default)]
pub struct MonitorStatus {
    /// The interval of the periodic snapshots, if they are being taken.
    pub period: Option<Duration>,
    /// Bytes that resident memory has to pass by the growth asked for, before the next snapshot is taken for it.
    pub watermark_bytes: Option<u64>,
    /// Snapshots that the monitor has taken by itself: periodic ones, at watermarks, for signals, at the end.
    pub snapshots_taken: u64,
    /// Periodic snapshots that were not taken because the one before, or the machine, took too long.
    pub beats_missed: u64,
    /// Watermarks for which no snapshot was taken because there had been enough.
    pub watermarks_passed_over: u64,
    /// Snapshots that are missing because taking them panicked.
    pub snapshots_panicked: u64,
    /// Snapshots that are no more in memory because only the last ones are kept.
    pub snapshots_forgotten: u64,
    /// Snapshots written to the dump.
    pub snapshots_written: u64,
    /// Snapshots that should be in the dump and are not: see [`last_error`](Self::last_error).
    pub snapshots_unwritten: u64,
    /// What last went wrong.
    pub last_error: Option<Arc<MonitorError>>,
}
