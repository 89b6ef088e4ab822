//! What a new object is given: a slot, a serial, an origin, a tracker.

use super::global::CROWDED;
use super::identity::{Identity, Origin, Serial};
use super::slot::Slot;

/// What a new object is given.
pub(super) struct Registration {
    /// Null: tracking is off, the object is not registered.
    pub(super) slot: *const Slot,
    pub(super) given: Given,
}

impl Registration {
    /// Of an object that is made while tracking is off.
    #[inline]
    pub(super) fn none() -> Self {
        Self { slot: core::ptr::null(), given: Given::nothing() }
    }
}

/// What a new object is usually given.
pub(super) struct Usual {
    pub(super) slot: &'static Slot,
    pub(super) serial: u64,
    pub(super) origin: Origin,
}

impl Usual {
    /// The identity of an object that is not pinned.
    #[inline]
    pub(super) fn identity(&self) -> Identity {
        Identity::new(Serial::new(self.serial, 0, false), self.origin)
    }
}

/// Who a new object is.
pub(super) struct Given {
    /// 0 if tracking is off.
    pub(super) serial: u64,
    pub(super) origin: Origin,
    /// The number of the tracker that the object has a claim on; 0 for none, [`CROWDED`] for one without a number.
    pub(super) tracker: u64,
}

impl Given {
    #[inline]
    pub(super) fn nothing() -> Self {
        Self { serial: 0, origin: Origin::new(0, 0), tracker: 0 }
    }

    /// Whether somebody is to be told of the object.
    #[inline]
    pub(super) fn is_told(&self) -> bool {
        self.tracker != 0
    }

    /// The identity; it takes over the claim.
    #[inline]
    pub(super) fn identity(self, pinned: bool) -> Identity {
        if self.tracker < CROWDED {
            return Identity::new(Serial::new(self.serial, self.tracker, pinned), self.origin);
        }
        let identity = Identity::new(Serial::new(self.serial, 0, pinned), self.origin);
        identity.record_at_birth(super::registry().trackers.current());
        identity
    }
}
