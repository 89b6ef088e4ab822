//! How far the work is, for people who wait.

use std::io::{self, IsTerminal, Write};
use std::time::{Duration, Instant};

/// Nobody wants to read of what is done by then.
const PATIENCE: Duration = Duration::from_secs(1);
const PAUSE: Duration = Duration::from_millis(100);

/// A line on the standard error that says how many files are loaded. There is none when that is no terminal.
pub(crate) struct Progress {
    total: usize,
    done: usize,
    /// When to write it next.
    due: Option<Instant>,
    shown: bool,
}

impl Progress {
    pub(crate) fn new(total: usize) -> Self {
        let due = io::stderr().is_terminal().then(|| Instant::now() + PATIENCE);
        Self { total, done: 0, due, shown: false }
    }

    pub(crate) fn step(&mut self) {
        self.done += 1;
        let now = Instant::now();
        if self.due.is_some_and(|due| due <= now) {
            self.due = Some(now + PAUSE);
            self.shown = true;
            let _ = write!(io::stderr(), "\r{} of {} files loaded", self.done, self.total);
        }
    }
}

/// Leaves the line as it was found.
impl Drop for Progress {
    fn drop(&mut self) {
        if self.shown {
            let _ = write!(io::stderr(), "\r\x1b[K");
        }
    }
}
