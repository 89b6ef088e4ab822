//! The threads that walk beside the one that takes the snapshot.

use std::cell::Cell;
use std::mem;
use std::panic::resume_unwind;
use std::sync::Arc;
use std::thread::{self, Builder, JoinHandle, ThreadId};
use std::time::{Duration, Instant};

use super::absorb::Walked;
use super::ground::Ground;
use super::help;
use crate::tracker::plan::Row;

/// As many as anyone has use for.
pub(in crate::tracker) const MOST_THREADS: usize = 64;
/// With so much to walk for each, in pages, the others begin at once: it takes longer than to start them.
const AT_ONCE: usize = if cfg!(test) { 1 } else { 64 };
/// What has taken so long may go on taking long.
const SOON: Duration = Duration::from_millis(2);
/// As much as the main thread of a program has, as a rule: values may be nested deeply.
const STACK_BYTES: usize = 8 << 20;

#[cfg(test)]
thread_local! {
    /// How much those get that are started from this thread, in tests: none gets as much as there is nowhere.
    pub(super) static STACK_IN_TEST: Cell<usize> = const { Cell::new(STACK_BYTES) };
}

fn stack_bytes() -> usize {
    #[cfg(test)]
    let bytes = STACK_IN_TEST.get();
    #[cfg(not(test))]
    let bytes = STACK_BYTES;
    bytes
}

thread_local! {
    /// The thread that takes the snapshot for which this thread walks. One that is taken inside a sizing asks for no further threads.
    static WALKS_FOR: Cell<Option<ThreadId>> = const { Cell::new(None) };
}

/// The thread that takes the snapshot inside of which this is called; else this one.
pub(crate) fn snapshot_thread() -> ThreadId {
    // A thread that is ending walks for nobody.
    WALKS_FOR.try_with(Cell::get).ok().flatten().unwrap_or_else(|| thread::current().id())
}

/// Notes that this thread walks, until it is dropped.
struct Walking {
    before: Option<ThreadId>,
}

impl Walking {
    fn begin(snapshot_thread: ThreadId) -> Self {
        Self { before: WALKS_FOR.replace(Some(snapshot_thread)) }
    }
}

impl Drop for Walking {
    fn drop(&mut self) {
        WALKS_FOR.set(self.before);
    }
}

/// Those who walk beside this thread: none at first.
pub(super) struct Helpers {
    ground: Arc<Ground>,
    /// How many there may be.
    most: usize,
    /// Whether it was seen how much there is.
    looked: bool,
    start: Instant,
    process: u32,
    threads: Vec<JoinHandle<Walked>>,
    _walking: Walking,
}

/// The threads that helped are not in this process: it was forked meanwhile, inside the sizing of an object.
pub(super) struct Lost;

impl Helpers {
    /// How many threads may walk, if `threads` were asked for.
    pub(super) fn allowed(threads: usize) -> usize {
        if WALKS_FOR.get().is_some() { 1 } else { threads.clamp(1, MOST_THREADS) }
    }

    pub(super) fn new(ground: &Arc<Ground>, threads: usize) -> Self {
        Self {
            ground: Arc::clone(ground),
            most: threads - 1,
            looked: false,
            start: Instant::now(),
            process: 0,
            threads: Vec::new(),
            _walking: Walking::begin(snapshot_thread()),
        }
    }

    /// Starts them if that is worth while by now, each with `rows` of its own. Whether there are any since this call.
    ///
    /// Where the system gives no thread there are fewer.
    pub(super) fn start(&mut self, rows: impl Fn() -> Vec<Row>) -> bool {
        if self.most == 0 {
            return false;
        }
        let soon = self.start.elapsed() < SOON;
        if soon && mem::replace(&mut self.looked, true) {
            return false;
        }
        let left = self.ground.left();
        let wanted = if soon { (left / AT_ONCE).saturating_sub(1) } else { left };
        if wanted == 0 {
            return false;
        }
        self.process = std::process::id();
        for number in 0..mem::take(&mut self.most).min(wanted) {
            let (ground, rows, snapshot_thread) = (Arc::clone(&self.ground), rows(), snapshot_thread());
            let thread = Builder::new().name(format!("classtracker-{}", number + 2)).stack_size(stack_bytes());
            let started = thread.spawn(move || {
                let _walking = Walking::begin(snapshot_thread);
                help(&ground, rows)
            });
            let Ok(started) = started else { break };
            self.threads.push(started);
        }
        !self.threads.is_empty()
    }

    /// Whether they are still there.
    pub(super) fn look(&self) -> Result<(), Lost> {
        if self.threads.is_empty() || self.process == std::process::id() { Ok(()) } else { Err(Lost) }
    }

    /// What they found, when they have ended.
    ///
    /// # Panics
    /// As they did. (What user code panics with is caught where it is called.)
    pub(super) fn finish(mut self) -> Vec<Walked> {
        let join = |thread: JoinHandle<Walked>| thread.join().unwrap_or_else(|panic| resume_unwind(panic));
        mem::take(&mut self.threads).into_iter().map(join).collect()
    }
}

impl Drop for Helpers {
    fn drop(&mut self) {
        if self.look().is_err() {
            // Handles to threads that do not exist: there is nothing to let go of.
            mem::forget(mem::take(&mut self.threads));
        }
    }
}
