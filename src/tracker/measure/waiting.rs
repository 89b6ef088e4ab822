//! Objects that cannot be filed when they are walked: what they have to pay for shared data, or whether all of them could be read, is
//! known when all others were walked.

use std::iter;
use std::mem;
use std::time::Duration;

use rustc_hash::FxHashMap;

use super::{Findings, Measuring};
use crate::inspect::{Held, Measured, Part, Referents, Shares};
use crate::registry::Place;
use crate::tracker::class::Represent;
use crate::tracker::plan::Row;
use crate::tracker::tally::{Candidate, Source};

/// An object that is registered on its own and whose bytes are not final.
pub(super) struct Pending {
    pub(super) row: usize,
    pub(super) candidate: Candidate,
    /// Its parts, where they were asked for.
    pub(super) held: Option<Held>,
}

/// An object of a class whose bytes are not final. There may be as many as there are objects: no larger than it has to be.
pub(super) struct Claimant {
    pub(super) bytes: u64,
    pub(super) place: Place,
    pub(super) birth: Duration,
    pub(super) site: u32,
    /// The number of its run in [`Waiting::runs`].
    pub(super) run: u32,
    pub(super) unread: bool,
    /// Its parts, where they were asked for.
    pub(super) held: Option<Box<Held>>,
}

/// What the claimants of a run have in common.
pub(super) struct RunOfClaimants {
    pub(super) row: usize,
    pub(super) flat_bytes: u64,
    pub(super) repr: Option<Represent>,
}

/// What is filed when the shared data is settled, or walked once more before.
#[derive(Default)]
pub(super) struct Waiting {
    /// Objects that may have to pay for shared data: they are added to their rows when that is settled.
    pub(super) pending: Vec<Pending>,
    pub(super) claimants: Vec<Claimant>,
    pub(super) runs: Vec<RunOfClaimants>,
    /// The claimants that other threads found, each with the number that their first run has among `runs`.
    pub(super) others: Vec<(u32, Vec<Claimant>)>,
    /// Objects that have to be sized once more when only one thread walks: something of them may have been locked by another.
    pub(super) postponed: Vec<Postponed>,
    /// The same for those that are registered on their own, by their number.
    pub(super) postponed_objects: Vec<(usize, Pending)>,
}

/// An object that has to be sized once more, and what was found of it; should it be dead by then, that is what counts.
pub(super) struct Postponed {
    pub(super) class: usize,
    pub(super) page: usize,
    pub(super) stretch: u32,
    /// The number of its span.
    pub(super) span: usize,
    pub(super) claimant: Claimant,
}

/// Those of a page that have to be sized once more, by serial, each with its span.
pub(super) struct Again {
    pub(super) page: usize,
    pub(super) stretch: u32,
    pub(super) left: FxHashMap<u64, (usize, Claimant)>,
}

impl Measuring<'_, '_> {
    /// Files a registered object whose share of the shared data is known now.
    fn finish(&mut self, pending: Pending, shares: &Shares) {
        let Pending { row, mut candidate, held } = pending;
        let row = &mut self.rows[row];
        let share = shares.get(candidate.serial).map_or(0, |share| share.bytes);
        let measured = with_share(candidate.bytes, candidate.unread, share, candidate.flat_bytes);
        (candidate.bytes, candidate.unread) = (measured.bytes, measured.unread);
        let listed = row.tally.wants(candidate.bytes, candidate.serial);
        candidate.parts = row.resume(held.as_ref(), candidate.bytes, shares, listed);
        row.tally.add(candidate);
    }

    /// The same for an object of a class.
    fn finish_claimant(&mut self, claimant: Claimant, first_run: u32, share: u64, shares: &Shares) {
        let run = &self.waiting.runs[(first_run + claimant.run) as usize];
        let row = &mut self.rows[run.row];
        let Measured { bytes, unread, .. } = with_share(claimant.bytes, claimant.unread, share, run.flat_bytes);
        let serial = claimant.place.serial();
        row.tally.count(bytes, unread, run.flat_bytes, claimant.site);
        let listed = row.tally.wants(bytes, serial);
        let parts = row.resume(claimant.held.as_deref(), bytes, shares, listed);
        if listed {
            row.tally.consider(Candidate {
                bytes,
                serial,
                unread,
                flat_bytes: run.flat_bytes,
                birth: Some(claimant.birth),
                site: claimant.site,
                source: Source::Registry(claimant.place, run.repr.clone()),
                parts,
            });
        }
    }

    /// Charges the shared data, and files who waited for that.
    pub(super) fn settle(&mut self) -> Findings {
        if self.ground.census {
            self.findings.census = Some(self.sizer.census());
        }
        let shares = self.sizer.settle();
        for pending in mem::take(&mut self.waiting.pending) {
            self.finish(pending, &shares);
        }
        let own = (0, mem::take(&mut self.waiting.claimants));
        let others = mem::take(&mut self.waiting.others);
        for (first_run, claimants) in iter::once(own).chain(others) {
            let mut next = 0;
            for claimant in claimants {
                let share = shares.get_from(&mut next, claimant.place.serial()).map_or(0, |share| share.bytes);
                self.finish_claimant(claimant, first_run, share, &shares);
            }
        }
        self.findings.shared_bytes = (0..self.rows.len()).map(|row| shares.shared_bytes(row as u32)).collect();
        mem::take(&mut self.findings)
    }
}

/// An object with what it has to pay for shared data.
fn with_share(bytes: u64, unread: bool, share: u64, flat_bytes: u64) -> Measured {
    Measured { bytes: bytes.wrapping_add(share), unread, claims: true }.or_flat(flat_bytes)
}

impl Row {
    /// Where its parts are added up, to be put back; the objects that follow belong to this stretch of the walk.
    pub(super) fn take_referents(&mut self, stretch: u32) -> Box<Referents> {
        let mut referents = self.referents.take().unwrap_or_else(|| Box::new(Referents::new()));
        referents.set_stretch(stretch);
        referents
    }

    /// Adds the parts of an object that was held to those of the row; its own, if it is listed.
    fn resume(&mut self, held: Option<&Held>, bytes: u64, shares: &Shares, listed: bool) -> Vec<Part> {
        let (Some(held), Some(referents)) = (held, &mut self.referents) else { return Vec::new() };
        referents.resume(held, bytes, shares);
        if listed { referents.of_object() } else { Vec::new() }
    }
}
