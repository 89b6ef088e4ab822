//! Snapshots that are taken without the program: periodically, when memory grows, when somebody asks from outside. And where they go.
//!
//! All of it is beside the tracker: a tracker that is not monitored has no thread and no file. What goes wrong here is kept to be asked
//! for, and never reaches the program.

mod counts;
mod destination;
mod environment;
mod error;
#[cfg(feature = "tracing")]
mod event;
mod monitoring;
mod options;
mod schedule;
#[cfg(all(feature = "signal", unix))]
mod signal;
mod status;
mod stream;
mod watermark;
mod worker;

use std::sync::Arc;
use std::time::Duration;

pub use environment::EnvError;
pub use error::MonitorError;
pub use options::MonitorOptions;
#[cfg(all(feature = "signal", unix))]
pub use signal::Signal;
pub use status::MonitorStatus;

pub use watermark::{Watermark, WatermarkStep};

pub(crate) use environment::options as options_of_environment;
pub(crate) use monitoring::Monitoring;

use crate::tracker::Subject;
use destination::Destination;

/// As long as anything is waited for: what takes longer hangs, and must not take the program along.
const PATIENCE: Duration = Duration::from_secs(10);

/// Ends the monitoring of a tracker when it is dropped: stops the thread, takes a last snapshot, and ends the dump.
///
/// [`ClassTracker::monitor`](crate::ClassTracker::monitor) makes it. It belongs into `main`, so that it is dropped last, and also when
/// `main` panics. `std::process::exit` drops nothing: the dump then ends with the last whole snapshot.
///
/// ```
/// use std::time::Duration;
/// use classtracker::{ClassTracker, MonitorOptions};
///
/// fn main() -> Result<(), Box<dyn std::error::Error>> {
///     let tracker = ClassTracker::global();
///     let _monitor = tracker.monitor(MonitorOptions::new().period(Duration::from_secs(10)).keep_last(100))?;
///     Ok(())
/// }
/// ```
#[must_use = "monitoring ends when this is dropped"]
pub struct Monitor {
    subject: Subject,
    monitoring: Arc<Monitoring>,
    watch: u64,
}

impl Monitor {
    /// How monitoring goes.
    #[must_use]
    pub fn status(&self) -> MonitorStatus {
        self.monitoring.status()
    }

    /// What last went wrong, if anything has.
    #[must_use]
    pub fn last_error(&self) -> Option<Arc<MonitorError>> {
        self.status().last_error
    }

    /// Ends monitoring as dropping does, and tells whether all went well.
    ///
    /// ```
    /// use classtracker::{ClassTracker, MonitorOptions};
    ///
    /// let tracker = ClassTracker::new();
    /// let monitor = tracker.monitor(MonitorOptions::new())?;
    /// assert_eq!(monitor.status().snapshots_taken, 0);
    /// assert!(monitor.last_error().is_none());
    /// monitor.finish()?;
    /// assert_eq!(tracker.snapshots()[0].label, "end");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// What last went wrong since monitoring began.
    pub fn finish(self) -> Result<(), Arc<MonitorError>> {
        self.monitoring.finish(&self.subject, Some(self.watch))
    }
}

impl Drop for Monitor {
    fn drop(&mut self) {
        // Whoever wants to know calls `finish`.
        let _ = self.monitoring.finish(&self.subject, Some(self.watch));
    }
}

impl std::fmt::Debug for Monitor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Monitor").field(&self.status()).finish()
    }
}
