//! The traits of `Trackable`: those that let the struct around it derive its own.

use core::cmp::Ordering;
use core::fmt;
use core::hash::{Hash, Hasher};

use deepsize::Context;

use crate::{DeepSizeOf, Inspect, Trackable, Walk};

impl<T: 'static> Default for Trackable<T> {
    #[inline]
    #[track_caller]
    fn default() -> Self {
        Self::new()
    }
}

/// A new object, on which the same bundle hangs.
impl<T: 'static> Clone for Trackable<T> {
    #[inline]
    #[track_caller]
    fn clone(&self) -> Self {
        let clone = Self::new();
        if let Some(bundle) = self.bundle() {
            clone.set_bundle(bundle);
        }
        clone
    }
}

/// All are equal.
impl<T: 'static> PartialEq for Trackable<T> {
    #[inline]
    fn eq(&self, _other: &Self) -> bool {
        true
    }
}

impl<T: 'static> Eq for Trackable<T> {}

impl<T: 'static> PartialOrd for Trackable<T> {
    #[inline]
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<T: 'static> Ord for Trackable<T> {
    #[inline]
    fn cmp(&self, _other: &Self) -> Ordering {
        Ordering::Equal
    }
}

impl<T: 'static> Hash for Trackable<T> {
    #[inline]
    fn hash<H: Hasher>(&self, _state: &mut H) {}
}

impl<T: 'static> fmt::Debug for Trackable<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.serial() {
            Some(serial) => write!(f, "Trackable(#{serial})"),
            None => f.write_str("Trackable(not tracked)"),
        }
    }
}

/// It owns nothing: what is kept for it is the tracker's own.
impl<T: 'static> Inspect for Trackable<T> {
    #[inline]
    fn inspect(&self, _walk: &mut Walk<'_>) {}

    #[inline]
    fn owns_nothing() -> bool {
        true
    }

    #[inline]
    fn holds_counted_values() -> bool {
        false
    }
}

impl<T: 'static> DeepSizeOf for Trackable<T> {
    #[inline]
    fn deep_size_of_children(&self, _context: &mut Context) -> usize {
        0
    }
}
