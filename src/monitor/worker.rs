//! The thread that takes snapshots by itself.

use std::collections::VecDeque;
use std::io;
use std::sync::Arc;
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

use classtracker_stats::Bytes;

use super::schedule::Schedule;
use super::watermark::{Level, Rise};
use super::{MonitorOptions, Monitoring, PATIENCE};
use crate::registry::{ForkLock, Turn};
use crate::tracker::Subject;

/// How often it is looked whether the thread has come to an end. (To be woken up is for the thread alone: another thread may be woken for a
/// reason of its own, which must not get lost here.)
const LOOK: Duration = Duration::from_micros(200);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// What one thread has to do, and how far it is. The thread sleeps until the next moment that it knows of, or until it is told.
pub(super) struct Worker {
    duties: ForkLock<Duties>,
    /// In a fork of this process the thread is not there.
    process: u32,
}

#[derive(Default)]
struct Duties {
    periodic: Option<Schedule>,
    watermark: Option<(Level, Schedule)>,
    /// Labels of the snapshots that somebody has asked for.
    asked: VecDeque<String>,
    /// Whether somebody may ask.
    listens: bool,
    stop: bool,
    /// Whether the thread is taking a snapshot, for which it does not hold the lock.
    busy: bool,
    done: bool,
    thread: Option<Thread>,
}

enum Job {
    Wait(Option<Instant>),
    Stop,
    Beat,
    LookAtMemory,
    Asked(String),
}

impl Worker {
    pub(super) fn spawn(subject: Subject, monitoring: Arc<Monitoring>) -> io::Result<Arc<Self>> {
        let duties = ForkLock::new(Turn::AtOnce, Duties::default);
        let worker = Arc::new(Self { duties, process: std::process::id() });
        let its = Arc::clone(&worker);
        thread::Builder::new().name("classtracker".into()).spawn(move || its.run(&subject, &monitoring))?;
        Ok(worker)
    }

    /// Whether the thread is there, and will be.
    pub(super) fn is_of_use(&self) -> bool {
        self.is_here() && !self.duties.lock().stop
    }

    fn is_here(&self) -> bool {
        self.process == std::process::id()
    }

    /// Takes a snapshot at once, and then one each interval; one interval from now on where they were already being taken.
    pub(super) fn set_period(&self, interval: Duration) {
        let mut duties = self.duties.lock();
        let now = Instant::now();
        let first = if duties.periodic.is_some() { now.checked_add(interval) } else { Some(now) };
        duties.periodic = Some(Schedule::new(interval, first));
        duties.tell();
    }

    /// What is to be done besides what is being done.
    pub(super) fn take_duties(&self, options: &MonitorOptions) {
        if let Some(interval) = options.period {
            self.set_period(interval);
        }
        let mut duties = self.duties.lock();
        if let Some(watermark) = options.watermark {
            let looks = Schedule::new(watermark.check_every, Some(Instant::now()));
            duties.watermark = Some((Level::new(watermark), looks));
        }
        #[cfg(all(feature = "signal", unix))]
        {
            duties.listens = options.signal.is_some();
        }
        duties.tell();
    }

    /// Asks for a snapshot. Of several that are asked for under one label before the first is taken, one is.
    #[cfg(all(feature = "signal", unix))]
    pub(super) fn ask(&self, label: String) {
        let mut duties = self.duties.lock();
        if !duties.asked.contains(&label) {
            duties.asked.push_back(label);
            duties.tell();
        }
    }

    /// Ends the periodic snapshots. True if there is nothing left to do.
    pub(super) fn end_periodic(&self) -> bool {
        // In a fork the thread may have left its lock behind, taken for ever.
        if !self.is_here() {
            return true;
        }
        let mut duties = self.duties.lock();
        duties.periodic = None;
        duties.tell();
        duties.is_idle()
    }

    /// Whether the thread has nothing to wait for.
    pub(super) fn is_idle(&self) -> bool {
        self.duties.lock().is_idle()
    }

    /// Waits for a snapshot that is under way, for [`PATIENCE`] at most. False if it is not over then.
    pub(super) fn settle(&self) -> bool {
        self.wait_until(|duties| !duties.busy)
    }

    /// Has the thread end, soon.
    pub(super) fn end(&self) {
        if self.is_here() {
            let mut duties = self.duties.lock();
            duties.stop = true;
            duties.tell();
        }
    }

    /// Ends the thread and waits until it has, for [`PATIENCE`] at most. False if it has not.
    pub(super) fn stop(&self) -> bool {
        self.end();
        self.wait_until(|duties| duties.done)
    }

    fn wait_until(&self, is_over: impl Fn(&Duties) -> bool) -> bool {
        if !self.is_here() {
            return true;
        }
        let is_own = |thread: &Thread| thread.id() == crate::tracker::snapshot_thread();
        if self.duties.lock().thread.as_ref().is_some_and(is_own) {
            // Called by user code inside of a snapshot that the monitor's thread takes, on that or one that helps: it ends when that returns.
            return true;
        }
        let end = Instant::now() + PATIENCE;
        while !is_over(&self.duties.lock()) {
            if Instant::now() >= end {
                return false;
            }
            thread::sleep(LOOK);
        }
        true
    }

    pub(super) fn period(&self) -> Option<Duration> {
        if !self.is_here() {
            return None;
        }
        self.duties.lock().periodic.as_ref().map(Schedule::interval)
    }

    pub(super) fn mark(&self) -> Option<u64> {
        if !self.is_here() {
            return None;
        }
        self.duties.lock().watermark.as_ref()?.0.mark()
    }

    fn run(&self, subject: &Subject, monitoring: &Monitoring) {
        self.duties.lock().thread = Some(thread::current());
        loop {
            let job = self.next_job();
            match &job {
                Job::Stop => break,
                Job::Beat => drop(monitoring.snapshot(subject, String::new())),
                Job::LookAtMemory => self.look_at_memory(subject, monitoring),
                Job::Asked(label) => monitoring.answer(subject, label.clone()),
                Job::Wait(_) => {}
            }
            let mut duties = self.duties.lock();
            let missed = if matches!(job, Job::Beat) { duties.end_beat() } else { 0 };
            duties.busy = false;
            drop(duties);
            monitoring.counts.lock().missed += missed;
        }
        self.duties.lock().done = true;
    }

    /// Waits for something to do.
    fn next_job(&self) -> Job {
        loop {
            let until = {
                let mut duties = self.duties.lock();
                match duties.next(Instant::now()) {
                    Job::Wait(until) => until,
                    job => {
                        duties.busy = !matches!(job, Job::Stop);
                        return job;
                    }
                }
            };
            // A moment that no clock of the system gets to is none that it can wait for.
            let left = until.map_or(DAY, |until| until.saturating_duration_since(Instant::now()));
            thread::park_timeout(left.min(DAY));
        }
    }

    fn look_at_memory(&self, subject: &Subject, monitoring: &Monitoring) {
        let resident = crate::memory::resident_bytes();
        let rise = {
            let mut duties = self.duties.lock();
            let Some((level, schedule)) = &mut duties.watermark else { return };
            schedule.advance(Instant::now());
            resident.map_or(Rise::None, |resident| level.check(resident))
        };
        match rise {
            Rise::None => {}
            Rise::Snapshot => {
                monitoring.snapshot(subject, format!("resident {}", Bytes(resident.unwrap_or_default())));
            }
            Rise::PassedOver => monitoring.counts.lock().passed_over += 1,
        }
    }
}

impl Duties {
    /// Has the thread look at them, if it waits.
    fn tell(&self) {
        if let Some(thread) = &self.thread {
            thread.unpark();
        }
    }

    fn next(&mut self, now: Instant) -> Job {
        if self.stop {
            return Job::Stop;
        }
        if let Some(label) = self.asked.pop_front() {
            return Job::Asked(label);
        }
        let looks = self.watermark.as_ref().map(|(_, looks)| looks);
        if self.periodic.as_ref().is_some_and(|beats| beats.is_due(now)) {
            return Job::Beat;
        }
        if looks.is_some_and(|looks| looks.is_due(now)) {
            return Job::LookAtMemory;
        }
        let moments = [self.periodic.as_ref(), looks].into_iter().flatten();
        Job::Wait(moments.filter_map(Schedule::next).min())
    }

    /// Returns how many beats have gone by meanwhile.
    fn end_beat(&mut self) -> u64 {
        let now = Instant::now();
        // Not a schedule that has come in its place meanwhile.
        self.periodic.as_mut().filter(|beats| beats.is_due(now)).map_or(0, |beats| beats.advance(now))
    }

    fn is_idle(&self) -> bool {
        self.periodic.is_none() && self.watermark.is_none() && self.asked.is_empty() && !self.listens
    }
}
