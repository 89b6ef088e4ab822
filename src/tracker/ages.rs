//! How old the live objects of a row are, and which are the oldest.

use std::collections::BinaryHeap;
use std::time::Duration;

use classtracker_stats::Durations;

use super::tally::Candidate;

/// Ages at one moment.
pub(super) struct Ages {
    now: Duration,
    counts: Durations,
    /// The youngest on top, to give way to an older one.
    oldest: BinaryHeap<Elder>,
    most: usize,
}

/// An object by its birth. Of those born at once the one with the lower serial is older.
struct Elder {
    birth: Duration,
    candidate: Candidate,
}

impl Elder {
    fn key(&self) -> (Duration, u64) {
        (self.birth, self.candidate.serial)
    }
}

impl Ord for Elder {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.key().cmp(&other.key())
    }
}

impl PartialOrd for Elder {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Elder {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl Eq for Elder {}

impl Ages {
    pub(super) fn new(now: Duration) -> Self {
        Self { now, counts: Durations::default(), oldest: BinaryHeap::new(), most: 0 }
    }

    /// Lists so many of the oldest at least.
    pub(super) fn list(&mut self, most: usize) {
        self.most = self.most.max(most);
    }

    /// Counts an object that was born then; `candidate` is asked if it is one of the oldest.
    pub(super) fn add(&mut self, birth: Duration, serial: u64, candidate: impl FnOnce() -> Candidate) {
        self.counts.add(self.now.saturating_sub(birth));
        self.consider(birth, serial, candidate);
    }

    /// The same moment, without any object.
    pub(super) fn empty(&self) -> Self {
        Self { most: self.most, ..Self::new(self.now) }
    }

    /// Adds what another thread has counted of the same row.
    pub(super) fn absorb(&mut self, other: Self) {
        let counts = &mut self.counts.counts;
        counts.resize(counts.len().max(other.counts.counts.len()), 0);
        counts.iter_mut().zip(other.counts.counts).for_each(|(sum, more)| *sum += more);
        for Elder { birth, candidate } in other.oldest {
            self.consider(birth, candidate.serial, || candidate);
        }
    }

    fn consider(&mut self, birth: Duration, serial: u64, candidate: impl FnOnce() -> Candidate) {
        if self.oldest.len() < self.most {
            self.oldest.push(Elder { birth, candidate: candidate() });
        } else if let Some(mut youngest) = self.oldest.peek_mut()
            && (birth, serial) < youngest.key()
        {
            *youngest = Elder { birth, candidate: candidate() };
        }
    }

    /// The histogram, and the oldest, the oldest first.
    pub(super) fn finish(self) -> (Durations, Vec<Candidate>) {
        (self.counts, self.oldest.into_sorted_vec().into_iter().map(|elder| elder.candidate).collect())
    }
}
