//! The registry of a program that is built without tracking: there is none.
//!
//! The same face as that of the module it stands for, so that nothing else needs to know. [`Tracked`] is an `Arc` in size and speed,
//! there are no classes, and a walk finds nothing.

#[cfg(all(unix, not(loom)))]
mod fork;
mod fork_lock;
mod raced;
mod sync;

use core::any::TypeId;
use core::convert::Infallible;
use core::marker::PhantomData;
use core::ops::{Deref, DerefMut};
use core::panic::Location;
use core::pin::Pin;
use core::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Weak};
use std::time::Duration;

use classtracker_stats::Durations;

use crate::told::{Bundle, Content, Tracker};
use crate::{Inspect, Walk};

pub(crate) use fork_lock::{ForkLock, Turn};
pub(crate) use raced::Raced;

/// Whether there is anything that could be tracked.
pub(crate) const TRACKS: bool = false;

/// A shared, owning pointer like [`Arc`]: the program was built without tracking (feature `track`), and nothing is known of its object.
pub struct Tracked<T: ?Sized>(Arc<T>);

impl<T: Inspect + Send + Sync + 'static> Tracked<T> {
    /// Makes an object.
    #[inline]
    #[must_use]
    pub fn new(value: T) -> Self {
        Self(Arc::new(value))
    }

    /// Makes an object that can hold a weak handle to itself.
    ///
    /// # Panics
    /// When `value` does; nothing is left of the object then.
    #[must_use]
    pub fn new_cyclic(value: impl FnOnce(&WeakTracked<T>) -> T) -> Self {
        Self(Arc::new_cyclic(|weak| value(&WeakTracked(weak.clone()))))
    }

    /// A pinned object.
    #[must_use]
    pub fn pin(value: T) -> Pin<Self> {
        // SAFETY: as for `Arc::pin`: the value is never moved, and only a handle that is not pinned lends it mutably.
        unsafe { Pin::new_unchecked(Self::new(value)) }
    }
}

impl<T: ?Sized> Tracked<T> {
    /// `None`: the program was built without tracking.
    #[must_use]
    pub fn serial(_this: &Self) -> Option<u64> {
        None
    }

    /// `None`: the program was built without tracking.
    #[must_use]
    pub fn birth(_this: &Self) -> Option<Duration> {
        None
    }

    /// `None`: the program was built without tracking.
    #[must_use]
    pub fn site(_this: &Self) -> Option<&'static Location<'static>> {
        None
    }

    /// Does nothing: the program was built without tracking.
    pub fn set_tracker(_this: &Self, _tracker: Option<Arc<dyn Tracker>>) {}

    /// `None`: the program was built without tracking.
    #[must_use]
    pub fn tracker(_this: &Self) -> Option<Arc<dyn Tracker>> {
        None
    }

    /// Drops the bundle: the program was built without tracking.
    pub fn set_bundle(_this: &Self, _bundle: impl Content) {}

    /// `None`: the program was built without tracking.
    #[must_use]
    pub fn bundle(_this: &Self) -> Option<Bundle> {
        None
    }

    /// `None`: the program was built without tracking.
    pub fn take_bundle(_this: &Self) -> Option<Bundle> {
        None
    }

    pub(crate) fn site_number(_this: &Self) -> u32 {
        0
    }

    pub(crate) fn entry(_this: &Self) -> Option<(&'static Class, Place)> {
        None
    }

    pub(crate) fn address(this: &Self) -> *const () {
        Arc::as_ptr(&this.0).cast()
    }

    /// Whether both are handles to the same object.
    #[must_use]
    pub fn ptr_eq(this: &Self, other: &Self) -> bool {
        core::ptr::addr_eq(Arc::as_ptr(&this.0), Arc::as_ptr(&other.0))
    }

    /// A pointer to the value, valid as long as a handle lives.
    #[must_use]
    pub fn as_ptr(this: &Self) -> *const T {
        Arc::as_ptr(&this.0)
    }

    /// How many strong handles there are. Another thread may change it at any time.
    #[must_use]
    pub fn strong_count(this: &Self) -> usize {
        Arc::strong_count(&this.0)
    }

    /// How many weak handles there are. Another thread may change it at any time.
    #[must_use]
    pub fn weak_count(this: &Self) -> usize {
        Arc::weak_count(&this.0)
    }

    /// A weak handle to the same object.
    #[must_use]
    pub fn downgrade(this: &Self) -> WeakTracked<T> {
        WeakTracked(Arc::downgrade(&this.0))
    }

    /// Mutable access to the value, if this is the only handle of either kind.
    #[must_use]
    pub fn get_mut(this: &mut Self) -> Option<TrackedMut<'_, T>> {
        Arc::get_mut(&mut this.0).map(TrackedMut)
    }
}

impl<T> Tracked<T> {
    /// The value, if this is the only strong handle.
    ///
    /// # Errors
    /// The handle itself, if there are others.
    pub fn try_unwrap(this: Self) -> Result<T, Self> {
        Arc::try_unwrap(this.0).map_err(Self)
    }

    /// The value, if this is the last strong handle, else `None`.
    #[must_use]
    pub fn into_inner(this: Self) -> Option<T> {
        Arc::into_inner(this.0)
    }

    /// The value, or a clone of it if there are other handles.
    #[must_use]
    pub fn unwrap_or_clone(this: Self) -> T
    where
        T: Clone,
    {
        Arc::unwrap_or_clone(this.0)
    }
}

impl<T: Inspect + Clone + Send + Sync + 'static> Tracked<T> {
    /// Mutable access to the value; if there are other handles, of either kind, to a clone of it, to which this handle then belongs.
    pub fn make_mut(this: &mut Self) -> TrackedMut<'_, T> {
        // Another handle of the weak kind would take the value out of this object: here, as with tracking, it stays with it.
        if Arc::get_mut(&mut this.0).is_none() {
            *this = Self::new((**this).clone());
        }
        TrackedMut(Arc::make_mut(&mut this.0))
    }
}

impl<T: ?Sized> Clone for Tracked<T> {
    /// Another handle to the same object.
    #[inline]
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T: ?Sized> Deref for Tracked<T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        &self.0
    }
}

/// Nothing counts its object on its own, so it is shared data as any `Arc`'s.
impl<T: Inspect + ?Sized> Inspect for Tracked<T> {
    fn inspect(&self, walk: &mut Walk<'_>) {
        self.0.inspect(walk);
    }
}

impl<T> Inspect for WeakTracked<T> {
    fn inspect(&self, walk: &mut Walk<'_>) {
        self.0.inspect(walk);
    }
}

/// A handle that does not keep the object alive, like [`Weak`].
pub struct WeakTracked<T: ?Sized>(Weak<T>);

impl<T> WeakTracked<T> {
    /// A handle that never had an object.
    #[must_use]
    pub const fn new() -> Self {
        Self(Weak::new())
    }
}

impl<T: ?Sized> WeakTracked<T> {
    /// A strong handle, if the object is still alive.
    #[must_use]
    pub fn upgrade(&self) -> Option<Tracked<T>> {
        self.0.upgrade().map(Tracked)
    }

    /// How many strong handles there are.
    #[must_use]
    pub fn strong_count(&self) -> usize {
        self.0.strong_count()
    }

    /// How many weak handles there are, this one included; 0 once the object is dead, or if there never was one.
    #[must_use]
    pub fn weak_count(&self) -> usize {
        self.0.weak_count()
    }

    /// Whether both belong to the same object, or both to none.
    #[must_use]
    pub fn ptr_eq(&self, other: &Self) -> bool {
        Weak::ptr_eq(&self.0, &other.0)
    }

    /// `None`: the program was built without tracking.
    #[must_use]
    pub fn serial(&self) -> Option<u64> {
        None
    }
}

impl<T: ?Sized> Clone for WeakTracked<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

/// Mutable access to an object's value, from [`Tracked::get_mut`] or [`Tracked::make_mut`].
pub struct TrackedMut<'h, T: ?Sized>(&'h mut T);

impl<T: ?Sized> Deref for TrackedMut<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.0
    }
}

impl<T: ?Sized> DerefMut for TrackedMut<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        self.0
    }
}

/// The field that makes the struct around it countable: the program was built without tracking (feature `track`), and it takes no space.
pub struct Trackable<T: 'static>(PhantomData<fn() -> T>);

impl<T: 'static> Trackable<T> {
    /// A field that counts nothing.
    #[inline]
    #[must_use]
    pub fn new() -> Self {
        Self(PhantomData)
    }

    /// `None`: the program was built without tracking.
    #[must_use]
    pub fn serial(&self) -> Option<u64> {
        None
    }

    /// Does nothing: the program was built without tracking.
    pub fn set_tracker(&self, _tracker: Option<Arc<dyn Tracker>>) {}

    /// `None`: the program was built without tracking.
    #[must_use]
    pub fn tracker(&self) -> Option<Arc<dyn Tracker>> {
        None
    }

    /// Drops the bundle: the program was built without tracking.
    pub fn set_bundle(&self, _bundle: impl Content) {}

    /// `None`: the program was built without tracking.
    #[must_use]
    pub fn bundle(&self) -> Option<Bundle> {
        None
    }

    /// `None`: the program was built without tracking.
    pub fn take_bundle(&self) -> Option<Bundle> {
        None
    }

    /// `None`: the program was built without tracking.
    #[must_use]
    pub fn site(&self) -> Option<&'static Location<'static>> {
        None
    }
}

/// Does nothing: the program was built without tracking.
#[allow(clippy::extra_unused_type_parameters, reason = "the face is that of the real one")]
pub fn set_told<T: 'static>(_told: bool) {}

pub(crate) struct Registry(());

static REGISTRY: Registry = Registry(());

pub(crate) fn registry() -> &'static Registry {
    &REGISTRY
}

impl Registry {
    /// There are no locks.
    #[cfg(all(unix, not(loom)))]
    fn hold_all(&self, _until: std::time::Instant) {}

    /// # Safety
    /// None is needed.
    #[cfg(all(unix, not(loom)))]
    unsafe fn let_go_all(&self, _in_child: bool) {}

    pub(crate) fn cut(&self) -> u64 {
        0
    }

    pub(crate) fn set_enabled(&self, _enabled: bool) {}

    pub(crate) fn is_enabled(&self) -> bool {
        false
    }

    /// A class that has no object, whatever `T` is.
    #[allow(clippy::extra_unused_type_parameters, reason = "the face is that of the real one")]
    pub(crate) fn class_of<T: 'static>(&self) -> &'static Class {
        static CLASS: Class = Class(());
        &CLASS
    }

    pub(crate) fn global_tracker(&self) -> Option<Arc<dyn Tracker>> {
        None
    }

    pub(crate) fn set_global_tracker(&self, _tracker: Option<Arc<dyn Tracker>>) {}

    pub(crate) fn classes(&self) -> Vec<&'static Class> {
        Vec::new()
    }

    pub(crate) fn counted_classes(&self) -> Vec<(&'static Class, Counted)> {
        Vec::new()
    }

    pub(crate) fn site(&self, _location: &'static Location<'static>) -> u32 {
        0
    }

    pub(crate) fn site_with_stack(&self, _location: &'static Location<'static>) -> u32 {
        0
    }

    pub(crate) fn stack(&self, _site: u32) -> Option<Arc<[usize]>> {
        None
    }

    pub(crate) fn location(&self, _site: u32) -> Option<&'static Location<'static>> {
        None
    }

    pub(crate) fn overhead_bytes(&self) -> usize {
        0
    }
}

pub(crate) fn next_serial() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    // Relaxed: no two calls get the same number.
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// What is known of objects by value: there are none.
#[derive(Clone, Copy)]
pub(crate) struct Counted {
    pub(crate) type_id: TypeId,
    pub(crate) flat_bytes: usize,
}

pub(crate) struct Class(());

impl Class {
    pub(crate) fn index(&self) -> u32 {
        0
    }

    pub(crate) fn name(&self) -> &'static str {
        ""
    }

    pub(crate) fn object_type(&self) -> TypeId {
        TypeId::of::<Infallible>()
    }

    pub(crate) fn counted(&self) -> Option<Counted> {
        None
    }

    pub(crate) fn is<T: 'static>(&self) -> bool {
        // No type has this one for its class.
        TypeId::of::<T>() == TypeId::of::<Infallible>()
    }

    pub(crate) fn totals(&self) -> (u64, u64) {
        (0, 0)
    }

    pub(crate) fn visits(&self) -> Pages {
        Pages(())
    }
}

/// What a tracker asks of a class: there is nothing to be had.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Wishes {
    pub(crate) trace_one_of: u32,
    pub(crate) lifetimes: bool,
    pub(crate) events: u32,
}

/// What was recorded: nothing.
pub(crate) struct Since {
    pub(crate) events: Vec<(Duration, u64)>,
    pub(crate) lost: u64,
    pub(crate) next: u64,
}

pub(crate) struct Watch(());

impl Class {
    pub(crate) fn watch(&'static self, _wishes: Wishes) -> Watch {
        Watch(())
    }

    pub(crate) fn lifetimes(&self) -> Option<Durations> {
        None
    }

    pub(crate) fn events_so_far(&self) -> u64 {
        0
    }

    pub(crate) fn events_since(&self, from: u64) -> Since {
        Since { events: Vec::new(), lost: 0, next: from }
    }
}

pub(crate) struct Pages(());

impl Pages {
    pub(crate) fn len(&self) -> usize {
        0
    }
}

/// Where an object stands: none does.
#[derive(Clone, Copy)]
pub(crate) struct Place(Infallible);

impl Place {
    pub(crate) fn serial(&self) -> u64 {
        match self.0 {}
    }

    pub(crate) fn is_alive(&self) -> bool {
        match self.0 {}
    }
}

/// An object that a walk finds: none does.
pub(crate) struct Object<'v, T>(Infallible, PhantomData<&'v T>);

impl<'v, T> Object<'v, T> {
    pub(crate) fn serial(&self) -> u64 {
        match self.0 {}
    }

    pub(crate) fn birth(&self) -> Duration {
        match self.0 {}
    }

    pub(crate) fn site(&self) -> u32 {
        match self.0 {}
    }

    pub(crate) fn site_key(&self) -> SiteKey {
        match self.0 {}
    }

    pub(crate) fn value(&self) -> Option<&'v T> {
        match self.0 {}
    }

    pub(crate) fn handle(&self) -> Option<Tracked<T>> {
        match self.0 {}
    }

    pub(crate) fn place(&self) -> Place {
        match self.0 {}
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct SiteKey(());

impl SiteKey {
    pub(crate) const NONE: Self = Self(());

    pub(crate) fn tells(self) -> bool {
        false
    }
}

pub(crate) trait Visitor<T> {
    fn object(&mut self, object: &Object<'_, T>, value: &T);
    fn borrowed(&mut self, object: &Object<'_, T>);
    fn panicked(&mut self, object: &Object<'_, T>);
}

pub(crate) struct Walker(());

impl Walker {
    pub(crate) fn new() -> Self {
        Self(())
    }

    pub(crate) fn visit<T: 'static>(&self, _pages: &Pages, _index: usize, _visitor: &mut impl Visitor<T>) {}

    pub(crate) fn visit_place<T: 'static, R>(&self, place: Place, _look: impl FnOnce(Object<'_, T>) -> R) -> Option<R> {
        match place.0 {}
    }

    pub(crate) fn step_aside(&self) {}
}

pub(crate) struct Listed {
    pub(crate) serial: u64,
    pub(crate) birth: Duration,
    pub(crate) site: u32,
    pub(crate) bundle: Option<Bundle>,
}

pub(crate) fn objects(_class: &Class) -> Vec<Listed> {
    Vec::new()
}

/// Counters of what a tracker is told: it is told nothing.
pub(crate) struct Tallies(());

pub(crate) enum Count {
    Attached,
    Detached,
    Destroyed,
}

#[derive(Clone, Copy, Default)]
pub(crate) struct Heard {
    pub(crate) attached: u64,
    pub(crate) detached: u64,
    pub(crate) destroyed: u64,
}

impl Tallies {
    pub(crate) fn new() -> Self {
        Self(())
    }

    pub(crate) fn add(&self, _class: &Class, _count: Count) {}

    pub(crate) fn read(&self, _class: &Class) -> Heard {
        Heard::default()
    }
}

/// Something that is looked at when a tracker is told of an object.
pub(crate) struct Flag(());

impl Flag {
    pub(crate) fn new() -> Self {
        Self(())
    }

    pub(crate) fn get(&self) -> bool {
        false
    }

    pub(crate) fn set(&self, _on: bool) {}
}
