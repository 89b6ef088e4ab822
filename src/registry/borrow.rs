//! Having the value to oneself: mutable borrows, and taking it out.

use core::mem::ManuallyDrop;
use core::ops::{Deref, DerefMut};
use core::panic::Location;

use super::destroy::{drop_weak, give_back, say_farewell, value_of};
use super::handle::{Tracked, register};
use super::slot::Remains;
use super::with_local;
use crate::Inspect;

/// How long taking the value out, or borrowing it mutably, waits for a walker that is reading it: about a second.
const PATIENCE: u32 = if cfg!(loom) { 2 } else { 10_000 };

/// Mutable access to a tracked object's value, from [`Tracked::get_mut`] or [`Tracked::make_mut`].
///
/// Until it is dropped, snapshots count the object but do not read it.
///
/// ```
/// use classtracker::{Tracked, TrackedMut};
///
/// let mut handle = Tracked::new(vec![1]);
/// let mut value: TrackedMut<'_, Vec<i32>> = Tracked::get_mut(&mut handle).unwrap();
/// value.push(2);
/// drop(value);
/// assert_eq!(*handle, [1, 2]);
/// ```
pub struct TrackedMut<'h, T: ?Sized> {
    handle: &'h mut Tracked<T>,
}

impl<T: ?Sized> Tracked<T> {
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
        self.header().identity.is_pinned()
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
    pub(super) fn admit_walkers(&self) {
        // SAFETY: slots are never freed; null if the object is not registered.
        if let Some(slot) = unsafe { self.header().slot.as_ref() } {
            slot.publish(self.node.as_ptr().cast());
        }
    }
}

impl<T> Tracked<T> {
    /// The value, if this is the only strong handle; otherwise the handle again. Weak handles to it are dead then.
    ///
    /// Like [`get_mut`](Tracked::get_mut) it waits for a snapshot that is reading the value, and gives the handle back where that
    /// returns `None`.
    ///
    /// ```
    /// use classtracker::Tracked;
    ///
    /// let handle = Tracked::new(String::from("text"));
    /// let other = handle.clone();
    /// let handle = Tracked::try_unwrap(handle).unwrap_err();
    /// drop(other);
    /// assert_eq!(Tracked::try_unwrap(handle).unwrap(), "text");
    /// ```
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
    ///
    /// ```
    /// use classtracker::Tracked;
    ///
    /// let handle = Tracked::new(String::from("text"));
    /// let other = handle.clone();
    /// assert_eq!(Tracked::into_inner(handle), None);
    /// assert_eq!(Tracked::into_inner(other).unwrap(), "text");
    /// ```
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
    ///
    /// ```
    /// use classtracker::Tracked;
    ///
    /// let handle = Tracked::new(String::from("text"));
    /// let other = handle.clone();
    /// assert_eq!(Tracked::unwrap_or_clone(handle), "text", "a clone");
    /// assert_eq!(Tracked::unwrap_or_clone(other), "text", "the value itself");
    /// ```
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
        // SAFETY: the node is kept, and no strong handle is left or will be.
        unsafe { say_farewell(this.node) };
        if let Some((page, slot)) = this.page_and_slot() {
            slot.hide();
            // A walker that came while the value was excluded may still read the header.
            if page.park(slot, this.node.as_ptr().cast(), Remains::Memory) {
                return value;
            }
            give_back(this.header());
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
        let mine = Tracked::build((**this).clone(), register::<T>(Location::caller()), false);
        if let Some(bundle) = Tracked::bundle(this) {
            Tracked::set_bundle(&mine, bundle);
        }
        if let Some((_, slot)) = mine.page_and_slot() {
            slot.hide_value(mine.node.as_ptr().cast());
        }
        let other = core::mem::replace(this, mine);
        let guard = TrackedMut { handle: this };
        drop(other);
        guard
    }
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
