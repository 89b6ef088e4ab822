//! What stands in one allocation: an object's header and its value.

use std::time::Duration;

use super::counts::Counts;
use super::local::Registration;
use super::page::Slot;
use super::sync::Life;

/// What is known of every object. 32 bytes; an `Arc` has 16.
#[repr(C)]
pub(super) struct Header {
    pub(super) counts: Counts,
    /// Its place in the registry; null if it was made while tracking was off.
    pub(super) slot: *const Slot,
    pub(super) serial: Serial,
    pub(super) origin: Origin,
    /// Nothing, outside of models.
    pub(super) life: Life,
}

impl Header {
    #[inline]
    pub(super) fn new(counts: Counts, given: Registration, pinned: bool) -> Self {
        let serial = Serial::new(given.serial, pinned);
        Self { counts, slot: given.slot, serial, origin: given.origin, life: Life::new() }
    }
}

/// An object's serial, from 1, or 0 if it was made while tracking was off; and whether its value is pinned.
#[derive(Clone, Copy)]
pub(super) struct Serial(u64);

const PINNED: u64 = 1 << 63;

impl Serial {
    #[inline]
    pub(super) fn new(serial: u64, pinned: bool) -> Self {
        Self(if pinned { serial | PINNED } else { serial })
    }

    #[inline]
    pub(super) fn get(self) -> u64 {
        self.0 & !PINNED
    }

    pub(super) fn is_pinned(self) -> bool {
        self.0 & PINNED != 0
    }
}

/// `repr(C)`, the header first: a pointer to a node of any type is one to its header.
#[repr(C)]
pub(super) struct Node<T: ?Sized> {
    pub(super) header: Header,
    pub(super) value: T,
}

/// When and where an object was made, in eight bytes: 40 bits of time, 24 bits of site.
#[derive(Clone, Copy)]
pub(super) struct Origin(u64);

const SITE_BITS: u32 = 24;
/// Sites beyond this many are not told apart any more; see [`super::sites`].
pub(super) const MAX_SITES: usize = (1 << SITE_BITS) - 1;

impl Origin {
    /// `ticks`: see [`crate::clock::ticks`]; 40 bits last for 34 years of uptime.
    #[inline]
    pub(super) fn new(ticks: u64, site: u32) -> Self {
        Self(ticks << SITE_BITS | u64::from(site))
    }

    /// Of an object whose birth is not dated.
    #[inline]
    pub(super) fn undated(site: u32) -> Self {
        Self(u64::from(site))
    }

    pub(super) fn birth(self) -> Duration {
        crate::clock::since_start(self.0 >> SITE_BITS)
    }

    pub(super) fn site(self) -> u32 {
        self.0 as u32 & MAX_SITES as u32
    }
}
