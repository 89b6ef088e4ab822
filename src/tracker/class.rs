//! A registered class: which of its objects count, and under which name.

use std::any::TypeId;
use std::sync::Arc;

use classtracker_stats::{Durations, History, HistoryEvent};

use super::measure::{self, Measure, Measuring};
use super::names::Names;
use super::options::{Detail, TrackOptions, represent};
use super::plan::ClassPlan;
use super::sizing::Sizing;
use crate::inspect::ClassKey;
use crate::registry::{Class, Place, Walker, Watch, Wishes, registry};

/// A class and the spans of serials that count.
///
/// Serials rise with time (across a `cut`), so a span is the objects made between two calls: from the registration, or from
/// the beginning, until the options changed or the class was detached.
pub(super) struct TrackedClass {
    pub(super) class: &'static Class,
    /// Ascending, without overlap. Only the last one can be open.
    pub(super) spans: Vec<Span>,
    /// How many objects are registered on their own that belong to no span. One that goes back to before its registration takes them.
    own_outside: u64,
    /// What is asked of the class while objects that are made now belong to a span.
    watch: Option<Watch>,
    /// How many events of the history were taken by snapshots, while one is kept.
    events_taken: Option<u64>,
}

/// Objects of one class with serials in `from..until`, tracked in one way.
#[derive(Clone)]
pub(super) struct Span {
    pub(super) from: u64,
    pub(super) until: u64,
    pub(super) name: Arc<str>,
    pub(super) detail: Detail,
    pub(super) keep: bool,
    pub(super) resolution_level: u32,
    pub(super) ages: Option<usize>,
    pub(super) repr: Option<Represent>,
    /// The walk over the objects of this class, and the type that says how they are sized. Spans that share it are walked at once.
    pub(super) measure: Measure,
    sizing: TypeId,
    wishes: Wishes,
    /// How many objects of the class were made before it.
    created_before: u64,
    /// Where it ended.
    end: Option<Line>,
    /// How many objects of this span were registered on their own: they count there.
    own: u64,
}

/// Asks an object, if it is still alive, for what it shows of itself.
pub(super) type Represent = Arc<dyn Fn(&Walker, Place) -> Option<String> + Send + Sync>;

/// How a class is to be tracked, for one who does not know its type: what is done with it is compiled once, not for each class.
pub(super) struct Wanted {
    key: ClassKey,
    name: Option<String>,
    detail: Detail,
    keep: bool,
    only_new: bool,
    resolution_level: u32,
    ages: Option<usize>,
    wishes: Wishes,
    repr: Option<Represent>,
    measure: Measure,
    sizing: TypeId,
    /// A way of sizing that knows nothing but its type is the same for all spans.
    sizing_is_known: bool,
}

impl Wanted {
    pub(super) fn new<T: Send + Sync + 'static, S: Sizing<T>>(options: TrackOptions<T, S>) -> Self {
        let wishes = options.wishes();
        let TrackOptions { name, detail, keep, only_new, resolution_level, ages, repr, sizing, .. } = options;
        Self {
            key: ClassKey::of::<T>(),
            name,
            detail,
            keep,
            only_new,
            resolution_level,
            ages,
            wishes,
            repr: repr.map(|repr| -> Represent {
                Arc::new(move |walker, place| {
                    walker.visit_place::<T, _>(place, |object| represent(repr, object.value()?))?
                })
            }),
            measure: Arc::new(move |measuring: &mut Measuring<'_, '_>, plan: &ClassPlan| {
                measure::class::<T, S>(measuring, plan, sizing);
            }),
            sizing: TypeId::of::<S>(),
            sizing_is_known: size_of::<S>() == 0,
        }
    }
}

/// How many objects of a class were made and dropped so far.
#[derive(Clone, Copy, Default)]
pub(super) struct Totals {
    pub(super) created: u64,
    pub(super) dropped: u64,
}

impl Totals {
    pub(super) fn of(class: &Class) -> Self {
        let (created, dropped) = class.totals();
        Self { created, dropped }
    }
}

/// A line through time: the first serial behind it.
///
/// Threads go on meanwhile, and count for themselves. How many objects lie before the line is known within bounds, and of the two
/// that one is taken which does not let those look dead that lie behind it. (An object that a thread is in the middle of making is
/// counted already: it may be taken for dead until it is there.)
#[derive(Clone, Copy)]
struct Line {
    cut: u64,
    /// So many objects at least lie before it.
    least: u64,
    /// So many at most.
    most: u64,
}

impl Line {
    fn draw(class: &Class) -> Self {
        let least = Totals::of(class).created;
        let cut = registry().cut();
        Self { cut, least, most: Totals::of(class).created }
    }
}

const OPEN: u64 = u64::MAX;

impl Span {
    pub(super) fn contains(&self, serial: u64) -> bool {
        (self.from..self.until).contains(&serial)
    }

    /// Whether this would change nothing: so a program that registers a class at every turn gathers no spans.
    fn is_tracked_as(&self, name: &Arc<str>, wanted: &Wanted) -> bool {
        // Functions cannot be told apart: options that hold some are new options.
        let plain = wanted.sizing_is_known && self.repr.is_none() && wanted.repr.is_none();
        plain
            && self.is_open()
            && self.sizing == wanted.sizing
            && self.name == *name
            && self.wishes == wanted.wishes
            && (self.detail, self.keep, self.resolution_level, self.ages)
                == (wanted.detail, wanted.keep, wanted.resolution_level, wanted.ages)
    }

    /// Whether a walk must look at each of its objects, not only at those that may be listed.
    pub(super) fn looks_at_all(&self) -> bool {
        self.keep || self.ages.is_some()
    }

    pub(super) fn is_open(&self) -> bool {
        self.until == OPEN
    }

    /// How many objects of this span were made, if `now` is what the class adds up to.
    pub(super) fn created(&self, now: Totals) -> u64 {
        let created = self.end.map_or(now.created, |end| end.least);
        created.saturating_sub(self.created_before).saturating_sub(self.own)
    }

    /// How many of its objects were dropped, if `live` were found alive by a walk that passed over what came after `now`.
    pub(super) fn dropped(&self, live: u64, now: Totals) -> u64 {
        // An object that came just after `now` may be among the live ones; of those that died, the count of drops knows.
        let of_whole_class = self.from == 0 && self.is_open() && self.own == 0;
        let least = if of_whole_class { now.dropped } else { 0 };
        self.created(now).saturating_sub(live).max(least)
    }

    fn close(&mut self, line: Line) {
        self.until = line.cut;
        self.end = Some(line);
    }
}

impl TrackedClass {
    pub(super) fn new(class: &'static Class, wanted: Wanted, names: &mut Names, own: u64) -> Self {
        let mut tracked = Self { class, spans: Vec::new(), own_outside: own, watch: None, events_taken: None };
        tracked.track(wanted, names);
        tracked
    }

    pub(super) fn is(&self, class: &'static Class) -> bool {
        std::ptr::eq(self.class, class)
    }

    pub(super) fn is_of<T: 'static>(&self) -> bool {
        self.class.is::<T>()
    }

    /// Tracks objects from now on with these options; where none were before, and if not told otherwise, the older ones too.
    pub(super) fn track(&mut self, wanted: Wanted, names: &mut Names) {
        // Drawn before the options are in force, so no object of the time between is lost.
        let line = Line::draw(self.class);
        let name = match wanted.name.clone() {
            Some(name) => names.custom(name),
            None => names.of_class(wanted.key),
        };
        if self.spans.last().is_some_and(|last| last.is_tracked_as(&name, &wanted)) {
            return;
        }
        let (start, backdated) = match self.spans.last_mut() {
            Some(open) if open.is_open() => {
                open.close(line);
                (Some(line), false)
            }
            _ if wanted.only_new => (Some(line), false),
            Some(closed) => (closed.end, true),
            None => (None, true),
        };
        let wishes = wanted.wishes;
        self.watch = (wishes != Wishes::default()).then(|| self.class.watch(wishes));
        self.events_taken = match self.events_taken {
            _ if wishes.events == 0 => None,
            // Another length is not another history.
            Some(taken) => Some(taken),
            None => Some(self.class.events_so_far()),
        };
        let known = self.spans.iter().find(|span| wanted.sizing_is_known && span.sizing == wanted.sizing);
        let measure = known.map_or(wanted.measure, |span| Arc::clone(&span.measure));
        self.spans.push(Span {
            measure,
            sizing: wanted.sizing,
            wishes,
            from: start.map_or(0, |start| start.cut),
            until: OPEN,
            name,
            detail: wanted.detail,
            keep: wanted.keep,
            resolution_level: wanted.resolution_level,
            ages: wanted.ages,
            repr: wanted.repr,
            created_before: start.map_or(0, |start| start.most),
            end: None,
            own: if backdated { std::mem::take(&mut self.own_outside) } else { 0 },
        });
    }

    /// Objects made from now on do not count; whether they did.
    pub(super) fn detach(&mut self) -> bool {
        let line = Line::draw(self.class);
        self.watch = None;
        self.events_taken = None;
        match self.spans.last_mut() {
            Some(open) if open.is_open() => {
                open.close(line);
                true
            }
            _ => false,
        }
    }

    /// How long objects lived, and under which name that is shown, if it was asked for.
    pub(super) fn lifetimes(&self) -> Option<(&Arc<str>, Durations)> {
        let span = self.spans.iter().rfind(|span| span.wishes.lifetimes)?;
        Some((&span.name, self.class.lifetimes()?))
    }

    /// What happened since this was asked last, and under which name that is shown, if it is recorded.
    pub(super) fn take_history(&mut self) -> Option<(&Arc<str>, History)> {
        let taken = self.events_taken.as_mut()?;
        let since = self.class.events_since(*taken);
        *taken = since.next;
        let events = since.events.into_iter().map(|(at, live)| HistoryEvent { at, live }).collect();
        Some((&self.spans.last()?.name, History { events, lost: since.lost }))
    }

    /// The name under which an object is filed, if it counts.
    pub(super) fn name_of(&self, serial: u64) -> Option<Arc<str>> {
        self.spans.iter().find(|span| span.contains(serial)).map(|span| Arc::clone(&span.name))
    }

    /// From now on the object with this serial is registered on its own, and counts there.
    pub(super) fn give_up(&mut self, serial: u64) {
        match self.spans.iter_mut().find(|span| span.contains(serial)) {
            Some(span) => span.own += 1,
            None => self.own_outside += 1,
        }
    }
}
