use std::path::PathBuf;
use std::time::Duration;

use super::stream::Existing;
use super::{Destination, Watermark};
use crate::MemoryOptions;

/// What a [`Monitor`](crate::Monitor) does.
///
/// ```
/// use std::time::Duration;
/// use classtracker::{ClassTracker, MonitorOptions, Watermark, WatermarkStep};
/// # let dir = tempfile::tempdir()?;
/// # let path = dir.path().join("run.ctdump");
///
/// let tracker = ClassTracker::new();
/// let options = MonitorOptions::new()
///     .period(Duration::from_secs(10))
///     .watermark(Watermark::new(WatermarkStep::Percent(10)))
///     .stream_to(&path)
///     .keep_last(100);
/// let monitor = tracker.monitor(options)?;
/// // The program runs.
/// monitor.finish()?;
/// let stats = classtracker::stats::Stats::load(&path)?;
/// assert_eq!(stats.snapshots().last().map(|last| last.label.as_str()), Some("end"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct MonitorOptions {
    pub(super) period: Option<Duration>,
    pub(super) watermark: Option<Watermark>,
    pub(super) stream: Option<PathBuf>,
    pub(super) existing: Existing,
    pub(super) keep_last: Option<usize>,
    pub(super) snapshot_threads: Option<usize>,
    pub(super) summary: Option<Destination>,
    pub(super) last: bool,
    pub(super) census: bool,
    /// On the standard error.
    pub(super) tell_first_error: bool,
    pub(super) memory: Option<MemoryOptions>,
    #[cfg(all(feature = "signal", unix))]
    pub(super) signal: Option<super::Signal>,
}

impl MonitorOptions {
    /// Takes one snapshot, when monitoring ends.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            period: None,
            watermark: None,
            stream: None,
            existing: Existing::Refuse,
            keep_last: None,
            snapshot_threads: None,
            summary: None,
            last: true,
            census: false,
            tell_first_error: false,
            memory: None,
            #[cfg(all(feature = "signal", unix))]
            signal: None,
        }
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
    ///
    /// The file must not exist yet, or be empty: what an earlier run has left is not overwritten, unless
    /// [`replace_dump`](Self::replace_dump) says so. It is locked, and can be read at any moment. A snapshot that can't be written, on a full
    /// disk say, is missing there and counted in [`MonitorStatus::snapshots_unwritten`](crate::MonitorStatus::snapshots_unwritten);
    /// the next is tried again.
    #[must_use]
    pub fn stream_to(mut self, path: impl Into<PathBuf>) -> Self {
        self.stream = Some(path.into());
        self
    }

    /// Throws away what is in the dump's file.
    ///
    /// ```
    /// use classtracker::{ClassTracker, MonitorOptions};
    /// # let dir = tempfile::tempdir()?;
    /// # let path = dir.path().join("run.ctdump");
    ///
    /// std::fs::write(&path, "left by an earlier run")?;
    /// let tracker = ClassTracker::new();
    /// assert!(tracker.monitor(MonitorOptions::new().stream_to(&path)).is_err());
    /// tracker.monitor(MonitorOptions::new().stream_to(&path).replace_dump())?.finish()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub const fn replace_dump(mut self) -> Self {
        self.existing = Existing::Replace;
        self
    }

    /// Keeps only the last `count` snapshots in memory; see [`ClassTracker::set_keep_last`](crate::ClassTracker::set_keep_last).
    #[must_use]
    pub const fn keep_last(mut self, count: usize) -> Self {
        self.keep_last = Some(count);
        self
    }

    /// Has so many threads walk for each snapshot, those that the program takes by itself included; see
    /// [`ClassTracker::set_snapshot_threads`](crate::ClassTracker::set_snapshot_threads).
    ///
    /// ```
    /// use std::time::Duration;
    /// use classtracker::MonitorOptions;
    ///
    /// let options = MonitorOptions::new().period(Duration::from_secs(60)).snapshot_threads(2);
    /// # drop(options);
    /// ```
    #[must_use]
    pub const fn snapshot_threads(mut self, count: usize) -> Self {
        self.snapshot_threads = Some(count);
        self
    }

    /// Writes the table of the last snapshot to this file when monitoring ends, and whenever a signal asks for a snapshot. The file is
    /// replaced as a whole; `-` is the standard error.
    ///
    /// ```
    /// use classtracker::{ClassTracker, MonitorOptions};
    /// # let dir = tempfile::tempdir()?;
    /// # let path = dir.path().join("summary.txt");
    ///
    /// let tracker = ClassTracker::new();
    /// tracker.monitor(MonitorOptions::new().summary_to(&path))?.finish()?;
    /// assert!(std::fs::read_to_string(&path)?.starts_with("SUMMARY  1 snapshot"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn summary_to(mut self, path: impl Into<PathBuf>) -> Self {
        self.summary = Some(Destination::new(path.into()));
        self
    }

    /// Takes a snapshot, with its name as the label, whenever the process gets this signal, and writes its table where
    /// [`summary_to`](Self::summary_to) says. The program is not stopped.
    ///
    /// The signal's handler only wakes a thread. Signals that come while one is being answered are answered once. When monitoring has ended,
    /// the signal does nothing; it does not get its default meaning back. Needs the feature `signal`, on Unix.
    ///
    /// ```
    /// use classtracker::{ClassTracker, MonitorOptions, Signal};
    ///
    /// let monitor = ClassTracker::new().monitor(MonitorOptions::new().signal(Signal::Usr1))?;
    /// // `kill -USR1` takes a snapshot with the label SIGUSR1.
    /// # drop(monitor);
    /// # Ok::<(), classtracker::MonitorError>(())
    /// ```
    #[cfg(all(feature = "signal", unix))]
    #[must_use]
    pub const fn signal(mut self, signal: super::Signal) -> Self {
        self.signal = Some(signal);
        self
    }

    /// Also counts values by type; see [`ClassTracker::set_census`](crate::ClassTracker::set_census).
    ///
    /// ```
    /// use classtracker::{ClassTracker, MonitorOptions};
    ///
    /// let tracker = ClassTracker::new();
    /// tracker.monitor(MonitorOptions::new().census())?.finish()?;
    /// assert!(tracker.snapshots()[0].census.is_some());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub const fn census(mut self) -> Self {
        self.census = true;
        self
    }

    /// What snapshots ask of the process' memory; see [`ClassTracker::set_memory`](crate::ClassTracker::set_memory).
    ///
    /// ```
    /// use classtracker::{ClassTracker, MemoryOptions, MonitorOptions};
    ///
    /// let tracker = ClassTracker::new();
    /// tracker.monitor(MonitorOptions::new().memory(MemoryOptions::new().proportional()))?.finish()?;
    /// # #[cfg(target_os = "linux")]
    /// assert!(tracker.snapshots()[0].process.proportional_bytes.is_some());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub const fn memory(mut self, options: MemoryOptions) -> Self {
        self.memory = Some(options);
        self
    }

    /// Takes no snapshot when monitoring ends. Otherwise it takes one with the label `end`.
    ///
    /// ```
    /// use classtracker::{ClassTracker, MonitorOptions};
    ///
    /// let tracker = ClassTracker::new();
    /// tracker.monitor(MonitorOptions::new().no_last_snapshot())?.finish()?;
    /// assert!(tracker.snapshots().is_empty());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub const fn no_last_snapshot(mut self) -> Self {
        self.last = false;
        self
    }
}

impl MonitorOptions {
    /// Whether something is to be done that the program does not do itself.
    pub(super) fn need_a_thread(&self) -> bool {
        #[cfg(all(feature = "signal", unix))]
        if self.signal.is_some() {
            return true;
        }
        self.period.is_some() || self.watermark.is_some()
    }
}

impl Default for MonitorOptions {
    fn default() -> Self {
        Self::new()
    }
}
