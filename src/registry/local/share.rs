//! What a thread holds of one class: free slots, counts, and what is asked of its next objects.

use core::cell::Cell;
use core::ptr::{null, null_mut};

use classtracker_stats::Durations;

use crate::registry::Registry;
use crate::registry::class::{Chain, Class};
use crate::registry::lifetimes::Lifetimes;
use crate::registry::node::Header;
use crate::registry::page::SLOTS;
use crate::registry::slot::Slot;
use crate::registry::sync::{AtomicPtr, AtomicU64, Ordering, count};

/// One thread's share of one class, in cache lines of its own.
///
/// What every creation and every drop needs comes first, and fills the first line.
#[repr(C, align(64))]
pub(in crate::registry) struct LocalClass {
    pub(super) class: &'static Class,
    /// Free slots, linked.
    head: Cell<*const Slot>,
    /// How many slots the list was given from elsewhere, less those that it gave back there. Wraps.
    supply: Cell<u64>,
    /// Written by this thread alone.
    pub(in crate::registry) created: AtomicU64,
    pub(in crate::registry) dropped: AtomicU64,
    /// Once this many are created, the next one goes the slow way: its stack is to be recorded.
    pub(super) stop: Cell<u64>,
    /// Once this many are dropped, the list may hold too many free slots. 0: every drop goes the slow way, because somebody asks for it.
    stop_drops: AtomicU64,
    /// How many slots to fetch next time.
    grant: Cell<u32>,
    /// How many free slots to keep: one more, and half of them are given back.
    keep: Cell<u32>,
    /// Whether slots were given back since some were fetched.
    gave: Cell<bool>,
    samples: Cell<Samples>,
    /// Null until somebody asks how long objects live. Owned.
    lifetimes: AtomicPtr<Lifetimes>,
}

/// One object of so many has its stack recorded: which of them, is left to chance, so that no pattern of the program's
/// evades it or is all that it shows.
#[derive(Clone, Copy)]
struct Samples {
    one_of: u32,
    /// How many were created before those from which the next one is drawn.
    from: u64,
}

const NO_STOP: u64 = u64::MAX;

const FIRST_GRANT: u32 = 8;
/// A thread that drops what others made keeps this many free slots, then gives half of them back. One that fetches slots after that, for objects
/// that it makes in bursts, keeps twice as many from then on.
const KEEP_FIRST: u32 = 2 * SLOTS as u32;
/// But no more than this: 14 KiB of slots.
const KEEP_LAST: u32 = 16 * SLOTS as u32;

impl LocalClass {
    pub(super) fn new(class: &'static Class) -> Self {
        Self {
            class,
            head: Cell::new(null()),
            supply: Cell::new(0),
            grant: Cell::new(FIRST_GRANT.min(SLOTS as u32)),
            keep: Cell::new(KEEP_FIRST),
            gave: Cell::new(false),
            created: AtomicU64::new(0),
            dropped: AtomicU64::new(0),
            stop: Cell::new(NO_STOP),
            stop_drops: AtomicU64::new(u64::from(KEEP_FIRST)),
            samples: Cell::new(Samples { one_of: 0, from: 0 }),
            lifetimes: AtomicPtr::new(null_mut()),
        }
    }

    #[inline]
    pub(super) fn created(&self) -> u64 {
        // Relaxed: this thread's own.
        self.created.load(Ordering::Relaxed)
    }

    /// How many slots are in the list. A creation takes one out, a drop puts one in.
    #[inline]
    fn free(&self) -> u64 {
        // Relaxed: as above.
        let dropped = self.dropped.load(Ordering::Relaxed);
        self.supply.get().wrapping_add(dropped).wrapping_sub(self.created())
    }

    /// Takes a slot for an object that is counted next.
    #[inline]
    pub(super) fn pop(&self) -> Option<&'static Slot> {
        // SAFETY: slots are never freed, and those in the list are this thread's.
        let slot = unsafe { self.head.get().as_ref() }?;
        self.head.set(slot.next());
        Some(slot)
    }

    /// Counts an object as dropped, and puts in its slot.
    #[inline]
    pub(super) fn push(&self, object: &Header) {
        // Relaxed: this thread's own.
        let dropped = self.dropped.load(Ordering::Relaxed) + 1;
        count(&self.dropped, dropped);
        let slot = object.slot;
        // SAFETY: slots are never freed, and this one is the caller's to give.
        unsafe { &*slot }.set_next(self.head.get());
        self.head.set(slot);
        // Relaxed: see `watch_drops`.
        if dropped >= self.stop_drops.load(Ordering::Relaxed) {
            self.push_slowly(object);
        }
    }

    /// Too many slots may be free, or drops are watched.
    #[cold]
    #[inline(never)]
    fn push_slowly(&self, object: &Header) {
        // Acquire: see `watch_drops`.
        let stop = self.stop_drops.load(Ordering::Acquire);
        if stop == 0 {
            let watched = self.class.watched();
            if watched.lifetimes
                && let Some(lifetimes) = self.lifetimes()
            {
                lifetimes.count(Durations::class_of(object.identity.origin().age()));
            }
            if watched.events {
                self.class.record(false);
            }
        }
        if self.free() > u64::from(self.keep.get()) {
            self.give_half_back();
        }
        self.put_off(stop);
    }

    /// Drops are looked at again when there may be too many free slots: what is created meanwhile makes it later.
    fn put_off(&self, stop: u64) {
        if stop != 0 {
            // Relaxed: this thread's own.
            let dropped = self.dropped.load(Ordering::Relaxed);
            let next = dropped + u64::from(self.keep.get()).saturating_sub(self.free()) + 1;
            // Not if they are to be watched from now on. Relaxed: a number of this thread's own.
            let _ = self.stop_drops.compare_exchange(stop, next, Ordering::Relaxed, Ordering::Relaxed);
        }
    }

    /// Has every drop go the slow way, or no longer. Under the lock around the class' threads.
    pub(in crate::registry) fn watch_drops(&self, watched: bool) {
        // No longer: the next drop finds out how many more there may be. Release: who sees it also sees what is asked, and the counters. (A
        // swap, so that it comes before or after `put_off`, not in the middle.)
        self.stop_drops.swap(if watched { 0 } else { 1 }, Ordering::Release);
    }

    /// The counters of how long objects lived, if there are any.
    pub(in crate::registry) fn lifetimes(&self) -> Option<&Lifetimes> {
        // Acquire: the counters were made before. SAFETY: they are freed with this share.
        unsafe { self.lifetimes.load(Ordering::Acquire).as_ref() }
    }

    /// Gives it such counters. There must be none. Under the lock around the class' threads.
    pub(in crate::registry) fn set_lifetimes(&self, lifetimes: Box<Lifetimes>) {
        // Release: see `lifetimes`.
        self.lifetimes.store(Box::into_raw(lifetimes), Ordering::Release);
    }

    /// The list. A class of objects that stand by value has none.
    pub(super) fn all(&self) -> Chain {
        let head = self.head.get();
        Chain { head, count: if head.is_null() { 0 } else { self.free() as u32 } }
    }

    #[cold]
    fn give_half_back(&self) {
        self.gave.set(true);
        let mut all = self.all();
        let half = all.count / 2;
        self.class.give_slots(&mut all, half);
        self.head.set(all.head);
        self.supply.set(self.supply.get().wrapping_sub(u64::from(half)));
    }

    /// Free slots from the class, more each time: a thread that makes one object of a class must not take a page for it.
    /// One of them is for an object that is counted next.
    pub(super) fn fetch(&self, registry: &'static Registry) -> *const Slot {
        if self.gave.replace(false) {
            self.keep.set((self.keep.get() * 2).min(KEEP_LAST));
        }
        let chain = self.class.take_slots(self.grant.get(), || registry.new_page());
        self.grant.set((self.grant.get() * 2).min(SLOTS as u32));
        let slot = chain.head;
        // SAFETY: `take_slots` gives at least one slot.
        let mut rest = Chain { head: unsafe { &*slot }.next(), count: chain.count - 1 };
        // What an allocator that itself drops tracked objects has put into the list meanwhile stays in it.
        rest.join(self.all());
        self.head.set(rest.head);
        self.supply.set(self.supply.get().wrapping_add(u64::from(chain.count)));
        // Relaxed: see `watch_drops`.
        self.put_off(self.stop_drops.load(Ordering::Relaxed));
        slot
    }

    /// Whether the stack of the next object, which will have this serial, is to be recorded, if that of one of so many is.
    pub(super) fn is_next_traced(&self, serial: u64, one_of: u32) -> bool {
        let created = self.created();
        let mut samples = self.samples.get();
        if one_of < 2 {
            self.samples.set(Samples { one_of, ..samples });
            self.stop.set(NO_STOP);
            return one_of == 1;
        }
        let draw = |from, dice| {
            self.samples.set(Samples { one_of, from });
            self.stop.set(from + shuffled(dice) % u64::from(one_of));
        };
        if one_of != samples.one_of {
            // Any number that differs from thread to thread.
            draw(created, serial);
            samples = self.samples.get();
        }
        let hit = created == self.stop.get();
        if hit {
            draw(samples.from + u64::from(one_of), !serial);
        }
        hit
    }
}

impl Drop for LocalClass {
    fn drop(&mut self) {
        // Relaxed: it is in no list any more, nobody else has it.
        let lifetimes = self.lifetimes.load(Ordering::Relaxed);
        if !lifetimes.is_null() {
            // SAFETY: made by `Box::into_raw` in `set_lifetimes`.
            drop(unsafe { Box::from_raw(lifetimes) });
        }
    }
}

/// A number that looks like any other (the last steps of `splitmix64`).
fn shuffled(number: u64) -> u64 {
    let mixed = (number ^ number >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ mixed >> 31
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use crate::Tracked;
    use crate::registry::registry;

    /// Each test has a class to itself, since tests may share threads and processes.
    type Own<const TEST: usize> = [u16; TEST];

    fn made<const TEST: usize>(count: usize) -> Vec<Tracked<Own<TEST>>> {
        (0..count).map(|_| Tracked::new([0; TEST])).collect()
    }

    /// How many slots of a class no thread has.
    fn pooled(class: &Class) -> u32 {
        // SAFETY: pages are never freed.
        class.pages().iter().map(|page| unsafe { &*page.0 }.pooled().count_ones()).sum()
    }

    #[test]
    fn a_thread_that_makes_bursts_keeps_the_slots_between_them() {
        const BURST: usize = 10 * SLOTS;
        let class = registry().class_of::<Own<61>>();
        let mut between = Vec::new();
        for _ in 0..6 {
            drop(made::<61>(BURST));
            between.push(pooled(class));
        }
        let [first, .., last] = between[..] else { panic!("six bursts") };
        assert!(first >= 8 * SLOTS as u32, "at first it gives back all but a few: {between:?}");
        assert!(last < 2 * SLOTS as u32, "of ten pages it uses, it keeps most: {between:?}");
    }

    #[test]
    fn a_thread_that_only_drops_keeps_few_slots() {
        const MANY: usize = 100 * SLOTS;
        let class = registry().class_of::<Own<62>>();
        let all = std::thread::spawn(|| made::<62>(MANY)).join().expect("they are made");
        drop(all);
        assert!(pooled(class) >= MANY as u32 - KEEP_FIRST, "{} of {MANY}", pooled(class));
    }

    #[test]
    fn what_a_thread_keeps_of_large_bursts_is_bounded() {
        const BURST: usize = 100 * SLOTS;
        let class = registry().class_of::<Own<63>>();
        (0..10).for_each(|_| drop(made::<63>(BURST)));
        let (kept, all) = (BURST as u32 - pooled(class).min(BURST as u32), class.pages().len() * SLOTS);
        assert!(kept <= 16 * SLOTS as u32, "{kept} are kept");
        assert!(all < BURST + 2 * SLOTS, "{all} slots for {BURST} objects");
    }
}
