//! The walk over the objects of a plan.

use std::any::Any;
use std::rc::Rc;

use rustc_hash::FxHashSet;

use super::plan::{ClassPlan, Plan, Row};
use super::tally::{Candidate, Source};
use crate::Inspect;
use crate::inspect::{Sizer, SizerOptions};
use crate::registry::{Object, Walker};

/// Walks the objects of one class: [`class`] for its type.
pub(super) type Measure = fn(&mut Measuring<'_, '_>, &ClassPlan);

/// What a walk over all objects leaves, besides the rows.
#[derive(Default)]
pub(super) struct Findings {
    /// Handles to objects that are to be kept alive.
    pub(super) kept: Vec<(u64, Box<dyn Any + Send + Sync>)>,
    /// For each class of the plan and each of its spans: how many objects were alive.
    pub(super) live: Vec<Vec<u64>>,
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
    pending: Vec<(usize, Candidate)>,
    findings: Findings,
    live: Vec<u64>,
}

/// Sizes everything in the plan, into its rows.
pub(super) fn measure(plan: &mut Plan) -> Findings {
    let walker = Rc::new(Walker::new());
    let paced = Rc::clone(&walker);
    let options =
        SizerOptions { covers: Some(Rc::new(plan.covered())), pace: Some(Rc::new(move || paced.step_aside())) };
    let own = plan.own();
    let Plan { cut, rows, classes, objects } = plan;
    Sizer::run(options, |sizer| {
        for (object, _) in &*objects {
            sizer.separate(object.block());
        }
        let mut measuring = Measuring {
            sizer,
            walker: &walker,
            rows,
            cut: *cut,
            own: &own,
            pending: Vec::new(),
            findings: Findings::default(),
            live: Vec::new(),
        };
        for (object, row) in &*objects {
            if let Some(size) = object.size(measuring.sizer, &walker) {
                let candidate = Candidate {
                    bytes: size.measured.bytes,
                    serial: object.serial(),
                    unread: size.measured.unread,
                    flat_bytes: size.flat_bytes,
                    birth: object.birth,
                    site: Some(object.site),
                    source: Source::Registered(object.clone()),
                };
                measuring.add(*row, size.measured.claims, candidate);
            }
        }
        for class in &*classes {
            measuring.live.clear();
            measuring.live.resize(class.spans.len(), 0);
            (class.measure)(&mut measuring, class);
            let live = std::mem::take(&mut measuring.live);
            measuring.findings.live.push(live);
        }
        measuring.settle()
    })
}

/// Walks all objects of `T` that the plan wants.
pub(super) fn class<T: Inspect + Send + Sync + 'static>(measuring: &mut Measuring<'_, '_>, plan: &ClassPlan) {
    let walker = measuring.walker;
    let pages = plan.class.visits();
    for page in 0..pages.len() {
        walker.visit::<T>(&pages, page, |object| measuring.object(plan, &object));
    }
}

impl Measuring<'_, '_> {
    #[inline]
    fn object<T: Inspect + Send + Sync + 'static>(&mut self, plan: &ClassPlan, object: &Object<'_, T>) {
        let serial = object.serial();
        if serial >= self.cut {
            return;
        }
        let Some(span_number) = plan.spans.iter().position(|(span, _)| span.contains(serial)) else { return };
        if !self.own.is_empty() && self.own.contains(&serial) {
            return;
        }
        let (span, row) = &plan.spans[span_number];
        self.live[span_number] += 1;
        let flat_bytes = size_of::<T>() as u64;
        let (bytes, unread, claims) = match object.value() {
            Some(value) => {
                let measured = self.sizer.object(serial, value);
                (measured.bytes, measured.unread, measured.claims)
            }
            None => (flat_bytes, true, false),
        };
        let candidate = || Candidate {
            bytes,
            serial,
            unread,
            flat_bytes,
            birth: Some(object.birth()),
            site: object.location(),
            source: Source::Registry(object.place(), span.repr.clone()),
        };
        if span.keep
            && let Some(handle) = object.handle()
        {
            self.findings.kept.push((serial, Box::new(handle)));
        }
        if claims {
            self.pending.push((*row, candidate()));
        } else {
            self.rows[*row].tally.add(bytes, flat_bytes, unread, candidate);
        }
    }

    fn add(&mut self, row: usize, claims: bool, candidate: Candidate) {
        if claims {
            self.pending.push((row, candidate));
        } else {
            let (bytes, flat_bytes, unread) = (candidate.bytes, candidate.flat_bytes, candidate.unread);
            self.rows[row].tally.add(bytes, flat_bytes, unread, || candidate);
        }
    }

    /// Charges the shared data, and files who waited for that.
    fn settle(mut self) -> Findings {
        let shares = self.sizer.settle();
        for (row, mut candidate) in std::mem::take(&mut self.pending) {
            candidate.bytes += shares.get(candidate.serial).map_or(0, |share| share.bytes);
            self.add(row, false, candidate);
        }
        self.findings
    }
}
