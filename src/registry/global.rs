//! The global tracker, and those that were it before and still have objects.
//!
//! Every new object gets the global tracker. To count up a reference in the tracker's `Arc` for each would be a word that all threads
//! write. So each tracker that is or was global stands in an [`Entry`] with a number; an object holds the number (four bits beside
//! its serial), and a *claim* on the entry. Claims are counted in [rows](super::rows): each thread writes its own, without a
//! read-modify-write, one more for an object that it makes and one less for one that it drops, whoever made it. Only the sum of
//! all rows means something.
//!
//! # When a tracker goes
//! An entry is **open** as long as its tracker is the global one; then nobody adds up. A thread that makes a claim counts it first, and then
//! looks whether the entry is open; if not, it takes the claim back. Who closes the entry writes that first, and then adds up. With a
//! [barrier] between the two steps on both sides, every claim is either seen by who closes, or taken back. So after closing
//! claims only get fewer (but for those that are about to be taken back), and a sum of 0 stays 0: the tracker is taken out, and the
//! number is vacant.
//!
//! Who gives up a claim on a closed entry adds up again if it may have been the last one ([`Entry::left`]). No thread needs to do anything
//! for that which does not use the tracker: what a sleeping one once counted is in its row.

use std::sync::Arc;

use super::identity::MOST_TRACKERS;
use super::rows::{ALL_ROWS, SHARED_ROW};
use super::sync::{AtomicPtr, AtomicU32, AtomicU64, Lock, Ordering, UnsafeCell, count};
use super::visit::ends;
use super::{Registry, barrier};
use crate::told::Tracker;

/// In place of a number: none was vacant. Objects hold such a tracker by a record of their own.
pub(super) const CROWDED: u64 = MOST_TRACKERS + 1;

pub(super) struct Trackers {
    current: Lock<Current>,
    /// By number, from 1. Once made they stay, to be used again.
    entries: [AtomicPtr<Entry>; MOST_TRACKERS as usize],
}

struct Current {
    tracker: Option<Arc<dyn Tracker>>,
    /// 0 if there is none.
    number: u64,
}

struct Entry {
    /// By row, how many claims its threads made, less those that they gave up. Wraps.
    rows: [Row; ALL_ROWS],
    state: AtomicU32,
    /// Of a closed entry: so many claims at least are there, less those that were given up since they were counted. At 1 (or 0, while
    /// they are not counted) who gives one up must count.
    left: AtomicU64,
    /// Written by who opens the entry, and by who gives up the last claim.
    tracker: UnsafeCell<Option<Arc<dyn Tracker>>>,
}

/// Two cache lines: they are fetched in pairs.
#[repr(align(128))]
struct Row(AtomicU64);

const VACANT: u32 = 0;
const OPEN: u32 = 1;
const CLOSED: u32 = 2;
/// Closed, but nobody can tell whether there are claims.
const KEPT: u32 = 3;

// SAFETY: the tracker is `Send + Sync`; the cell is written only while nobody has a claim.
unsafe impl Send for Entry {}
// SAFETY: as above.
unsafe impl Sync for Entry {}

#[cfg(not(loom))]
const fn no_entries() -> [AtomicPtr<Entry>; MOST_TRACKERS as usize] {
    [const { AtomicPtr::new(core::ptr::null_mut()) }; MOST_TRACKERS as usize]
}

#[cfg(loom)]
fn no_entries() -> [AtomicPtr<Entry>; MOST_TRACKERS as usize] {
    core::array::from_fn(|_| AtomicPtr::new(core::ptr::null_mut()))
}

macro_rules! trackers_new {
    ($($constness:tt)?) => {
        pub(super) $($constness)? fn new() -> Self {
            Self {
                current: Lock::new(Current { tracker: None, number: 0 }),
                entries: no_entries(),
            }
        }
    };
}

impl Trackers {
    #[cfg(not(loom))]
    trackers_new!(const);
    #[cfg(loom)]
    trackers_new!();

    /// The global tracker.
    pub(super) fn current(&self) -> Option<Arc<dyn Tracker>> {
        self.current.lock().tracker.clone()
    }

    /// The number of the global tracker: 0 if there is none, [`CROWDED`] if there was none left for it.
    pub(super) fn current_number(&self) -> u64 {
        self.current.lock().number
    }

    /// Makes this the global tracker.
    pub(super) fn set(&self, registry: &Registry, tracker: Option<Arc<dyn Tracker>>) {
        barrier::prepare();
        // Neither allocated nor dropped under the lock.
        let mut spare = Some(Entry::vacant());
        let (old, last) = {
            let mut current = self.current.lock();
            let number = match &tracker {
                Some(tracker) => self.open(tracker, &mut spare),
                None => 0,
            };
            let old_number = core::mem::replace(&mut current.number, number);
            let old = core::mem::replace(&mut current.tracker, tracker);
            registry.set_told(number != 0);
            (old, self.entry(old_number).and_then(Entry::close))
        };
        // Destructors that throw harm nobody.
        for tracker in [old, last] {
            ends(move || drop(tracker));
        }
    }

    /// Finds a number for a tracker.
    fn open(&self, tracker: &Arc<dyn Tracker>, spare: &mut Option<Box<Entry>>) -> u64 {
        for (place, number) in self.entries.iter().zip(1..) {
            // Acquire: the entry is made.
            let entry = place.load(Ordering::Acquire);
            if entry.is_null() {
                let Some(entry) = spare.take() else { break };
                entry.open(Arc::clone(tracker));
                // Release: who finds it sees it made.
                place.store(Box::into_raw(entry), Ordering::Release);
                return number;
            }
            // SAFETY: entries are never freed.
            let entry = unsafe { &*entry };
            // Relaxed: it becomes vacant under the lock.
            if entry.state.load(Ordering::Relaxed) == VACANT {
                entry.open(Arc::clone(tracker));
                return number;
            }
        }
        CROWDED
    }

    #[inline]
    fn entry(&self, number: u64) -> Option<&Entry> {
        let place = self.entries.get((number as usize).wrapping_sub(1))?;
        // Acquire: the entry is made.
        // SAFETY: entries are never freed; null if there is none.
        unsafe { place.load(Ordering::Acquire).as_ref() }
    }

    /// Makes a claim on the tracker with this number, if it is the global one. (It may be another one than it was when the number was
    /// learnt: then that other one is global.)
    #[inline]
    pub(super) fn claim(&self, number: u64, row: u32) -> bool {
        let Some(entry) = self.entry(number) else { return false };
        entry.change(row, 1);
        barrier::light();
        // Acquire: the tracker is seen.
        entry.state.load(Ordering::Acquire) == OPEN || self.take_back(number, row)
    }

    /// A claim came too late.
    #[cold]
    fn take_back(&self, number: u64, row: u32) -> bool {
        // SAFETY: it was made just now.
        let last = unsafe { self.release(number, row) };
        ends(move || drop(last));
        false
    }

    /// Gives a claim up. The tracker, if that was the last: to be dropped where no lock is held.
    ///
    /// # Safety
    /// The caller must have a claim on this number, and not use the tracker any more on its account.
    #[inline]
    pub(super) unsafe fn release(&self, number: u64, row: u32) -> Option<Arc<dyn Tracker>> {
        let entry = self.entry(number)?;
        entry.change(row, 1_u64.wrapping_neg());
        barrier::light();
        // Relaxed: if it is not open, the rest goes by the lock.
        if entry.state.load(Ordering::Relaxed) == OPEN { None } else { self.settle(entry) }
    }

    /// A claim on an entry was given up that may be closed.
    #[cold]
    fn settle(&self, entry: &Entry) -> Option<Arc<dyn Tracker>> {
        if entry.is_counted_down() {
            return None;
        }
        let _current = self.current.lock();
        // Once more: somebody may have counted while this one waited. Who counts while others count down would store a sum that some of
        // them are still in, and nobody would find the last.
        if entry.is_counted_down() { None } else { entry.count() }
    }

    /// The tracker with this number.
    ///
    /// # Safety
    /// There must be a claim on this number for as long as the reference is used.
    #[inline]
    pub(super) unsafe fn tracker(&self, number: u64) -> &Arc<dyn Tracker> {
        let entry = self.entry(number).unwrap_or_else(|| unreachable!("there is a claim on it"));
        // SAFETY: the cell is not written while there is a claim.
        let tracker = entry.tracker.with(|place| unsafe { (*place).as_ref() });
        tracker.unwrap_or_else(|| unreachable!("there is a claim on it"))
    }

    /// Takes the lock over a fork, if it can be had until then.
    #[cfg(all(unix, not(loom)))]
    pub(super) fn hold(&self, until: std::time::Instant) {
        self.current.hold(until);
    }

    /// Lets go of it.
    #[cfg(all(unix, not(loom)))]
    pub(super) fn end_hold(&self) {
        self.current.end_hold();
    }

    pub(super) fn overhead_bytes(&self) -> usize {
        (1..=MOST_TRACKERS).filter(|&number| self.entry(number).is_some()).count() * size_of::<Entry>()
    }
}

impl Entry {
    /// One claim more, or less, of a thread with this row.
    #[inline]
    fn change(&self, row: u32, by: u64) {
        let word = &self.rows[row as usize].0;
        if row == SHARED_ROW {
            // Release: as in `count`.
            word.fetch_add(by, Ordering::Release);
        } else {
            // Relaxed: only this thread writes it. (Release, in `count`: what was done under a claim is done before it is given up.)
            count(word, word.load(Ordering::Relaxed).wrapping_add(by));
        }
    }

    /// A claim was given up: whether there are others for certain.
    fn is_counted_down(&self) -> bool {
        let less = |left: u64| (left > 1).then(|| left - 1);
        // Acquire, release: who finds that none may be left sees what all others counted.
        self.left.fetch_update(Ordering::AcqRel, Ordering::Acquire, less).is_ok()
    }

    fn vacant() -> Box<Self> {
        Box::new(Self {
            rows: core::array::from_fn(|_| Row(AtomicU64::new(0))),
            state: AtomicU32::new(VACANT),
            left: AtomicU64::new(0),
            tracker: UnsafeCell::new(None),
        })
    }

    /// Only of a vacant entry, under the lock around the current tracker.
    fn open(&self, tracker: Arc<dyn Tracker>) {
        // SAFETY: nobody has a claim on a vacant entry, and it is vacant for one thread only, under the lock.
        self.tracker.with_mut(|place| unsafe { *place = Some(tracker) });
        // Relaxed: nobody looks at it before the entry is closed, under the lock.
        self.left.store(0, Ordering::Relaxed);
        // Release: who makes a claim sees the tracker.
        self.state.store(OPEN, Ordering::Release);
    }

    /// No claim can be made any more. The tracker, if there is none. Under the lock.
    fn close(&self) -> Option<Arc<dyn Tracker>> {
        // Relaxed: the barrier orders it.
        self.state.store(CLOSED, Ordering::Relaxed);
        if !barrier::heavy() {
            // There may be claims that would not be seen: the tracker stays for good. Relaxed: as above.
            self.state.store(KEPT, Ordering::Relaxed);
        }
        self.count()
    }

    /// Counts the claims on a closed entry. The tracker, if there are none. Under the lock.
    fn count(&self) -> Option<Arc<dyn Tracker>> {
        // Relaxed: written under the lock.
        if self.state.load(Ordering::Relaxed) != CLOSED {
            return None;
        }
        // Acquire: what was done under claims that were given up is done before the tracker is taken out.
        let rows = self.rows.iter().map(|row| row.0.load(Ordering::Acquire));
        let claims = rows.fold(0_u64, u64::wrapping_add);
        if claims != 0 {
            // Relaxed: a claim that is given up from now on is counted down here; one that was before was seen, or waits for the lock,
            // because nobody counts, and so raises this, but where it says that none may be left.
            self.left.store(claims, Ordering::Relaxed);
            return None;
        }
        // SAFETY: there is no claim, and none can be made before the entry is open again.
        let tracker = self.tracker.with_mut(|place| unsafe { (*place).take() });
        // Relaxed: it is opened again under the lock.
        self.state.store(VACANT, Ordering::Relaxed);
        tracker
    }
}
