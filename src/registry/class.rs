//! A class: what the registry keeps once for each type.

use core::any::TypeId;
use core::ptr::{NonNull, null};

use super::history::Events;
use super::lifetimes::Ended;
use super::local::LocalClass;
use super::node::{Header, Node};
use super::page::{Page, SLOTS};
use super::pool::Pool;
use super::slot::{Remains, Slot};
use super::sync::{AtomicU32, AtomicU64, Lock, Ordering};
use super::watch::Wishes;

/// What the compiler knows of a class.
#[derive(Clone, Copy)]
pub(super) struct Seed {
    /// What the class is found by. That of the objects' type, or, for those that stand by value, of [`ByValue`] around it.
    pub(super) type_id: TypeId,
    pub(super) name: fn() -> &'static str,
    /// Destroys an object that no strong handle and no walker can reach, or what remains of it.
    pub(super) destroy: unsafe fn(NonNull<Header>, Remains),
    /// Of objects that stand by value, and are only counted.
    pub(super) by_value: Option<Counted>,
}

/// What is known of objects that stand by value: nobody can come to one, so it is known of all of them at once.
#[derive(Clone, Copy)]
pub(crate) struct Counted {
    /// The type of the objects.
    pub(crate) type_id: TypeId,
    /// `size_of` one of them.
    pub(crate) flat_bytes: usize,
}

/// Stands for the objects of `T` that a [`Trackable`](super::Trackable) counts where they are. Those in a `Tracked` are another
/// class: an object may be both.
struct ByValue<T>(core::marker::PhantomData<T>);

impl Seed {
    pub(super) fn of<T: 'static>() -> Self {
        Self {
            type_id: TypeId::of::<T>(),
            name: core::any::type_name::<T>,
            destroy: super::destroy::destroy::<T>,
            by_value: None,
        }
    }

    /// The [`Seed::type_id`] of [`Seed::by_value`].
    #[inline]
    pub(super) fn id_by_value<T: 'static>() -> TypeId {
        TypeId::of::<ByValue<T>>()
    }

    pub(super) fn by_value<T: 'static>() -> Self {
        Self {
            type_id: Self::id_by_value::<T>(),
            name: core::any::type_name::<T>,
            destroy: super::destroy::nothing,
            by_value: Some(Counted { type_id: TypeId::of::<T>(), flat_bytes: size_of::<T>() }),
        }
    }
}

/// All that is known of the objects of one type in this process. Made with the first of them, kept for ever.
pub(crate) struct Class {
    index: u32,
    type_id: TypeId,
    name: &'static str,
    pub(super) destroy: unsafe fn(NonNull<Header>, Remains),
    by_value: Option<Counted>,
    /// 0 if its new objects are not to get the global tracker.
    told: AtomicU32,
    /// Every page of this class, in order of creation.
    pub(super) pages: Lock<Vec<PageRef>>,
    /// Free slots that no thread has taken.
    pub(super) pool: Lock<Pool>,
    pub(super) threads: Lock<Threads>,
    /// See [`super::watch`].
    pub(super) wishes: Lock<Vec<Wishes>>,
    pub(super) watched: AtomicU64,
    pub(super) events: Lock<Option<Events>>,
    /// What threads that cannot keep a count of their own (any more) made and dropped.
    created: AtomicU64,
    dropped: AtomicU64,
}

/// A page, for ever (for a model's run, under loom).
#[derive(Clone, Copy)]
pub(super) struct PageRef(pub(super) *const Page);

impl PageRef {
    pub(super) fn page(&self) -> &'static Page {
        // SAFETY: pages are never freed.
        unsafe { &*self.0 }
    }
}

// SAFETY: pages are shared by design: all their parts are atomics or under a lock.
unsafe impl Send for PageRef {}
// SAFETY: as above.
unsafe impl Sync for PageRef {}

/// A list of free slots, linked through the slots themselves.
pub(super) struct Chain {
    pub(super) head: *const Slot,
    pub(super) count: u32,
}

// SAFETY: a chain owns its free slots; they can be handed to any thread.
unsafe impl Send for Chain {}

impl Chain {
    pub(super) const EMPTY: Self = Self { head: null(), count: 0 };

    /// Puts `other` before this chain.
    pub(super) fn join(&mut self, other: Self) {
        if other.count == 0 {
            return;
        }
        let mut last = other.head;
        for _ in 1..other.count {
            // SAFETY: a chain has as many slots as it says, and slots are never freed.
            last = unsafe { &*last }.next();
        }
        // SAFETY: as above.
        unsafe { &*last }.set_next(self.head);
        self.head = other.head;
        self.count += other.count;
    }
}

/// The threads that count for themselves.
pub(super) struct Threads {
    list: Vec<*const LocalClass>,
    /// How long the objects lived that threads dropped which are not in the list; `None` until somebody asks.
    pub(super) ended: Option<Ended>,
}

impl Threads {
    pub(super) fn shares(&self) -> impl Iterator<Item = &LocalClass> {
        // SAFETY: entries are taken out before they are freed, under the lock around this list.
        self.list.iter().map(|&share| unsafe { &*share })
    }
}

// SAFETY: a thread takes its entry out before it frees it, under the lock around this list; the others read only atomics.
unsafe impl Send for Threads {}

impl Class {
    pub(super) fn new(index: u32, seed: &Seed) -> Self {
        Self {
            index,
            type_id: seed.type_id,
            name: (seed.name)(),
            destroy: seed.destroy,
            by_value: seed.by_value,
            told: AtomicU32::new(1),
            pages: Lock::new(Vec::new()),
            pool: Lock::new(Pool::new()),
            threads: Lock::new(Threads { list: Vec::new(), ended: None }),
            wishes: Lock::new(Vec::new()),
            watched: AtomicU64::new(0),
            events: Lock::new(None),
            created: AtomicU64::new(0),
            dropped: AtomicU64::new(0),
        }
    }

    /// Its number in this process, from 0.
    pub(crate) fn index(&self) -> u32 {
        self.index
    }

    /// The type's full path, as the compiler gives it.
    pub(crate) fn name(&self) -> &'static str {
        self.name
    }

    /// Whether this is the type that the class is found by.
    pub(super) fn is_found_by(&self, type_id: TypeId) -> bool {
        self.type_id == type_id
    }

    pub(crate) fn is<T: 'static>(&self) -> bool {
        self.type_id == TypeId::of::<T>()
    }

    /// The type of its objects.
    pub(crate) fn object_type(&self) -> TypeId {
        self.by_value.map_or(self.type_id, |counted| counted.type_id)
    }

    /// Whether its new objects get the global tracker.
    pub(super) fn is_told(&self) -> bool {
        // Relaxed: it says nothing of anything else.
        self.told.load(Ordering::Relaxed) != 0
    }

    pub(crate) fn set_told(&self, told: bool) {
        // Relaxed: as above.
        self.told.store(u32::from(told), Ordering::Relaxed);
    }

    /// For a class of objects that stand by value, what is known of each of them.
    pub(crate) fn counted(&self) -> Option<Counted> {
        self.by_value
    }

    /// How many objects were made and dropped so far; the second is never more than the first.
    pub(crate) fn totals(&self) -> (u64, u64) {
        let threads = self.threads.lock();
        // Acquire, drops first: a drop that is seen brings its creation with it (each thread counts with release, and an
        // object reaches the thread that drops it by a synchronisation of its own).
        let mut dropped = self.dropped.load(Ordering::Acquire);
        for thread in threads.shares() {
            dropped += thread.dropped.load(Ordering::Acquire);
        }
        let mut created = self.created.load(Ordering::Acquire);
        for thread in threads.shares() {
            created += thread.created.load(Ordering::Acquire);
        }
        (created, dropped)
    }

    /// The pages that there are now.
    pub(super) fn pages(&self) -> Vec<PageRef> {
        self.pages.lock().clone()
    }

    /// Up to `wanted` free slots, from a new page if there are none.
    pub(super) fn take_slots(&'static self, wanted: u32, new_page: impl FnOnce() -> *mut Page) -> Chain {
        let taken = self.pool.lock().take(wanted);
        if taken.count > 0 {
            return taken;
        }
        // Two threads may come here at once; then there are two new pages, both of use.
        let page = new_page();
        // SAFETY: `new_page` gives memory for a page that is never freed.
        unsafe { Page::init(page, self) };
        let mut pages = self.pages.lock();
        pages.push(PageRef(page));
        let count = pages.len();
        drop(pages);
        Pool::make_room(&self.pool, count);
        // SAFETY: never freed.
        self.pool.lock().take_new(unsafe { &*page }, wanted)
    }

    /// Takes in the first `count` slots of a chain that has as many: a page's worth at a time, so that nobody waits long for the lock.
    pub(super) fn give_slots(&self, chain: &mut Chain, count: u32) {
        for given in (0..count).step_by(SLOTS) {
            self.pool.lock().give(chain, (count - given).min(SLOTS as u32));
        }
    }

    /// Counts for a thread that has no count of its own.
    pub(super) fn count_created(&self) {
        // Release: as in `bump`; a chain of such additions passes on what each of them released.
        self.created.fetch_add(1, Ordering::Release);
    }

    /// The same for a drop.
    pub(super) fn count_dropped(&self) {
        // Release: as above.
        self.dropped.fetch_add(1, Ordering::Release);
    }

    /// A thread begins to count for itself.
    pub(super) fn join_thread(&self, thread: &LocalClass) {
        let mut threads = self.threads.lock();
        threads.list.push(thread);
        let watched = self.watched();
        if watched.drops() {
            thread.watch_drops(true);
        }
        drop(threads);
        if watched.lifetimes {
            self.give_counters();
        }
    }

    /// A thread ends: its counts become the class' own in one step.
    pub(super) fn leave_thread(&self, thread: &LocalClass) {
        let mut threads = self.threads.lock();
        if let Some(place) = threads.list.iter().position(|&entry| core::ptr::eq(entry, thread)) {
            threads.list.swap_remove(place);
        }
        if let (Some(ended), Some(lifetimes)) = (&mut threads.ended, thread.lifetimes()) {
            lifetimes.add_to(ended);
        }
        // Relaxed loads: this thread's own. Release: as in `count_dropped`.
        self.dropped.fetch_add(thread.dropped.load(Ordering::Relaxed), Ordering::Release);
        self.created.fetch_add(thread.created.load(Ordering::Relaxed), Ordering::Release);
    }

    /// Bytes that this class takes for itself: pages and lists.
    pub(crate) fn overhead_bytes(&self) -> usize {
        // By itself: within the sum the lock would be held over those that follow, against the order in which a fork takes them.
        let pool_bytes = self.pool.lock().bytes();
        let pages = self.pages.lock();
        let threads = self.threads.lock();
        size_of::<Self>()
            + pages.len() * size_of::<Page>()
            + pages.capacity() * size_of::<PageRef>()
            + pool_bytes
            + threads.list.len() * size_of::<LocalClass>()
            + threads.list.capacity() * size_of::<*const LocalClass>()
            + threads.shares().filter_map(LocalClass::lifetimes).map(size_of_val).sum::<usize>()
            + threads.ended.as_ref().map_or(0, |ended| size_of_val(&**ended))
            + self.events.lock().as_ref().map_or(0, Events::bytes)
    }
}

/// Bytes that every object takes for the registry, besides its slot.
pub(crate) const HEADER_BYTES: usize = core::mem::offset_of!(Node<()>, value);
