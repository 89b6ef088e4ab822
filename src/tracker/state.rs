//! What a tracker remembers, behind its lock. Nothing here runs user code.

use std::any::Any;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use classtracker_stats::{ObjectRecord, Snapshot};
use rustc_hash::FxHashMap;

use super::by_value::Apart;
use super::class::TrackedClass;
use super::names::Names;
use super::object::{Objects, TrackedObject};
use super::tally::Source;

pub(super) struct State {
    pub(super) names: Names,
    pub(super) apart: Apart,
    pub(super) classes: Vec<TrackedClass>,
    pub(super) objects: Objects,
    /// Names whose registrations have ended and whose objects are all dead, with the number of objects made.
    pub(super) past: BTreeMap<Arc<str>, u64>,
    pub(super) snapshots: Vec<Arc<Snapshot>>,
    /// How many others were taken before and are not kept.
    pub(super) forgotten_snapshots: u64,
    /// What the snapshots take.
    snapshot_bytes: usize,
    /// Objects that some snapshot listed and none has found dead.
    /// Shared with snapshots under way.
    pub(super) listed: Arc<FxHashMap<u64, Listed>>,
    /// Records of the oldest objects of the last snapshot that are not listed.
    pub(super) elders: Arc<FxHashMap<u64, Arc<ObjectRecord>>>,
    /// Objects that are to be kept alive, by serial.
    pub(super) kept: HashMap<u64, Kept>,
    pub(super) era: Era,
    /// Whether snapshots count the values of derived types inside objects.
    pub(super) census: bool,
    /// Whether objects that cannot have changed are not read again.
    pub(super) remembers: bool,
    /// Whether this stands in the place of what was in pieces when the process was forked, and nobody was told yet.
    pub(super) lost: bool,
}

/// A handle that keeps an object alive.
pub(super) type Kept = Box<dyn Any + Send + Sync>;

/// How often everything was forgotten: a snapshot that began before must not bring it back.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Era {
    pub(super) detached: u64,
    pub(super) cleared: u64,
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
    _kept: HashMap<u64, Kept>,
}

impl State {
    pub(super) fn new() -> Self {
        Self {
            names: Names::default(),
            apart: Apart::default(),
            classes: Vec::new(),
            objects: Objects::default(),
            past: BTreeMap::new(),
            snapshots: Vec::new(),
            forgotten_snapshots: 0,
            snapshot_bytes: 0,
            listed: Arc::default(),
            elders: Arc::default(),
            kept: HashMap::new(),
            era: Era::default(),
            census: false,
            remembers: true,
            lost: false,
        }
    }

    /// What a forked process has that could not get at the tracker's state.
    pub(super) fn lost() -> Self {
        Self { lost: true, ..Self::new() }
    }

    /// Enters an object that is registered on its own, and the handle that keeps it alive if that is wanted. What is returned is to
    /// be dropped outside of the lock.
    pub(super) fn add(&mut self, object: TrackedObject, kept: Option<Kept>) -> Option<Kept> {
        if self.objects.get(object.key()).is_none()
            && let Some(class) = object.class()
        {
            match self.classes.iter_mut().find(|known| known.is(class)) {
                Some(known) => known.give_up(object.serial()),
                None => self.objects.note_before_class(class),
            }
        }
        let old = match kept {
            Some(kept) => self.kept.insert(object.serial(), kept),
            None => self.kept.remove(&object.serial()),
        };
        self.objects.add(Arc::new(object));
        old
    }

    /// Enters a snapshot, and takes out the oldest that are more than are to be kept.
    pub(super) fn file(&mut self, snapshot: &Arc<Snapshot>, keep_last: Option<usize>) -> Vec<Arc<Snapshot>> {
        let place = self.snapshots.partition_point(|earlier| earlier.elapsed <= snapshot.elapsed);
        self.snapshots.insert(place, Arc::clone(snapshot));
        self.snapshot_bytes += snapshot.memory_bytes();
        let surplus = keep_last.map_or(0, |keep| self.snapshots.len().saturating_sub(keep));
        let surplus: Vec<_> = self.snapshots.drain(..surplus).collect();
        self.forgotten_snapshots += surplus.len() as u64;
        self.snapshot_bytes -= surplus.iter().map(|old| old.memory_bytes()).sum::<usize>();
        surplus
    }

    /// Forgets classes and objects, not snapshots.
    pub(super) fn forget_all(&mut self) -> Forgotten {
        self.past.clear();
        self.era.detached += 1;
        Forgotten {
            _classes: std::mem::take(&mut self.classes),
            _objects: std::mem::take(&mut self.objects),
            _kept: std::mem::take(&mut self.kept),
        }
    }

    /// Forgets everything.
    pub(super) fn clear(&mut self) -> Self {
        let Era { detached, cleared } = self.era;
        let era = Era { detached: detached + 1, cleared: cleared + 1 };
        let fresh = Self { era, census: self.census, remembers: self.remembers, lost: self.lost, ..Self::new() };
        std::mem::replace(self, fresh)
    }

    /// Bytes that the tracker takes for itself.
    pub(super) fn overhead_bytes(&self) -> usize {
        let listed = self.listed.capacity() * (size_of::<(u64, Listed)>() + 1)
            + self.listed.values().map(|listed| listed.record.memory_bytes()).sum::<usize>();
        let elders = self.elders.capacity() * (size_of::<(u64, Arc<ObjectRecord>)>() + 1)
            + self.elders.values().map(|record| record.memory_bytes()).sum::<usize>();
        size_of::<Self>() + listed + elders + self.snapshot_bytes + self.objects.overhead_bytes()
    }
}
