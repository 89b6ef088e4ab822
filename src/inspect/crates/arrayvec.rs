//! `arrayvec`: elements within the value.

use crate::inspect::plain::{as_its_parts, plain};
use crate::inspect::{Inspect, Walk};
use arrayvec::{ArrayString, ArrayVec};

impl<T: Inspect, const N: usize> Inspect for ArrayVec<T, N> {
    #[inline]
    fn inspect(&self, walk: &mut Walk<'_>) {
        walk.elements(self.len(), self);
    }

    as_its_parts! { T }
}

plain! { {const N: usize} ArrayString<N> }
