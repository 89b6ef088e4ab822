//! What `Arc` users expect of a handle, besides its own functions: the traits.

mod inspect;
#[cfg(feature = "serde")]
mod serde;
mod trackable;

use core::borrow::Borrow;
use core::cmp::Ordering;
use core::fmt;
use core::hash::{Hash, Hasher};

use crate::{Inspect, Tracked, TrackedMut, WeakTracked};

impl<T: ?Sized> AsRef<T> for Tracked<T> {
    fn as_ref(&self) -> &T {
        self
    }
}

impl<T: ?Sized> Borrow<T> for Tracked<T> {
    fn borrow(&self) -> &T {
        self
    }
}

impl<T: ?Sized + PartialEq> PartialEq for Tracked<T> {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl<T: ?Sized + Eq> Eq for Tracked<T> {}

impl<T: ?Sized + PartialOrd> PartialOrd for Tracked<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        (**self).partial_cmp(&**other)
    }
}

impl<T: ?Sized + Ord> Ord for Tracked<T> {
    fn cmp(&self, other: &Self) -> Ordering {
        (**self).cmp(&**other)
    }
}

impl<T: ?Sized + Hash> Hash for Tracked<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (**self).hash(state);
    }
}

impl<T: ?Sized + fmt::Debug> fmt::Debug for Tracked<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl<T: ?Sized + fmt::Display> fmt::Display for Tracked<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl<T: ?Sized> fmt::Pointer for Tracked<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Pointer::fmt(&Tracked::as_ptr(self), f)
    }
}

impl<T: ?Sized + core::error::Error> core::error::Error for Tracked<T> {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        (**self).source()
    }
}

impl<T: Inspect + Default + Send + Sync + 'static> Default for Tracked<T> {
    #[track_caller]
    fn default() -> Self {
        Tracked::new(T::default())
    }
}

impl<T: Inspect + Send + Sync + 'static> From<T> for Tracked<T> {
    #[track_caller]
    fn from(value: T) -> Self {
        Tracked::new(value)
    }
}

impl<T: Inspect + Send + Sync + 'static> From<Box<T>> for Tracked<T> {
    #[track_caller]
    fn from(value: Box<T>) -> Self {
        Tracked::new(*value)
    }
}

impl<T> Default for WeakTracked<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: ?Sized> fmt::Debug for WeakTracked<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(WeakTracked)")
    }
}

impl<T: ?Sized + fmt::Debug> fmt::Debug for TrackedMut<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}
