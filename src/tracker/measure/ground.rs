//! What the threads of one snapshot have in common: what is to be walked, and how far they are.

use std::ops::Range;
use std::sync::Arc;
use std::vec;

use rustc_hash::FxHashSet;

use super::waiting::Again;
use crate::inspect::Covers;
use crate::registry::{ForkLock, Pages, Turn};
use crate::tracker::object::TrackedObject;
use crate::tracker::plan::{ClassPlan, Plan};

/// So many pages at most are walked between two looks at what is left: a millisecond's work or so.
const MOST_PAGES: usize = if cfg!(test) { 1 } else { 64 };
/// The same for objects that are registered on their own.
const MOST_OBJECTS: usize = if cfg!(test) { 3 } else { 1024 };
/// Each thread is to come back so often at least, so that all end at about the same time.
const RETURNS: usize = 8;

/// What is walked, by whichever thread comes first.
pub(super) struct Ground {
    pub(super) cut: u64,
    pub(super) census: bool,
    /// Whether what is known of a page need not be found once more.
    pub(super) remembers: bool,
    pub(super) classes: Arc<Vec<ClassPlan>>,
    pub(super) objects: Arc<Vec<(Arc<TrackedObject>, usize)>>,
    /// The serials of those.
    pub(super) own: FxHashSet<u64>,
    pub(super) covers: Arc<dyn Covers>,
    /// The pages of each class.
    pub(super) pages: Vec<Pages>,
    /// By how many threads.
    threads: usize,
    next: ForkLock<Next>,
}

/// What nobody has come to yet.
#[derive(Default)]
struct Next {
    stretch: u32,
    object: usize,
    class: usize,
    page: usize,
}

/// A stretch of the walk.
pub(super) struct Stretch {
    /// They are numbered in the order in which one thread alone walks.
    pub(super) number: u32,
    pub(super) task: Task,
}

pub(super) enum Task {
    /// Objects that are registered on their own.
    Objects(Range<usize>),
    /// Pages of a class.
    Class(usize, Visits),
}

/// Which pages of a class are visited.
#[derive(Default)]
pub(super) enum Visits {
    #[default]
    None,
    Pages(Range<usize>),
    /// Pages on which some objects have to be sized once more.
    Again(vec::IntoIter<Again>),
}

impl Ground {
    pub(super) fn new(plan: &Plan, threads: usize) -> Self {
        Self {
            cut: plan.cut,
            census: plan.census,
            // Nothing is known of the values in the objects.
            remembers: plan.remembers && !plan.census,
            classes: Arc::clone(&plan.classes),
            objects: Arc::clone(&plan.objects),
            own: plan.own(),
            covers: Arc::new(plan.covered()),
            pages: plan.classes.iter().map(|plan| plan.class.visits()).collect(),
            threads,
            next: ForkLock::new(Turn::Last, Next::default),
        }
    }

    /// The next stretch; `None` when all is taken.
    pub(super) fn take(&self) -> Option<Stretch> {
        let mut next = self.next.lock();
        let share = |left: usize, most: usize| match self.threads {
            1 => left,
            threads => (left / (threads * RETURNS)).clamp(1, most),
        };
        let left = self.objects.len() - next.object;
        let task = if left > 0 {
            let from = next.object;
            next.object += share(left, MOST_OBJECTS);
            Task::Objects(from..next.object)
        } else {
            let (class, left) = loop {
                let left = self.pages.get(next.class)?.len() - next.page;
                if left > 0 {
                    break (next.class, left);
                }
                (next.class, next.page) = (next.class + 1, 0);
            };
            let from = next.page;
            next.page += share(left, MOST_PAGES);
            Task::Class(class, Visits::Pages(from..next.page))
        };
        next.stretch += 1;
        Some(Stretch { number: next.stretch, task })
    }

    /// How much is left that could be handed out, in pages and objects.
    pub(super) fn left(&self) -> usize {
        let next = self.next.lock();
        let pages = self.pages.iter().skip(next.class).map(Pages::len).sum::<usize>();
        self.objects.len() - next.object + pages - next.page
    }
}
