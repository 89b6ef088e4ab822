//! The walk over the objects of a plan.

mod absorb;
mod ground;
mod helpers;
mod registered;
mod run;
#[cfg(all(test, feature = "track"))]
mod tests;
mod waiting;

use std::collections::BTreeMap;
use std::mem;
use std::rc::Rc;
use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use absorb::Walked;
use ground::{Ground, Stretch, Task, Visits};
pub(crate) use helpers::snapshot_thread;
use helpers::{Helpers, Lost};
pub(super) use run::class;
use waiting::{Again, Postponed, Waiting};

use super::plan::{ClassPlan, Plan, Row};
use super::sites::SiteSums;
use super::state::Kept;
use crate::inspect::{Sizer, SizerOptions};
use crate::registry::Walker;

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

/// A walk under way.
pub(super) struct Measuring<'m, 's> {
    sizer: &'m mut Sizer<'s>,
    walker: &'m Walker,
    ground: &'m Ground,
    rows: &'m mut [Row],
    cut: u64,
    /// Objects that are registered on their own.
    own: &'m FxHashSet<u64>,
    /// What is walked at present.
    stretch: u32,
    class: usize,
    visits: Visits,
    live: Vec<u64>,
    waiting: Waiting,
    findings: Findings,
    by_site: SiteSums,
}

/// Sizes everything in the plan, into its rows, with so many threads at most.
pub(super) fn measure(plan: &mut Plan, threads: usize) -> Findings {
    let threads = Helpers::allowed(threads);
    attempt(plan, threads).unwrap_or_else(|Lost| {
        // In a child process, where those who helped do not exist: once more, alone.
        plan.rows.iter_mut().for_each(Row::forget);
        attempt(plan, 1).unwrap_or_else(|Lost| unreachable!("who walks alone loses nobody"))
    })
}

fn attempt(plan: &mut Plan, threads: usize) -> Result<Findings, Lost> {
    let ground = Arc::new(Ground::new(plan, threads));
    let mut helpers = Helpers::new(&ground, threads);
    walking(&ground, &mut plan.rows, |measuring| {
        loop {
            helpers.look()?;
            if helpers.start(|| measuring.rows.iter().map(Row::empty).collect()) {
                measuring.sizer.set_others(true);
            }
            let Some(stretch) = ground.take() else { break };
            measuring.walk(stretch);
        }
        helpers.look()?;
        let walked = helpers.finish();
        if !walked.is_empty() {
            measuring.sizer.set_others(false);
            walked.into_iter().for_each(|walked| measuring.absorb(walked));
            measuring.walk_postponed();
            measuring.put_parts_in_order();
        }
        Ok(measuring.settle())
    })
}

/// What a thread does that helps.
fn help(ground: &Ground, mut rows: Vec<Row>) -> Walked {
    let mut walked = walking(ground, &mut rows, |measuring| {
        measuring.sizer.set_others(true);
        while let Some(stretch) = ground.take() {
            measuring.walk(stretch);
        }
        measuring.leave()
    });
    walked.rows = rows;
    walked
}

/// Has `walk` size objects on this thread, into `rows`.
fn walking<R>(ground: &Ground, rows: &mut [Row], walk: impl FnOnce(&mut Measuring<'_, '_>) -> R) -> R {
    let walker = Rc::new(Walker::new());
    let paced = Rc::clone(&walker);
    let options =
        SizerOptions { covers: Some(Arc::clone(&ground.covers)), pace: Some(Rc::new(move || paced.step_aside())) };
    Sizer::run(options, |sizer| {
        if ground.census {
            sizer.count_values();
        }
        for (object, _) in &*ground.objects {
            if let Some(block) = object.block() {
                sizer.separate(block);
            }
        }
        let live = ground.classes.iter().map(|class| vec![0; class.spans.len()]).collect();
        let mut measuring = Measuring {
            sizer,
            walker: &walker,
            ground,
            rows,
            cut: ground.cut,
            own: &ground.own,
            stretch: 0,
            class: 0,
            visits: Visits::None,
            live: Vec::new(),
            waiting: Waiting::default(),
            findings: Findings { live, ..Findings::default() },
            by_site: SiteSums::default(),
        };
        walk(&mut measuring)
    })
}

impl Measuring<'_, '_> {
    fn walk(&mut self, stretch: Stretch) {
        self.stretch = stretch.number;
        match stretch.task {
            Task::Objects(numbers) => numbers.for_each(|number| self.registered(number, None)),
            Task::Class(number, visits) => {
                let class = &self.ground.classes[number];
                (self.class, self.visits) = (number, visits);
                self.live.clear();
                self.live.resize(class.spans.len(), 0);
                (class.measure)(self, class);
                let sums = self.findings.live[number].iter_mut();
                sums.zip(&self.live).for_each(|(sum, live)| *sum += live);
            }
        }
    }

    /// Sizes once more, alone, what may have been locked by another thread of this snapshot.
    fn walk_postponed(&mut self) {
        let mut objects = mem::take(&mut self.waiting.postponed_objects);
        objects.sort_by_key(|(number, _)| *number);
        for (number, pending) in objects {
            self.registered(number, Some(pending));
        }
        let mut classes = BTreeMap::<usize, BTreeMap<usize, Again>>::new();
        for Postponed { class, page, stretch, span, claimant } in mem::take(&mut self.waiting.postponed) {
            let again = || Again { page, stretch, left: FxHashMap::default() };
            let again = classes.entry(class).or_default().entry(page).or_insert_with(again);
            again.left.insert(claimant.place.serial(), (span, claimant));
        }
        for (class, pages) in classes {
            let visits = Visits::Again(pages.into_values().collect::<Vec<_>>().into_iter());
            self.walk(Stretch { number: self.stretch, task: Task::Class(class, visits) });
        }
    }
}
