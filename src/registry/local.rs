//! What each thread keeps for itself, so that creating and dropping touch nothing shared.

mod by_value;
mod claims;
mod share;

use classtracker_stats::Durations;
use core::any::TypeId;
use core::cell::Cell;
use core::hash::{Hash, Hasher};
use core::panic::Location;
use core::ptr::null;

use super::Registry;
use super::class::{Chain, Class, Seed};
use super::given::{Given, Registration, Usual};
use super::identity::Origin;
use super::node::Header;
use super::page::Page;
use super::rows::SHARED_ROW;
use super::spare::{KEEPS, NO_SPARES, Spares};
use super::sync::{bump, count};
use by_value::{Shares, new_shares};
pub(super) use share::LocalClass;

/// One thread's part of the registry. It has no destructor, so that it can be used by other destructors of its thread:
/// [`Local::close`] gives back what it holds, and from then on everything goes the slow, shared way.
pub(super) struct Local {
    /// The registry's control word when this thread last looked, if the usual way is open: tracking is on, and there is no global
    /// tracker. Never equal to it before the first use and after `close`.
    control: Cell<u64>,
    /// The control word, whatever it said.
    seen: Cell<u64>,
    /// The number of the global tracker in that epoch.
    tracker: Cell<u64>,
    /// Where this thread writes what others only add up: see [`rows`](super::rows).
    pub(super) row: Cell<u32>,
    /// How many notifications of trackers this thread is in, one inside the other.
    pub(super) telling: Cell<u32>,
    /// The serials that are this thread's to give: `next..end`.
    next: Cell<u64>,
    end: Cell<u64>,
    /// How many serials to fetch next time.
    block: Cell<u64>,
    phase: Cell<Phase>,
    /// How many walks of this thread are under way, one inside the other.
    pub(super) walks: Cell<u32>,
    recent: [Cell<Recent>; RECENT],
    /// The shares of classes whose objects stand by value, by type.
    shares: Shares,
    /// How often the registry's wishes had changed when `recent` was begun.
    wish_changes: Cell<u64>,
    /// Memory of objects that are gone, for new ones. Owned, but for [`NO_SPARES`].
    spares: Cell<*const Spares>,
    /// This thread's share of each class, by the class' index; null where it has none. Owned.
    classes: Cell<*const [Cell<*const LocalClass>]>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    Fresh,
    Open,
    Closed,
}

/// A class and a site that were used together a moment ago.
#[derive(Clone, Copy)]
struct Recent {
    /// Null: there is none.
    location: *const Location<'static>,
    type_id: TypeId,
    local: *const LocalClass,
    /// The site, as it stands in an object.
    origin: Origin,
}

/// The type of nothing. (An `Option` would be asked twice: whether there is a type, and which.)
enum NoType {}

const NO_TYPE: TypeId = TypeId::of::<NoType>();

const NOTHING: Recent = Recent { location: null(), type_id: NO_TYPE, local: null(), origin: Origin::undated(0) };
const RECENT: usize = 32;
const NEVER: u64 = u64::MAX;
const FIRST_BLOCK: u64 = 8;
const LAST_BLOCK: u64 = 1024;

/// Takes the one `u64` by which a `TypeId` hashes itself.
#[derive(Default)]
struct TypeHash(u64);

impl Hasher for TypeHash {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(byte);
        }
    }
    fn write_u64(&mut self, value: u64) {
        self.0 = value;
    }
}

#[inline]
fn type_hash(type_id: TypeId) -> u64 {
    let mut hash = TypeHash::default();
    type_id.hash(&mut hash);
    hash.0
}

#[inline]
fn recent_index(type_id: TypeId, location: &Location<'static>) -> usize {
    // Locations are 24 bytes apart in their section, three times eight: neighbours have different places.
    let address = core::ptr::from_ref(location).addr() as u64 >> 3;
    (type_hash(type_id) ^ address) as usize % RECENT
}

impl Local {
    #[cfg(not(loom))]
    pub(super) const fn new() -> Self {
        Self::with(&[])
    }

    #[cfg(loom)]
    pub(super) fn new() -> Self {
        Self::with(&[])
    }

    const fn with(classes: &'static [Cell<*const LocalClass>]) -> Self {
        Self {
            control: Cell::new(NEVER),
            seen: Cell::new(NEVER),
            tracker: Cell::new(0),
            row: Cell::new(SHARED_ROW),
            telling: Cell::new(0),
            next: Cell::new(0),
            end: Cell::new(0),
            block: Cell::new(FIRST_BLOCK),
            phase: Cell::new(Phase::Fresh),
            walks: Cell::new(0),
            recent: [const { Cell::new(NOTHING) }; RECENT],
            shares: new_shares(),
            wish_changes: Cell::new(0),
            spares: Cell::new(&raw const NO_SPARES),
            classes: Cell::new(classes),
        }
    }

    /// Whether new objects are registered the usual way: tracking is on, there is no global tracker, and nothing has changed since this
    /// thread last looked.
    #[inline]
    pub(super) fn is_usual(&self, registry: &'static Registry) -> bool {
        registry.control() == self.control.get()
    }

    /// A slot, a serial and an origin for a new object that is made now, if [`Local::is_usual`] has said so, and if nothing is to be done
    /// but that. `None` where there is, or may be.
    ///
    /// Always inlined: the comparison of types is one of constants only where the type is known.
    #[inline(always)]
    pub(super) fn register_usually(
        &self,
        type_id: TypeId,
        location: &'static Location<'static>,
        ticks: u64,
    ) -> Option<Usual> {
        let recent = self.recent[recent_index(type_id, location)].get();
        if !core::ptr::eq(recent.location, location) || recent.type_id != type_id {
            return None;
        }
        // SAFETY: an entry with a type points to a share in `classes`; both go together, in `close`.
        let share = unsafe { &*recent.local };
        let serial = self.next.get();
        let created = share.created();
        if serial == self.end.get() || created == share.stop.get() {
            return None;
        }
        let slot = share.pop()?;
        self.next.set(serial + 1);
        count(&share.created, created + 1);
        Some(Usual { slot, serial, origin: recent.origin.at(ticks) })
    }

    /// A slot, a serial and an origin for a new object.
    pub(super) fn register(
        &self,
        registry: &'static Registry,
        type_id: TypeId,
        seed: fn() -> Seed,
        location: &'static Location<'static>,
    ) -> Registration {
        if self.is_usual(registry)
            && let Some(place) = self.register_usually(type_id, location, crate::clock::ticks())
        {
            let Usual { slot, serial, origin } = place;
            return Registration { slot, given: Given { serial, origin, tracker: 0 } };
        }
        self.register_otherwise(registry, type_id, seed, location)
    }

    /// The way that is usual where there is a global tracker, and that of all other cases. All that is known of a type comes by a
    /// function, so that the usual case need not put it anywhere.
    #[inline(never)]
    pub(super) fn register_otherwise(
        &self,
        registry: &'static Registry,
        type_id: TypeId,
        seed: fn() -> Seed,
        location: &'static Location<'static>,
    ) -> Registration {
        if Registry::is_off(registry.control()) {
            return Registration::none();
        }
        let recent = self.recent[recent_index(type_id, location)].get();
        let known = core::ptr::eq(recent.location, location) && recent.type_id == type_id;
        let serial = self.next.get();
        if known && self.is_told(registry) && serial != self.end.get() {
            // SAFETY: as in `register_usually`.
            let share = unsafe { &*recent.local };
            let created = share.created();
            if created != share.stop.get()
                && let Some(slot) = share.pop()
            {
                self.next.set(serial + 1);
                count(&share.created, created + 1);
                let origin = recent.origin.at(crate::clock::ticks());
                let tracker = self.claim(registry, share.class);
                return Registration { slot, given: Given { serial, origin, tracker } };
            }
        }
        self.register_slowly(registry, seed, location)
    }

    #[cold]
    #[inline(never)]
    fn register_slowly(
        &self,
        registry: &'static Registry,
        seed: fn() -> Seed,
        location: &'static Location<'static>,
    ) -> Registration {
        let control = registry.control_for_serials();
        if Registry::is_off(control) {
            return Registration::none();
        }
        let seed = seed();
        let class = registry.class(&seed);
        let watched = class.watched();
        self.open();
        if self.phase.get() == Phase::Closed {
            let serial = registry.serials(1).start;
            let traced = watched.trace_one_of != 0 && serial.is_multiple_of(u64::from(watched.trace_one_of));
            let origin = origin(registry, location, traced);
            let slot = class.take_slots(1, || registry.new_page()).head;
            class.count_created();
            if watched.events {
                class.record(true);
            }
            let tracker = self.claim_slowly(registry, control, class);
            return Registration { slot, given: Given { serial, origin, tracker } };
        }
        let serial = self.next_serial(registry, control);
        let share = self.share(class);
        let traced = share.is_next_traced(serial, watched.trace_one_of);
        let origin = origin(registry, location, traced);
        let slot = share.pop().map_or_else(|| share.fetch(registry), core::ptr::from_ref);
        bump(&share.created);
        if watched.events {
            class.record(true);
        }
        if !watched.creations() && !traced {
            self.recent[recent_index(seed.type_id, location)].set(Recent {
                location,
                type_id: seed.type_id,
                local: share,
                origin: Origin::undated(origin.site()),
            });
        }
        let tracker = self.claim_slowly(registry, control, class);
        Registration { slot, given: Given { serial, origin, tracker } }
    }

    fn next_serial(&self, registry: &'static Registry, control: u64) -> u64 {
        if control != self.seen.get() || self.next.get() == self.end.get() {
            // A changed control word also ends the block of serials: see `Registry::cut`.
            let fresh = registry.serials(self.block.get());
            self.block.set((self.block.get() * 2).min(LAST_BLOCK));
            self.next.set(fresh.start);
            self.end.set(fresh.end);
            let wish_changes = registry.wish_changes();
            if self.wish_changes.replace(wish_changes) != wish_changes {
                self.forget_recent();
            }
            self.seen.set(control);
            let told = Registry::is_told(control);
            self.control.set(if told { NEVER } else { control });
            self.tracker.set(if told { registry.trackers.current_number() } else { 0 });
        }
        let serial = self.next.get();
        self.next.set(serial + 1);
        serial
    }

    /// A serial for an object that is not in the registry, in order with those this thread gives to objects that are.
    pub(super) fn serial(&self, registry: &'static Registry) -> u64 {
        self.open();
        let control = registry.control_for_serials();
        // A control word that says off must not become this thread's own: objects would be registered by it.
        if self.phase.get() == Phase::Closed || Registry::is_off(control) {
            return registry.serials(1).start;
        }
        self.next_serial(registry, control)
    }

    /// Takes back the slot of a dead object. The slot must be taken by the caller: no object in it, in no list.
    #[inline]
    pub(super) fn give_back(&self, object: &Header, page: &Page) {
        match self.known_share(page.class_index()) {
            Some(share) => share.push(object),
            None => self.give_back_slowly(object, page.class()),
        }
    }

    #[cold]
    #[inline(never)]
    fn give_back_slowly(&self, object: &Header, class: &'static Class) {
        let slot = object.slot;
        // SAFETY: slots are never freed.
        let free = unsafe { &*slot };
        // Walkers that wait for this slot must not wait for the allocator, too.
        free.clear();
        self.open();
        if self.phase.get() == Phase::Closed {
            class.count_dropped();
            free.set_next(null());
            class.give_slots(&mut Chain { head: slot, count: 1 }, 1);
            let watched = class.watched();
            if watched.lifetimes {
                class.count_lifetime(Durations::class_of(object.identity.origin().age()));
            }
            if watched.events {
                class.record(false);
            }
        } else {
            self.share(class).push(object);
        }
    }

    /// Sees to it that [`Local::close`] is called when the thread ends.
    fn open(&self) {
        if self.phase.get() == Phase::Fresh {
            // Birth times count from the first use at the latest.
            crate::clock::started();
            let open = super::close_at_thread_exit();
            self.phase.set(if open { Phase::Open } else { Phase::Closed });
            if open {
                self.row.set(super::rows::take());
                self.keep_spares();
            }
            #[cfg(all(unix, not(loom)))]
            super::fork::prepare();
        }
    }

    #[inline]
    pub(super) fn spares(&self) -> &Spares {
        // SAFETY: those of this thread live until `close`, which ends every use of them.
        unsafe { &*self.spares.get() }
    }

    fn keep_spares(&self) {
        if KEEPS {
            self.spares.set(super::registry().spares.join());
        }
    }

    fn give_up_spares(&self) {
        let spares = self.spares.replace(&raw const NO_SPARES);
        if !core::ptr::eq(spares, &raw const NO_SPARES) {
            // SAFETY: `keep_spares` had them from there, and they are this thread's no longer.
            unsafe { super::registry().spares.leave(spares) };
        }
    }

    #[inline]
    fn known_share(&self, class_index: u32) -> Option<&LocalClass> {
        // SAFETY: `classes` is replaced only by `grow` and `close`, and neither runs while the list is looked at here.
        let classes = unsafe { &*self.classes.get() };
        let share = classes.get(class_index as usize)?.get();
        // SAFETY: shares live until `close`, which ends every use of this thread's shares.
        unsafe { share.as_ref() }
    }

    fn share(&self, class: &'static Class) -> &LocalClass {
        if let Some(share) = self.known_share(class.index()) {
            return share;
        }
        let index = class.index() as usize;
        let fresh = Box::new(LocalClass::new(class));
        self.grow(index + 1);
        // The allocator may itself have dropped an object of this class meanwhile.
        if let Some(share) = self.known_share(class.index()) {
            return share;
        }
        let share = Box::into_raw(fresh);
        // SAFETY: as in `known_share`.
        let classes = unsafe { &*self.classes.get() };
        // `grow` made the place.
        classes[index].set(share);
        // SAFETY: just made; it lives until `close`.
        let share = unsafe { &*share };
        class.join_thread(share);
        share
    }

    fn grow(&self, len: usize) {
        // SAFETY: as in `known_share`.
        if len <= unsafe { &*self.classes.get() }.len() {
            return;
        }
        let len = len.next_power_of_two().max(16);
        let grown: Box<[Cell<*const LocalClass>]> = (0..len).map(|_| Cell::new(null())).collect();
        // Only now is the list looked at: the allocator may itself have come here meanwhile.
        // SAFETY: as in `known_share`.
        let old = unsafe { &*self.classes.get() };
        if old.len() >= len {
            return;
        }
        for (to, from) in grown.iter().zip(old) {
            to.set(from.get());
        }
        free_list(self.classes.replace(Box::into_raw(grown)));
    }

    /// The thread ends: slots and counts go back to the classes. Destructors that run later go the shared way.
    pub(super) fn close(&self) {
        self.phase.set(Phase::Closed);
        self.give_up_spares();
        super::rows::give_back(self.row.replace(SHARED_ROW));
        self.control.set(NEVER);
        self.seen.set(NEVER);
        self.forget_recent();
        self.forget_shares();
        let none: &'static [Cell<*const LocalClass>] = &[];
        let classes = self.classes.replace(none);
        // SAFETY: as in `known_share`; nothing else can reach it any more.
        for share in unsafe { &*classes } {
            if share.get().is_null() {
                continue;
            }
            // SAFETY: made by `Box::into_raw` in `share`, and taken out of `classes` just now.
            let share = unsafe { Box::from_raw(share.get().cast_mut()) };
            share.class.leave_thread(&share);
            let mut all = share.all();
            let count = all.count;
            share.class.give_slots(&mut all, count);
        }
        free_list(classes);
    }

    /// Every pair of class and site goes the slow way once more.
    fn forget_recent(&self) {
        for recent in &self.recent {
            recent.set(NOTHING);
        }
    }
}

fn origin(registry: &'static Registry, location: &'static Location<'static>, traced: bool) -> Origin {
    let site = if traced { registry.site_with_stack(location) } else { registry.site(location) };
    Origin::new(crate::clock::ticks(), site)
}

fn free_list(list: *const [Cell<*const LocalClass>]) {
    if list.len() > 0 {
        // SAFETY: lists that are not empty come from `Box::into_raw` in `grow`.
        drop(unsafe { Box::from_raw(list.cast_mut()) });
    }
}
