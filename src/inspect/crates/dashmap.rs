//! `dashmap`: a table for each shard, behind a lock of its own.
//!
//! Shards are tried for a bounded time, one after the other, and held until the map was read: whoever holds a shard for reading
//! never waits when he reads it once more, even while a writer waits. So the map's own iterator can be used as far as shards
//! are held. From the first one on that could not be had, entries are `unread`; the tables of the others behind it are counted
//! all the same.

use crate::inspect::{Inspect, Walk};
use dashmap::{DashMap, DashSet, RwLock, RwLockReadGuard};
use std::hash::{BuildHasher, Hash};

/// A shard that is held for longer than the walk waits is `unread`, and so are the entries of those behind it.
impl<K: Inspect + Eq + Hash, V: Inspect, S: BuildHasher + Clone> Inspect for DashMap<K, V, S> {
    fn inspect(&self, walk: &mut Walk<'_>) {
        walk.heap(size_of_val(self.shards()));
        let visits = walk.visits_entries::<K, V>();
        let shards = self.shards().iter().map(|shard| &**shard);
        let held = hold(walk, visits, shards, |table| (table.len(), table.allocation_info().1.size()));
        walk.entries_by::<K, V>(held.length, |walk| {
            self.iter().take(held.length).for_each(|entry| walk.entry(entry.key(), entry.value()));
        });
    }
}

/// As for a [`DashMap`].
impl<T: Inspect + Eq + Hash, S: BuildHasher + Clone> Inspect for DashSet<T, S> {
    fn inspect(&self, walk: &mut Walk<'_>) {
        walk.heap(size_of_val(self.shards()));
        let visits = walk.visits_elements::<T>();
        let shards = self.shards().iter().map(|shard| &**shard);
        let held = hold(walk, visits, shards, |table| (table.len(), table.allocation_info().1.size()));
        walk.elements_by::<T>(held.length, |walk| {
            self.iter().take(held.length).for_each(|element| element.key().inspect(walk));
        });
    }
}

/// The first shards of a map.
struct Held<'m, T> {
    /// How many entries they have together.
    length: usize,
    _guards: Vec<RwLockReadGuard<'m, T>>,
}

/// Counts the tables of all shards, as far as they can be had, and keeps the first ones if their entries are to be visited.
/// `look` tells of a table how many entries it has, and its bytes.
fn hold<'m, T>(
    walk: &mut Walk<'_>,
    keep: bool,
    shards: impl ExactSizeIterator<Item = &'m RwLock<T>>,
    look: impl Fn(&T) -> (usize, usize),
) -> Held<'m, T> {
    let mut length = 0;
    let mut guards = Vec::with_capacity(if keep { shards.len() } else { 0 });
    let mut in_a_row = true;
    for shard in shards {
        let guard = walk.try_for(|| shard.try_read());
        let Some(guard) = guard else {
            in_a_row = false;
            continue;
        };
        let (entries, bytes) = look(&guard);
        walk.heap(bytes);
        if in_a_row || !keep {
            length += entries;
        }
        if in_a_row && keep {
            guards.push(guard);
        }
    }
    Held { length, _guards: guards }
}
