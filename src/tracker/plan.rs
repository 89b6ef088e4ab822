//! What one snapshot is going to read: taken out of the state under its lock, used without.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use rustc_hash::{FxHashMap, FxHashSet};

use classtracker_stats::{Durations, History};

use super::ages::Ages;
use super::class::{Span, Totals};
use super::measure::Measure;
use super::object::TrackedObject;
use super::state::{Era, State};
use super::tally::Tally;
use crate::inspect::{Covers, Referents};
use crate::registry::{Class, registry};

pub(super) struct Plan {
    pub(super) era: Era,
    /// Objects with serials from here on are too new.
    pub(super) cut: u64,
    pub(super) rows: Vec<Row>,
    pub(super) classes: Arc<Vec<ClassPlan>>,
    pub(super) objects: Arc<Vec<(Arc<TrackedObject>, usize)>>,
    pub(super) census: bool,
    /// Whether objects that cannot have changed are not read again.
    pub(super) remembers: bool,
}

/// One row of the snapshot.
pub(super) struct Row {
    /// How old its objects are, those of which it was asked.
    pub(super) ages: Option<Ages>,
    pub(super) lifetimes: Option<Durations>,
    pub(super) history: Option<History>,
    pub(super) name: Arc<str>,
    pub(super) created: u64,
    pub(super) tally: Tally,
    /// The parts of all its objects for which they were asked.
    pub(super) referents: Option<Box<Referents>>,
}

pub(super) struct ClassPlan {
    pub(super) class: &'static Class,
    pub(super) measure: Measure,
    /// What the class added up to just before the line was drawn.
    pub(super) totals: Totals,
    /// Each with the number of its row.
    pub(super) spans: Vec<(Span, usize)>,
}

/// Hands out the rows by name.
#[derive(Default)]
struct Rows {
    rows: Vec<Row>,
    by_name: HashMap<Arc<str>, usize>,
}

impl Rows {
    fn of(&mut self, name: &Arc<str>) -> usize {
        *self.by_name.entry(Arc::clone(name)).or_insert_with(|| {
            self.rows.push(Row {
                name: Arc::clone(name),
                ages: None,
                lifetimes: None,
                history: None,
                created: 0,
                tally: Tally::default(),
                referents: None,
            });
            self.rows.len() - 1
        })
    }
}

impl Row {
    fn list_oldest(&mut self, ages: Option<usize>, now: Duration) {
        if let Some(oldest) = ages {
            self.ages.get_or_insert_with(|| Ages::new(now)).list(oldest);
        }
    }

    /// Several classes may share a row.
    fn add_lifetimes(&mut self, more: Durations) {
        let sums = &mut self.lifetimes.get_or_insert_default().counts;
        sums.resize(sums.len().max(more.counts.len()), 0);
        sums.iter_mut().zip(more.counts).for_each(|(sum, more)| *sum += more);
    }

    /// The same: events of several classes are told in order of time, each with the number of its own class.
    fn add_history(&mut self, more: History) {
        match &mut self.history {
            Some(history) => {
                history.events.extend(more.events);
                history.events.sort_by_key(|event| event.at);
                history.lost += more.lost;
            }
            None => self.history = Some(more),
        }
    }
}

impl Plan {
    /// `now` is the time at which the snapshot is taken.
    pub(super) fn new(state: &mut State, now: Duration) -> Self {
        let totals: Vec<_> = state.classes.iter().map(|tracked| Totals::of(tracked.class)).collect();
        let cut = registry().cut();
        let mut rows = Rows::default();
        for (name, created) in &state.past {
            let row = rows.of(name);
            rows.rows[row].created += created;
        }
        let mut classes = Vec::with_capacity(state.classes.len());
        for (tracked, totals) in state.classes.iter().zip(totals) {
            let first = classes.len();
            for span in &tracked.spans {
                let row = rows.of(&span.name);
                rows.rows[row].tally.list(span.detail.most());
                rows.rows[row].list_oldest(span.ages, now);
                // One walk for all that are sized in one way.
                match classes[first..]
                    .iter_mut()
                    .find(|plan: &&mut ClassPlan| Arc::ptr_eq(&plan.measure, &span.measure))
                {
                    Some(plan) => plan.spans.push((span.clone(), row)),
                    None => classes.push(ClassPlan {
                        class: tracked.class,
                        measure: Arc::clone(&span.measure),
                        totals,
                        spans: vec![(span.clone(), row)],
                    }),
                }
            }
        }
        for tracked in &mut state.classes {
            if let Some((name, lifetimes)) = tracked.lifetimes() {
                let row = rows.of(name);
                rows.rows[row].add_lifetimes(lifetimes);
            }
            if let Some((name, history)) = tracked.take_history() {
                let row = rows.of(name);
                rows.rows[row].add_history(history);
            }
        }
        for (name, created) in state.objects.created() {
            let row = rows.of(name);
            rows.rows[row].created += created;
        }
        let mut objects = Vec::with_capacity(state.objects.len());
        for object in state.objects.in_order() {
            let row = rows.of(object.name());
            rows.rows[row].tally.list(object.detail.most());
            rows.rows[row].list_oldest(object.ages, now);
            objects.push((object, row));
        }
        Self {
            era: state.era,
            census: state.census,
            remembers: state.remembers,
            cut,
            rows: rows.rows,
            classes: classes.into(),
            objects: objects.into(),
        }
    }

    /// Adds to the rows how many objects of each class were made, of which `live` were found alive.
    pub(super) fn count_classes(&mut self, live: &[Vec<u64>]) {
        for (class, live) in self.classes.iter().zip(live) {
            for ((span, row), live) in class.spans.iter().zip(live) {
                self.rows[*row].created += live + span.dropped(*live, class.totals);
            }
        }
    }

    /// Serials of the registered objects: their classes pass them over.
    pub(super) fn own(&self) -> FxHashSet<u64> {
        self.objects.iter().map(|(object, _)| object.serial()).collect()
    }

    /// Which handles to tracked objects add nothing to the objects that hold them.
    pub(super) fn covered(&self) -> Covered {
        let mut classes = FxHashMap::<u32, Vec<(u64, u64)>>::default();
        for plan in &*self.classes {
            let spans = plan.spans.iter().map(|(span, _)| (span.from, span.until));
            classes.entry(plan.class.index()).or_default().extend(spans);
        }
        Covered { classes, objects: self.own() }
    }
}

/// The objects that have a row of their own, or a part in one.
pub(super) struct Covered {
    classes: FxHashMap<u32, Vec<(u64, u64)>>,
    objects: FxHashSet<u64>,
}

impl Covers for Covered {
    fn covers(&self, class_index: u32, serial: u64) -> bool {
        self.classes
            .get(&class_index)
            .is_some_and(|spans| spans.iter().any(|&(from, until)| (from..until).contains(&serial)))
            || self.objects.contains(&serial)
    }
}
