//! Who waits for a walk, and for whom it waits.

use super::Walk;
use crate::inspect::wait;

/// How many elements of one object are visited before those who wait for the walk are let go.
pub(super) const PACE: usize = 4096;

impl Walk<'_> {
    /// Tells that `count` elements are going to be visited. Called once a collection.
    #[inline]
    pub(crate) fn visiting_elements(&mut self, count: usize) {
        match self.budget.checked_sub(count) {
            Some(rest) => self.budget = rest,
            None => self.let_go(),
        }
    }

    /// Tries to get at what a lock guards, for a bounded time.
    #[inline]
    pub(crate) fn try_for<G>(&mut self, mut attempt: impl FnMut() -> Option<G>) -> Option<G> {
        match attempt() {
            Some(guard) => Some(guard),
            None => {
                self.let_go();
                let guard = wait::wait_for(&mut self.session().patience, attempt);
                if guard.is_none() {
                    self.session().locked_out();
                }
                guard
            }
        }
    }

    /// Lets those go who wait for the walk: this object takes longer.
    #[cold]
    fn let_go(&mut self) {
        // Once for an object.
        self.budget = usize::MAX;
        if let Some(pace) = self.session().pace.clone() {
            pace();
        }
    }
}
