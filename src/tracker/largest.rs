//! The largest objects of a row, as many as it lists.

use std::cmp::Reverse;

use super::tally::Candidate;
use crate::inspect::Measured;

/// Objects that may be among the largest: all that are, and some that are not.
///
/// They are kept in no order, half as many again as are wanted; when that is too little, the smallest go, and what is smaller than
/// the least that stays is turned away from then on. That moves an object once or twice, where a heap moves it once for each of its
/// levels.
#[derive(Default)]
pub(super) struct Largest {
    most: usize,
    candidates: Vec<Candidate>,
    /// Bytes and serial of the least of the largest, when candidates last had to go.
    least: Option<(u64, u64)>,
}

impl Largest {
    /// Wants `most` objects at least.
    pub(super) fn list(&mut self, most: usize) {
        self.most = self.most.max(most);
    }

    /// One that wants as many, and has none.
    pub(super) fn empty(&self) -> Self {
        Self { most: self.most, ..Self::default() }
    }

    /// The bytes that an object must have to be worth to be considered, and the serial below which it must be if it has just as
    /// many: of two objects of one size the older is listed.
    pub(super) fn threshold(&self) -> (u64, u64) {
        match self.least {
            Some(least) => least,
            // What is said to have more is looked at in any case.
            None if self.most == 0 => (Measured::MOST_BYTES, 0),
            None => (0, u64::MAX),
        }
    }

    /// Whether an object may be listed.
    pub(super) fn wants(&self, bytes: u64, serial: u64) -> bool {
        let (least, oldest) = self.threshold();
        bytes > least || (bytes == least && serial < oldest)
    }

    /// Takes in an object if it may be listed.
    pub(super) fn consider(&mut self, candidate: Candidate) {
        if !self.wants(candidate.bytes, candidate.serial) {
            return;
        }
        self.candidates.push(candidate);
        // Some, so that for the sake of a few not each one is weighed against all.
        let spare = (self.most / 2).max(32);
        if self.candidates.len() >= self.most.saturating_add(spare) {
            self.let_smallest_go();
        }
    }

    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Candidate> {
        self.candidates.iter_mut()
    }

    /// The largest, in no order.
    pub(super) fn finish(mut self) -> Vec<Candidate> {
        self.let_smallest_go();
        self.candidates
    }

    fn let_smallest_go(&mut self) {
        if self.candidates.len() <= self.most {
            return;
        }
        if let Some(last) = self.most.checked_sub(1) {
            let order = |candidate: &Candidate| (Reverse(candidate.bytes), candidate.serial);
            let (_, least, _) = self.candidates.select_nth_unstable_by_key(last, order);
            self.least = Some((least.bytes, least.serial));
        }
        self.candidates.truncate(self.most);
    }
}
