//! What a walk has found on a page, for the next one.

use super::identity::SiteKey;
use super::page::SLOTS;

/// What the objects of a page add up to: one in each slot, all of them read, none of which shares anything.
///
/// It holds until one of them is gone or is borrowed mutably, if what is found of an object can change in no other way.
#[derive(Clone, Copy)]
pub(crate) struct Known {
    sizes: Sizes,
    /// The serials of the oldest and of the youngest.
    oldest: u64,
    youngest: u64,
    /// Where all of them were made, and how that stands in each.
    site: u32,
    site_key: SiteKey,
}

/// The bytes of some objects: of all, of the smallest, of the largest.
#[derive(Clone, Copy)]
pub(crate) struct Sizes {
    pub(crate) bytes: u64,
    pub(crate) smallest: u64,
    pub(crate) largest: u64,
}

impl Known {
    pub(super) const NOTHING: Self = Self {
        sizes: Sizes { bytes: 0, smallest: 0, largest: 0 },
        oldest: 0,
        youngest: 0,
        site: 0,
        site_key: SiteKey::NONE,
    };

    /// What is known of objects of which the first one is this.
    pub(super) fn begin(sizes: Sizes, serial: u64, site: u32, site_key: SiteKey) -> Self {
        Self { sizes, oldest: serial, youngest: serial, site, site_key }
    }

    /// There is one more; whether that can be said of it.
    pub(super) fn add(&mut self, serial: u64, site_key: SiteKey) -> bool {
        self.oldest = self.oldest.min(serial);
        self.youngest = self.youngest.max(serial);
        site_key == self.site_key && site_key.tells()
    }

    /// How many objects there are.
    pub(crate) fn live() -> u64 {
        SLOTS as u64
    }

    pub(crate) fn sizes(&self) -> Sizes {
        self.sizes
    }

    pub(crate) fn oldest(&self) -> u64 {
        self.oldest
    }

    pub(crate) fn youngest(&self) -> u64 {
        self.youngest
    }

    pub(crate) fn site(&self) -> u32 {
        self.site
    }

    pub(crate) fn site_key(&self) -> SiteKey {
        self.site_key
    }
}
