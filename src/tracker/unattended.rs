//! Snapshots that a tracker takes by itself.

use std::time::Duration;

use super::ClassTracker;
use crate::monitor::{self, EnvError, Monitor, MonitorError, MonitorOptions, MonitorStatus};

impl ClassTracker {
    /// Takes a snapshot without a label at once, and then one each `interval`, on a thread of its own, until
    /// [`stop_periodic_snapshots`](Self::stop_periodic_snapshots) or the tracker's end.
    ///
    /// If that is happening already, the interval changes: the next one is taken an `interval` from now. The shortest interval is a
    /// millisecond. The beats are whole intervals apart; one that comes while a snapshot is still being taken is left out and counted. If
    /// the system gives no thread, [`monitor_status`](Self::monitor_status) says so.
    ///
    /// All snapshots stay in memory; to bound that, see [`set_keep_last`](Self::set_keep_last) and [`monitor`](Self::monitor).
    ///
    /// ```
    /// use std::time::Duration;
    /// use classtracker::ClassTracker;
    ///
    /// let tracker = ClassTracker::new();
    /// tracker.start_periodic_snapshots(Duration::from_millis(5));
    /// std::thread::sleep(Duration::from_millis(100));
    /// tracker.stop_periodic_snapshots();
    /// assert!(tracker.snapshots().len() >= 2);
    /// ```
    pub fn start_periodic_snapshots(&self, interval: Duration) {
        self.monitoring.start_periodic(self.subject(), interval);
    }

    /// Ends the periodic snapshots. It returns as soon as a snapshot that is just being taken is filed; if none is, at once.
    ///
    /// Where that takes longer than ten seconds it returns nevertheless, and [`monitor_status`](Self::monitor_status) says so.
    pub fn stop_periodic_snapshots(&self) {
        self.monitoring.stop_periodic();
    }

    /// Takes snapshots by itself, and writes them where the options say, until what is returned is dropped.
    ///
    /// ```
    /// use std::time::Duration;
    /// use classtracker::{ClassTracker, MonitorOptions};
    /// # let dir = tempfile::tempdir()?;
    /// # let path = dir.path().join("run.ctdump");
    ///
    /// let tracker = ClassTracker::new();
    /// let monitor = tracker.monitor(MonitorOptions::new().period(Duration::from_secs(60)).stream_to(&path))?;
    /// // The program runs. What is returned ends the dump when it is dropped; `finish` also says whether all went well.
    /// monitor.finish()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`MonitorError::AlreadyMonitored`] while an earlier [`Monitor`] is there; [`MonitorError::Thread`] if the system gives no thread,
    /// [`MonitorError::Signal`] if it does not tell of the signal, [`MonitorError::Dump`] if the dump can't be begun, because there is
    /// something in its file already, say. Nothing is begun then.
    pub fn monitor(&self, options: MonitorOptions) -> Result<Monitor, MonitorError> {
        self.monitoring.monitor(self.subject(), options)
    }

    /// A new tracker that is monitored as the environment variable `CLASSTRACKER` says, until it is dropped. If the variable is not set,
    /// or is blank, nothing is started.
    ///
    /// So a program that is deployed already can be watched without being built again. What it tracks is its own affair. A static
    /// tracker is never dropped: for that see [`monitor_from_env`](Self::monitor_from_env).
    ///
    /// The value is a list of keys and values with commas between them, `period=10s,dump=/tmp/run-%p.ctdump,keep_last=100`:
    ///
    /// | key | value | what happens |
    /// | --- | --- | --- |
    /// | `period` | `500ms`, `1.5s`, `10m`, `1h`, `1d` | a snapshot at once, and then one each interval |
    /// | `watermark` | `10%`, `64MiB`, `1GB`, bytes | a snapshot whenever resident memory has grown by so much |
    /// | `signal` | none (`USR1`), `USR1`, `USR2`, `HUP` | a snapshot for each signal; needs the feature `signal` |
    /// | `dump` | a path | each snapshot is written to this dump as it is taken |
    /// | `replace` | none | what is in the dump's file is thrown away; otherwise it is an error if there is something |
    /// | `keep_last` | a number | so many snapshots stay in memory |
    /// | `summary` | a path, or `-` for the standard error | the last snapshot's table, at each signal and at the end; `signal` without `dump` and `summary` means `-` |
    /// | `no_last` | none | no snapshot at the end |
    /// | `census` | none | values are counted by type |
    /// | `threads` | a number | so many threads walk for each snapshot |
    /// | `pss`, `glibc` | none | the process' memory in more detail: see [`MemoryOptions`](crate::MemoryOptions) |
    ///
    /// In paths `%p` is the process' id and `%%` a percent sign. A comma that belongs to a path is written twice. The first thing that goes
    /// wrong later, a full disk say, is told on the standard error, once; [`monitor_status`](Self::monitor_status) has the rest.
    ///
    /// ```standalone_crate
    /// use classtracker::ClassTracker;
    ///
    /// let tracker = ClassTracker::from_env()?;
    /// assert_eq!(tracker.monitor_status().period, None, "the variable is not set here");
    /// # Ok::<(), classtracker::EnvError>(())
    /// ```
    ///
    /// # Errors
    /// [`EnvError`], which says what is wrong with which part of the value, or what could not be begun.
    pub fn from_env() -> Result<Self, EnvError> {
        let tracker = Self::new();
        if let Some(options) = monitor::options_of_environment()? {
            tracker.monitoring.begin(&tracker.subject(), options).map_err(EnvError::Monitor)?;
        }
        Ok(tracker)
    }

    /// Monitors this tracker as the environment variable `CLASSTRACKER` says, until what is returned is dropped; `None` if the variable is
    /// not set, or is blank. See [`from_env`](Self::from_env).
    ///
    /// ```standalone_crate
    /// use classtracker::{ClassTracker, EnvError};
    ///
    /// fn main() -> Result<(), EnvError> {
    ///     let _monitor = ClassTracker::global().monitor_from_env()?;
    ///     // The program.
    ///     Ok(())
    /// }
    /// ```
    ///
    /// # Errors
    /// As [`from_env`](Self::from_env).
    pub fn monitor_from_env(&self) -> Result<Option<Monitor>, EnvError> {
        let options = monitor::options_of_environment()?;
        options.map(|options| self.monitor(options)).transpose().map_err(EnvError::Monitor)
    }

    /// How periodic snapshots and the rest of monitoring go.
    #[must_use]
    pub fn monitor_status(&self) -> MonitorStatus {
        self.monitoring.status()
    }
}
