//! The global tracker, and those that were it before and still have objects.
//!
//! Every new object gets the global tracker. To count up a reference in the tracker's `Arc` for each would be a word that all threads
//! write. So each tracker that is or was global stands in an [`Entry`] with a number; an object holds the number (four bits beside
//! its serial), and a *claim* on the entry. A thread makes claims in advance, many at a time, hands them to the objects that it makes, and
//! takes back those of the objects that it drops ([`Local::take_claim`](super::local::Local)): as a rule nothing is written that
//! another thread reads. When it sees that another tracker is global, or ends, it gives up what it has left. Claims are counted in
//! shards, one for each few threads.
//!
//! An entry is **open** as long as its tracker is the global one. Then claims come and go in the shards, and nobody can tell how many there
//! are. Closing it takes the count out of each shard, leaves a mark there, and adds all up in the entry's centre. New claims
//! find the mark and are turned away; a claim that is given up finds it and counts down at the centre. The last one there
//! takes the tracker out, and the number is vacant.

use std::sync::Arc;

use super::Registry;
use super::identity::MOST_TRACKERS;
use super::sync::{AtomicPtr, AtomicU32, AtomicU64, Lock, Ordering, UnsafeCell};
use super::visit::ends;
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
    shards: [Shard; SHARDS],
    /// After closing, how many claims there are. Before, and until all shards are added up, [`UNCOUNTED`] more.
    centre: AtomicU64,
    /// Written by who opens the entry, and by who gives up the last claim.
    tracker: UnsafeCell<Option<Arc<dyn Tracker>>>,
    vacant: AtomicU32,
}

/// Claims that were made less those that were given up here, wrapping; from [`CLOSED`] on, nothing.
///
/// Two cache lines: they are fetched in pairs.
#[repr(align(128))]
struct Shard(AtomicU64);

const SHARDS: usize = if cfg!(loom) { 2 } else { 8 };
const CLOSED: u64 = 1 << 62;
const UNCOUNTED: u64 = 1 << 48;

/// Of a closed shard, whatever came after the mark.
fn is_closed(shard: u64) -> bool {
    // Counts are small, to either side of 0.
    (CLOSED / 2..CLOSED * 2).contains(&shard)
}

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
        // Other threads give up theirs when they look again.
        let own = super::with_local(|local| local.give_up_claims(registry));
        // Destructors that throw harm nobody.
        for tracker in [old, last, own] {
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
            // Acquire: who made it vacant is done with it.
            if entry.vacant.load(Ordering::Acquire) == 1 {
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

    /// Makes claims on the tracker with this number, if it is the global one. (It may be another one than it was when the number was
    /// learnt: then that other one is global.)
    pub(super) fn claim(&self, number: u64, claims: u32, shard: u32) -> bool {
        // Acquire: the tracker is seen. Nothing is taken back where the shard is closed: it holds nothing.
        let made = |entry: &Entry| entry.shard(shard).fetch_add(u64::from(claims), Ordering::Acquire);
        self.entry(number).is_some_and(|entry| !is_closed(made(entry)))
    }

    /// Gives claims up. The tracker, if they were the last: to be dropped where no lock is held.
    ///
    /// # Safety
    /// The caller must have these claims on this number, and not use the tracker any more on their account.
    pub(super) unsafe fn release(&self, number: u64, claims: u32, shard: u32) -> Option<Arc<dyn Tracker>> {
        let entry = self.entry(number)?;
        // Release: what was done under the claims is done before the tracker is taken out.
        if !is_closed(entry.shard(shard).fetch_sub(u64::from(claims), Ordering::Release)) {
            return None;
        }
        entry.count_at_centre(u64::from(claims).wrapping_neg())
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
    #[inline]
    fn shard(&self, shard: u32) -> &AtomicU64 {
        &self.shards[shard as usize % SHARDS].0
    }

    fn vacant() -> Box<Self> {
        Box::new(Self {
            shards: core::array::from_fn(|_| Shard(AtomicU64::new(CLOSED))),
            centre: AtomicU64::new(0),
            tracker: UnsafeCell::new(None),
            vacant: AtomicU32::new(1),
        })
    }

    /// Only of a vacant entry, under the lock around the current tracker.
    fn open(&self, tracker: Arc<dyn Tracker>) {
        // SAFETY: nobody has a claim on a vacant entry, and it is vacant for one thread only, under the lock.
        self.tracker.with_mut(|place| unsafe { *place = Some(tracker) });
        // Relaxed: seen by who has a claim, see below.
        self.vacant.store(0, Ordering::Relaxed);
        // Relaxed: as above.
        self.centre.store(UNCOUNTED, Ordering::Relaxed);
        for shard in &self.shards {
            // Release: who makes a claim here sees the tracker and the rest.
            shard.0.store(0, Ordering::Release);
        }
    }

    /// No claim can be made any more. The tracker, if there was none.
    fn close(&self) -> Option<Arc<dyn Tracker>> {
        let mut claims = 0_u64;
        for shard in &self.shards {
            // Acquire, release: what was done under claims that were given up here is done before whoever is the last goes on.
            claims = claims.wrapping_add(shard.0.swap(CLOSED, Ordering::AcqRel));
        }
        self.count_at_centre(claims.wrapping_sub(UNCOUNTED))
    }

    /// Adds to the centre. The tracker, if that was the last claim.
    fn count_at_centre(&self, change: u64) -> Option<Arc<dyn Tracker>> {
        // Acquire, release: as in `close`.
        if self.centre.fetch_add(change, Ordering::AcqRel).wrapping_add(change) != 0 {
            return None;
        }
        // SAFETY: there is no claim, and none can be made before the entry is open again.
        let tracker = self.tracker.with_mut(|place| unsafe { (*place).take() });
        // Release: who opens it again does so after this.
        self.vacant.store(1, Ordering::Release);
        tracker
    }
}
