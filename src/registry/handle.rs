//! The handles: `Tracked`, `WeakTracked`, and the guard of a mutable borrow.

use core::marker::PhantomData;
use core::mem::{ManuallyDrop, MaybeUninit};
use core::ops::{Deref, DerefMut};
use core::panic::{Location, RefUnwindSafe, UnwindSafe};
use core::ptr::NonNull;
use std::time::Duration;

use super::class::Seed;
use super::counts::Counts;
use super::node::{Header, Node};
use super::page::{Page, Remains, Slot};
use super::visit::Place;
use super::{Class, registry, with_local};
use crate::Inspect;

/// How long taking the value out, or borrowing it mutably, waits for a walker that is reading it: about a second.
const PATIENCE: u32 = if cfg!(loom) { 2 } else { 10_000 };

/// A shared, owning pointer like [`Arc`](std::sync::Arc), whose object is known to the registry from its creation to the drop
/// of its last handle.
///
/// Everything but [`new`](Tracked::new) and its like is an associated function (`Tracked::serial(&handle)`), so it never hides
/// a method of `T`.
///
/// ```
/// use classtracker::{ClassTracker, DeepSizeOf, Tracked};
///
/// #[derive(DeepSizeOf)]
/// struct Page { text: String }
///
/// let page = Tracked::new(Page { text: "hello".into() });
/// let other = page.clone();
/// assert!(Tracked::ptr_eq(&page, &other));
/// assert_eq!(Tracked::strong_count(&page), 2);
/// assert_eq!(ClassTracker::new().instances::<Page>().len(), 1);
/// ```
///
/// # What differs from `Arc`
/// - A value must be `Send + Sync + 'static`: a snapshot may read it, and drop it if it dies meanwhile, on another thread.
/// - [`get_mut`](Tracked::get_mut) and [`make_mut`](Tracked::make_mut) return a guard, so that no snapshot reads the value while
///   it changes. A snapshot that comes by then counts the object, and says that it was not read.
/// - A count of handles that reaches 2³¹ sticks: the object is never freed. (`Arc` aborts the program at 2⁶³.)
pub struct Tracked<T: ?Sized> {
    node: NonNull<Node<T>>,
    owns: PhantomData<Node<T>>,
}

/// A handle that does not keep the object alive, like [`std::sync::Weak`].
///
/// ```
/// use classtracker::{Tracked, WeakTracked};
///
/// let handle = Tracked::new(7_u32);
/// let weak: WeakTracked<u32> = Tracked::downgrade(&handle);
/// assert_eq!(weak.upgrade().as_deref(), Some(&7));
/// drop(handle);
/// assert!(weak.upgrade().is_none());
/// ```
pub struct WeakTracked<T: ?Sized> {
    /// `None` for a handle that never had an object.
    node: Option<NonNull<Node<T>>>,
    owns: PhantomData<Node<T>>,
}

impl<T: ?Sized> Unpin for Tracked<T> {}
impl<T: ?Sized> Unpin for WeakTracked<T> {}
impl<T: ?Sized + RefUnwindSafe> UnwindSafe for Tracked<T> {}
impl<T: ?Sized + RefUnwindSafe> RefUnwindSafe for Tracked<T> {}
impl<T: ?Sized + RefUnwindSafe> UnwindSafe for WeakTracked<T> {}
impl<T: ?Sized + RefUnwindSafe> RefUnwindSafe for WeakTracked<T> {}

// SAFETY: as for `Arc`: handles on several threads share the value (`Sync`), and any of them may be the one that drops it
// (`Send`).
unsafe impl<T: ?Sized + Send + Sync> Send for Tracked<T> {}
// SAFETY: as above: `&Tracked` can be cloned.
unsafe impl<T: ?Sized + Send + Sync> Sync for Tracked<T> {}
// SAFETY: as above: it can be upgraded.
unsafe impl<T: ?Sized + Send + Sync> Send for WeakTracked<T> {}
// SAFETY: as above.
unsafe impl<T: ?Sized + Send + Sync> Sync for WeakTracked<T> {}

impl<T: Inspect + Send + Sync + 'static> Tracked<T> {
    /// Makes a tracked object. Where it was made is this call's place, or that of the caller of a function that is
    /// `#[track_caller]` itself.
    #[inline]
    #[must_use]
    #[track_caller]
    pub fn new(value: T) -> Self {
        let this = Self::build(value, Location::caller(), false);
        this.admit_walkers();
        this
    }

    /// An object that is registered, but that its slot does not show yet.
    #[inline]
    fn build(value: T, location: &'static Location<'static>, pinned: bool) -> Self {
        let given = with_local(|local| local.register(registry(), &Seed::of::<T>(), location));
        let header = Header::new(Counts::unique(), given, pinned);
        let node = Box::into_raw(Box::new(Node { header, value }));
        // SAFETY: `Box::into_raw` gives no null.
        let node = unsafe { NonNull::new_unchecked(node) };
        // SAFETY: the node counts one handle, this one.
        unsafe { Self::from_node(node) }
    }

    /// Makes a tracked object that can hold a weak handle to itself. The handle that `value` is given cannot be upgraded
    /// before `new_cyclic` returns.
    ///
    /// # Panics
    /// When `value` does; nothing is left of the object then.
    #[must_use]
    #[track_caller]
    pub fn new_cyclic(value: impl FnOnce(&WeakTracked<T>) -> T) -> Self {
        let location = Location::caller();
        let given = with_local(|local| local.register(registry(), &Seed::of::<T>(), location));
        let header = Header::new(Counts::weak_only(), given, false);
        let node: *mut Node<MaybeUninit<T>> = Box::into_raw(Box::new(Node { header, value: MaybeUninit::uninit() }));
        // SAFETY: `Box::into_raw` gives no null, and `Node<MaybeUninit<T>>` is laid out as `Node<T>`.
        let node: NonNull<Node<T>> = unsafe { NonNull::new_unchecked(node.cast()) };
        // Until there is a value, this weak handle (and that of all strong handles to come) owns the memory.
        let unfinished = Unfinished { node };
        let weak = WeakTracked { node: Some(node), owns: PhantomData };
        let value = value(&weak);
        // SAFETY: the node is allocated.
        let place = unsafe { value_of(node) };
        // SAFETY: nobody else reaches the value: no upgrade succeeds yet, and no slot shows it.
        unsafe { place.write(value) };
        core::mem::forget(unfinished);
        // SAFETY: the node is alive, we own it.
        let header = unsafe { header_of(node) };
        header.counts.first_strong();
        // SAFETY: as in `new`.
        if let Some(slot) = unsafe { header.slot.as_ref() } {
            slot.publish(node.as_ptr().cast());
        }
        drop(weak);
        // SAFETY: the node counts one handle, this one.
        unsafe { Self::from_node(node) }
    }

    /// A pinned tracked object. Its value is never moved and never lent mutably, whatever its type, not even by a handle that
    /// [`ClassTracker::instances`](crate::ClassTracker::instances) finds: to [`get_mut`](Tracked::get_mut) and its like such
    /// a handle is never the only one.
    #[must_use]
    #[track_caller]
    pub fn pin(value: T) -> core::pin::Pin<Self> {
        let this = Self::build(value, Location::caller(), true);
        this.admit_walkers();
        // SAFETY: what moves a value or lends it mutably looks first whether it is pinned.
        unsafe { core::pin::Pin::new_unchecked(this) }
    }
}

/// A node without a value, whose making panicked.
struct Unfinished<T> {
    node: NonNull<Node<T>>,
}

impl<T> Drop for Unfinished<T> {
    fn drop(&mut self) {
        // SAFETY: the node is alive: this guard stands for the weak count of the strong handles.
        let header = unsafe { header_of(self.node) };
        give_back(header.slot);
        // SAFETY: the count was this guard's; there is no value to drop.
        unsafe { drop_weak(self.node) };
    }
}

/// # Safety
/// The node must be allocated for `'n`.
#[inline]
pub(super) unsafe fn header_of<'n, T: ?Sized>(node: NonNull<Node<T>>) -> &'n Header {
    // SAFETY: a node begins with its header. No reference to the value is made.
    let header: &'n Header = unsafe { node.cast::<Header>().as_ref() };
    header.life.used();
    header
}

/// # Safety
/// The node must be allocated.
#[inline]
unsafe fn value_of<T: ?Sized>(node: NonNull<Node<T>>) -> *mut T {
    // SAFETY: only the address of a field is taken.
    unsafe { &raw mut (*node.as_ptr()).value }
}

/// # Safety
/// No handle may be left, no slot show the node, no walker have it, and its value be gone.
#[inline]
unsafe fn free<T: ?Sized>(node: NonNull<Node<T>>) {
    // SAFETY: the node is still allocated.
    if !unsafe { header_of(node) }.life.ends() {
        return;
    }
    // SAFETY: the reference is for the layout alone, which is known from the pointer.
    let layout = unsafe { core::alloc::Layout::for_value(node.as_ref()) };
    // SAFETY: the node was allocated by `Box` with this layout.
    unsafe { std::alloc::dealloc(node.as_ptr().cast(), layout) };
}

/// Returns a slot without an object, and counts the object as dropped.
#[inline]
fn give_back(slot: *const Slot) {
    if !slot.is_null() {
        // SAFETY: slots come from `Page::slot`.
        let class = unsafe { Slot::page(slot) }.class();
        with_local(|local| local.give_back(slot, class));
    }
}

/// # Safety
/// The caller gives up one weak count.
unsafe fn drop_weak<T: ?Sized>(node: NonNull<Node<T>>) {
    // SAFETY: the count keeps the node allocated until it is dropped.
    if unsafe { header_of(node) }.counts.drop_weak() {
        // SAFETY: no handle of any kind is left; the last strong one saw to the value, the slot and the walkers.
        unsafe { free(node) };
    }
}

/// Destroys an object: its value, and its memory if no weak handle is left.
///
/// # Safety
/// The object must have no strong handle (or one that is the only handle of any kind, given up by the caller), be in no slot, and be
/// read by no walker.
#[inline]
unsafe fn destroy_node<T: ?Sized>(node: NonNull<Node<T>>) {
    struct Memory<T: ?Sized>(NonNull<Node<T>>);
    impl<T: ?Sized> Drop for Memory<T> {
        #[inline]
        fn drop(&mut self) {
            // SAFETY: the weak count of all strong handles together is ours to give up.
            unsafe { drop_weak_after_value(self.0) };
        }
    }
    // A destructor that panics must not keep the memory.
    let memory = Memory(node);
    // SAFETY: the node is allocated.
    let value = unsafe { value_of(memory.0) };
    // SAFETY: the caller's promise: nobody reads or will read the value.
    unsafe { core::ptr::drop_in_place(value) };
}

/// # Safety
/// As [`drop_weak`]; a strong count of 1 is allowed if no other handle of any kind exists.
#[inline]
unsafe fn drop_weak_after_value<T: ?Sized>(node: NonNull<Node<T>>) {
    // SAFETY: the count keeps the node allocated.
    let unique = unsafe { header_of(node) }.counts.is_unique();
    if unique {
        // SAFETY: the only handle was the caller's; the rest is the caller's promise.
        unsafe { free(node) };
    } else {
        // SAFETY: the caller's promise.
        unsafe { drop_weak(node) };
    }
}

/// [`destroy_node`] for who knows only the header, or, if the value is gone, the rest of it.
///
/// # Safety
/// As [`destroy_node`]; the object's class must be that of `T`.
pub(super) unsafe fn destroy<T>(header: NonNull<Header>, remains: Remains) {
    let node = header.cast::<Node<T>>();
    match remains {
        // SAFETY: the caller's promise.
        Remains::Value => unsafe { destroy_node(node) },
        // SAFETY: the weak count of the strong handles goes with the last of them.
        Remains::Memory => unsafe { drop_weak(node) },
    }
}

/// Destroys an object that was parked, and gives its slot back.
///
/// # Safety
/// The object must have been released by [`Page::leave`] or [`Page::leave_holding`], and not yet be destroyed.
pub(super) unsafe fn destroy_parked(header: NonNull<Header>, remains: Remains) {
    // SAFETY: a released object is still allocated; a node begins with its header.
    let slot = unsafe { header_of(header.cast::<Node<()>>()) }.slot;
    // SAFETY: slots come from `Page::slot`.
    let class = unsafe { Slot::page(slot) }.class();
    give_back(slot);
    // SAFETY: parked objects have no strong handle; nobody reads a released one; the class is that of its page.
    unsafe { (class.destroy)(header, remains) };
}

impl<T: ?Sized> Tracked<T> {
    /// # Safety
    /// The node must be alive, and one strong count of it be the new handle's.
    #[inline]
    pub(super) unsafe fn from_node(node: NonNull<Node<T>>) -> Self {
        Self { node, owns: PhantomData }
    }

    #[inline]
    fn header(&self) -> &Header {
        // SAFETY: a handle keeps its node.
        unsafe { header_of(self.node) }
    }

    fn page_and_slot(&self) -> Option<(&'static Page, &'static Slot)> {
        let pointer = self.header().slot;
        // SAFETY: slots come from `Page::slot`, and pages are never freed; null if the object is not registered.
        let slot = unsafe { pointer.as_ref() }?;
        // SAFETY: as above.
        Some((unsafe { Slot::page(pointer) }, slot))
    }

    /// The object's serial: unique in the process, from 1, rising in order of creation on each thread, never used again. `None`
    /// if it was made while tracking was off.
    #[must_use]
    pub fn serial(this: &Self) -> Option<u64> {
        (!this.header().slot.is_null()).then(|| this.header().serial.get())
    }

    /// When the object was made, from the first use of tracking in this process on, to the resolution of the system's coarse clock.
    /// `None` if it was made while tracking was off.
    #[must_use]
    pub fn birth(this: &Self) -> Option<Duration> {
        (!this.header().slot.is_null()).then(|| this.header().origin.birth())
    }

    /// Where the object was made. `None` if that was while tracking was off.
    #[must_use]
    pub fn site(this: &Self) -> Option<&'static Location<'static>> {
        registry().location(this.header().origin.site())
    }

    /// The class of its object, and where it stands; `None` if it is not registered.
    pub(crate) fn entry(this: &Self) -> Option<(&'static Class, Place)> {
        let (page, _) = this.page_and_slot()?;
        Some((page.class(), Place::new(this.header().slot, this.header().serial.get())))
    }

    /// The address that stands for the object among shared blocks.
    pub(crate) fn address(this: &Self) -> *const () {
        this.node.as_ptr().cast_const().cast()
    }

    /// Whether both are handles to the same object.
    #[must_use]
    pub fn ptr_eq(this: &Self, other: &Self) -> bool {
        core::ptr::addr_eq(this.node.as_ptr(), other.node.as_ptr())
    }

    /// A pointer to the value, valid as long as a handle lives.
    #[must_use]
    pub fn as_ptr(this: &Self) -> *const T {
        // SAFETY: a handle keeps its node.
        unsafe { value_of(this.node) }
    }

    /// How many strong handles there are. Another thread may change it at any time.
    #[must_use]
    pub fn strong_count(this: &Self) -> usize {
        this.header().counts.strong()
    }

    /// How many weak handles there are. Another thread may change it at any time.
    #[must_use]
    pub fn weak_count(this: &Self) -> usize {
        this.header().counts.weak()
    }

    /// A weak handle to the same object.
    #[must_use]
    pub fn downgrade(this: &Self) -> WeakTracked<T> {
        this.header().counts.add_weak();
        WeakTracked { node: Some(this.node), owns: PhantomData }
    }

    /// Mutable access to the value, if this is the only handle of either kind. Otherwise `None`.
    ///
    /// A snapshot does not read the value while the guard lives. If one is reading it just now, this waits until it is done
    /// with it, some microseconds as a rule. It also returns `None` if that takes a second (foreign sizing code that waits
    /// for this very thread), or, at once, inside a sizing on this same thread.
    ///
    /// ```
    /// use classtracker::Tracked;
    ///
    /// let mut handle = Tracked::new(vec![1]);
    /// Tracked::get_mut(&mut handle).unwrap().push(2);
    /// assert_eq!(*handle, [1, 2]);
    /// ```
    #[must_use]
    pub fn get_mut(this: &mut Self) -> Option<TrackedMut<'_, T>> {
        if this.is_pinned() || !this.header().counts.is_unique() {
            return None;
        }
        let excluded = this.exclude_walkers();
        let guard = TrackedMut { handle: this };
        // A walker that came before may have made a handle. Looked at again now that none can; `guard` undoes the exclusion.
        (excluded && guard.handle.header().counts.is_unique()).then_some(guard)
    }

    fn is_pinned(&self) -> bool {
        self.header().serial.is_pinned()
    }

    /// Keeps walkers to come from the value until [`Tracked::admit_walkers`]; whether those that were reading it have left.
    ///
    /// For an object that has no other strong handle: who has one that is not the only one never writes the slot.
    fn exclude_walkers(&self) -> bool {
        let Some((page, slot)) = self.page_and_slot() else { return true };
        slot.hide_value(self.node.as_ptr().cast());
        if !page.is_busy() {
            return true;
        }
        let walking = with_local(|local| local.walks.get()) > 0;
        page.wait_until_unread(self.node.as_ptr().cast(), if walking { 0 } else { PATIENCE })
    }

    #[inline]
    fn admit_walkers(&self) {
        if let Some((_, slot)) = self.page_and_slot() {
            slot.publish(self.node.as_ptr().cast());
        }
    }

    /// The last handle, or one of several, goes: the way for everything but the usual case.
    #[cold]
    #[inline(never)]
    fn drop_slowly(&mut self) {
        if !self.header().counts.drop_strong() {
            return;
        }
        if let Some((page, slot)) = self.page_and_slot() {
            slot.hide();
            if page.park(slot, self.node.as_ptr().cast(), Remains::Value) {
                return;
            }
            give_back(slot);
        }
        // SAFETY: the last strong handle is gone, the slot is empty, and no walker has the object.
        unsafe { destroy_node(self.node) };
    }
}

impl<T> Tracked<T> {
    /// The value, if this is the only strong handle; otherwise the handle again. Weak handles to it are dead then.
    ///
    /// Like [`get_mut`](Tracked::get_mut) it waits for a snapshot that is reading the value, and gives the handle back where that
    /// returns `None`.
    ///
    /// # Errors
    /// The handle itself, if there are others.
    pub fn try_unwrap(this: Self) -> Result<T, Self> {
        if this.is_pinned() || !this.header().counts.is_only_strong() {
            return Err(this);
        }
        if !this.exclude_walkers() || !this.header().counts.take_only_strong() {
            this.admit_walkers();
            return Err(this);
        }
        Ok(this.take_value())
    }

    /// The value, if this is the last strong handle, else `None`. Of several handles that are given to `into_inner` at once, on
    /// several threads, exactly one gets the value.
    ///
    /// If a snapshot is reading the value just now, this waits as [`get_mut`](Tracked::get_mut) does; where that would give up, the
    /// value is dropped by the snapshot and `None` is returned.
    #[must_use]
    pub fn into_inner(this: Self) -> Option<T> {
        if this.is_pinned() {
            return None;
        }
        let this = ManuallyDrop::new(this);
        if !this.header().counts.drop_strong() {
            return None;
        }
        if !this.exclude_walkers()
            && let Some((page, slot)) = this.page_and_slot()
        {
            slot.hide();
            if page.park(slot, this.node.as_ptr().cast(), Remains::Value) {
                return None;
            }
        }
        Some(ManuallyDrop::into_inner(this).take_value())
    }

    /// The value, or a clone of it if there are other handles.
    #[must_use]
    pub fn unwrap_or_clone(this: Self) -> T
    where
        T: Clone,
    {
        Self::try_unwrap(this).unwrap_or_else(|shared| (*shared).clone())
    }

    /// Moves the value out. The strong count must be 0 and walkers be excluded.
    fn take_value(self) -> T {
        let this = ManuallyDrop::new(self);
        // SAFETY: the weak count of the strong handles keeps the node.
        let value = unsafe { value_of(this.node) };
        // SAFETY: no strong handle is left, and no walker reads the value: it is ours to move.
        let value = unsafe { value.read() };
        if let Some((page, slot)) = this.page_and_slot() {
            slot.hide();
            // A walker that came while the value was excluded may still read the header.
            if page.park(slot, this.node.as_ptr().cast(), Remains::Memory) {
                return value;
            }
            give_back(slot);
        }
        // SAFETY: the weak count of the strong handles goes with the last of them.
        unsafe { drop_weak(this.node) };
        value
    }
}

impl<T: Inspect + Clone + Send + Sync + 'static> Tracked<T> {
    /// Mutable access to the value; if there are other handles, of either kind, to a clone of it, which is a new object with
    /// a serial of its own, and to which this handle then belongs.
    ///
    /// ```
    /// use classtracker::Tracked;
    ///
    /// let mut mine = Tracked::new(vec![1]);
    /// let theirs = mine.clone();
    /// Tracked::make_mut(&mut mine).push(2);
    /// assert_eq!((&*mine, &*theirs), (&vec![1, 2], &vec![1]));
    /// ```
    #[track_caller]
    pub fn make_mut(this: &mut Self) -> TrackedMut<'_, T> {
        // A walker that cannot be waited for counts as another handle; so does one that has made a handle.
        if !this.is_pinned() && this.header().counts.is_unique() {
            if this.exclude_walkers() && this.header().counts.is_unique() {
                return TrackedMut { handle: this };
            }
            this.admit_walkers();
        }
        let mine = Tracked::build((**this).clone(), Location::caller(), false);
        if let Some((_, slot)) = mine.page_and_slot() {
            slot.hide_value(mine.node.as_ptr().cast());
        }
        let other = core::mem::replace(this, mine);
        let guard = TrackedMut { handle: this };
        drop(other);
        guard
    }
}

impl<T: ?Sized> Drop for Tracked<T> {
    #[inline]
    fn drop(&mut self) {
        if !self.header().counts.is_unique() {
            return self.drop_slowly();
        }
        // SAFETY: slots come from `Page::slot`; null if the object is not registered.
        if let Some(slot) = unsafe { self.header().slot.as_ref() } {
            // SAFETY: as above.
            let page = unsafe { Slot::page(self.header().slot) };
            if page.seems_busy() {
                return self.drop_slowly();
            }
            slot.hide_for_now(self.node.as_ptr().cast());
            // The order matters (invariant 3): hidden, then the page idle, then still the only handle.
            if page.is_busy() || !self.header().counts.is_unique() {
                // A walker may have come in between, and may have made a handle: show the object again, and count for real.
                // (Until then walkers wait: an object that lives on must not be missed.)
                slot.publish(self.node.as_ptr().cast());
                return self.drop_slowly();
            }
            give_back(slot);
        }
        // SAFETY: this was the only handle, the slot is empty, and no walker has the object.
        unsafe { destroy_node(self.node) };
    }
}

impl<T: ?Sized> Clone for Tracked<T> {
    /// Another handle to the same object.
    #[inline]
    fn clone(&self) -> Self {
        self.header().counts.add_strong();
        // SAFETY: the count was raised for the new handle.
        unsafe { Self::from_node(self.node) }
    }
}

impl<T: ?Sized> Deref for Tracked<T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        // SAFETY: a handle keeps its node, and a `TrackedMut` borrows the only handle.
        unsafe { &(*self.node.as_ptr()).value }
    }
}

/// Mutable access to a tracked object's value, from [`Tracked::get_mut`] or [`Tracked::make_mut`].
///
/// Until it is dropped, snapshots count the object but do not read it.
pub struct TrackedMut<'h, T: ?Sized> {
    handle: &'h mut Tracked<T>,
}

impl<T: ?Sized> Deref for TrackedMut<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.handle
    }
}

impl<T: ?Sized> DerefMut for TrackedMut<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: the handle is the only one of either kind and is borrowed mutably, and walkers are excluded.
        unsafe { &mut (*self.handle.node.as_ptr()).value }
    }
}

impl<T: ?Sized> Drop for TrackedMut<'_, T> {
    fn drop(&mut self) {
        self.handle.admit_walkers();
    }
}

impl<T> WeakTracked<T> {
    /// A handle that never had an object.
    #[must_use]
    pub const fn new() -> Self {
        Self { node: None, owns: PhantomData }
    }
}

impl<T: ?Sized> WeakTracked<T> {
    fn header(&self) -> Option<&Header> {
        // SAFETY: a weak handle keeps its node allocated.
        self.node.map(|node| unsafe { header_of(node) })
    }

    /// A strong handle, if the object is still alive.
    #[must_use]
    pub fn upgrade(&self) -> Option<Tracked<T>> {
        let node = self.node?;
        // SAFETY: the count was raised for the new handle.
        self.header()?.counts.upgrade().then(|| unsafe { Tracked::from_node(node) })
    }

    /// How many strong handles there are.
    #[must_use]
    pub fn strong_count(&self) -> usize {
        self.header().map_or(0, |header| header.counts.strong())
    }

    /// How many weak handles there are, this one included; 0 once the object is dead, or if there never was one.
    #[must_use]
    pub fn weak_count(&self) -> usize {
        self.header().map_or(0, |header| if header.counts.strong() == 0 { 0 } else { header.counts.weak() })
    }

    /// Whether both belong to the same object, or both to none.
    #[must_use]
    pub fn ptr_eq(&self, other: &Self) -> bool {
        match (self.node, other.node) {
            (Some(mine), Some(theirs)) => core::ptr::addr_eq(mine.as_ptr(), theirs.as_ptr()),
            (mine, theirs) => mine.is_none() && theirs.is_none(),
        }
    }

    /// The address of a dead object's memory; `None` for a live one, or none at all.
    pub(crate) fn dead_address(&self) -> Option<*const ()> {
        let dead = self.strong_count() == 0;
        self.node.filter(|_| dead).map(|node| node.as_ptr().cast_const().cast())
    }

    /// Where the object stands in the registry, or stood.
    pub(crate) fn place(&self) -> Option<Place> {
        let header = self.header().filter(|header| !header.slot.is_null())?;
        Some(Place::new(header.slot, header.serial.get()))
    }

    /// The serial that the object has, or had. `None` if it was made while tracking was off, or if there never was one.
    #[must_use]
    pub fn serial(&self) -> Option<u64> {
        self.header().filter(|header| !header.slot.is_null()).map(|header| header.serial.get())
    }
}

impl<T: ?Sized> Clone for WeakTracked<T> {
    fn clone(&self) -> Self {
        if let Some(header) = self.header() {
            header.counts.add_weak();
        }
        Self { node: self.node, owns: PhantomData }
    }
}

impl<T: ?Sized> Drop for WeakTracked<T> {
    fn drop(&mut self) {
        if let Some(node) = self.node {
            // SAFETY: this handle's own count.
            unsafe { drop_weak(node) };
        }
    }
}
