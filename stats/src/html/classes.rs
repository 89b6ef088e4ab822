use std::collections::HashMap;
use std::sync::Arc;

use super::thinned::Thinned;
use crate::{CensusRow, ClassRow, Durations, HistoryEvent, ObjectRecord, Referent, SiteRow, Snapshot};

/// How many cells of classes × snapshots are held at most, for the charts.
const CELLS: usize = 3_000_000;
/// How many changes of a class' number of live objects are kept.
const EVENTS: usize = 1000;

/// What all snapshots so far say of the classes.
pub(super) struct Classes {
    places: HashMap<Arc<str>, usize>,
    pub(super) all: Vec<Class>,
    /// One entry for each snapshot kept for the charts: a cell for each class known by then.
    pub(super) points: Thinned<Vec<Cell>>,
    /// The last snapshot that counted derived types, with its number.
    pub(super) census: Option<(usize, Vec<CensusRow>)>,
}

/// A class over all snapshots.
pub(super) struct Class {
    pub(super) name: Arc<str>,
    /// The first snapshot that has it, and the last.
    pub(super) first: usize,
    pub(super) last: usize,
    pub(super) first_cell: Cell,
    pub(super) latest: Latest,
    /// The most bytes that it had, and in which snapshot first; `None` if they were never known.
    pub(super) peak_bytes: Option<(u64, usize)>,
    /// The most live objects that it had, and in which snapshot first.
    pub(super) peak_live: (u64, usize),
    /// What there was to say of its objects one by one and by place, in the last snapshot in which any lived.
    pub(super) detail: Option<Detail>,
    pub(super) lifetimes: Option<Durations>,
    pub(super) history: Option<Thinned<HistoryEvent>>,
    pub(super) events: usize,
    /// Changes that were not recorded.
    pub(super) events_lost: u64,
}

/// A class in one snapshot, for the charts. There are millions of them, so what is absent is a number of its own.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cell {
    bytes: u64,
    live: u64,
    pub(super) created: u64,
}

const ABSENT: u64 = u64::MAX;

/// The numbers of the last row.
pub(super) struct Latest {
    pub(super) live: u64,
    pub(super) created: u64,
    pub(super) dropped: u64,
    pub(super) bytes: Option<u64>,
    pub(super) flat_bytes: u64,
    pub(super) shared_bytes: u64,
    pub(super) smallest_bytes: Option<u64>,
    pub(super) largest_bytes: Option<u64>,
    pub(super) unread: u64,
    pub(super) listed: u64,
}

#[derive(Default)]
pub(super) struct Detail {
    pub(super) snapshot: usize,
    pub(super) live: u64,
    pub(super) bytes: Option<u64>,
    pub(super) referents: Vec<Referent>,
    pub(super) sites: Vec<SiteRow>,
    pub(super) ages: Option<Durations>,
    pub(super) oldest: Vec<Arc<ObjectRecord>>,
}

impl Classes {
    pub(super) fn new(points: usize) -> Self {
        Self { places: HashMap::new(), all: Vec::new(), points: Thinned::new(points), census: None }
    }

    pub(super) fn place(&self, class: &str) -> Option<usize> {
        self.places.get(class).copied()
    }

    /// The place of a class, which mostly is where it is expected: snapshots have the same classes in the same order.
    fn find(&self, class: &Arc<str>, expected: usize) -> Option<usize> {
        let there = self.all.get(expected).is_some_and(|known| Arc::ptr_eq(&known.name, class) || known.name == *class);
        if there { Some(expected) } else { self.place(class) }
    }

    pub(super) fn add(&mut self, index: usize, snapshot: &Snapshot) {
        let mut cells = vec![Cell::default(); self.all.len()];
        let mut expected = 0;
        for row in &snapshot.classes {
            let place = match self.find(&row.class, expected) {
                Some(place) => place,
                None => {
                    self.places.insert(Arc::clone(&row.class), self.all.len());
                    self.all.push(Class::new(index, row));
                    self.all.len() - 1
                }
            };
            expected = place + 1;
            self.all[place].add(index, row);
            cells.resize(self.all.len(), Cell::default());
            cells[place] = Cell::of(row);
        }
        self.points.push(index, cells);
        while self.points.len() > 3 && self.points.len() * self.all.len() > CELLS {
            self.points.thin();
        }
        if let Some(census) = &snapshot.census {
            self.census = Some((index, census.clone()));
        }
    }
}

impl Class {
    fn new(index: usize, row: &ClassRow) -> Self {
        Self {
            name: Arc::clone(&row.class),
            first: index,
            last: index,
            first_cell: Cell::of(row),
            latest: Latest::of(row),
            peak_bytes: None,
            peak_live: (row.live, index),
            detail: None,
            lifetimes: None,
            history: None,
            events: 0,
            events_lost: 0,
        }
    }

    fn add(&mut self, index: usize, row: &ClassRow) {
        self.last = index;
        self.latest = Latest::of(row);
        if let Some(bytes) = self.latest.bytes
            && self.peak_bytes.is_none_or(|(peak, _)| peak < bytes)
        {
            self.peak_bytes = Some((bytes, index));
        }
        if self.peak_live.0 < row.live {
            self.peak_live = (row.live, index);
        }
        if row.live > 0 {
            Detail::put(&mut self.detail, index, row);
        }
        if row.lifetimes.is_some() {
            self.lifetimes.clone_from(&row.lifetimes);
        }
        if let Some(history) = &row.history {
            let kept = self.history.get_or_insert_with(|| Thinned::new(EVENTS));
            for event in &history.events {
                kept.push(self.events, *event);
                self.events += 1;
            }
            self.events_lost = self.events_lost.saturating_add(history.lost);
        }
    }

    /// What classes are ordered by: those that were the largest at any time first.
    pub(super) fn rank(&self) -> (u64, u64) {
        (self.peak_bytes.map_or(0, |(bytes, _)| bytes), self.peak_live.0)
    }
}

impl Cell {
    fn of(row: &ClassRow) -> Self {
        Self { bytes: bytes(row).map_or(ABSENT, present), live: present(row.live), created: row.created }
    }

    /// What the class' objects took; `None` if it was not there or that is not known.
    pub(super) fn bytes(self) -> Option<u64> {
        (self.bytes != ABSENT).then_some(self.bytes)
    }

    /// How many objects lived; `None` if the class was not there.
    pub(super) fn live(self) -> Option<u64> {
        (self.live != ABSENT).then_some(self.live)
    }

    /// Several classes as one.
    pub(super) fn add(&mut self, other: Self) {
        let sum = |one: Option<u64>, other: Option<u64>| match (one, other) {
            (Some(one), Some(other)) => present(one.saturating_add(other)),
            (one, other) => one.or(other).unwrap_or(ABSENT),
        };
        *self = Self {
            bytes: sum(self.bytes(), other.bytes()),
            live: sum(self.live(), other.live()),
            created: self.created.saturating_add(other.created),
        };
    }
}

/// A class that is not there.
impl Default for Cell {
    fn default() -> Self {
        Self { bytes: ABSENT, live: ABSENT, created: 0 }
    }
}

/// The page shows none of the largest numbers exactly.
fn present(number: u64) -> u64 {
    number.min(ABSENT - 1)
}

impl Latest {
    fn of(row: &ClassRow) -> Self {
        Self {
            live: row.live,
            created: row.created,
            dropped: row.dropped,
            bytes: bytes(row),
            flat_bytes: row.flat_bytes,
            shared_bytes: row.shared_bytes,
            smallest_bytes: row.smallest_bytes,
            largest_bytes: row.largest_bytes,
            unread: row.unread,
            listed: row.listed,
        }
    }
}

impl Detail {
    /// Puts what a row has in the place of what there was, into the memory that this took.
    fn put(place: &mut Option<Self>, snapshot: usize, row: &ClassRow) {
        if row.referents.is_empty() && row.sites.is_empty() && row.ages.is_none() && row.oldest.is_empty() {
            *place = None;
            return;
        }
        let detail = place.get_or_insert_default();
        (detail.snapshot, detail.live, detail.bytes) = (snapshot, row.live, bytes(row));
        detail.referents.clone_from(&row.referents);
        detail.sites.clone_from(&row.sites);
        detail.ages.clone_from(&row.ages);
        detail.oldest.clone_from(&row.oldest);
    }
}

/// What the class' objects take, if that is known.
fn bytes(row: &ClassRow) -> Option<u64> {
    (!row.by_value).then_some(row.bytes)
}
