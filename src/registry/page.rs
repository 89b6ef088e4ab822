//! A page: slots of live objects of one class, and who is reading them.

use core::mem::{MaybeUninit, align_of, size_of};
use core::ptr::{NonNull, null};

use super::class::Class;
use super::known::Known;
use super::node::Header;
use super::slot::{Parked, Remains, Slot};
use super::sync::{AtomicU32, AtomicU64, Guard, Lock, Ordering, fence, pause};

/// A page's bytes and alignment: its address is that of any of its slots with the low bits cleared.
pub(super) const PAGE_BYTES: usize = 1024;
/// How many slots fill a page behind its head.
#[cfg(not(loom))]
pub(super) const SLOTS: usize = 112;
/// A model explores every order of every step: two slots show all there is to see.
#[cfg(loom)]
pub(super) const SLOTS: usize = 2;
/// How many slots are in a cache line.
pub(super) const LINE: usize = if SLOTS < 8 { SLOTS } else { 8 };
/// How many objects of one page may be held by walkers that have left it.
const HELD: usize = 2;

/// 1024 bytes: a head of 64, what is known of the page in as many, then slots, eight to a cache line.
#[repr(C, align(1024))]
pub(super) struct Page {
    /// Not 0 while some walker may read objects of this page, or knows of it what an object's end would change. Written under the
    /// lock, read by every drop.
    busy: AtomicU32,
    /// That of the class: who drops an object need not look at the class itself.
    class_index: u32,
    class: &'static Class,
    /// Which slots are in the class' pool: a bit for each, written under the pool's lock.
    pooled: [AtomicU64; 2],
    /// What is known of the page comes last in it, in a line that none but walkers look at.
    readers: Lock<Readers>,
    slots: Slots,
}

/// Threads take slots by the cache line: two that work on neighbours would slow each other down.
#[repr(C, align(64))]
struct Slots([Slot; SLOTS]);

const _: () = assert!(size_of::<Page>() == PAGE_BYTES && align_of::<Page>() == PAGE_BYTES);
const _: () = assert!(SLOTS.is_multiple_of(LINE));

/// Who reads the page, and what is known of it.
#[repr(C)]
struct Readers {
    /// Walkers on the page: each may read any object it found in a slot.
    walkers: u32,
    /// Dead objects left in their slots.
    parked: u16,
    /// Whether no object was taken out of its slot, or borrowed mutably, since a walker came to the page while no other read it.
    unchanged: bool,
    /// Whether `known` is what a walk would find.
    is_known: bool,
    /// Objects that a walker reads on after it left the page.
    held: [*const Header; HELD],
    known: Known,
}

// SAFETY: the pointers are only compared, never followed.
unsafe impl Send for Readers {}

impl Readers {
    fn reads(&self, object: *const Header) -> bool {
        self.walkers > 0 || self.held.contains(&object)
    }

    fn is_read(&self) -> bool {
        self.walkers > 0 || self.held.iter().any(|held| !held.is_null())
    }

    fn busy(&self) -> u32 {
        u32::from(self.is_read() || self.is_known)
    }
}

/// Dead objects that nobody reads any more, to be destroyed by who was given them. Without an allocation: pages are left
/// under a lock.
pub(super) struct Released {
    objects: [MaybeUninit<Parked>; SLOTS],
    count: usize,
}

impl Released {
    fn push(&mut self, parked: Parked) {
        self.objects[self.count] = MaybeUninit::new(parked);
        self.count += 1;
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (NonNull<Header>, Remains)> {
        // SAFETY: `push` wrote as many as it counted.
        let parked = self.objects[..self.count].iter().map(|parked| unsafe { parked.assume_init() });
        parked.filter_map(|parked| Some((NonNull::new(parked.object())?, parked.remains())))
    }
}

/// How often a walker that finds others on a page with parked objects lets them leave first.
const POLITE_ROUNDS: u32 = if cfg!(loom) { 2 } else { 64 };

impl Page {
    /// A page whose slots are all free, each a list by itself.
    ///
    /// # Safety
    /// `page` must be valid for writes of a `Page`, and never be freed while a slot of it is in use.
    pub(super) unsafe fn init(page: *mut Page, class: &'static Class) {
        let fresh = Page {
            busy: AtomicU32::new(0),
            class_index: class.index(),
            class,
            pooled: [AtomicU64::new(0), AtomicU64::new(0)],
            readers: Lock::new(Readers {
                walkers: 0,
                parked: 0,
                unchanged: false,
                is_known: false,
                held: [null(); HELD],
                known: Known::NOTHING,
            }),
            slots: Slots(core::array::from_fn(|_| Slot::free(null()))),
        };
        // SAFETY: the caller's promise.
        unsafe { page.write(fresh) };
    }

    /// The slot with this index, by a pointer that spans the whole page.
    pub(super) fn slot(page: *const Page, index: usize) -> *const Slot {
        assert!(index < SLOTS);
        page.wrapping_byte_add(core::mem::offset_of!(Page, slots)).cast::<Slot>().wrapping_add(index)
    }

    #[inline]
    pub(super) fn slots(&self) -> &[Slot; SLOTS] {
        &self.slots.0
    }

    /// The slots by cache lines.
    #[inline]
    pub(super) fn lines(&self) -> &[[Slot; LINE]] {
        self.slots.0.as_chunks().0
    }

    /// Which slots are in the class' pool, the first one's bit the lowest. To be asked, and changed, under the pool's lock.
    #[inline]
    pub(super) fn pooled(&self) -> u128 {
        // Relaxed: the lock orders. (Two words, since none of 128 bits is an atomic everywhere.)
        let [low, high] = [0, 1].map(|word: usize| u128::from(self.pooled[word].load(Ordering::Relaxed)));
        high << 64 | low
    }

    /// Sets which they are.
    #[inline]
    pub(super) fn set_pooled(&self, slots: u128) {
        // Relaxed: as above.
        self.pooled[0].store(slots as u64, Ordering::Relaxed);
        self.pooled[1].store((slots >> 64) as u64, Ordering::Relaxed);
    }

    /// Puts one there. It must not be there yet.
    #[inline]
    pub(super) fn pool(&self, slot: *const Slot) {
        let index = (slot.addr() - self.slots.0.as_ptr().addr()) / size_of::<Slot>();
        let word = &self.pooled[index / 64];
        // Relaxed: as above.
        word.store(word.load(Ordering::Relaxed) | 1 << (index % 64), Ordering::Relaxed);
    }

    #[inline]
    pub(super) fn class(&self) -> &'static Class {
        self.class
    }

    #[inline]
    pub(super) fn class_index(&self) -> u32 {
        self.class_index
    }

    /// Whether a walker may read an object of this page, or knows it. Final for an object that was hidden before the call: if it says
    /// no, no walker has it and none will. If it says yes, [`Page::park`] or [`Page::wait_until_unread`] is to follow.
    #[inline]
    pub(super) fn is_busy(&self) -> bool {
        // SeqCst: not before the `hide` that it follows. It also acquires what walkers that left did: what they read is read,
        // and their upgrades are seen.
        self.busy.load(Ordering::SeqCst) != 0
    }

    /// Leaves a dead, hidden object to the walkers if one may still read it; whether it did.
    pub(super) fn park(&self, slot: &Slot, object: *mut Header, remains: Remains) -> bool {
        if !self.is_busy() {
            return false;
        }
        let mut readers = self.lock_to_change();
        if !readers.reads(object) {
            return false;
        }
        readers.parked += 1;
        slot.park(object, remains);
        true
    }

    /// Waits until no walker can read an object that was hidden before, `rounds` times at most; whether that came.
    pub(super) fn wait_until_unread(&self, object: *const Header, rounds: u32) -> bool {
        for round in 0..=rounds {
            if !self.is_busy() || !self.lock_to_change().reads(object) {
                return true;
            }
            if round < rounds {
                pause(round);
            }
        }
        false
    }

    /// A walker comes: until it leaves, no object that it finds in a slot is destroyed.
    pub(super) fn enter(&self) {
        for round in 0..POLITE_ROUNDS {
            let mut readers = self.readers.lock();
            // Walkers one after the other without a gap would keep the dead for ever. Bounded: the one on the page may
            // be this very thread.
            if readers.walkers > 0 && readers.parked > 0 && round + 1 < POLITE_ROUNDS {
                drop(readers);
                pause(round);
                continue;
            }
            // Who came while another read the page does not know what happened before.
            readers.unchanged |= !readers.is_read();
            readers.walkers += 1;
            self.publish_readers(&readers);
            break;
        }
        // The other half of the handshake with `Slot::hide`: no slot is read before `busy` is seen to be set.
        fence(Ordering::SeqCst);
    }

    /// A walker goes. The caller destroys what it is given.
    ///
    /// What it found, if it read the whole page and there was an object in each slot, is known from now on: a page that is full changes
    /// only when an object leaves it or is borrowed, and who does that looks whether the page is busy.
    #[inline]
    pub(super) fn leave(&self, found: Option<&Known>) -> Option<Released> {
        let mut readers = self.readers.lock();
        readers.walkers -= 1;
        if let Some(found) = found
            && readers.unchanged
        {
            readers.known = *found;
            readers.is_known = true;
        }
        self.release(&mut readers)
    }

    /// What a walk would find, if that is known.
    pub(super) fn known(&self) -> Option<Known> {
        let readers = self.readers.lock();
        readers.is_known.then(|| readers.known)
    }

    /// The readers, for who has hidden an object, or its value: what is known of the page is so no more.
    fn lock_to_change(&self) -> Guard<'_, Readers> {
        let mut readers = self.readers.lock();
        readers.unchanged = false;
        if core::mem::take(&mut readers.is_known) {
            self.publish_readers(&readers);
        }
        readers
    }

    /// A walker goes but reads on in one object; `None` if too many do so already, and the walker stays.
    pub(super) fn leave_holding(&self, object: *const Header) -> Option<Option<Released>> {
        let mut readers = self.readers.lock();
        let place = readers.held.iter().position(|held| held.is_null())?;
        readers.held[place] = object;
        readers.walkers -= 1;
        Some(self.release(&mut readers))
    }

    /// The walker is done with the object it held and is on the page again.
    pub(super) fn come_back(&self, object: *const Header) {
        let mut readers = self.readers.lock();
        if let Some(held) = readers.held.iter_mut().find(|held| **held == object) {
            *held = null();
        }
        // The page stayed busy meanwhile: who hid an object since `enter`, and may now free it, has asked under this lock.
        readers.walkers += 1;
    }

    /// Takes the page's lock for good.
    #[cfg(all(unix, not(loom)))]
    pub(super) fn hold(&self, until: std::time::Instant) {
        self.readers.hold(until);
    }

    /// Lets go of it.
    #[cfg(all(unix, not(loom)))]
    pub(super) fn end_hold(&self) {
        self.readers.end_hold();
    }

    /// Nobody is on this page any more: in a forked process the walkers of other threads are gone, as are the handles that were about to
    /// settle a slot. What is parked is released by the next walker. Nothing, if the page's lock could not be had.
    ///
    /// # Safety
    /// This thread must have called `hold`, and there be no other thread.
    #[cfg(all(unix, not(loom)))]
    pub(super) unsafe fn forget_walkers(&self) {
        // SAFETY: the caller's promise.
        let Some(readers) = (unsafe { self.readers.held() }) else { return };
        readers.walkers = 0;
        readers.held = [null(); HELD];
        (readers.unchanged, readers.is_known) = (false, false);
        self.publish_readers(readers);
        self.slots().iter().for_each(Slot::forget_unsettled);
    }

    fn publish_readers(&self, readers: &Readers) {
        // Release: a drop that reads 0 acquires what the walkers that left did here. (That it is seen before slots are read
        // is the fence's work, in `enter` and `come_back`.)
        self.busy.store(readers.busy(), Ordering::Release);
    }

    #[inline]
    fn release(&self, readers: &mut Readers) -> Option<Released> {
        let released = (readers.walkers == 0 && readers.parked > 0).then(|| self.unpark(readers));
        self.publish_readers(readers);
        released
    }

    /// The parked objects that no walker holds.
    #[cold]
    fn unpark(&self, readers: &mut Readers) -> Released {
        let mut released = Released { objects: [MaybeUninit::uninit(); SLOTS], count: 0 };
        for slot in self.slots() {
            if let Some(parked) = slot.parked()
                && !readers.held.contains(&parked.object().cast_const())
            {
                slot.clear();
                released.push(parked);
                readers.parked -= 1;
            }
        }
        released
    }
}
