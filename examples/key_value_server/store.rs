//! The entries, by key.

use std::collections::{HashMap, HashSet, VecDeque};
use std::hash::{BuildHasher, RandomState};
use std::time::Instant;

use classtracker::{DeepSizeOf, Tracked};
use parking_lot::{Mutex, MutexGuard};

/// A value with its key. The key is part of it so that its memory counts.
#[derive(DeepSizeOf)]
pub(crate) struct Entry {
    pub(crate) key: Box<[u8]>,
    pub(crate) value: Mutex<Value>,
    /// When it is to be forgotten.
    pub(crate) expires: Mutex<Option<Instant>>,
}

#[derive(DeepSizeOf)]
pub(crate) enum Value {
    Text(Vec<u8>),
    List(VecDeque<Vec<u8>>),
    Set(HashSet<Vec<u8>>),
    Fields(HashMap<Vec<u8>, Vec<u8>>),
}

impl Entry {
    pub(crate) fn new(key: &[u8], value: Value, expires: Option<Instant>) -> Tracked<Self> {
        Tracked::new(Self { key: key.into(), value: Mutex::new(value), expires: Mutex::new(expires) })
    }

    fn is_over(&self) -> bool {
        self.expires.lock().is_some_and(|expires| expires <= Instant::now())
    }
}

type Shard = HashSet<ByKey>;

/// An entry, found by its key: the key's bytes stand in the entry alone.
struct ByKey(Tracked<Entry>);

impl std::borrow::Borrow<[u8]> for ByKey {
    fn borrow(&self) -> &[u8] {
        &self.0.key
    }
}

impl PartialEq for ByKey {
    fn eq(&self, other: &Self) -> bool {
        self.0.key == other.0.key
    }
}

impl Eq for ByKey {}

impl std::hash::Hash for ByKey {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.0.key[..].hash(state);
    }
}

const SHARDS: usize = 16;

#[derive(Default)]
pub(crate) struct Store {
    shards: [Mutex<Shard>; SHARDS],
    hasher: RandomState,
}

impl Store {
    fn shard(&self, key: &[u8]) -> MutexGuard<'_, Shard> {
        self.shards[self.hasher.hash_one(key) as usize % SHARDS].lock()
    }

    pub(crate) fn get(&self, key: &[u8]) -> Option<Tracked<Entry>> {
        let mut shard = self.shard(key);
        let ByKey(entry) = shard.get(key)?;
        if entry.is_over() {
            let _dead = shard.take(key);
            return None;
        }
        Some(entry.clone())
    }

    /// Puts the entry into the place of the one that has its key.
    pub(crate) fn put(&self, entry: Tracked<Entry>) {
        let old = self.shard(&entry.key).replace(ByKey(entry.clone()));
        drop(old);
    }

    /// The entry of this key, or a new one.
    pub(crate) fn get_or_put(&self, key: &[u8], value: impl FnOnce() -> Value) -> Tracked<Entry> {
        let mut shard = self.shard(key);
        if let Some(ByKey(entry)) = shard.get(key)
            && !entry.is_over()
        {
            return entry.clone();
        }
        let entry = Entry::new(key, value(), None);
        let old = shard.replace(ByKey(entry.clone()));
        drop(shard);
        drop(old);
        entry
    }

    pub(crate) fn remove(&self, key: &[u8]) -> bool {
        let removed = self.shard(key).take(key);
        removed.is_some_and(|ByKey(entry)| !entry.is_over())
    }

    pub(crate) fn all(&self) -> Vec<Tracked<Entry>> {
        let of_shard = |shard: &Mutex<Shard>| shard.lock().iter().map(|ByKey(entry)| entry.clone()).collect::<Vec<_>>();
        self.shards.iter().flat_map(of_shard).filter(|entry| !entry.is_over()).collect()
    }

    pub(crate) fn len(&self) -> usize {
        self.shards.iter().map(|shard| shard.lock().len()).sum()
    }

    pub(crate) fn clear(&self) {
        for shard in &self.shards {
            let old = std::mem::take(&mut *shard.lock());
            drop(old);
        }
    }
}
