//! The sums of one row while a snapshot is made, and the objects that it will list.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;
use std::panic::Location;
use std::sync::Arc;
use std::time::Duration;

use classtracker_stats::ClassRow;

use super::class::Represent;
use super::object::TrackedObject;
use crate::registry::Place;

/// An object that may be listed.
pub(super) struct Candidate {
    pub(super) bytes: u64,
    pub(super) serial: u64,
    pub(super) unread: bool,
    pub(super) flat_bytes: u64,
    pub(super) birth: Option<Duration>,
    pub(super) site: Option<&'static Location<'static>>,
    pub(super) source: Source,
}

/// Where to find an object again.
#[derive(Clone)]
pub(super) enum Source {
    Registry(Place, Option<Represent>),
    Registered(Arc<TrackedObject>),
}

/// The larger comes first; of two equal ones the older.
impl Ord for Candidate {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.bytes, Reverse(self.serial)).cmp(&(other.bytes, Reverse(other.serial)))
    }
}

impl PartialOrd for Candidate {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Candidate {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Candidate {}

/// What one row adds up to.
#[derive(Default)]
pub(super) struct Tally {
    live: u64,
    bytes: u64,
    flat_bytes: u64,
    smallest: Option<u64>,
    largest: u64,
    unread: u64,
    listed: BinaryHeap<Reverse<Candidate>>,
    most: usize,
    /// Once `most` are listed: what an object must have at least to be looked at.
    threshold: u64,
}

impl Tally {
    /// Lists `most` objects at least. (Several registrations may share a row: the most generous holds.)
    pub(super) fn list(&mut self, most: usize) {
        self.most = self.most.max(most);
    }

    /// Adds one object. `candidate` is asked for only if the object may be listed.
    #[inline]
    pub(super) fn add(&mut self, bytes: u64, flat_bytes: u64, unread: bool, candidate: impl FnOnce() -> Candidate) {
        self.live += 1;
        self.bytes += bytes;
        self.flat_bytes += flat_bytes;
        self.smallest = Some(self.smallest.map_or(bytes, |smallest| smallest.min(bytes)));
        self.largest = self.largest.max(bytes);
        self.unread += u64::from(unread);
        if bytes >= self.threshold {
            self.consider(candidate());
        }
    }

    #[cold]
    fn consider(&mut self, candidate: Candidate) {
        if self.listed.len() < self.most {
            self.listed.push(Reverse(candidate));
        } else if let Some(mut least) = self.listed.peek_mut()
            && candidate > least.0
        {
            *least = Reverse(candidate);
        }
        if self.listed.len() == self.most {
            // Nothing is ever larger than the threshold of a row that lists nothing.
            self.threshold = self.listed.peek().map_or(u64::MAX, |least| least.0.bytes);
        }
    }

    pub(super) fn live(&self) -> u64 {
        self.live
    }

    /// The row, and the objects that it lists, by serial.
    pub(super) fn finish(self, name: Arc<str>, created: u64) -> (ClassRow, Vec<Candidate>) {
        let mut listed: Vec<_> = self.listed.into_iter().map(|Reverse(candidate)| candidate).collect();
        listed.sort_unstable_by_key(|candidate| candidate.serial);
        let mut row = ClassRow::new(name);
        row.live = self.live;
        // An object that came while the count of creations was read may be alive and not counted yet.
        row.created = created.max(self.live);
        row.dropped = row.created - self.live;
        row.bytes = self.bytes;
        row.flat_bytes = self.flat_bytes;
        row.smallest_bytes = self.smallest;
        row.largest_bytes = self.smallest.map(|_| self.largest);
        row.unread = self.unread;
        row.listed = listed.len() as u64;
        (row, listed)
    }
}
