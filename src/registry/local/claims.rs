//! The global tracker as one thread sees it.

use super::{Local, Phase};
use crate::registry::Registry;
use crate::registry::class::Class;
use crate::registry::global::CROWDED;

impl Local {
    /// Whether there is a global tracker, and nothing has changed since this thread last looked.
    #[inline]
    pub(super) fn is_told(&self, registry: &'static Registry) -> bool {
        let control = registry.control();
        Registry::is_told(control) && control == self.seen.get()
    }

    /// A claim on the global tracker for a new object of this class: see [`Given::tracker`](crate::registry::given::Given::tracker).
    #[inline]
    pub(super) fn claim(&self, registry: &'static Registry, class: &'static Class) -> u64 {
        // What a tracker makes while it is told of something is its own affair: else it might be told for ever.
        if self.telling.get() > 0 || !class.is_told() {
            return 0;
        }
        let number = self.tracker.get();
        if registry.trackers.claim(number, self.row.get()) { number } else { self.claim_another(registry, number) }
    }

    /// The same where this thread looked at the control word just now.
    pub(super) fn claim_slowly(&self, registry: &'static Registry, control: u64, class: &'static Class) -> u64 {
        if Registry::is_told(control) { self.claim(registry, class) } else { 0 }
    }

    /// There was no tracker with this number, or it is not the global one any more.
    #[cold]
    fn claim_another(&self, registry: &'static Registry, known: u64) -> u64 {
        // A thread that is closed does not look any more who it is.
        if self.phase.get() != Phase::Closed && (known == 0 || known == CROWDED) {
            return known;
        }
        loop {
            let number = registry.trackers.current_number();
            self.tracker.set(number);
            if number == 0 || number == CROWDED || registry.trackers.claim(number, self.row.get()) {
                return number;
            }
        }
    }
}
