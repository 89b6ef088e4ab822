//! What an object can be tracked by.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Weak};
use std::time::Duration;

use crate::registry::{Class, Place, Walker};
use crate::{Tracked, WeakTracked};

/// A shared handle to an object that can be tracked: `Arc<T>` or [`Tracked<T>`], and nothing else. What cannot be referred to
/// weakly cannot be tracked without being kept alive.
///
/// ```compile_fail
/// # let tracker = classtracker::ClassTracker::new();
/// tracker.track_object(&Box::new(String::new()));
/// ```
///
/// ```compile_fail
/// # let tracker = classtracker::ClassTracker::new();
/// let value = String::new();
/// tracker.track_object(&value);
/// ```
pub trait TrackHandle: private::Handle {}

impl<T: Send + Sync + ?Sized + 'static> TrackHandle for Arc<T> {}
impl<T: Send + Sync + 'static> TrackHandle for Tracked<T> {}

pub(super) mod private {
    use super::{Class, Duration, Place, Walker};

    #[allow(private_interfaces, reason = "sealed: nobody outside can name this trait")]
    pub trait Handle: Clone + Send + Sync + 'static {
        type Object: Send + Sync + ?Sized + 'static;
        /// The handle that does not keep the object alive.
        type Weak: Send + Sync + 'static;

        fn downgrade(&self) -> Self::Weak;
        fn is_alive(weak: &Self::Weak) -> bool;
        /// Reads the object, if it is alive. Where it is borrowed mutably, `read` gets its flat size in bytes instead.
        fn read<R>(
            weak: &Self::Weak,
            walker: &Walker,
            read: impl FnOnce(Result<&Self::Object, usize>) -> R,
        ) -> Option<R>;
        /// What tells this object from all others while a handle of any kind lives; it also stands for the object among the
        /// shared blocks of a walk.
        fn address(&self) -> usize;
        /// The object, by a handle that keeps it.
        fn object(&self) -> &Self::Object;
        /// Where the object stands in the registry, if it does.
        fn entry(&self) -> Option<(&'static Class, Place)>;
        /// When it was made, from the first use of tracking on, if that is known.
        fn birth(&self) -> Option<Duration>;
        /// The number of the place where it was made; 0 if that is not known.
        fn site(&self) -> u32;
    }
}

#[allow(private_interfaces, reason = "as above")]
impl<T: Send + Sync + ?Sized + 'static> private::Handle for Arc<T> {
    type Object = T;
    type Weak = Weak<T>;

    fn downgrade(&self) -> Weak<T> {
        Self::downgrade(self)
    }
    fn is_alive(weak: &Weak<T>) -> bool {
        weak.strong_count() > 0
    }
    fn read<R>(weak: &Weak<T>, _walker: &Walker, read: impl FnOnce(Result<&T, usize>) -> R) -> Option<R> {
        let handle = weak.upgrade()?;
        let result = read(Ok(&handle));
        drop_quietly(handle);
        Some(result)
    }
    fn address(&self) -> usize {
        Self::as_ptr(self).cast::<()>().addr()
    }
    fn object(&self) -> &T {
        self
    }
    fn entry(&self) -> Option<(&'static Class, Place)> {
        None
    }
    fn birth(&self) -> Option<Duration> {
        None
    }
    fn site(&self) -> u32 {
        0
    }
}

#[allow(private_interfaces, reason = "as above")]
impl<T: Send + Sync + 'static> private::Handle for Tracked<T> {
    type Object = T;
    type Weak = WeakTracked<T>;

    fn downgrade(&self) -> WeakTracked<T> {
        Self::downgrade(self)
    }
    fn is_alive(weak: &WeakTracked<T>) -> bool {
        weak.strong_count() > 0
    }
    fn read<R>(weak: &WeakTracked<T>, walker: &Walker, read: impl FnOnce(Result<&T, usize>) -> R) -> Option<R> {
        // Without a handle, so that the program's own count of handles is not disturbed.
        if let Some(place) = weak.place() {
            return walker.visit_place::<T, R>(place, |object| read(object.value().ok_or(size_of::<T>())));
        }
        let handle = weak.upgrade()?;
        let result = read(Ok(&handle));
        drop_quietly(handle);
        Some(result)
    }
    fn address(&self) -> usize {
        Self::address(self).addr()
    }
    fn object(&self) -> &T {
        self
    }
    fn entry(&self) -> Option<(&'static Class, Place)> {
        Self::entry(self)
    }
    fn birth(&self) -> Option<Duration> {
        Self::birth(self)
    }
    fn site(&self) -> u32 {
        Self::site_number(self)
    }
}

/// The program may have dropped its handles meanwhile: then the object dies here. A destructor that panics costs that object.
pub(super) fn drop_quietly<H>(handle: H) {
    let _ = catch_unwind(AssertUnwindSafe(|| drop(handle)));
}
