//! What is known of one class in the three snapshots.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use super::builder::Listed;
use crate::diff::Line;
use crate::{Bounds, ClassRow, Site, Trace};

/// Whether an object was made before or after a snapshot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Made {
    Before,
    After,
    /// That depends on whether the snapshot lists all objects.
    NotListed,
}

impl Made {
    pub(super) fn when(listed: Listed, line: Line, birth: Option<Duration>) -> Self {
        match (listed, line.is_after(birth)) {
            (Listed::Yes | Listed::Later, _) | (Listed::No, Some(false)) => Self::Before,
            (Listed::No, Some(true)) => Self::After,
            (Listed::No, None) => Self::NotListed,
        }
    }

    /// Whether it was made after a snapshot that lists all objects, or does not; `None` if that is not sure.
    fn after(self, lists_all: bool) -> Option<bool> {
        match self {
            Self::Before => Some(false),
            Self::After => Some(true),
            Self::NotListed => lists_all.then_some(true),
        }
    }
}

#[derive(Debug)]
pub(super) struct Class {
    pub(super) class: Arc<str>,
    rows: [Row; 3],
    /// By when they were made and where: how many, and their bytes.
    objects: BTreeMap<([Made; 2], Place), (u64, u64)>,
}

type Place = (Option<Arc<Site>>, Option<Arc<Trace>>);

/// The rows of the class in one snapshot, added up.
#[derive(Debug, Default)]
struct Row {
    tracked: bool,
    live: u64,
    created: u64,
    dropped: u64,
    seen: u64,
}

/// The listed survivors of a class.
#[derive(Debug, Default)]
pub(super) struct Sums {
    pub(super) objects: u64,
    pub(super) bytes: u64,
    pub(super) unclear: u64,
    others: u64,
    pub(super) sites: BTreeMap<Place, (u64, u64)>,
}

impl Class {
    pub(super) fn new(class: Arc<str>) -> Self {
        Self { class, rows: Default::default(), objects: BTreeMap::new() }
    }

    pub(super) fn add_row(&mut self, number: usize, row: &ClassRow) {
        let sum = &mut self.rows[number];
        sum.tracked = true;
        for (sum, part) in [(&mut sum.live, row.live), (&mut sum.created, row.created), (&mut sum.dropped, row.dropped)]
        {
            *sum = sum.saturating_add(part);
        }
    }

    /// One of the first two snapshots lists an object of the class.
    pub(super) fn seen(&mut self, number: usize) {
        self.rows[number].seen += 1;
    }

    /// The third snapshot lists an object of the class.
    pub(super) fn add_object(
        &mut self,
        made: [Made; 2],
        site: Option<&Arc<Site>>,
        trace: Option<&Arc<Trace>>,
        bytes: u64,
    ) {
        let sum = self.objects.entry((made, (site.cloned(), trace.cloned()))).or_default();
        *sum = (sum.0 + 1, sum.1.saturating_add(bytes));
    }

    /// How many were made between the first two snapshots.
    pub(super) fn made(&self) -> Option<u64> {
        let [first, second, _] = &self.rows;
        let tracked = first.tracked && second.tracked;
        second.created.checked_sub(first.created).filter(|_| tracked)
    }

    /// How many survived; `None` if none can have.
    pub(super) fn survivors(&self) -> Option<(Bounds, Sums)> {
        let lists_all = [0, 1].map(|number| {
            let row: &Row = &self.rows[number];
            row.tracked && row.seen == row.live
        });
        let mut sums = Sums::default();
        for ((made, place), (objects, bytes)) in &self.objects {
            let after_first = made[0].after(lists_all[0]);
            let after_second = made[1].after(lists_all[1]);
            match (after_first, after_second) {
                (Some(true), Some(false)) => {
                    sums.objects += objects;
                    sums.bytes = sums.bytes.saturating_add(*bytes);
                    let sum = sums.sites.entry(place.clone()).or_default();
                    *sum = (sum.0 + objects, sum.1.saturating_add(*bytes));
                }
                (Some(false), _) | (_, Some(true)) => sums.others += objects,
                _ => sums.unclear += objects,
            }
        }
        let [first, second, third] = &self.rows;
        let by_rows = third.live.saturating_sub(sums.others);
        let at_most = self.made().map_or(by_rows, |made| by_rows.min(made));
        let survived = Bounds::new(self.at_least(first, second, third).max(sums.objects), at_most);
        (survived.at_most > 0).then_some((survived, sums))
    }

    /// Even if all that died since the first snapshot, or all that were made before it or after the second and could live,
    /// were others.
    fn at_least(&self, first: &Row, second: &Row, third: &Row) -> u64 {
        let counted = || {
            let made = self.made()?;
            let died = third.dropped.checked_sub(first.dropped)?;
            let later = third.created.checked_sub(second.created)?;
            let others = first.live.saturating_add(later);
            Some(made.saturating_sub(died).min(third.live.saturating_sub(others)))
        };
        counted().unwrap_or(0)
    }
}
