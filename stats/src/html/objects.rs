use std::cmp::Reverse;
use std::collections::HashMap;
use std::sync::Arc;

use super::classes::Classes;
use super::thinned::Thinned;
use crate::{ObjectRecord, ObjectRow, Referent, Snapshot};

/// In how many snapshots an object's size is kept.
const SIZES: usize = 32;
/// How many objects are held at most while snapshots come.
const ROOM: usize = 100_000;

/// The largest objects of each class, as far as the snapshots so far tell.
///
/// Those whose largest size is among the largest of their class are all found, however late they grew: none of them can
/// have been outside when it had that size. What they took before they came in is not known.
pub(super) struct Objects {
    /// How many are wanted of each class. Twice as many stay, and up to four times as many are held.
    wanted: usize,
    held: HashMap<u64, Object>,
    by_class: Vec<Held>,
}

#[derive(Default)]
struct Held {
    serials: Vec<u64>,
    /// What an object must surpass to come in.
    least: Option<Rank>,
    /// Whether an object was left out so far.
    left_out: bool,
}

/// The larger first, then the older.
type Rank = (u64, Reverse<u64>);

pub(super) struct Object {
    pub(super) record: Arc<ObjectRecord>,
    pub(super) sizes: Thinned<Size>,
    pub(super) largest_bytes: u64,
    pub(super) largest_at: usize,
    /// The last snapshot that lists it.
    pub(super) last: usize,
    /// The snapshot that found it dead.
    pub(super) dead_by: Option<usize>,
    /// Its parts when it was last listed with any.
    pub(super) referents: Arc<[Referent]>,
    /// Whether nothing of its sizes is missing before the first one here, as far as it was listed.
    pub(super) from_the_start: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Size {
    pub(super) bytes: u64,
    pub(super) unread: bool,
}

impl Objects {
    pub(super) fn new(wanted: usize) -> Self {
        Self { wanted, held: HashMap::new(), by_class: Vec::new() }
    }

    pub(super) fn add(&mut self, index: usize, snapshot: &Snapshot, classes: &Classes) {
        self.by_class.resize_with(classes.all.len(), Held::default);
        for serial in &snapshot.gone {
            if let Some(object) = self.held.get_mut(serial) {
                object.dead_by.get_or_insert(index);
            }
        }
        if self.wanted == 0 {
            return;
        }
        // Rows of one class share its name.
        let mut known: Option<(&Arc<str>, usize)> = None;
        for row in &snapshot.objects {
            let name = &row.object.class;
            let class = match known {
                Some((last, class)) if Arc::ptr_eq(last, name) => Some(class),
                _ => classes.place(name),
            };
            // An object without a row of its class belongs nowhere.
            let Some(class) = class else { continue };
            known = Some((name, class));
            self.take(index, class, row);
        }
        while self.held.len() > ROOM && self.wanted > 1 {
            self.wanted = self.wanted.div_ceil(2);
            (0..self.by_class.len()).for_each(|class| self.shrink(class));
        }
    }

    fn take(&mut self, index: usize, class: usize, row: &ObjectRow) {
        let serial = row.object.serial;
        if let Some(object) = self.held.get_mut(&serial) {
            object.add(index, row);
            return;
        }
        let held = &mut self.by_class[class];
        if held.least.is_some_and(|least| (row.bytes, Reverse(serial)) < least) {
            held.left_out = true;
            return;
        }
        self.held.insert(serial, Object::new(index, row, !held.left_out));
        held.serials.push(serial);
        if held.serials.len() > self.wanted.saturating_mul(4) {
            self.shrink(class);
        }
    }

    /// Leaves twice as many as wanted.
    fn shrink(&mut self, class: usize) {
        let keep = self.wanted.saturating_mul(2);
        let held = &mut self.by_class[class];
        if held.serials.len() <= keep {
            return;
        }
        let rank = |serial: &u64| (self.held.get(serial).map_or(0, |object| object.largest_bytes), Reverse(*serial));
        held.serials.select_nth_unstable_by_key(keep - 1, |serial| Reverse(rank(serial)));
        held.least = held.serials.get(keep - 1).map(rank);
        held.left_out = true;
        for serial in held.serials.drain(keep..) {
            self.held.remove(&serial);
        }
    }

    /// The `count` largest objects of a class, the largest first.
    pub(super) fn largest(&self, class: usize, count: usize) -> Vec<&Object> {
        let serials = self.by_class.get(class).map_or(&[][..], |held| &held.serials);
        let mut objects: Vec<&Object> = serials.iter().filter_map(|serial| self.held.get(serial)).collect();
        objects.sort_unstable_by_key(|object| Reverse((object.largest_bytes, Reverse(object.record.serial))));
        objects.truncate(count.min(self.wanted));
        objects
    }

    /// Whether objects of a class were listed that are not here, if `shown` are.
    pub(super) fn left_out(&self, class: usize, shown: usize) -> bool {
        self.by_class.get(class).is_some_and(|held| held.left_out || held.serials.len() > shown)
    }

    /// How many are wanted of each class, or fewer if there was no room.
    pub(super) fn wanted(&self) -> usize {
        self.wanted
    }
}

impl Object {
    fn new(index: usize, row: &ObjectRow, from_the_start: bool) -> Self {
        let mut object = Self {
            record: Arc::clone(&row.object),
            sizes: Thinned::new(SIZES),
            largest_bytes: 0,
            largest_at: index,
            last: index,
            dead_by: None,
            referents: Arc::default(),
            from_the_start,
        };
        object.add(index, row);
        object
    }

    fn add(&mut self, index: usize, row: &ObjectRow) {
        self.last = index;
        self.sizes.push(index, Size { bytes: row.bytes, unread: row.unread });
        if row.bytes > self.largest_bytes {
            (self.largest_bytes, self.largest_at) = (row.bytes, index);
        }
        if !row.referents.is_empty() {
            self.referents = Arc::clone(&row.referents);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::{ClassRow, Session, Stats};
    use chrono::DateTime;

    /// Sizes of 300 objects over 20 snapshots that look random, with deaths.
    fn snapshots() -> Vec<Arc<Snapshot>> {
        let names: [Arc<str>; 2] = ["a".into(), "b".into()];
        let records: Vec<Arc<ObjectRecord>> = (0..300)
            .map(|serial| ObjectRecord::new(serial, Arc::clone(&names[serial as usize % 2]), 8).into())
            .collect();
        let mut state = 7_u64;
        let mut random = |below: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % below
        };
        let mut snapshots = Vec::new();
        let mut dead = vec![false; 300];
        for index in 0..20 {
            let mut snapshot = Snapshot::new("", DateTime::UNIX_EPOCH, Duration::from_secs(index));
            snapshot.classes = names.iter().map(|name| ClassRow::new(Arc::clone(name))).collect();
            for (serial, record) in records.iter().enumerate() {
                if dead[serial] {
                    continue;
                }
                if random(40) == 0 {
                    dead[serial] = true;
                    snapshot.gone.push(serial as u64);
                } else {
                    snapshot.objects.push(ObjectRow::new(Arc::clone(record), random(1000)));
                }
            }
            snapshots.push(Arc::new(snapshot));
        }
        snapshots
    }

    #[test]
    fn the_largest_are_found_one_snapshot_at_a_time_as_they_are_with_all_at_once() {
        let snapshots = snapshots();
        for wanted in [1, 2, 5, 30, 1000] {
            let mut classes = Classes::new(100);
            let mut objects = Objects::new(wanted);
            for (index, snapshot) in snapshots.iter().enumerate() {
                classes.add(index, snapshot);
                objects.add(index, snapshot, &classes);
            }
            let mut stats = Stats::new(Session::new(DateTime::UNIX_EPOCH, 1), snapshots.clone());
            for (class, name) in ["a", "b"].into_iter().enumerate() {
                let query = stats.filter(name).sort_by(&[crate::SortKey::Size]).query().clone();
                let expected = stats.objects(&query).objects;
                let found = objects.largest(class, wanted);
                assert_eq!(found.len(), wanted.min(expected.len()));
                for (found, expected) in found.iter().zip(&expected) {
                    assert_eq!(found.record, expected.record);
                    let largest = expected.sizes.iter().max_by_key(|size| (size.bytes, Reverse(size.snapshot)));
                    assert_eq!(
                        (found.largest_bytes, found.largest_at),
                        largest.map(|s| (s.bytes, s.snapshot)).unwrap()
                    );
                    let sizes: Vec<_> = expected.sizes.iter().map(|size| (size.snapshot, size.bytes)).collect();
                    let kept: Vec<_> = found.sizes.iter().map(|(at, size)| (*at, size.bytes)).collect();
                    assert!(sizes.ends_with(&kept));
                    assert!(!found.from_the_start || sizes == kept);
                }
                assert_eq!(objects.left_out(class, found.len()), wanted < expected.len());
            }
        }
    }
}
