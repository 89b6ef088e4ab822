//! What the threads of one snapshot have found, put together.

use std::mem;

use super::Measuring;
use super::waiting::{Postponed, Waiting};
use crate::inspect::{Held, Met, Renumbered, RenumberedParts};
use crate::tracker::ages::Ages;
use crate::tracker::plan::Row;
use crate::tracker::state::Kept;

/// What a thread has found that walked beside the one that takes the snapshot.
pub(super) struct Walked {
    pub(super) rows: Vec<Row>,
    met: Met,
    waiting: Waiting,
    kept: Vec<(u64, Kept)>,
    live: Vec<Vec<u64>>,
}

impl Measuring<'_, '_> {
    /// What this thread has found, but for its rows.
    pub(super) fn leave(&mut self) -> Walked {
        Walked {
            rows: Vec::new(),
            met: self.sizer.leave(),
            waiting: mem::take(&mut self.waiting),
            kept: mem::take(&mut self.findings.kept),
            live: mem::take(&mut self.findings.live),
        }
    }

    /// Adds what another thread has found, as if this one had.
    pub(super) fn absorb(&mut self, walked: Walked) {
        let Walked { rows, met, waiting, kept, live } = walked;
        let blocks = self.sizer.absorb(met);
        let parts: Vec<_> = self.rows.iter_mut().zip(rows).map(|(row, theirs)| row.absorb(theirs)).collect();
        self.findings.kept.extend(kept);
        for (sums, live) in self.findings.live.iter_mut().zip(live) {
            sums.iter_mut().zip(live).for_each(|(sum, live)| *sum += live);
        }
        self.waiting.absorb(waiting, &blocks, &parts);
    }

    /// Has the parts of each row, and of each object that is listed so far, stand in the order in which one thread alone would have met
    /// them.
    pub(super) fn put_parts_in_order(&mut self) {
        for row in &mut *self.rows {
            if let Some(referents) = &mut row.referents {
                referents.put_in_order();
                row.tally.change_parts(|parts| referents.sort(parts));
            }
        }
    }
}

impl Waiting {
    fn absorb(&mut self, other: Self, blocks: &Renumbered, parts: &[Option<RenumberedParts>]) {
        let Self { mut pending, mut claimants, runs, mut postponed, mut postponed_objects, others: _ } = other;
        let renumber = |held: Option<&mut Held>, row: usize| {
            if let (Some(held), Some(parts)) = (held, &parts[row]) {
                held.renumber(parts, blocks);
            }
        };
        for pending in pending.iter_mut().chain(postponed_objects.iter_mut().map(|(_, pending)| pending)) {
            renumber(pending.held.as_mut(), pending.row);
        }
        let first = self.runs.len() as u32;
        for Postponed { claimant, .. } in &mut postponed {
            renumber(claimant.held.as_deref_mut(), runs[claimant.run as usize].row);
            claimant.run += first;
        }
        // There may be as many as there are objects: where it need not be, they are not gone through.
        if parts.iter().any(Option::is_some) {
            for claimant in &mut claimants {
                renumber(claimant.held.as_deref_mut(), runs[claimant.run as usize].row);
            }
        }
        self.pending.append(&mut pending);
        self.others.push((first, claimants));
        self.runs.extend(runs);
        self.postponed.append(&mut postponed);
        self.postponed_objects.append(&mut postponed_objects);
    }
}

impl Row {
    /// The same row for another thread to write, with nothing in it.
    pub(super) fn empty(&self) -> Self {
        Self {
            ages: self.ages.as_ref().map(Ages::empty),
            lifetimes: None,
            history: None,
            name: self.name.clone(),
            created: 0,
            tally: self.tally.empty(),
            referents: None,
        }
    }

    /// Forgets what walks have found.
    pub(super) fn forget(&mut self) {
        let Self { ages, tally, referents, .. } = self.empty();
        (self.ages, self.tally, self.referents) = (ages, tally, referents);
    }

    /// Adds what another thread has found, and says which numbers its parts have here.
    fn absorb(&mut self, other: Self) -> Option<RenumberedParts> {
        self.tally.absorb(other.tally);
        if let (Some(ages), Some(more)) = (&mut self.ages, other.ages) {
            ages.absorb(more);
        }
        let theirs = other.referents?;
        Some(self.referents.get_or_insert_default().absorb(&theirs))
    }
}
