//! `indexmap`: a vector of entries and a table of their indices.
//!
//! `capacity()` is the smaller one of both. They grow together, so both have it as long as nothing was removed; after
//! removals the size may be too small by what the larger one has more.

use crate::inspect::hash::Span;
use crate::inspect::steady::as_elements;
use crate::inspect::{Inspect, Walk};
use indexmap::{IndexMap, IndexSet};

impl<K: Inspect, V: Inspect, S> Inspect for IndexMap<K, V, S> {
    #[inline]
    fn inspect(&self, walk: &mut Walk<'_>) {
        walk.heap(bytes::<K, V>(self.capacity()));
        walk.entries(self.len(), self);
    }

    as_elements! { K, V }
}

impl<T: Inspect, S> Inspect for IndexSet<T, S> {
    #[inline]
    fn inspect(&self, walk: &mut Walk<'_>) {
        walk.heap(bytes::<T, ()>(self.capacity()));
        walk.elements(self.len(), self);
    }

    as_elements! { T }
}

/// The bytes of entries and indices at this capacity.
pub(super) fn bytes<K, V>(capacity: usize) -> usize {
    /// As the crate lays it out.
    struct Bucket<K, V> {
        _hash: usize,
        _key: K,
        _value: V,
    }

    capacity * size_of::<Bucket<K, V>>() + Span::default().bytes::<usize>(capacity)
}
