//! What an object can be tracked by.

use std::sync::{Arc, Weak};
use std::time::Duration;

use crate::panics::contain;
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
    use super::{Class, Duration, Key, Place, Walker};

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
        /// What tells this object from all others for as long as there is a `Weak` of it.
        fn key(&self) -> Key;
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
    fn key(&self) -> Key {
        Key::Address(Self::as_ptr(self).cast::<()>().addr())
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
    type Weak = Watched<T>;

    fn downgrade(&self) -> Watched<T> {
        match Self::entry(self) {
            Some((_, place)) => Watched::Registered(place),
            None => Watched::Unregistered(Self::downgrade(self)),
        }
    }
    fn is_alive(watched: &Watched<T>) -> bool {
        match watched {
            Watched::Registered(place) => place.is_alive(),
            Watched::Unregistered(weak) => weak.strong_count() > 0,
        }
    }
    fn read<R>(watched: &Watched<T>, walker: &Walker, read: impl FnOnce(Result<&T, usize>) -> R) -> Option<R> {
        match watched {
            Watched::Registered(place) => {
                walker.visit_place::<T, R>(*place, |object| read(object.value().ok_or(size_of::<T>())))
            }
            Watched::Unregistered(weak) => {
                let handle = weak.upgrade()?;
                let result = read(Ok(&handle));
                drop_quietly(handle);
                Some(result)
            }
        }
    }
    fn object(&self) -> &T {
        self
    }
    fn key(&self) -> Key {
        match Self::entry(self) {
            Some((_, place)) => Key::Serial(place.serial()),
            None => Key::Address(Self::address(self).addr()),
        }
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

/// How a [`Tracked`] is watched. One that is registered is found by its place: a weak handle would be one that the program has not made,
/// and would take mutable access from it.
#[allow(private_interfaces, reason = "as above")]
pub enum Watched<T> {
    /// By its place in the registry.
    Registered(Place),
    /// By a weak handle: it was made while tracking was off.
    Unregistered(WeakTracked<T>),
}

/// What tells an object from all others.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub enum Key {
    /// It is in the registry.
    Serial(u64),
    /// It is not: its memory is held by a weak handle. The address also stands for it among the shared blocks of a walk.
    Address(usize),
}

/// The program may have dropped its handles meanwhile: then the object dies here. A destructor that panics costs that object.
pub(super) fn drop_quietly<H>(handle: H) {
    let _ = contain(|| drop(handle));
}
