use std::io;
use std::path::PathBuf;

use classtracker_stats::DumpError;
use thiserror::Error;

/// What went wrong while a program was monitored. None of it stops the program, or the monitoring.
///
/// ```
/// use classtracker::{ClassTracker, MonitorError, MonitorOptions};
///
/// let tracker = ClassTracker::new();
/// let _monitor = tracker.monitor(MonitorOptions::new())?;
/// let second = tracker.monitor(MonitorOptions::new());
/// assert!(matches!(second, Err(MonitorError::AlreadyMonitored)));
/// # Ok::<(), MonitorError>(())
/// ```
#[non_exhaustive]
#[derive(Debug, Error)]
pub enum MonitorError {
    /// The tracker is being monitored already; the earlier [`Monitor`](crate::Monitor) must be finished first.
    #[error("this tracker is monitored already")]
    AlreadyMonitored,
    /// The system gave no thread.
    #[error("can't start the monitor's thread: {0}")]
    Thread(io::Error),
    /// The dump could not be begun or ended, or a snapshot could not be written to it. What was written stays readable.
    #[error(transparent)]
    Dump(DumpError),
    /// The system refused to tell of the signal.
    #[error("can't listen to {signal}: {error}")]
    Signal {
        /// The signal's name.
        signal: String,
        /// The system's reason.
        error: io::Error,
    },
    /// The summary could not be written.
    #[error("{}: can't write the summary: {error}", path.display())]
    Summary {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        error: io::Error,
    },
    /// Something panicked. It went no further.
    #[error("{what} panicked: {message}")]
    Panicked {
        /// What it was: taking a snapshot, which is then missing; writing a summary; telling a subscriber.
        what: &'static str,
        /// What the panic said.
        message: String,
    },
    /// The process is the child of a fork: the dump is the parent's, and nothing is written to it here.
    #[error("{}: the dump belongs to process {owner}, of which this one is a fork", path.display())]
    Forked {
        /// The dump.
        path: PathBuf,
        /// The process that began it.
        owner: u32,
    },
    /// The process is the child of a fork, and in the parent another thread was changing the tracker for longer than a fork waits: what was
    /// registered is lost here. Tracking begins anew.
    #[error("the tracker was being changed while this process was forked: what it tracked is lost here")]
    LostInFork,
    /// Something did not end within ten seconds, and was left behind.
    #[error("gave up waiting for {0}")]
    Stuck(&'static str),
}
