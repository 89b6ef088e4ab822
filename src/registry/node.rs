//! What stands in one allocation: an object's header and its value.

use super::class::Class;
use super::counts::Counts;
use super::given::{Registration, Usual};
use super::identity::Identity;
use super::slot::Slot;
use super::sync::Life;

/// What is known of every object. 32 bytes; an `Arc` has 16.
#[repr(C)]
pub(super) struct Header {
    pub(super) counts: Counts,
    /// Its place in the registry; null if it was made while tracking was off.
    pub(super) slot: *const Slot,
    pub(super) identity: Identity,
    /// Nothing, outside of models.
    pub(super) life: Life,
}

impl Header {
    #[inline]
    pub(super) fn new(counts: Counts, place: Registration, pinned: bool) -> Self {
        Self { counts, slot: place.slot, identity: place.given.identity(pinned), life: Life::new() }
    }

    /// Of an object that is made the usual way.
    #[inline]
    pub(super) fn usual(place: &Usual) -> Self {
        Self { counts: Counts::unique(), slot: place.slot, identity: place.identity(), life: Life::new() }
    }

    /// The object's class, if it is registered.
    pub(super) fn class(&self) -> Option<&'static Class> {
        // SAFETY: slots come from `Page::slot`.
        (!self.slot.is_null()).then(|| unsafe { Slot::page(self.slot) }.class())
    }
}

/// `repr(C)`, the header first: a pointer to a node of any type is one to its header.
#[repr(C)]
pub(super) struct Node<T: ?Sized> {
    pub(super) header: Header,
    pub(super) value: T,
}
