//! Who made the objects that are alive: what they add up to by the place where they were made.

use std::cmp::Reverse;

use classtracker_stats::SiteRow;
use rustc_hash::FxHashMap;

use super::state::State;
use super::tally::Sums;
use super::traces;
use crate::registry::ForkLock;

/// The number of no place, not even of an unknown one.
pub(super) const NOWHERE: u32 = u32::MAX;

/// How many objects, and how many bytes they have.
#[derive(Clone, Copy, Default)]
struct Sum {
    live: u64,
    bytes: u64,
}

impl Sum {
    fn add(&mut self, other: Self) {
        self.live += other.live;
        // See `Measured::MOST_BYTES`.
        self.bytes = self.bytes.wrapping_add(other.bytes);
    }
}

/// The sums of a run of objects by place, while they are added up.
///
/// Objects that stand side by side often come from one place. So what comes between two changes of place is the difference
/// of two readings of the run's own sums, and an object that comes from where the last one came from costs a comparison.
/// Numbers of places are small and dense: a plain table.
pub(super) struct SiteSums {
    /// By the number plus one, so that [`NOWHERE`] is the first.
    sums: Vec<Sum>,
    /// The places whose sums are not 0.
    touched: Vec<u32>,
    /// Where the last object came from, and what was added up before the first from there.
    site: u32,
    before: Sum,
}

impl Default for SiteSums {
    fn default() -> Self {
        Self { sums: Vec::new(), touched: Vec::new(), site: NOWHERE, before: Sum::default() }
    }
}

impl SiteSums {
    /// The next object comes from this place; `so_far` are the sums of all before.
    #[inline]
    pub(super) fn at(&mut self, site: u32, so_far: &Sums) {
        if site != self.site {
            self.change(site, Sum { live: so_far.live(), bytes: so_far.bytes() });
        }
    }

    #[inline]
    fn change(&mut self, site: u32, so_far: Sum) {
        let left = self.site.wrapping_add(1) as usize;
        let Some(sum) = self.sums.get_mut(left) else { return self.grow(site, so_far) };
        let before = self.before;
        if sum.live == 0 {
            self.touched.push(self.site);
        }
        sum.add(Sum { live: so_far.live - before.live, bytes: so_far.bytes.wrapping_sub(before.bytes) });
        self.site = site;
        self.before = so_far;
    }

    #[cold]
    fn grow(&mut self, site: u32, so_far: Sum) {
        self.sums.resize(self.site.wrapping_add(1) as usize + 1, Sum::default());
        self.change(site, so_far);
    }

    /// The run is over: its sums go to their row. (It must be [`NOWHERE`].)
    pub(super) fn empty_into(&mut self, sites: &mut Sites) {
        for site in self.touched.drain(..) {
            let sum = std::mem::take(&mut self.sums[site.wrapping_add(1) as usize]);
            if sum.live > 0 {
                sites.0.entry(site).or_default().add(sum);
            }
        }
        self.before = Sum::default();
    }
}

/// The sums of one row.
#[derive(Default)]
pub(super) struct Sites(FxHashMap<u32, Sum>);

impl Sites {
    pub(super) fn add(&mut self, site: u32, live: u64, bytes: u64) {
        self.0.entry(site).or_default().add(Sum { live, bytes });
    }

    pub(super) fn absorb(&mut self, other: Self) {
        other.0.into_iter().for_each(|(site, sum)| self.0.entry(site).or_default().add(sum));
    }

    /// A row for each place and each stack that led there, those with the most bytes first.
    pub(super) fn rows(self, state: &ForkLock<State>) -> Vec<SiteRow> {
        let mut rows: Vec<_> = self.0.into_iter().map(|(site, sum)| row(state, site, sum)).collect();
        // Stacks that differ in what is not shown are one.
        rows.sort_unstable_by(|a, b| (&a.site, &a.trace).cmp(&(&b.site, &b.trace)));
        rows.dedup_by(|next, row| {
            let same = (&next.site, &next.trace) == (&row.site, &row.trace);
            if same {
                row.live += next.live;
                row.bytes = row.bytes.wrapping_add(next.bytes);
            }
            same
        });
        rows.sort_by_key(|row| Reverse(row.bytes));
        rows.shrink_to_fit();
        rows
    }
}

fn row(state: &ForkLock<State>, site: u32, sum: Sum) -> SiteRow {
    let mut row = SiteRow::new(sum.live, sum.bytes);
    row.site = state.lock().names.site(site);
    row.trace = traces::of_site(site);
    row
}
