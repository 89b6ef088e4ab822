//! `hashbrown`: tables that tell what they were allocated with.

use crate::inspect::steady::as_elements;
use crate::inspect::{Inspect, Walk};
use hashbrown::{HashMap, HashSet, HashTable};
use std::hash::{BuildHasher, Hash};

impl<K: Inspect + Eq + Hash, V: Inspect, S: BuildHasher> Inspect for HashMap<K, V, S> {
    #[inline]
    fn inspect(&self, walk: &mut Walk<'_>) {
        walk.heap(self.allocation_size());
        walk.entries(self.len(), self);
    }

    as_elements! { K, V }
}

impl<T: Inspect + Eq + Hash, S: BuildHasher> Inspect for HashSet<T, S> {
    #[inline]
    fn inspect(&self, walk: &mut Walk<'_>) {
        walk.heap(self.allocation_size());
        walk.elements(self.len(), self);
    }

    as_elements! { T }
}

impl<T: Inspect> Inspect for HashTable<T> {
    #[inline]
    fn inspect(&self, walk: &mut Walk<'_>) {
        walk.heap(self.allocation_size());
        walk.elements(self.len(), self);
    }

    as_elements! { T }
}
