//! Objects that stand by value: they have no slot, only a serial and an origin, and they are counted.

use core::any::TypeId;
use core::cell::Cell;
use core::panic::Location;
use core::ptr::null;

use super::{Local, LocalClass, NO_TYPE, Phase, Recent, recent_index, type_hash};
use crate::registry::class::{Class, Seed};
use crate::registry::given::Given;
use crate::registry::identity::Origin;
use crate::registry::sync::bump;
use crate::registry::{Registry, registry};

/// A thread's share of a class, by the type that the class is found by: who drops an object knows nothing else of its class.
#[derive(Clone, Copy)]
pub(super) struct Share {
    /// [`NO_TYPE`]: there is none.
    type_id: TypeId,
    local: *const LocalClass,
}

pub(super) type Shares = [Cell<Share>; SHARES];

const SHARES: usize = 32;
/// How many neighbouring places are looked at for one type.
const NEAR: usize = 4;
const NOTHING: Share = Share { type_id: NO_TYPE, local: null() };

pub(super) const fn new_shares() -> Shares {
    [const { Cell::new(NOTHING) }; SHARES]
}

impl Local {
    /// A serial and an origin for a new object, which is counted: the usual way, of which nothing is to be told. `None` where that is not
    /// open.
    #[inline(always)]
    pub(in crate::registry) fn count_created(
        &self,
        registry: &'static Registry,
        type_id: TypeId,
        location: &'static Location<'static>,
    ) -> Option<(u64, Origin)> {
        let recent = self.recent[recent_index(type_id, location)].get();
        let known = core::ptr::eq(recent.location, location) && recent.type_id == type_id;
        let serial = self.next.get();
        if !known || registry.control() != self.control.get() || serial == self.end.get() {
            return None;
        }
        // SAFETY: as in `register_usually`.
        let share = unsafe { &*recent.local };
        self.next.set(serial + 1);
        bump(&share.created);
        // Without a date: reading the clock would cost more than all the rest.
        Some((serial, recent.origin))
    }

    /// The way that is usual where there is a global tracker.
    pub(in crate::registry) fn count_created_told(
        &self,
        registry: &'static Registry,
        type_id: TypeId,
        seed: fn() -> Seed,
        location: &'static Location<'static>,
    ) -> Given {
        let recent = self.recent[recent_index(type_id, location)].get();
        let known = core::ptr::eq(recent.location, location) && recent.type_id == type_id;
        let serial = self.next.get();
        if known && self.is_told(registry) && serial != self.end.get() {
            // SAFETY: as in `register_usually`.
            let share = unsafe { &*recent.local };
            self.next.set(serial + 1);
            bump(&share.created);
            return Given { serial, origin: recent.origin, tracker: self.claim(registry, share.class) };
        }
        self.count_created_slowly(registry, seed, location)
    }

    #[cold]
    #[inline(never)]
    fn count_created_slowly(
        &self,
        registry: &'static Registry,
        seed: fn() -> Seed,
        location: &'static Location<'static>,
    ) -> Given {
        let control = registry.control_for_serials();
        if Registry::is_off(control) {
            return Given::nothing();
        }
        let seed = seed();
        let class = registry.class(&seed);
        let site = registry.site(location);
        let origin = Origin::undated(site);
        self.open();
        if self.phase.get() == Phase::Closed {
            class.count_created();
            let tracker = self.claim_slowly(registry, control, class);
            return Given { serial: registry.serials(1).start, origin, tracker };
        }
        let serial = self.next_serial(registry, control);
        let share = self.share(class);
        bump(&share.created);
        self.recent[recent_index(seed.type_id, location)].set(Recent {
            location,
            type_id: seed.type_id,
            local: share,
            origin,
        });
        Given { serial, origin, tracker: self.claim_slowly(registry, control, class) }
    }

    /// Counts the drop of an object that was counted when it was made, if this thread has its class at hand; whether it did.
    #[inline(always)]
    pub(in crate::registry) fn count_dropped_quickly(&self, type_id: TypeId) -> bool {
        let share = self.shares[place(type_id, 0)].get();
        let known = share.type_id == type_id;
        if known {
            // SAFETY: an entry with a type points to a share in `classes`; both go together, in `close`.
            bump(unsafe { &(*share.local).dropped });
        }
        known
    }

    /// The same wherever the class is. With so many classes that the table is too small this is taken often, so it must not be as slow as it
    /// is the first time.
    pub(in crate::registry) fn count_dropped(&self, type_id: TypeId, seed: fn() -> Seed) {
        if self.count_dropped_quickly(type_id) {
            return;
        }
        let near = (1..NEAR).map(|step| self.shares[place(type_id, step)].get());
        if let Some(share) = near.into_iter().find(|share| share.type_id == type_id) {
            // SAFETY: as in `count_dropped_quickly`.
            bump(unsafe { &(*share.local).dropped });
            return;
        }
        if let Some(share) = self.share_of_type(type_id) {
            bump(&share.dropped);
            self.remember_share(type_id, share);
            return;
        }
        let class = registry().class(&seed());
        self.open();
        if self.phase.get() == Phase::Closed {
            class.count_dropped();
            return;
        }
        let share = self.share(class);
        bump(&share.dropped);
        self.remember_share(type_id, share);
    }

    /// The class of objects that stand by value, found without a lock where this thread has worked with it.
    pub(in crate::registry) fn class_by_value(&self, type_id: TypeId, seed: fn() -> Seed) -> &'static Class {
        let share = self.shares[place(type_id, 0)].get();
        if share.type_id == type_id {
            // SAFETY: as in `count_dropped_quickly`.
            return unsafe { &*share.local }.class;
        }
        match self.share_of_type(type_id) {
            Some(share) => {
                self.remember_share(type_id, share);
                share.class
            }
            None => registry().class(&seed()),
        }
    }

    /// The share of a class that this thread has worked with, found without a lock.
    fn share_of_type(&self, type_id: TypeId) -> Option<&LocalClass> {
        // SAFETY: as in `known_share`.
        let classes = unsafe { &*self.classes.get() };
        // SAFETY: as in `known_share`.
        classes
            .iter()
            .filter_map(|share| unsafe { share.get().as_ref() })
            .find(|share| share.class.is_found_by(type_id))
    }

    fn remember_share(&self, type_id: TypeId, share: &LocalClass) {
        let near = (0..NEAR).map(|step| &self.shares[place(type_id, step)]);
        let free = near.into_iter().find(|entry| entry.get().type_id == NO_TYPE);
        free.unwrap_or(&self.shares[place(type_id, 0)]).set(Share { type_id, local: share });
    }

    pub(super) fn forget_shares(&self) {
        for share in &self.shares {
            share.set(NOTHING);
        }
    }
}

#[inline]
fn place(type_id: TypeId, step: usize) -> usize {
    (type_hash(type_id) as usize).wrapping_add(step) % SHARES
}
