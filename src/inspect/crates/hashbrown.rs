//! `hashbrown`: tables that tell what they were allocated with.

use crate::inspect::{Inspect, Walk};
use hashbrown::{HashMap, HashSet, HashTable};
use std::hash::{BuildHasher, Hash};

impl<K: Inspect + Eq + Hash, V: Inspect, S: BuildHasher> Inspect for HashMap<K, V, S> {
    #[inline]
    fn inspect(&self, walk: &mut Walk<'_>) {
        walk.heap(self.allocation_size());
        walk.entries(self.len(), self);
    }

    #[inline]
    fn is_steady() -> bool {
        K::is_steady() && V::is_steady()
    }
}

impl<T: Inspect + Eq + Hash, S: BuildHasher> Inspect for HashSet<T, S> {
    #[inline]
    fn inspect(&self, walk: &mut Walk<'_>) {
        walk.heap(self.allocation_size());
        walk.elements(self.len(), self);
    }

    #[inline]
    fn is_steady() -> bool {
        T::is_steady()
    }
}

impl<T: Inspect> Inspect for HashTable<T> {
    #[inline]
    fn inspect(&self, walk: &mut Walk<'_>) {
        walk.heap(self.allocation_size());
        walk.elements(self.len(), self);
    }

    #[inline]
    fn is_steady() -> bool {
        T::is_steady()
    }
}
