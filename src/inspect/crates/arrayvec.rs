//! `arrayvec`: elements within the value.

use crate::inspect::plain::plain;
use crate::inspect::{Inspect, Walk};
use arrayvec::{ArrayString, ArrayVec};

impl<T: Inspect, const N: usize> Inspect for ArrayVec<T, N> {
    #[inline]
    fn inspect(&self, walk: &mut Walk<'_>) {
        walk.elements(self.len(), self);
    }

    #[inline]
    fn owns_nothing() -> bool {
        T::owns_nothing()
    }
}

plain! { {const N: usize} ArrayString<N> }
