//! What is counted of monitoring, and what went wrong in it: kept to be asked for.

use std::io::Write;
use std::sync::Arc;

#[cfg(feature = "tracing")]
use super::event;
use super::monitoring::Monitoring;
use super::{MonitorError, environment};
use crate::panics::contain;

/// What panics when the program's subscriber does.
#[cfg(feature = "tracing")]
pub(super) const TELLING: &str = "telling of a snapshot";

/// What happened so far.
#[derive(Default)]
pub(super) struct Counts {
    pub(super) taken: u64,
    pub(super) missed: u64,
    pub(super) passed_over: u64,
    pub(super) panicked: u64,
    pub(super) forgotten: u64,
    pub(super) errors: u64,
    pub(super) last_error: Option<Arc<MonitorError>>,
    /// The process in which the next error is printed: nobody may be there who asks. (Not in its forks: there a thread that is not there
    /// may hold the standard error.)
    pub(super) tell_first_error: Option<u32>,
}

impl Monitoring {
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

    /// A panic ends `work` and nothing else.
    pub(super) fn contain<R>(&self, what: &'static str, work: impl FnOnce() -> R) -> Option<R> {
        match contain(work) {
            Ok(result) => Some(result),
            Err(thrown) => {
                self.note(MonitorError::Panicked { what, message: thrown.message().into() });
                None
            }
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
