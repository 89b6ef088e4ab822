//! Collections that lie in one allocation, and the linked list.

use super::steady::as_elements;
use super::{Inspect, Walk};
use std::collections::{BinaryHeap, LinkedList, VecDeque};
use std::ptr::NonNull;

macro_rules! contiguous {
    ($($type:ident),+) => {$(
        impl<T: Inspect> Inspect for $type<T> {
            #[inline]
            fn inspect(&self, walk: &mut Walk<'_>) {
                // Elements without a size have a capacity without bound, and no allocation.
                walk.heap(self.capacity().wrapping_mul(size_of::<T>()));
                walk.elements(self.len(), self.iter());
            }

            as_elements! { T }
        }
    )+};
}

contiguous! { Vec, VecDeque, BinaryHeap }

/// A node is an allocation of its own.
impl<T: Inspect> Inspect for LinkedList<T> {
    #[inline]
    fn inspect(&self, walk: &mut Walk<'_>) {
        /// As std lays it out.
        struct Node<T> {
            _links: [Option<NonNull<()>>; 2],
            _element: T,
        }

        walk.heap(self.len() * size_of::<Node<T>>());
        walk.elements(self.len(), self);
    }

    as_elements! { T }
}
