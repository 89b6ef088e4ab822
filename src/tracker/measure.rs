//! The walk over the objects of a plan.

use std::mem;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use rustc_hash::FxHashSet;

use super::class::Represent;
use super::object::TrackedObject;
use super::plan::{ClassPlan, Plan, Row};
use super::sites::{NOWHERE, SiteSums};
use super::sizing::Sizing;
use super::state::Kept;
use super::tally::{Candidate, Source, Sums};
use crate::inspect::{Held, Measured, Part, Referents, Shares, Sizer, SizerOptions};
use crate::registry::{Object, Place, Visitor, Walker};

/// Walks the objects of one class: [`class`] for its type and its way of sizing.
pub(super) type Measure = Arc<dyn Fn(&mut Measuring<'_, '_>, &ClassPlan) + Send + Sync>;

/// What a walk over all objects leaves, besides the rows.
#[derive(Default)]
pub(super) struct Findings {
    /// Handles to objects that are to be kept alive.
    pub(super) kept: Vec<(u64, Kept)>,
    /// For each class of the plan and each of its spans: how many objects were alive.
    pub(super) live: Vec<Vec<u64>>,
    /// For each row: bytes of the blocks that its objects reach and that others reach too.
    pub(super) shared_bytes: Vec<u64>,
    /// Name, number and bytes of the derived types that were seen, if that was asked for.
    pub(super) census: Option<Vec<(&'static str, u64, u64)>>,
}

/// An object that is registered on its own and whose bytes are not final.
struct Pending {
    row: usize,
    candidate: Candidate,
    /// Its parts, where they were asked for.
    held: Option<Held>,
}

/// An object of a class whose bytes are not final. There may be as many as there are objects: no larger than it has to be.
struct Claimant {
    bytes: u64,
    place: Place,
    birth: Duration,
    site: u32,
    /// See [`Measuring::runs`].
    run: u32,
    unread: bool,
    /// Its parts, where they were asked for.
    held: Option<Box<Held>>,
}

/// What the claimants of a run have in common.
struct RunOfClaimants {
    row: usize,
    flat_bytes: u64,
    repr: Option<Represent>,
}

/// A walk under way.
pub(super) struct Measuring<'m, 's> {
    sizer: &'m mut Sizer<'s>,
    walker: &'m Walker,
    rows: &'m mut [Row],
    cut: u64,
    /// Objects that are registered on their own.
    own: &'m FxHashSet<u64>,
    /// Objects that may have to pay for shared data: they are added to their rows when that is settled.
    pending: Vec<Pending>,
    claimants: Vec<Claimant>,
    runs: Vec<RunOfClaimants>,
    findings: Findings,
    live: Vec<u64>,
    by_site: SiteSums,
}

/// Sizes everything in the plan, into its rows.
pub(super) fn measure(plan: &mut Plan) -> Findings {
    let walker = Rc::new(Walker::new());
    let paced = Rc::clone(&walker);
    let options =
        SizerOptions { covers: Some(Rc::new(plan.covered())), pace: Some(Rc::new(move || paced.step_aside())) };
    let own = plan.own();
    let Plan { cut, rows, classes, objects, census, .. } = plan;
    Sizer::run(options, |sizer| {
        if *census {
            sizer.count_values();
        }
        for (object, _) in &*objects {
            if let Some(block) = object.block() {
                sizer.separate(block);
            }
        }
        let mut measuring = Measuring {
            sizer,
            walker: &walker,
            rows,
            cut: *cut,
            own: &own,
            pending: Vec::new(),
            claimants: Vec::new(),
            runs: Vec::new(),
            findings: Findings::default(),
            live: Vec::new(),
            by_site: SiteSums::default(),
        };
        for (object, row) in &*objects {
            measuring.registered(object, *row);
        }
        for class in &*classes {
            measuring.live.clear();
            measuring.live.resize(class.spans.len(), 0);
            (class.measure)(&mut measuring, class);
            let live = mem::take(&mut measuring.live);
            measuring.findings.live.push(live);
        }
        if *census {
            measuring.findings.census = Some(measuring.sizer.census());
        }
        measuring.settle()
    })
}

/// Walks all objects of `T` that the plan wants.
pub(super) fn class<T: Send + Sync + 'static, S: Sizing<T>>(
    measuring: &mut Measuring<'_, '_>,
    plan: &ClassPlan,
    sizing: S,
) {
    let walker = measuring.walker;
    let pages = plan.class.visits();
    let flat_bytes = size_of::<T>() as u64;
    let by_site = mem::take(&mut measuring.by_site);
    let mut run = Run {
        some_are_own: !measuring.own.is_empty(),
        measuring,
        plan,
        from: 0,
        length: 0,
        number: 0,
        threshold: ALL,
        levels: 0,
        sums: Sums::default(),
        runs: vec![None; plan.spans.len()],
        by_site,
        flat_bytes,
        sizing,
    };
    for page in 0..pages.len() {
        walker.visit::<T>(&pages, page, &mut run);
    }
    run.flush();
    run.measuring.by_site = run.by_site;
}

/// The threshold below which no object is.
const ALL: (u64, u64) = (0, u64::MAX);

/// A run of objects of one span: what the walk needs for each of them, at hand.
struct Run<'r, 'm, 's, S> {
    measuring: &'r mut Measuring<'m, 's>,
    plan: &'r ClassPlan,
    /// The serials of the span that are old enough, and its number.
    from: u64,
    length: u64,
    number: usize,
    /// See [`super::tally::Tally::threshold`].
    threshold: (u64, u64),
    /// How many levels of parts the span asks for.
    levels: u32,
    sums: Sums,
    /// For each span, the number of its claimants' run, once there are any.
    runs: Vec<Option<u32>>,
    by_site: SiteSums,
    flat_bytes: u64,
    /// Whether any object at all is registered on its own.
    some_are_own: bool,
    sizing: S,
}

impl<T: Send + Sync + 'static, S: Sizing<T>> Visitor<T> for Run<'_, '_, '_, S> {
    #[inline]
    fn object(&mut self, object: &Object<'_, T>) {
        if !self.counts(object.serial()) {
            return;
        }
        let sizer = &mut *self.measuring.sizer;
        let measured = match object.value() {
            Some(value) if self.levels > 0 => self.sizing.detailed_or_panic(sizer, object.serial(), value, self.levels),
            Some(value) => self.sizing.measure_or_panic(sizer, object.serial(), value),
            None => {
                let measured = Measured { bytes: size_of::<T>() as u64, unread: true, claims: false };
                sizer.whole(size_of::<T>(), measured);
                measured
            }
        };
        self.file(object, measured);
    }

    /// The sizing of an object broke off: it counts with what was found.
    #[cold]
    fn panicked(&mut self, object: &Object<'_, T>) {
        if self.counts(object.serial()) {
            let sizer = &mut *self.measuring.sizer;
            let measured = sizer.broken_off(size_of::<T>());
            sizer.whole(size_of::<T>(), measured);
            self.file(object, measured);
        }
    }
}

impl<S> Run<'_, '_, '_, S> {
    #[inline]
    fn counts(&mut self, serial: u64) -> bool {
        (serial.wrapping_sub(self.from) < self.length || self.find_span(serial))
            && !(self.some_are_own && self.measuring.own.contains(&serial))
    }

    /// Goes over to the span that an object belongs to; whether there is one.
    #[cold]
    fn find_span(&mut self, serial: u64) -> bool {
        let cut = self.measuring.cut;
        let Some(number) = self.plan.spans.iter().position(|(span, _)| serial < cut && span.contains(serial)) else {
            return false;
        };
        self.flush();
        let (span, row) = &self.plan.spans[number];
        (self.from, self.length, self.number) = (span.from, span.until.min(cut) - span.from, number);
        self.levels = span.resolution_level;
        self.measuring.sizer.set_row(*row as u32);
        if self.levels > 0 {
            let referents = self.measuring.rows[*row].referents.take();
            self.measuring.sizer.set_referents(Some(referents.unwrap_or_else(|| Box::new(Referents::new()))));
        }
        self.threshold = if span.looks_at_all() { ALL } else { self.measuring.rows[*row].tally.threshold() };
        true
    }

    #[inline]
    fn file<T: Send + Sync + 'static>(&mut self, object: &Object<'_, T>, measured: Measured) {
        if !measured.claims {
            self.by_site.at(object.site(), &self.sums);
            self.sums.add(measured.bytes, measured.unread);
            let (bytes, serial) = self.threshold;
            if measured.bytes < bytes || (measured.bytes == bytes && object.serial() >= serial) {
                return;
            }
        }
        self.look_at(object, measured);
    }

    /// Objects that may be listed, that may have to pay for shared data, or that are to be kept.
    #[cold]
    #[inline(never)]
    fn look_at<T: Send + Sync + 'static>(&mut self, object: &Object<'_, T>, measured: Measured) {
        let (span, row) = &self.plan.spans[self.number];
        if span.keep
            && let Some(handle) = object.handle()
        {
            self.measuring.findings.kept.push((object.serial(), Box::new(handle)));
        }
        let Row { tally, ages, .. } = &mut self.measuring.rows[*row];
        if let (Some(_), Some(ages)) = (span.ages, ages) {
            ages.add(object.birth(), object.serial(), || candidate(object, measured, span.repr.clone()));
        }
        if !measured.claims && !tally.wants(measured.bytes, object.serial()) {
            return;
        }
        if measured.claims {
            self.claims(object, measured);
        } else {
            let mut candidate = candidate(object, measured, span.repr.clone());
            candidate.parts = self.measuring.sizer.parts();
            tally.consider(candidate);
            if !span.looks_at_all() {
                self.threshold = tally.threshold();
            }
        }
    }

    /// An object that may have to pay for shared data.
    fn claims<T: Send + Sync + 'static>(&mut self, object: &Object<'_, T>, measured: Measured) {
        let measuring = &mut *self.measuring;
        measuring.live[self.number] += 1;
        let run = *self.runs[self.number].get_or_insert_with(|| {
            let (span, row) = &self.plan.spans[self.number];
            measuring.runs.push(RunOfClaimants { row: *row, flat_bytes: self.flat_bytes, repr: span.repr.clone() });
            measuring.runs.len() as u32 - 1
        });
        measuring.claimants.push(Claimant {
            bytes: measured.bytes,
            place: object.place(),
            birth: object.birth(),
            site: object.site(),
            run,
            unread: measured.unread,
            held: measuring.sizer.hold(object.serial()).map(Box::new),
        });
    }

    /// Adds the run to its row.
    fn flush(&mut self) {
        self.by_site.at(NOWHERE, &self.sums);
        let sums = mem::take(&mut self.sums).of_flat_size(self.flat_bytes);
        if let Some((_, row)) = self.plan.spans.get(self.number) {
            self.measuring.live[self.number] += sums.live();
            let row = &mut self.measuring.rows[*row];
            row.tally.join(sums);
            self.by_site.empty_into(&mut row.tally.sites);
            if let Some(referents) = self.measuring.sizer.set_referents(None) {
                row.referents = Some(referents);
            }
        }
    }
}

fn candidate<T: Send + Sync + 'static>(
    object: &Object<'_, T>,
    measured: Measured,
    repr: Option<Represent>,
) -> Candidate {
    Candidate {
        bytes: measured.bytes,
        serial: object.serial(),
        unread: measured.unread,
        flat_bytes: size_of::<T>() as u64,
        birth: Some(object.birth()),
        site: object.site(),
        source: Source::Registry(object.place(), repr),
        parts: Vec::new(),
    }
}

impl Measuring<'_, '_> {
    /// Sizes an object that is registered on its own.
    fn registered(&mut self, object: &Arc<TrackedObject>, number: usize) {
        let row = &mut self.rows[number];
        self.sizer.set_row(number as u32);
        if object.resolution_level > 0 {
            let referents = row.referents.take().unwrap_or_else(|| Box::new(Referents::new()));
            self.sizer.set_referents(Some(referents));
        }
        if let Some(size) = object.size(self.sizer, self.walker) {
            let mut candidate = Candidate {
                bytes: size.measured.bytes,
                serial: object.serial(),
                unread: size.measured.unread,
                flat_bytes: size.flat_bytes,
                birth: object.birth,
                site: object.site,
                source: Source::Registered(Arc::clone(object)),
                parts: Vec::new(),
            };
            if let (Some(_), Some(ages), Some(birth)) = (object.ages, &mut row.ages, object.birth) {
                ages.add(birth, object.serial(), || candidate.clone());
            }
            if size.measured.claims {
                let held = self.sizer.hold(candidate.serial);
                self.pending.push(Pending { row: number, candidate, held });
            } else {
                if row.tally.wants(candidate.bytes, candidate.serial) {
                    candidate.parts = self.sizer.parts();
                }
                row.tally.add(candidate);
            }
        }
        if let Some(referents) = self.sizer.set_referents(None) {
            row.referents = Some(referents);
        }
    }

    /// Files a registered object whose share of the shared data is known now.
    fn finish(&mut self, pending: Pending, shares: &Shares) {
        let Pending { row, mut candidate, held } = pending;
        let row = &mut self.rows[row];
        candidate.bytes += shares.get(candidate.serial).map_or(0, |share| share.bytes);
        let listed = row.tally.wants(candidate.bytes, candidate.serial);
        candidate.parts = row.resume(held.as_ref(), candidate.bytes, shares, listed);
        row.tally.add(candidate);
    }

    /// The same for an object of a class.
    fn finish_claimant(&mut self, claimant: Claimant, share: u64, shares: &Shares) {
        let run = &self.runs[claimant.run as usize];
        let row = &mut self.rows[run.row];
        let (bytes, serial) = (claimant.bytes + share, claimant.place.serial());
        row.tally.count(bytes, claimant.unread, run.flat_bytes, claimant.site);
        let listed = row.tally.wants(bytes, serial);
        let parts = row.resume(claimant.held.as_deref(), bytes, shares, listed);
        if listed {
            row.tally.consider(Candidate {
                bytes,
                serial,
                unread: claimant.unread,
                flat_bytes: run.flat_bytes,
                birth: Some(claimant.birth),
                site: claimant.site,
                source: Source::Registry(claimant.place, run.repr.clone()),
                parts,
            });
        }
    }

    /// Charges the shared data, and files who waited for that.
    fn settle(mut self) -> Findings {
        let shares = self.sizer.settle();
        for pending in mem::take(&mut self.pending) {
            self.finish(pending, &shares);
        }
        let mut next = 0;
        for claimant in mem::take(&mut self.claimants) {
            let share = shares.get_from(&mut next, claimant.place.serial()).map_or(0, |share| share.bytes);
            self.finish_claimant(claimant, share, &shares);
        }
        self.findings.shared_bytes = (0..self.rows.len()).map(|row| shares.shared_bytes(row as u32)).collect();
        self.findings
    }
}

impl Row {
    /// Adds the parts of an object that was held to those of the row; its own, if it is listed.
    fn resume(&mut self, held: Option<&Held>, bytes: u64, shares: &Shares, listed: bool) -> Vec<Part> {
        let (Some(held), Some(referents)) = (held, &mut self.referents) else { return Vec::new() };
        referents.resume(held, bytes, shares);
        if listed { referents.of_object() } else { Vec::new() }
    }
}
