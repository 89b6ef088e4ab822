use std::path::PathBuf;
use std::time::Duration;

use super::{Destination, Watermark};

/// What a [`Monitor`](crate::Monitor) does.
///
/// ```
/// use std::time::Duration;
/// use classtracker::{ClassTracker, Growth, MonitorOptions, Watermark};
/// # let dir = tempfile::tempdir()?;
/// # let path = dir.path().join("run.ctdump");
///
/// let tracker = ClassTracker::new();
/// let options = MonitorOptions::new()
///     .period(Duration::from_secs(10))
///     .watermark(Watermark::new(Growth::Percent(10)))
///     .stream_to(&path)
///     .keep_last(100);
/// let monitor = tracker.monitor(options)?;
/// // The program runs.
/// monitor.finish()?;
/// assert!(classtracker::stats::Stats::load(&path)?.snapshots().len() >= 2);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct MonitorOptions {
    pub(super) period: Option<Duration>,
    pub(super) watermark: Option<Watermark>,
    pub(super) stream: Option<PathBuf>,
    pub(super) keep_last: Option<usize>,
    pub(super) summary: Option<Destination>,
    pub(super) last: bool,
}

impl MonitorOptions {
    /// Takes one snapshot, when monitoring ends.
    #[must_use]
    pub const fn new() -> Self {
        Self { period: None, watermark: None, stream: None, keep_last: None, summary: None, last: true }
    }

    /// Takes a snapshot at once, and then one each `interval` (at least a millisecond).
    ///
    /// The beats are whole intervals apart, however late one comes. One that comes while a snapshot is still being taken is left out, and
    /// counted in [`MonitorStatus::beats_missed`](crate::MonitorStatus::beats_missed).
    #[must_use]
    pub const fn period(mut self, interval: Duration) -> Self {
        self.period = Some(interval);
        self
    }

    /// Takes a snapshot whenever resident memory has grown by so much. Its label says how much is resident.
    #[must_use]
    pub const fn watermark(mut self, watermark: Watermark) -> Self {
        self.watermark = Some(watermark);
        self
    }

    /// Writes every snapshot of the tracker to this dump as soon as it is taken, those that the program takes by itself included.
    #[must_use]
    pub fn stream_to(mut self, path: impl Into<PathBuf>) -> Self {
        self.stream = Some(path.into());
        self
    }

    /// Keeps only the last `count` snapshots in memory; see [`ClassTracker::set_keep_last`](crate::ClassTracker::set_keep_last).
    #[must_use]
    pub const fn keep_last(mut self, count: usize) -> Self {
        self.keep_last = Some(count);
        self
    }

    /// Writes the table of the last snapshot to this file when monitoring ends, and whenever a signal asks for a snapshot. The file is
    /// replaced as a whole; `-` is the standard error.
    #[must_use]
    pub fn summary_to(mut self, path: impl Into<PathBuf>) -> Self {
        self.summary = Some(Destination::new(path.into()));
        self
    }

    /// Takes no snapshot when monitoring ends. Otherwise it takes one with the label `end`.
    #[must_use]
    pub const fn no_last_snapshot(mut self) -> Self {
        self.last = false;
        self
    }
}

impl Default for MonitorOptions {
    fn default() -> Self {
        Self::new()
    }
}
