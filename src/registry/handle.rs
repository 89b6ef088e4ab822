//! `Tracked`: how an object is made, shared, and dropped.

use core::any::TypeId;
use core::marker::PhantomData;
use core::mem::MaybeUninit;
use core::ops::Deref;
use core::panic::{Location, RefUnwindSafe, UnwindSafe};
use core::ptr::NonNull;
use std::time::Duration;

use super::class::Seed;
use super::counts::Counts;
use super::destroy::{destroy_node, destroy_unique, drop_weak, give_back, header_of, value_of};
use super::given::Registration;
use super::local::Local;
use super::node::{Header, Node};
use super::page::Page;
use super::slot::{Remains, Slot};
use super::visit::Place;
use super::weak::WeakTracked;
use super::{Class, registry, with_local};
use crate::Inspect;

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
/// - The memory of a small object that is dropped may stay with the thread that dropped it, for its next ones: 1 KiB of each size at most, and
///   none once the thread has ended.
/// - A count of handles that reaches 2³¹ sticks: the object is never freed. (`Arc` aborts the program at 2⁶³.)
pub struct Tracked<T: ?Sized> {
    pub(super) node: NonNull<Node<T>>,
    owns: PhantomData<Node<T>>,
}

impl<T: ?Sized> Unpin for Tracked<T> {}
impl<T: ?Sized + RefUnwindSafe> UnwindSafe for Tracked<T> {}
impl<T: ?Sized + RefUnwindSafe> RefUnwindSafe for Tracked<T> {}

// SAFETY: as for `Arc`: handles on several threads share the value (`Sync`), and any of them may be the one that drops it
// (`Send`).
unsafe impl<T: ?Sized + Send + Sync> Send for Tracked<T> {}
// SAFETY: as above: `&Tracked` can be cloned.
unsafe impl<T: ?Sized + Send + Sync> Sync for Tracked<T> {}

impl<T: Inspect + Send + Sync + 'static> Tracked<T> {
    /// Makes a tracked object. Where it was made is this call's place, or that of the caller of a function that is
    /// `#[track_caller]` itself.
    #[inline]
    #[must_use]
    #[track_caller]
    pub fn new(value: T) -> Self {
        let location = Location::caller();
        if with_local(|local| local.is_usual(registry())) {
            // What is called, or may be, comes first, while there is little to be kept over it.
            let memory = super::spare::memory();
            let ticks = crate::clock::ticks();
            if let Some(place) = with_local(|local| local.register_usually(TypeId::of::<T>(), location, ticks)) {
                let this = Self::from_box(Box::write(memory, Node { header: Header::usual(&place), value }));
                place.slot.publish(this.node.as_ptr().cast());
                return this;
            }
        }
        // From one place alone, so that there is one stack alone that leads there.
        Self::new_otherwise(value, location)
    }

    #[inline(never)]
    fn new_otherwise(value: T, location: &'static Location<'static>) -> Self {
        let register = |local: &Local| local.register_otherwise(registry(), TypeId::of::<T>(), Seed::of::<T>, location);
        // Asked here, too: where tracking is off, nothing else is to be done.
        let place = if registry().is_enabled() { with_local(register) } else { Registration::none() };
        let this = Self::build(value, place, false);
        this.admit_walkers();
        this
    }

    /// An object that is registered, but that its slot does not show yet.
    pub(super) fn build(value: T, place: Registration, pinned: bool) -> Self {
        let is_told = place.given.is_told();
        let header = Header::new(Counts::unique(), place, pinned);
        let this = Self::from_box(Box::write(super::spare::memory(), Node { header, value }));
        if is_told {
            this.announce();
        }
        this
    }

    /// A handle to what counts one.
    #[inline]
    fn from_box(node: Box<Node<T>>) -> Self {
        // SAFETY: `Box::into_raw` gives no null.
        let node = unsafe { NonNull::new_unchecked(Box::into_raw(node)) };
        // SAFETY: the node counts one handle, this one.
        unsafe { Self::from_node(node) }
    }

    /// Tells the tracker of an object that its slot does not show yet.
    fn announce(&self) {
        let header = self.header();
        if header.identity.is_told()
            && let Some(class) = header.class()
        {
            header.identity.announce(class);
        }
    }

    /// Makes a tracked object that can hold a weak handle to itself. The handle that `value` is given cannot be upgraded
    /// before `new_cyclic` returns.
    ///
    /// ```
    /// use classtracker::{DeepSizeOf, Tracked, WeakTracked};
    ///
    /// #[derive(DeepSizeOf)]
    /// struct Node {
    ///     itself: WeakTracked<Node>,
    /// }
    ///
    /// let node = Tracked::new_cyclic(|itself| Node { itself: itself.clone() });
    /// assert!(Tracked::ptr_eq(&node, &node.itself.upgrade().unwrap()));
    /// ```
    ///
    /// # Panics
    /// When `value` does; nothing is left of the object then.
    #[must_use]
    #[track_caller]
    pub fn new_cyclic(value: impl FnOnce(&WeakTracked<T>) -> T) -> Self {
        let location = Location::caller();
        let given = register::<T>(location);
        let header = Header::new(Counts::weak_only(), given, false);
        let node = Box::write(super::spare::memory(), Node { header, value: MaybeUninit::<T>::uninit() });
        let node: *mut Node<MaybeUninit<T>> = Box::into_raw(node);
        // SAFETY: `Box::into_raw` gives no null, and `Node<MaybeUninit<T>>` is laid out as `Node<T>`.
        let node: NonNull<Node<T>> = unsafe { NonNull::new_unchecked(node.cast()) };
        // Until there is a value, this weak handle (and that of all strong handles to come) owns the memory.
        let unfinished = Unfinished { node };
        let weak = WeakTracked::of(node);
        let value = value(&weak);
        // SAFETY: the node is allocated.
        let place = unsafe { value_of(node) };
        // SAFETY: nobody else reaches the value: no upgrade succeeds yet, and no slot shows it.
        unsafe { place.write(value) };
        core::mem::forget(unfinished);
        // SAFETY: the node is alive, we own it.
        let header = unsafe { header_of(node) };
        // Whoever has a weak handle can do nothing with it yet.
        if header.identity.is_told()
            && let Some(class) = header.class()
        {
            header.identity.announce(class);
        }
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
    ///
    /// ```
    /// use std::future::Future;
    /// use std::pin::Pin;
    /// use classtracker::Tracked;
    ///
    /// let pinned: Pin<Tracked<String>> = Tracked::pin("stays where it is".into());
    /// assert_eq!(pinned.len(), 17);
    /// ```
    #[must_use]
    #[track_caller]
    pub fn pin(value: T) -> core::pin::Pin<Self> {
        let this = Self::build(value, register::<T>(Location::caller()), true);
        this.admit_walkers();
        // SAFETY: what moves a value or lends it mutably looks first whether it is pinned.
        unsafe { core::pin::Pin::new_unchecked(this) }
    }
}

/// A slot, a serial and an origin for a new object of `T`.
#[inline]
pub(super) fn register<T: 'static>(location: &'static Location<'static>) -> Registration {
    with_local(|local| local.register(registry(), TypeId::of::<T>(), Seed::of::<T>, location))
}

/// A node without a value, whose making panicked.
struct Unfinished<T> {
    node: NonNull<Node<T>>,
}

impl<T> Drop for Unfinished<T> {
    fn drop(&mut self) {
        // SAFETY: the node is alive: this guard stands for the weak count of the strong handles.
        let header = unsafe { header_of(self.node) };
        header.identity.forsake();
        give_back(header);
        // SAFETY: the count was this guard's; there is no value to drop.
        unsafe { drop_weak(self.node) };
    }
}

impl<T: ?Sized> Tracked<T> {
    /// # Safety
    /// The node must be alive, and one strong count of it be the new handle's.
    #[inline]
    pub(super) unsafe fn from_node(node: NonNull<Node<T>>) -> Self {
        Self { node, owns: PhantomData }
    }

    #[inline]
    pub(super) fn header(&self) -> &Header {
        // SAFETY: a handle keeps its node.
        unsafe { header_of(self.node) }
    }

    pub(super) fn page_and_slot(&self) -> Option<(&'static Page, &'static Slot)> {
        let pointer = self.header().slot;
        // SAFETY: slots come from `Page::slot`, and pages are never freed; null if the object is not registered.
        let slot = unsafe { pointer.as_ref() }?;
        // SAFETY: as above.
        Some((unsafe { Slot::page(pointer) }, slot))
    }

    /// The object's serial: unique in the process, from 1, rising in order of creation on each thread, never used again. `None`
    /// if it was made while tracking was off.
    ///
    /// ```
    /// use classtracker::Tracked;
    ///
    /// let first = Tracked::new(1_u8);
    /// let second = Tracked::new(2_u8);
    /// assert!(Tracked::serial(&first) < Tracked::serial(&second));
    /// ```
    #[must_use]
    pub fn serial(this: &Self) -> Option<u64> {
        (!this.header().slot.is_null()).then(|| this.header().identity.serial())
    }

    /// When the object was made, from the first use of tracking in this process on, to the resolution of the system's coarse clock.
    /// `None` if it was made while tracking was off.
    ///
    /// ```
    /// use classtracker::Tracked;
    ///
    /// let first = Tracked::new(1_u8);
    /// let second = Tracked::new(2_u8);
    /// assert!(Tracked::birth(&first) <= Tracked::birth(&second));
    /// ```
    #[must_use]
    pub fn birth(this: &Self) -> Option<Duration> {
        (!this.header().slot.is_null()).then(|| this.header().identity.origin().birth())
    }

    /// Where the object was made. `None` if that was while tracking was off.
    ///
    /// ```
    /// use classtracker::Tracked;
    ///
    /// let handle = Tracked::new(1_u8);
    /// let site = Tracked::site(&handle).unwrap();
    /// assert_eq!((site.file(), site.line()), (file!(), line!() - 2));
    /// ```
    #[must_use]
    pub fn site(this: &Self) -> Option<&'static Location<'static>> {
        registry().location(this.header().identity.origin().site())
    }

    /// The number of the place where the object was made; 0 if that is not known.
    pub(crate) fn site_number(this: &Self) -> u32 {
        this.header().identity.origin().site()
    }

    /// The class of its object, and where it stands; `None` if it is not registered.
    pub(crate) fn entry(this: &Self) -> Option<(&'static Class, Place)> {
        let (page, _) = this.page_and_slot()?;
        Some((page.class(), Place::new(this.header().slot, this.header().identity.serial())))
    }

    /// The address that stands for the object among shared blocks. It lies within the header: the start of a node may be the
    /// end of an `Arc` before it, which is where that `Arc`'s value is if it has no size.
    pub(crate) fn address(this: &Self) -> *const () {
        this.node.as_ptr().cast::<u64>().wrapping_add(1).cast_const().cast()
    }

    /// Whether both are handles to the same object.
    #[must_use]
    pub fn ptr_eq(this: &Self, other: &Self) -> bool {
        core::ptr::addr_eq(this.node.as_ptr(), other.node.as_ptr())
    }

    /// A pointer to the value, valid as long as a handle lives.
    ///
    /// ```
    /// use classtracker::Tracked;
    ///
    /// let handle = Tracked::new(1_u8);
    /// assert_eq!(Tracked::as_ptr(&handle), &raw const *handle);
    /// ```
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
    ///
    /// ```
    /// use classtracker::Tracked;
    ///
    /// let handle = Tracked::new(1_u8);
    /// let weak = Tracked::downgrade(&handle);
    /// assert_eq!((Tracked::strong_count(&handle), Tracked::weak_count(&handle)), (1, 1));
    /// # drop(weak);
    /// ```
    #[must_use]
    pub fn weak_count(this: &Self) -> usize {
        this.header().counts.weak()
    }

    /// A weak handle to the same object.
    ///
    /// ```
    /// use classtracker::Tracked;
    ///
    /// let handle = Tracked::new(1_u8);
    /// let weak = Tracked::downgrade(&handle);
    /// assert!(weak.upgrade().is_some());
    /// drop(handle);
    /// assert!(weak.upgrade().is_none());
    /// ```
    #[must_use]
    pub fn downgrade(this: &Self) -> WeakTracked<T> {
        this.header().counts.add_weak();
        WeakTracked::of(this.node)
    }

    /// A handle goes that may be one of several.
    #[inline]
    fn drop_shared(&mut self) {
        if self.header().counts.drop_strong() {
            self.drop_last();
        }
    }

    /// The last strong handle has gone, and it was not the only one of any kind as long as it was there, or a walker may have the object.
    #[cold]
    #[inline(never)]
    fn drop_last(&mut self) {
        if let Some((page, slot)) = self.page_and_slot() {
            slot.hide();
            if page.park(slot, self.node.as_ptr().cast(), Remains::Value) {
                return;
            }
            give_back(self.header());
        }
        // SAFETY: the last strong handle is gone, the slot is empty, and no walker has the object.
        unsafe { destroy_node(self.node) };
    }
}

impl<T: ?Sized> Drop for Tracked<T> {
    #[inline]
    fn drop(&mut self) {
        let header = self.header();
        if !header.counts.is_unique() {
            return self.drop_shared();
        }
        let pointer = header.slot;
        // SAFETY: slots come from `Page::slot`; null if the object is not registered.
        if let Some(slot) = unsafe { pointer.as_ref() } {
            // SAFETY: as above.
            let page = unsafe { Slot::page(pointer) };
            slot.hide_for_now(self.node.as_ptr().cast());
            // The order matters (invariant 3): hidden, then the page idle, then still the only handle.
            if page.is_busy() || !header.counts.is_unique() {
                // A walker may have come in between, and may have made a handle: show the object again, and count for real.
                // (Until then walkers wait: an object that lives on must not be missed.)
                slot.publish(self.node.as_ptr().cast());
                return self.drop_shared();
            }
            with_local(|local| local.give_back(header, page));
        }
        // SAFETY: this was the only handle of any kind, the slot is empty, and no walker has the object.
        unsafe { destroy_unique(self.node) };
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
