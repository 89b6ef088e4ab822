//! Hash tables: exact by their capacity and by the addresses of their elements.
//!
//! A table is one allocation: the buckets, a power of two of them, a control byte for each, and a group of control bytes
//! more. `capacity()` tells the number of buckets as long as nothing was removed. A removal may leave a tombstone, and
//! every tombstone is missing in `capacity()`. But the elements lie in the array of buckets, so from the lowest to the
//! highest address of an element there are no more buckets than there are, and the next power of two is the number that
//! was looked for, unless all elements happen to lie in one half of the array: then, and only after removals, the size is
//! too small. For 10 elements that happens once in 500 tables, for 30 once in 500 million.
//!
//! Of a large table of plain elements with tombstones a sample is looked at, whose span tells the number of buckets, since that
//! is a power of two: exact, but for a table just at the limit between two of them.

use super::steady::as_elements;
use super::{Inspect, Walk};
use std::collections::{HashMap, HashSet};

/// Plain elements of a table with tombstones are all looked at up to this number.
const EXACT: usize = 1 << 18;
/// As many are looked at in a larger one.
const SAMPLE: usize = 1 << 15;
/// Up to this capacity a coincidence (as many tombstones as make it look like that of a smaller table) is too likely.
const SMALL: usize = 112;

/// The size of a group of control bytes, as hashbrown chooses it.
const GROUP: usize = if cfg!(all(target_feature = "sse2", any(target_arch = "x86", target_arch = "x86_64"))) {
    16
} else if cfg!(all(target_feature = "neon", target_arch = "aarch64", target_endian = "little")) {
    8
} else {
    size_of::<usize>()
};

/// Exact, except that a small table from which most entries were removed may be taken for a smaller one: see the bounds in
/// `tests/accuracy.rs`. Of more than 262,144 entries that own nothing a sample is looked at, which tells as much.
impl<K: Inspect, V: Inspect, S> Inspect for HashMap<K, V, S> {
    #[inline]
    fn inspect(&self, walk: &mut Walk<'_>) {
        let mut span = Span::default();
        if K::owns_nothing() && V::owns_nothing() {
            span.sample::<(K, V)>(walk, self.capacity(), self.len(), self.keys());
            walk.entries(self.len(), self);
        } else {
            walk.entries_by::<K, V>(self.len(), |walk| {
                let mut entries = self.iter();
                // The first one by itself, so that the loop need not ask whether one is the first.
                let Some((key, value)) = entries.next() else { return };
                span.add(key);
                walk.entry(key, value);
                entries.for_each(|(key, value)| {
                    span.go_on(key);
                    walk.entry(key, value);
                });
            });
        }
        walk.heap(span.bytes::<(K, V)>(self.capacity()));
    }

    as_elements! { K, V }
}

impl<T: Inspect, S> Inspect for HashSet<T, S> {
    #[inline]
    fn inspect(&self, walk: &mut Walk<'_>) {
        let mut span = Span::default();
        if T::owns_nothing() {
            span.sample::<T>(walk, self.capacity(), self.len(), self.iter());
            walk.elements(self.len(), self);
        } else {
            walk.elements(self.len(), self.iter().inspect(|element| span.add::<T>(element)));
        }
        walk.heap(span.bytes::<T>(self.capacity()));
    }

    as_elements! { T }
}

/// The lowest and the highest address of the elements that were looked at.
#[derive(Default)]
pub(super) struct Span {
    first: usize,
    last: usize,
    /// Buckets that a sample lets expect.
    expected: usize,
}

impl Span {
    /// Takes in the next element. A table yields them in the order of their addresses, so the first and the last do.
    #[inline]
    pub(super) fn add<T>(&mut self, element: &T) {
        self.last = (&raw const *element).addr();
        if self.first == 0 {
            self.first = self.last;
        }
    }

    /// Takes in the next element, which is not the first.
    #[inline]
    fn go_on<T>(&mut self, element: &T) {
        self.last = (&raw const *element).addr();
    }

    /// Looks at as many plain elements as it takes to know the buckets: none at all when the capacity is one of a table
    /// without tombstones, all of them up to a quarter of a million, and a sample beyond.
    #[inline]
    pub(super) fn sample<'k, T>(
        &mut self,
        walk: &mut Walk<'_>,
        capacity: usize,
        length: usize,
        keys: impl Iterator<Item = &'k (impl Sized + 'k)>,
    ) {
        if size_of::<T>() == 0 || (capacity > SMALL && is_full(capacity)) {
            return;
        }
        let looked_at = if length <= EXACT { length } else { SAMPLE };
        walk.visiting_elements(looked_at);
        keys.take(looked_at).for_each(|key| self.add(key));
        if looked_at < length {
            let seen = self.buckets::<T>() as u128;
            let expected = seen * length as u128 / looked_at as u128;
            // To the nearest power of two rather than up: the sample's own scatter must not double the table.
            self.expected = usize::try_from(expected * 7 / 10).unwrap_or(0);
        }
    }

    /// The bytes of a table of this capacity that these elements lie in.
    #[inline]
    pub(super) fn bytes<T>(&self, capacity: usize) -> usize {
        if capacity == 0 {
            return 0;
        }
        let mut buckets = buckets_of::<T>(capacity);
        if size_of::<T>() != 0 {
            let seen = self.buckets::<T>().max(self.expected);
            if seen > buckets {
                buckets = seen.next_power_of_two();
            }
        }
        let array = (buckets * size_of::<T>()).next_multiple_of(GROUP.max(align_of::<T>()));
        array + buckets + GROUP
    }

    /// How many buckets there are from the first to the last element.
    #[inline]
    fn buckets<T>(&self) -> usize {
        // Neither value is zero when there was one element, and both are when there was none.
        self.first.abs_diff(self.last) / size_of::<T>() + 1
    }
}

/// The buckets that a table of this capacity has, if it has no tombstones. As hashbrown computes them.
#[inline]
fn buckets_of<T>(capacity: usize) -> usize {
    // So that the buckets are no smaller than a group.
    let least = match (GROUP, size_of::<T>()) {
        (16, 0..=1) => 14,
        (16, 2..=3) | (8, 0..=1) => 7,
        _ => 3,
    };
    match capacity.max(least) {
        0..=3 => 4,
        4..=7 => 8,
        8..=14 => 16,
        capacity => (capacity.saturating_mul(8) / 7).next_power_of_two(),
    }
}

/// Whether a table without tombstones can have this capacity.
fn is_full(capacity: usize) -> bool {
    let buckets = buckets_of::<u64>(capacity);
    capacity == if buckets < 8 { buckets - 1 } else { buckets / 8 * 7 }
}
