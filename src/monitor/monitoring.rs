//! What a tracker has beside its state: its thread, its dump, and what snapshots are told.

use std::sync::Arc;
use std::time::Duration;

use classtracker_stats::Snapshot;

use super::counts::Counts;
#[cfg(feature = "tracing")]
use super::counts::TELLING;
use super::destination::Destination;
#[cfg(feature = "tracing")]
use super::event;
#[cfg(all(feature = "signal", unix))]
use super::signal;
use super::stream::Stream;
use super::worker::Worker;
use super::{Monitor, MonitorError, MonitorOptions, MonitorStatus, PATIENCE};
use crate::memory::MemoryOptions;
use crate::registry::{ForkLock, Turn};
use crate::tracker::Subject;

/// What a tracker has beside its state.
pub(crate) struct Monitoring {
    current: ForkLock<Current>,
    settings: ForkLock<Settings>,
    pub(super) counts: ForkLock<Counts>,
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
    pub(super) fn answer(&self, subject: &Subject, label: String) {
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
    pub(super) fn snapshot(&self, subject: &Subject, label: String) -> Option<Arc<Snapshot>> {
        let Some(snapshot) = self.contain("taking a snapshot", || subject.snapshot(label)) else {
            self.counts.lock().panicked += 1;
            return None;
        };
        let snapshot = snapshot?;
        self.counts.lock().taken += 1;
        Some(snapshot)
    }
}
