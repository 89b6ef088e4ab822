//! `smallvec`: elements within the value, or in an allocation when there are too many.

use crate::inspect::steady::as_elements;
use crate::inspect::{Inspect, Walk};
use smallvec::{Array, SmallVec};

impl<A: Array<Item: Inspect>> Inspect for SmallVec<A> {
    #[inline]
    fn inspect(&self, walk: &mut Walk<'_>) {
        if self.spilled() {
            walk.heap(self.capacity().wrapping_mul(size_of::<A::Item>()));
        }
        walk.elements(self.len(), self.iter());
    }

    as_elements! { <A as Array>::Item }
}
