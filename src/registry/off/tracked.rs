//! `Tracked` and its like: an `Arc` of which nothing is known.

use core::ops::{Deref, DerefMut};
use core::panic::Location;
use core::pin::Pin;
use std::sync::{Arc, Weak};
use std::time::Duration;

use super::{Class, Place};
use crate::told::{Bundle, Content, Tracker};
use crate::{Inspect, Walk};

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
