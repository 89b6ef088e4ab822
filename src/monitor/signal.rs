//! Snapshots that are asked for from outside. The handler only wakes a thread; what the program does, it goes on doing.

use std::fmt;
use std::io;
use std::sync::{Arc, Weak};

use signal_hook::consts::{SIGHUP, SIGUSR1, SIGUSR2};
use signal_hook::iterator::{Handle, Signals};

use super::worker::Worker;

/// A signal that asks for a snapshot: one that nothing else is meant by.
///
/// ```
/// use classtracker::{ClassTracker, MonitorOptions, Signal};
///
/// let options = MonitorOptions::new().signal(Signal::Usr2).summary_to("-").no_last_snapshot();
/// let monitor = ClassTracker::global().monitor(options)?;
/// // From now on `kill -USR2` prints a table on the standard error.
/// monitor.finish()?;
/// assert_eq!(Signal::Usr2.to_string(), "SIGUSR2");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Signal {
    /// `SIGUSR1`.
    #[default]
    Usr1,
    /// `SIGUSR2`.
    Usr2,
    /// `SIGHUP`. The program then outlives the terminal that it was started from.
    Hup,
}

impl Signal {
    pub(super) const ALL: [Self; 3] = [Self::Usr1, Self::Usr2, Self::Hup];

    fn number(self) -> i32 {
        match self {
            Self::Usr1 => SIGUSR1,
            Self::Usr2 => SIGUSR2,
            Self::Hup => SIGHUP,
        }
    }
}

impl fmt::Display for Signal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Usr1 => "SIGUSR1",
            Self::Usr2 => "SIGUSR2",
            Self::Hup => "SIGHUP",
        })
    }
}

/// Listens until it is dropped. From then on the signal does nothing: what it did before is not restored.
pub(super) struct Listener(Handle);

impl Listener {
    pub(super) fn start(signal: Signal, worker: &Arc<Worker>) -> io::Result<Self> {
        let mut signals = Signals::new([signal.number()])?;
        let listener = Self(signals.handle());
        let worker: Weak<Worker> = Arc::downgrade(worker);
        std::thread::Builder::new().name("classtracker-signal".into()).spawn(move || {
            for _ in signals.forever() {
                let Some(worker) = worker.upgrade() else { return };
                worker.ask(signal.to_string());
            }
        })?;
        Ok(listener)
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.0.close();
    }
}
