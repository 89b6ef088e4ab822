//! Snapshots that are taken without the program: periodically, when memory grows, when somebody asks from outside. And where they go.
//!
//! All of it is beside the tracker: a tracker that is not monitored has no thread and no file. What goes wrong here is kept to be asked
//! for, and never reaches the program.

mod destination;
mod environment;
mod error;
#[cfg(feature = "tracing")]
mod event;
mod options;
mod schedule;
#[cfg(all(feature = "signal", unix))]
mod signal;
mod status;
mod stream;
mod watermark;
mod worker;

use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

use classtracker_stats::Snapshot;

pub use environment::EnvError;
pub use error::MonitorError;
pub use options::MonitorOptions;
#[cfg(all(feature = "signal", unix))]
pub use signal::Signal;
pub use status::MonitorStatus;

pub use watermark::{Watermark, WatermarkStep};

pub(crate) use environment::options as options_of_environment;

use crate::memory::MemoryOptions;
use crate::panics::contain;
use crate::registry::{ForkLock, Turn};
use crate::tracker::Subject;
use destination::Destination;
use stream::Stream;
use worker::Worker;

/// As long as anything is waited for: what takes longer hangs, and must not take the program along.
const PATIENCE: Duration = Duration::from_secs(10);

/// What panics when the program's subscriber does.
#[cfg(feature = "tracing")]
const TELLING: &str = "telling of a snapshot";

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

/// What a tracker has beside its state.
pub(crate) struct Monitoring {
    current: ForkLock<Current>,
    settings: ForkLock<Settings>,
    counts: ForkLock<Counts>,
    stream: Stream,
}

#[derive(Default)]
struct Current {
    worker: Option<Arc<Worker>>,
    watch: Option<Watch>,
    /// The number of the last one.
    watches: u64,
}

/// What is to be done when a monitor is finished.
struct Watch {
    number: u64,
    process: u32,
    last: bool,
    summary: Option<Destination>,
    errors_before: u64,
    #[cfg(all(feature = "signal", unix))]
    _listener: Option<signal::Listener>,
}

/// What snapshots look up.
#[derive(Clone, Copy, Default)]
pub(crate) struct Settings {
    pub(crate) memory: MemoryOptions,
    pub(crate) keep_last: Option<usize>,
    /// 0 is as good as 1.
    pub(crate) snapshot_threads: usize,
}

#[derive(Default)]
struct Counts {
    taken: u64,
    missed: u64,
    passed_over: u64,
    panicked: u64,
    forgotten: u64,
    errors: u64,
    last_error: Option<Arc<MonitorError>>,
    /// The process in which the next error is printed: nobody may be there who asks. (Not in its forks: there a thread that is not there
    /// may hold the standard error.)
    tell_first_error: Option<u32>,
}

impl Monitoring {
    pub(crate) fn new() -> Self {
        Self {
            current: ForkLock::new(Turn::AtOnce, Current::default),
            settings: ForkLock::new(Turn::Last, Settings::default),
            counts: ForkLock::new(Turn::Last, Counts::default),
            stream: Stream::new(),
        }
    }

    pub(crate) fn settings(&self) -> Settings {
        *self.settings.lock()
    }

    pub(crate) fn change_settings(&self, change: impl FnOnce(&mut Settings)) {
        change(&mut self.settings.lock());
    }

    /// A snapshot is being filed, of which `forgotten` others have fallen out of memory. Called under the tracker's lock.
    pub(crate) fn filed(&self, snapshot: &Arc<Snapshot>, forgotten: u64) {
        self.stream.queue(snapshot);
        if forgotten > 0 {
            self.counts.lock().forgotten += forgotten;
        }
    }

    /// What it takes beside the tracker's state, but for the thread's stack.
    pub(crate) fn overhead_bytes(&self) -> usize {
        size_of::<Self>() + self.stream.overhead_bytes()
    }

    /// Sends what was filed to where it goes, and tells of this snapshot. No lock is held meanwhile.
    pub(crate) fn deliver(&self, _snapshot: &Snapshot) {
        #[cfg(feature = "tracing")]
        self.contain(TELLING, || event::emit(_snapshot));
        if let Err(error) = self.stream.flush() {
            self.note(error);
        }
    }

    pub(crate) fn start_periodic(self: &Arc<Self>, subject: Subject, interval: Duration) {
        let started = {
            let mut current = self.current.lock();
            self.worker(&mut current, subject).map(|worker| worker.set_period(interval))
        };
        if let Err(error) = started {
            self.note(error);
        }
    }

    pub(crate) fn stop_periodic(&self) {
        let worker = {
            let mut current = self.current.lock();
            let Some(worker) = current.worker.clone() else { return };
            if worker.end_periodic() {
                worker.end();
                current.worker = None;
            }
            worker
        };
        if !worker.settle() {
            self.note(MonitorError::Stuck("a snapshot"));
        }
    }

    pub(crate) fn monitor(
        self: &Arc<Self>,
        subject: Subject,
        options: MonitorOptions,
    ) -> Result<Monitor, MonitorError> {
        let watch = self.begin(&subject, options)?;
        Ok(Monitor { subject, monitoring: Arc::clone(self), watch })
    }

    /// Begins monitoring and returns its number. Without a [`Monitor`] it ends with the tracker.
    pub(crate) fn begin(self: &Arc<Self>, subject: &Subject, options: MonitorOptions) -> Result<u64, MonitorError> {
        let mut current = self.current.lock();
        let current = &mut *current;
        if current.watch.as_ref().is_some_and(|watch| watch.process == std::process::id()) {
            return Err(MonitorError::AlreadyMonitored);
        }
        let worker = if options.need_a_thread() { Some(self.worker(current, subject.clone())?) } else { None };
        let begun = self.watch(current.watches + 1, &options, worker.as_ref());
        // A thread that was started for what has failed has nothing to do.
        if begun.is_err()
            && let Some(worker) = worker.as_ref().filter(|worker| worker.is_idle())
        {
            worker.end();
            current.worker = None;
        }
        let watch = begun?;
        self.change_settings(|settings| {
            settings.keep_last = options.keep_last.or(settings.keep_last);
            settings.snapshot_threads = options.snapshot_threads.unwrap_or(settings.snapshot_threads);
            settings.memory = options.memory.unwrap_or(settings.memory);
        });
        if options.census {
            subject.set_census();
        }
        if let Some(worker) = worker {
            worker.take_duties(&options);
        }
        self.counts.lock().tell_first_error = options.tell_first_error.then(std::process::id);
        current.watches = watch.number;
        current.watch = Some(watch);
        Ok(current.watches)
    }

    fn watch(
        &self,
        number: u64,
        options: &MonitorOptions,
        _worker: Option<&Arc<Worker>>,
    ) -> Result<Watch, MonitorError> {
        let watch = Watch {
            number,
            process: std::process::id(),
            last: options.last,
            summary: options.summary.clone(),
            errors_before: self.counts.lock().errors,
            #[cfg(all(feature = "signal", unix))]
            _listener: match (options.signal, _worker) {
                (Some(signal), Some(worker)) => Some(
                    signal::Listener::start(signal, worker)
                        .map_err(|error| MonitorError::Signal { signal: signal.to_string(), error })?,
                ),
                _ => None,
            },
        };
        // Last, since it leaves a file.
        if let Some(path) = &options.stream {
            self.stream.open(path, options.existing, &crate::tracker::session())?;
        }
        Ok(watch)
    }

    /// Ends the monitoring of this number, or whatever there is.
    pub(crate) fn finish(&self, subject: &Subject, number: Option<u64>) -> Result<(), Arc<MonitorError>> {
        let (watch, worker) = {
            let Some(mut current) = self.current.try_lock_for(PATIENCE) else {
                return Err(Arc::new(MonitorError::Stuck("another thread that starts or stops the monitor")));
            };
            if number.is_some_and(|number| current.watch.as_ref().is_none_or(|watch| watch.number != number)) {
                return Ok(());
            }
            (current.watch.take(), current.worker.take())
        };
        if let Some(worker) = worker
            && !worker.stop()
        {
            self.note(MonitorError::Stuck("the monitor's thread"));
        }
        let Some(watch) = watch else { return Ok(()) };
        if watch.process == std::process::id() {
            self.take_last(subject, &watch);
        }
        if let Err(error) = self.stream.close() {
            self.note(error);
        }
        let counts = self.counts.lock();
        match &counts.last_error {
            Some(error) if counts.errors > watch.errors_before => Err(Arc::clone(error)),
            _ => Ok(()),
        }
    }

    fn take_last(&self, subject: &Subject, watch: &Watch) {
        if watch.last {
            self.snapshot(subject, "end".into());
        }
        self.write_summary(subject.last_snapshot(), watch.summary.as_ref());
    }

    /// Somebody outside has asked for a snapshot.
    fn answer(&self, subject: &Subject, label: String) {
        let snapshot = self.snapshot(subject, label);
        let summary = self.current.lock().watch.as_ref().and_then(|watch| watch.summary.clone());
        self.write_summary(snapshot, summary.as_ref());
    }

    fn write_summary(&self, snapshot: Option<Arc<Snapshot>>, summary: Option<&Destination>) {
        if let (Some(snapshot), Some(summary)) = (snapshot, summary)
            && let Some(Err(error)) =
                self.contain("writing the summary", || summary.write(crate::tracker::session(), &snapshot))
        {
            self.note(error);
        }
    }

    pub(crate) fn status(&self) -> MonitorStatus {
        let worker = self.current.lock().worker.clone();
        let period = worker.as_ref().and_then(|worker| worker.period());
        let watermark_bytes = worker.as_ref().and_then(|worker| worker.mark());
        let (snapshots_written, snapshots_unwritten) = self.stream.counts();
        let counts = self.counts.lock();
        MonitorStatus {
            period,
            watermark_bytes,
            snapshots_taken: counts.taken,
            beats_missed: counts.missed,
            watermarks_passed_over: counts.passed_over,
            snapshots_panicked: counts.panicked,
            snapshots_forgotten: counts.forgotten,
            snapshots_written,
            snapshots_unwritten,
            last_error: counts.last_error.clone(),
        }
    }

    /// The thread, started if it is not there.
    fn worker(self: &Arc<Self>, current: &mut Current, subject: Subject) -> Result<Arc<Worker>, MonitorError> {
        if let Some(worker) = current.worker.as_ref().filter(|worker| worker.is_of_use()) {
            return Ok(Arc::clone(worker));
        }
        let worker = Worker::spawn(subject, Arc::clone(self)).map_err(MonitorError::Thread)?;
        current.worker = Some(Arc::clone(&worker));
        Ok(worker)
    }

    /// Takes a snapshot that nobody waits for; `None` if there is none, because taking it panicked or the tracker is gone.
    fn snapshot(&self, subject: &Subject, label: String) -> Option<Arc<Snapshot>> {
        let Some(snapshot) = self.contain("taking a snapshot", || subject.snapshot(label)) else {
            self.counts.lock().panicked += 1;
            return None;
        };
        let snapshot = snapshot?;
        self.counts.lock().taken += 1;
        Some(snapshot)
    }

    /// A panic ends `work` and nothing else.
    fn contain<R>(&self, what: &'static str, work: impl FnOnce() -> R) -> Option<R> {
        match contain(work) {
            Ok(result) => Some(result),
            Err(thrown) => {
                self.note(MonitorError::Panicked { what, message: thrown.message().into() });
                None
            }
        }
    }

    /// Keeps an error to be asked for. No lock of the monitor's is held: who is told of it may come back here.
    pub(crate) fn note(&self, error: MonitorError) {
        let error = Arc::new(error);
        let tell = {
            let mut counts = self.counts.lock();
            counts.errors += 1;
            counts.last_error = Some(Arc::clone(&error));
            counts.tell_first_error.take() == Some(std::process::id())
        };
        if tell {
            // Not `eprintln`, which panics where there is no standard error.
            let _ = writeln!(std::io::stderr(), "{}: {error}", environment::VARIABLE);
        }
        #[cfg(feature = "tracing")]
        if !matches!(*error, MonitorError::Panicked { what: TELLING, .. }) {
            let _ = contain(|| event::warn(&error));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_counted_and_told_and_goes_no_further() {
        struct Bomb;

        impl Drop for Bomb {
            fn drop(&mut self) {
                panic!("a payload that panics");
            }
        }

        let monitoring = Monitoring::new();
        assert_eq!(monitoring.contain("counting", || 1), Some(1));
        let panics: [fn(); 3] = [|| panic!("plain"), || panic!("number {}", 2), || std::panic::panic_any(Bomb)];
        let messages = panics.map(|work| {
            assert_eq!(monitoring.contain("work", work), None);
            monitoring.status().last_error.map(|error| error.to_string())
        });
        let expected = ["plain", "number 2", "no text"].map(|text| Some(format!("work panicked: {text}")));
        assert_eq!(messages, expected);
    }
}
