//! `WeakTracked`: a handle that keeps the memory, not the object.

use core::marker::PhantomData;
use core::panic::{RefUnwindSafe, UnwindSafe};
use core::ptr::NonNull;

use super::destroy::{drop_weak, header_of};
use super::handle::Tracked;
use super::node::{Header, Node};

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

impl<T: ?Sized> Unpin for WeakTracked<T> {}
impl<T: ?Sized + RefUnwindSafe> UnwindSafe for WeakTracked<T> {}
impl<T: ?Sized + RefUnwindSafe> RefUnwindSafe for WeakTracked<T> {}

// SAFETY: as for `Tracked`, since it can be upgraded.
unsafe impl<T: ?Sized + Send + Sync> Send for WeakTracked<T> {}
// SAFETY: as above.
unsafe impl<T: ?Sized + Send + Sync> Sync for WeakTracked<T> {}

impl<T> WeakTracked<T> {
    /// A handle that never had an object.
    #[must_use]
    pub const fn new() -> Self {
        Self { node: None, owns: PhantomData }
    }
}

impl<T: ?Sized> WeakTracked<T> {
    /// A handle that was counted before.
    pub(super) fn of(node: NonNull<Node<T>>) -> Self {
        Self { node: Some(node), owns: PhantomData }
    }

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
    ///
    /// ```
    /// use classtracker::Tracked;
    ///
    /// let handle = Tracked::new(7_u32);
    /// let weak = Tracked::downgrade(&handle);
    /// assert_eq!((weak.strong_count(), weak.weak_count()), (1, 1));
    /// drop(handle);
    /// assert_eq!((weak.strong_count(), weak.weak_count()), (0, 0));
    /// ```
    #[must_use]
    pub fn weak_count(&self) -> usize {
        self.header().map_or(0, |header| if header.counts.strong() == 0 { 0 } else { header.counts.weak() })
    }

    /// Whether both belong to the same object, or both to none.
    ///
    /// ```
    /// use classtracker::{Tracked, WeakTracked};
    ///
    /// let handle = Tracked::new(7_u32);
    /// let (one, other) = (Tracked::downgrade(&handle), Tracked::downgrade(&handle));
    /// assert!(one.ptr_eq(&other));
    /// assert!(!one.ptr_eq(&WeakTracked::new()));
    /// ```
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
        self.node.filter(|_| dead).map(|node| node.as_ptr().cast::<u64>().wrapping_add(1).cast_const().cast())
    }

    /// The serial that the object has, or had. `None` if it was made while tracking was off, or if there never was one.
    ///
    /// ```
    /// use classtracker::Tracked;
    ///
    /// let handle = Tracked::new(7_u32);
    /// let serial = Tracked::serial(&handle);
    /// let weak = Tracked::downgrade(&handle);
    /// drop(handle);
    /// assert_eq!(weak.serial(), serial);
    /// ```
    #[must_use]
    pub fn serial(&self) -> Option<u64> {
        self.header().filter(|header| !header.slot.is_null()).map(|header| header.identity.serial())
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
