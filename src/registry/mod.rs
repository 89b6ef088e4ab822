//! The registry: every live tracked object of the process, found without a lock and without a count.
//!
//! **This module holds all `unsafe` code and all atomics of the project**, but for those of [`crate::allocator`]. Its face is safe.
//!
//! # How it works
//! - An object is one allocation: a [`node`] of header (reference counts, slot, serial, origin) and value. It is in the
//!   registry from its creation to its last handle's drop, by a pointer in a [`slot`] of a [`page`]. A page holds objects of one
//!   [`class`]. Pages are never freed, so a slot may be looked at any time.
//! - Creating takes a free slot from a list of the [thread's own](local), and writes the pointer. Dropping swaps it out and
//!   puts the slot on the list. Serials come in blocks, classes and sites from a small cache, counts of creations and
//!   drops are each thread's own: nothing shared is written, and no read-modify-write is needed but that one swap.
//! - Memory of dropped objects stays with the thread for its next ones, within [bounds](spare).
//! - A walker [visits](visit) a page: it marks it *busy*, then reads slots. It holds no object and counts nothing up.
//! - What it found on a full page may be [known](known) from then on: the page stays busy, until an object leaves it or is borrowed.
//! - A [`Trackable`] is an object without a slot: an [`identity`], which its thread [counts](local).
//! - [Trackers](global) are [told](tell) of objects; what is kept for one object beside its identity is in a [`record`].
//!
//! # The handshake
//! The walker writes `busy`, then reads a slot; the last handle writes the slot, then reads `busy`; all four are
//! sequentially consistent. So either the walker misses the object, or the drop sees the walker: then it *parks* the
//! object in its slot, and the walker that leaves the page last destroys it. No thread of the program waits for a walker; a
//! walker waits only for a handle that is between two instructions of its drop (see [`slot`]).
//!
//! # Invariants
//! 1. A pointer in an untagged slot is to a live node whose class is the page's.
//! 2. A node whose pointer was in a slot while its page was busy is not freed before every walker that was on the page
//!    has left, or, if it holds this very object, is done with it. That includes a node whose value was moved out.
//! 3. Only the last handle's owner takes a node's pointer out of its slot, and only a walker that saw the slot on a busy page
//!    makes a handle without having one. Hence a handle that is the only one, checked *after* the pointer was taken out and
//!    the page was found idle, stays the only one.
//! 4. A value that is borrowed mutably or moved out is tagged in its slot before; walkers that came earlier have left. The value of
//!    a pinned object never is.
//! 5. No user code runs under a lock of this module, nor is a tracker or a bundle dropped there: that is user code. (The global
//!    allocator does; it must not wait for another thread that tracks. It may drop tracked objects, but not make any.)
//! 6. [`Local`](local::Local)'s fields are never borrowed while user code runs.
//! 7. What is known of a page was found in all of its slots by a walker that came to the idle page, and since then no object of it was
//!    hidden, nor a value: who hides one finds the page busy, by the handshake, and says so under the page's lock.
//!
//! The `loom` models in [`model`] check 2, 3, 4 and 7.

mod barrier;
mod borrow;
mod class;
mod counts;
mod destroy;
#[cfg(all(unix, not(loom)))]
mod fork;
mod fork_lock;
mod given;
mod global;
mod handle;
#[cfg(all(unix, not(loom)))]
mod held;
mod history;
mod identity;
#[cfg(all(target_os = "linux", not(loom)))]
mod kernel_clock;
mod known;
mod lifetimes;
mod list;
mod local;
#[cfg(all(test, loom))]
#[allow(clippy::unwrap_used, reason = "these are tests")]
mod model;
mod node;
mod object;
mod page;
mod pool;
mod prefetch;
mod raced;
mod record;
mod rows;
mod sites;
mod slot;
mod spare;
mod stack;
mod sync;
mod tallies;
mod tell;
mod threads;
mod trackable;
mod visit;
mod watch;
mod weak;

use core::any::TypeId;
use core::ops::Range;
use core::panic::Location;
use std::sync::Arc;

use rustc_hash::{FxBuildHasher, FxHashMap};

pub use borrow::TrackedMut;
pub use handle::Tracked;
pub use tell::set_told;
pub use trackable::Trackable;
pub use weak::WeakTracked;

pub(crate) use class::{Class, Counted, HEADER_BYTES};
pub(crate) use fork_lock::{ForkLock, Turn};
pub(crate) use identity::SiteKey;
#[cfg(all(target_os = "linux", not(loom)))]
pub(crate) use kernel_clock::monotonic_coarse;
pub(crate) use known::{Known, Sizes};
pub(crate) use list::objects;
pub(crate) use object::{AnyObject, Object};
pub(crate) use raced::Raced;
pub(crate) use sync::Flag;
pub(crate) use tallies::{Count, Tallies};
pub(crate) use threads::registry;
pub(crate) use visit::{Pages, Place, Visitor, Walker};
pub(crate) use watch::{Watch, Wishes};

use class::Seed;
use global::Trackers;
use page::{PAGE_BYTES, Page};
use rows::Rows;
use sites::Sites;
use spare::AllSpares;
use sync::{AtomicU64, Lock, Ordering};
use threads::{close_at_thread_exit, with_local};

use crate::told::{Bundle, Tracker};

/// Whether there is anything that could be tracked; the program may be built without (`off.rs`).
pub(crate) const TRACKS: bool = true;

/// What the whole process shares.
pub(crate) struct Registry {
    control: Control,
    next_serial: AtomicU64,
    /// See [`watch`].
    wish_changes: AtomicU64,
    classes: Lock<Classes>,
    sites: Lock<Sites>,
    slab: Lock<Slab>,
    trackers: Trackers,
    rows: Rows,
    spares: AllSpares,
    /// Taken to give an object its [`record`], and to come to what it keeps; which one is a matter of address.
    stripes: [Lock<()>; STRIPES],
}

/// Bit 0: tracking is off. Bit 1: there is a global tracker. The rest: the epoch, which rises whenever every thread must look here again.
///
/// Every creation reads it; nothing that is written often may share its cache line (or the pair that is fetched at once).
#[repr(align(128))]
struct Control(AtomicU64);

struct Classes {
    by_type: FxHashMap<TypeId, &'static Class>,
    in_order: Vec<&'static Class>,
}

/// Memory for pages, taken from the allocator many at a time.
struct Slab {
    next: *mut u8,
    pages_left: usize,
    bytes: usize,
}

// SAFETY: the slab owns the memory that it points to.
unsafe impl Send for Slab {}

const OFF: u64 = 1;
const TOLD: u64 = 2;
const EPOCH: u64 = 4;
const STRIPES: usize = if cfg!(loom) { 1 } else { 64 };
/// How many pages are taken from the allocator at once.
const SLAB_PAGES: usize = if cfg!(loom) { 1 } else { 32 };

#[cfg(not(loom))]
const fn stripes() -> [Lock<()>; STRIPES] {
    [const { Lock::new(()) }; STRIPES]
}

#[cfg(loom)]
fn stripes() -> [Lock<()>; STRIPES] {
    core::array::from_fn(|_| Lock::new(()))
}

macro_rules! registry_new {
    ($($constness:tt)?) => {
        $($constness)? fn new() -> Self {
            Self {
                control: Control(AtomicU64::new(0)),
                next_serial: AtomicU64::new(1),
                wish_changes: AtomicU64::new(0),
                classes: Lock::new(Classes {
                    by_type: FxHashMap::with_hasher(FxBuildHasher),
                    in_order: Vec::new(),
                }),
                sites: Lock::new(Sites::new()),
                slab: Lock::new(Slab { next: core::ptr::null_mut(), pages_left: 0, bytes: 0 }),
                trackers: Trackers::new(),
                rows: Rows::new(),
                spares: AllSpares::new(),
                stripes: stripes(),
            }
        }
    };
}

impl Registry {
    #[cfg(not(loom))]
    registry_new!(const);
    #[cfg(loom)]
    registry_new!();

    #[inline]
    fn control(&self) -> u64 {
        // Relaxed: who was told of a change (by any synchronisation) reads the change; for others either order is right.
        self.control.0.load(Ordering::Relaxed)
    }

    /// The same for who then takes serials.
    fn control_for_serials(&self) -> u64 {
        // Acquire: serials that are taken under a new epoch come after the line that began it; see `cut`.
        self.control.0.load(Ordering::Acquire)
    }

    fn is_off(control: u64) -> bool {
        control & OFF != 0
    }

    fn is_told(control: u64) -> bool {
        control & TOLD != 0
    }

    /// Makes every thread look who the global tracker is.
    fn set_told(&self, told: bool) {
        let change = |control| Some((control & !TOLD) + EPOCH + if told { TOLD } else { 0 });
        // Release: as in `cut`, whose place it may take for a thread that sees only this change. Relaxed on failure: it looks again.
        let _ = self.control.0.fetch_update(Ordering::Release, Ordering::Relaxed, change);
    }

    /// The global tracker.
    pub(crate) fn global_tracker(&self) -> Option<Arc<dyn Tracker>> {
        self.trackers.current()
    }

    /// Makes this the tracker that objects made from now on get.
    pub(crate) fn set_global_tracker(&self, tracker: Option<Arc<dyn Tracker>>) {
        self.trackers.set(self, tracker);
    }

    fn stripe(&self, address: usize) -> &Lock<()> {
        &self.stripes[(address >> 6) % STRIPES]
    }

    /// Draws a line through time: the first serial that no object made before this call has.
    ///
    /// Threads hold blocks of serials that they took earlier. The new epoch makes each of them drop the rest of its block, so an
    /// object made after this call (as far as its thread can know of it) has a serial from the line on.
    pub(crate) fn cut(&self) -> u64 {
        // The line first, then the epoch: a block that is taken under the new epoch must lie behind the line. Relaxed: a block
        // that was taken before this call, as far as this thread can know, is counted in what it reads.
        let line = self.next_serial.load(Ordering::Relaxed);
        // Release: who reads the epoch and then takes serials takes them after the line was read.
        self.control.0.fetch_add(EPOCH, Ordering::Release);
        line
    }

    pub(crate) fn set_enabled(&self, enabled: bool) {
        // Relaxed throughout: nothing else is told by it; what `cut` released, a later change passes on.
        if !enabled {
            self.control.0.fetch_or(OFF, Ordering::Relaxed);
            return;
        }
        // On again is also a new epoch: serials were given meanwhile, one by one, and what is left of threads' blocks is older.
        let on = |control| Self::is_off(control).then_some((control & !OFF) + EPOCH);
        let _ = self.control.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, on);
    }

    pub(crate) fn is_enabled(&self) -> bool {
        !Self::is_off(self.control())
    }

    /// Serials that were never given before.
    pub(crate) fn serials(&self, count: u64) -> Range<u64> {
        // Relaxed: no two calls get the same number. Their order against `cut` is that of the control word.
        let start = self.next_serial.fetch_add(count, Ordering::Relaxed);
        start..start + count
    }

    fn class(&self, seed: &Seed) -> &'static Class {
        let mut classes = self.classes.lock();
        if let Some(class) = classes.by_type.get(&seed.type_id) {
            return class;
        }
        let index = u32::try_from(classes.in_order.len()).unwrap_or(u32::MAX);
        let class: &'static Class = Box::leak(Box::new(Class::new(index, seed)));
        classes.by_type.insert(seed.type_id, class);
        classes.in_order.push(class);
        class
    }

    /// The class of `T`, whether or not it has objects.
    pub(crate) fn class_of<T: 'static>(&self) -> &'static Class {
        self.class(&Seed::of::<T>())
    }

    /// All classes that ever had an object or a tracker, in order of their index.
    pub(crate) fn classes(&self) -> Vec<&'static Class> {
        self.classes.lock().in_order.clone()
    }

    /// Those classes whose objects stand by value, and are only counted.
    pub(crate) fn counted_classes(&self) -> Vec<(&'static Class, Counted)> {
        let classes = self.classes.lock();
        classes.in_order.iter().filter_map(|&class| Some((class, class.counted()?))).collect()
    }

    /// The number of a place; 0 if there are too many. At most 24 bits.
    pub(crate) fn site(&self, location: &'static Location<'static>) -> u32 {
        self.sites.lock().intern(location)
    }

    /// The number of a place together with the calls that led to this one.
    pub(crate) fn site_with_stack(&self, location: &'static Location<'static>) -> u32 {
        // The stack is taken before the lock.
        stack::capture(|stack| self.sites.lock().intern_with_stack(location, stack))
    }

    /// The place with this number; `None` for 0, which means that it is not known.
    pub(crate) fn location(&self, site: u32) -> Option<&'static Location<'static>> {
        self.sites.lock().place(site)
    }

    /// The calls that led to the place with this number, if they were recorded: addresses, the innermost first. A 0 at the end
    /// means that those further out were left out.
    pub(crate) fn stack(&self, site: u32) -> Option<Arc<[usize]>> {
        self.sites.lock().stack(site)
    }

    /// Memory for one page, for ever.
    fn new_page(&self) -> *mut Page {
        let mut slab = self.slab.lock();
        if slab.pages_left == 0 {
            let layout = core::alloc::Layout::new::<[Page; SLAB_PAGES]>();
            // SAFETY: the layout is not empty.
            let memory = unsafe { std::alloc::alloc(layout) };
            if memory.is_null() {
                std::alloc::handle_alloc_error(layout);
            }
            slab.next = memory;
            slab.pages_left = SLAB_PAGES;
            slab.bytes += layout.size();
        }
        let page = slab.next.cast::<Page>();
        slab.next = slab.next.wrapping_add(PAGE_BYTES);
        slab.pages_left -= 1;
        page
    }

    /// Bytes that the registry takes: pages, lists and tables, the headers of all live objects, and the memory of dead ones that is kept.
    pub(crate) fn overhead_bytes(&self) -> usize {
        let mut bytes = {
            let slab = self.slab.lock();
            size_of::<Self>() + slab.pages_left * PAGE_BYTES
        };
        bytes += self.trackers.overhead_bytes();
        bytes += self.sites.lock().overhead_bytes();
        bytes += self.spares.bytes();
        for class in self.classes() {
            let (created, dropped) = class.totals();
            let live = usize::try_from(created - dropped).unwrap_or(usize::MAX);
            // Objects that stand by value have theirs in themselves, among their flat bytes.
            let header_bytes = if class.counted().is_some() { 0 } else { HEADER_BYTES };
            bytes += class.overhead_bytes() + live.saturating_mul(header_bytes);
        }
        bytes
    }
}

/// A serial for an object that is not in the registry, in order with those of the objects that this thread makes.
pub(crate) fn next_serial() -> u64 {
    with_local(|local| local.serial(registry()))
}
