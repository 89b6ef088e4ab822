//! The sums of one row while a snapshot is made, and the objects that it will list.

use std::sync::Arc;
use std::time::Duration;

use classtracker_stats::ClassRow;

use super::class::Represent;
use super::largest::Largest;
use super::object::TrackedObject;
use super::sites::Sites;
use crate::inspect::Part;
use crate::registry::{Place, Sizes};

/// An object that may be listed.
#[derive(Clone)]
pub(super) struct Candidate {
    pub(super) bytes: u64,
    pub(super) serial: u64,
    pub(super) unread: bool,
    pub(super) flat_bytes: u64,
    pub(super) birth: Option<Duration>,
    /// The number of the place where it was made; 0 if that is not known.
    pub(super) site: u32,
    pub(super) source: Source,
    /// Its parts, where they were asked for.
    pub(super) parts: Vec<Part>,
}

/// Where to find an object again.
#[derive(Clone)]
pub(super) enum Source {
    Registry(Place, Option<Represent>),
    Registered(Arc<TrackedObject>),
}

/// What some objects add up to.
#[derive(Clone, Copy)]
pub(super) struct Sums {
    live: u64,
    bytes: u64,
    flat_bytes: u64,
    /// `u64::MAX` with none.
    smallest: u64,
    largest: u64,
    unread: u64,
}

impl Default for Sums {
    fn default() -> Self {
        Self { live: 0, bytes: 0, flat_bytes: 0, smallest: u64::MAX, largest: 0, unread: 0 }
    }
}

impl Sums {
    #[inline]
    pub(super) fn add(&mut self, bytes: u64, unread: bool) {
        self.add_between(bytes);
        self.widen(bytes);
        self.unread += u64::from(unread);
    }

    /// Adds an object that is neither the smallest nor the largest, and could be read.
    #[inline]
    pub(super) fn add_between(&mut self, bytes: u64) {
        self.live += 1;
        // Here as elsewhere: see `Measured::MOST_BYTES`.
        self.bytes = self.bytes.wrapping_add(bytes);
    }

    /// Adds objects of which the smallest and the largest are told by [`Sums::widen`], and which could all be read.
    pub(super) fn add_many(&mut self, live: u64, bytes: u64) {
        self.live += live;
        self.bytes = self.bytes.wrapping_add(bytes);
    }

    /// The smallest and the largest of those to come are looked for, until [`Sums::end_range`].
    pub(super) fn begin_range(&mut self) {
        let Self { smallest, largest, .. } = Self::default();
        (self.smallest, self.largest) = (smallest, largest);
    }

    /// Of all objects again: those that came since [`Sums::begin_range`], and those `before`.
    pub(super) fn end_range(&mut self, before: &Self) {
        self.smallest = self.smallest.min(before.smallest);
        self.largest = self.largest.max(before.largest);
    }

    /// What came since [`Sums::begin_range`], where there was what is `before`.
    pub(super) fn since(&self, before: &Self) -> Self {
        Self {
            live: self.live - before.live,
            bytes: self.bytes.wrapping_sub(before.bytes),
            flat_bytes: 0,
            smallest: self.smallest,
            largest: self.largest,
            unread: self.unread - before.unread,
        }
    }

    /// The sizes of the objects, if all could be read.
    pub(super) fn all_read(&self) -> Option<Sizes> {
        let Self { bytes, smallest, largest, .. } = *self;
        (self.unread == 0).then_some(Sizes { bytes, smallest, largest })
    }

    /// Takes back what [`Sums::add_between`] has added last.
    pub(super) fn take_back(&mut self, bytes: u64) {
        self.live -= 1;
        self.bytes = self.bytes.wrapping_sub(bytes);
    }

    /// There is an object of so many bytes.
    #[inline]
    pub(super) fn widen(&mut self, bytes: u64) {
        self.smallest = self.smallest.min(bytes);
        self.largest = self.largest.max(bytes);
    }

    /// Between what an object's bytes must be for [`Sums::add_between`]: from the first, less than the second.
    pub(super) fn between(&self) -> (u64, u64) {
        (self.smallest, self.largest.saturating_add(1))
    }

    /// The same sums of objects that take `flat_bytes` each.
    pub(super) fn of_flat_size(mut self, flat_bytes: u64) -> Self {
        self.flat_bytes = self.live * flat_bytes;
        self
    }

    pub(super) fn live(&self) -> u64 {
        self.live
    }

    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    fn join(&mut self, other: Self) {
        self.live += other.live;
        self.bytes = self.bytes.wrapping_add(other.bytes);
        self.flat_bytes += other.flat_bytes;
        self.smallest = self.smallest.min(other.smallest);
        self.largest = self.largest.max(other.largest);
        self.unread += other.unread;
    }
}

/// What one row adds up to, and what it lists.
#[derive(Default)]
pub(super) struct Tally {
    sums: Sums,
    pub(super) sites: Sites,
    largest: Largest,
}

impl Tally {
    /// Lists `most` objects at least. (Several registrations may share a row: the most generous holds.)
    pub(super) fn list(&mut self, most: usize) {
        self.largest.list(most);
    }

    /// One that lists as many, without any object.
    pub(super) fn empty(&self) -> Self {
        Self { largest: self.largest.empty(), ..Self::default() }
    }

    /// Adds what another thread has added up of the same row.
    pub(super) fn absorb(&mut self, other: Self) {
        self.sums.join(other.sums);
        self.sites.absorb(other.sites);
        other.largest.finish().into_iter().for_each(|candidate| self.consider(candidate));
    }

    /// Changes the parts of the objects that are listed.
    pub(super) fn change_parts(&mut self, change: impl Fn(&mut [Part])) {
        self.largest.iter_mut().for_each(|candidate| change(&mut candidate.parts));
    }

    /// Adds one object.
    pub(super) fn add(&mut self, candidate: Candidate) {
        self.count(candidate.bytes, candidate.unread, candidate.flat_bytes, candidate.site);
        self.consider(candidate);
    }

    /// Adds one object that is considered, or not, by who calls.
    pub(super) fn count(&mut self, bytes: u64, unread: bool, flat_bytes: u64, site: u32) {
        self.sums.add(bytes, unread);
        self.sums.flat_bytes += flat_bytes;
        self.sites.add(site, 1, bytes);
    }

    /// Adds objects that were added up elsewhere, their sites too, and considered one by one.
    pub(super) fn join(&mut self, sums: Sums) {
        self.sums.join(sums);
    }

    /// See [`Largest::threshold`].
    pub(super) fn threshold(&self) -> (u64, u64) {
        self.largest.threshold()
    }

    /// Whether an object may be listed.
    pub(super) fn wants(&self, bytes: u64, serial: u64) -> bool {
        self.largest.wants(bytes, serial)
    }

    /// Lists an object if it belongs to the largest.
    pub(super) fn consider(&mut self, candidate: Candidate) {
        self.largest.consider(candidate);
    }

    /// The row, but for its sites, and the objects that it lists, by serial.
    pub(super) fn finish(self, name: Arc<str>, created: u64) -> (ClassRow, Vec<Candidate>) {
        let mut listed = self.largest.finish();
        listed.sort_unstable_by_key(|candidate| candidate.serial);
        let mut row = ClassRow::new(name);
        let sums = self.sums;
        row.live = sums.live;
        // An object that came while the count of creations was read may be alive and not counted yet.
        row.created = created.max(sums.live);
        row.dropped = row.created - sums.live;
        row.bytes = sums.bytes;
        row.flat_bytes = sums.flat_bytes;
        row.smallest_bytes = (sums.live > 0).then_some(sums.smallest);
        row.largest_bytes = (sums.live > 0).then_some(sums.largest);
        row.unread = sums.unread;
        row.listed = listed.len() as u64;
        (row, listed)
    }
}
