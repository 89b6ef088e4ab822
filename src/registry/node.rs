//! What stands in one allocation: an object's header and its value.

use std::time::Duration;

use super::counts::Counts;
use super::page::Slot;

/// What is known of every object. 32 bytes; an `Arc` has 16.
#[repr(C)]
pub(super) struct Header {
    pub(super) counts: Counts,
    /// Its place in the registry; null if it was made while tracking was off.
    pub(super) slot: *const Slot,
    /// From 1, or 0 if it was made while tracking was off.
    pub(super) serial: u64,
    pub(super) origin: Origin,
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

    pub(super) fn birth(self) -> Duration {
        crate::clock::since_start(self.0 >> SITE_BITS)
    }

    pub(super) fn site(self) -> u32 {
        self.0 as u32 & MAX_SITES as u32
    }
}
