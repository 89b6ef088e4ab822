//! What a tracker remembers, behind its lock. Nothing here runs user code.

use std::any::Any;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use classtracker_stats::{ObjectRecord, Snapshot};

use super::class::TrackedClass;
use super::names::Names;
use super::object::Objects;
use super::tally::Source;

pub(super) struct State {
    pub(super) names: Names,
    pub(super) classes: Vec<TrackedClass>,
    pub(super) objects: Objects,
    /// Names whose registrations have ended and whose objects are all dead, with the number of objects made.
    pub(super) past: BTreeMap<Arc<str>, u64>,
    pub(super) snapshots: Vec<Arc<Snapshot>>,
    /// Objects that some snapshot listed and none has found dead.
    /// Shared with snapshots under way.
    pub(super) listed: Arc<HashMap<u64, Listed>>,
    /// Objects of classes that are to be kept alive, by serial.
    pub(super) kept: HashMap<u64, Box<dyn Any + Send + Sync>>,
}

/// An object that was listed.
#[derive(Clone)]
pub(super) struct Listed {
    pub(super) record: Arc<ObjectRecord>,
    pub(super) source: Source,
}

/// What is to be dropped outside of the lock.
pub(super) struct Forgotten {
    _classes: Vec<TrackedClass>,
    _objects: Objects,
    _kept: HashMap<u64, Box<dyn Any + Send + Sync>>,
}

impl State {
    pub(super) fn new() -> Self {
        Self {
            names: Names::default(),
            classes: Vec::new(),
            objects: Objects::default(),
            past: BTreeMap::new(),
            snapshots: Vec::new(),
            listed: Arc::default(),
            kept: HashMap::new(),
        }
    }

    /// Forgets classes and objects, not snapshots.
    pub(super) fn forget_all(&mut self) -> Forgotten {
        self.past.clear();
        Forgotten {
            _classes: std::mem::take(&mut self.classes),
            _objects: std::mem::take(&mut self.objects),
            _kept: std::mem::take(&mut self.kept),
        }
    }

    /// Bytes that the tracker takes for itself.
    pub(super) fn overhead_bytes(&self) -> usize {
        let listed = self.listed.capacity() * (size_of::<(u64, Listed)>() + 1)
            + self.listed.values().map(|listed| listed.record.memory_bytes()).sum::<usize>();
        let snapshots: usize = self.snapshots.iter().map(|snapshot| snapshot.memory_bytes()).sum();
        size_of::<Self>() + listed + snapshots + self.objects.overhead_bytes()
    }
}
