//! A registered class: which of its objects count, and under which name.

use std::any::TypeId;
use std::sync::Arc;

use super::measure::{self, Measure, Measuring};
use super::names::Names;
use super::options::{Detail, TrackOptions, represent};
use super::plan::ClassPlan;
use super::sizing::Sizing;
use crate::inspect::ClassKey;
use crate::registry::{Class, Place, Walker};

/// A class and the spans of serials that count.
///
/// Serials rise with time (across a `cut`), so a span is the objects made between two calls: from the registration, or from
/// the beginning, until the options changed or the class was detached.
#[derive(Clone)]
pub(super) struct TrackedClass {
    pub(super) class: &'static Class,
    /// Ascending, without overlap. Only the last one can be open.
    pub(super) spans: Vec<Span>,
    /// How many objects are registered on their own that belong to no span. One that goes back to before its registration takes them.
    own_outside: u64,
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
    pub(super) repr: Option<Represent>,
    /// The walk over the objects of this class, and the type that says how they are sized. Spans that share it are walked at once.
    pub(super) measure: Measure,
    sizing: TypeId,
    /// How many objects of the class were made and dropped before `from`, and before `until` once that has come.
    before: Totals,
    end: Option<Totals>,
    /// How many objects of this span were registered on their own: they count there.
    own: u64,
}

/// Asks an object, if it is still alive, for what it shows of itself.
pub(super) type Represent = Arc<dyn Fn(&Walker, Place) -> Option<String> + Send + Sync>;

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

const OPEN: u64 = u64::MAX;

impl Span {
    pub(super) fn contains(&self, serial: u64) -> bool {
        (self.from..self.until).contains(&serial)
    }

    pub(super) fn is_open(&self) -> bool {
        self.until == OPEN
    }

    /// How many objects of this span were made, if `now` is what the class adds up to.
    pub(super) fn created(&self, now: Totals) -> u64 {
        let end = self.end.unwrap_or(now);
        end.created.saturating_sub(self.before.created).saturating_sub(self.own)
    }

    /// How many of its objects were dropped, if `live` were found alive between two looks at the class' totals.
    ///
    /// What was made is not counted as of one moment: an object that is too new for the snapshot may be in the count. That it is
    /// not among the live ones must not make it a dead one, so the count of drops holds where the two disagree.
    pub(super) fn dropped(&self, live: u64, before: Totals, after: Totals) -> u64 {
        let most = after.dropped.saturating_sub(self.before.dropped);
        let of_whole_class = self.from == 0 && self.is_open() && self.own == 0;
        let least = if of_whole_class { before.dropped } else { 0 };
        self.created(before).saturating_sub(live).min(most).max(least)
    }

    fn close(&mut self, cut: u64, end: Totals) {
        self.until = cut;
        self.end = Some(end);
    }
}

impl TrackedClass {
    pub(super) fn new<T: Send + Sync + 'static, S: Sizing<T>>(
        class: &'static Class,
        cut: u64,
        options: &TrackOptions<T, S>,
        names: &mut Names,
        own: u64,
    ) -> Self {
        let mut tracked = Self { class, spans: Vec::new(), own_outside: own };
        tracked.track(cut, options, names);
        tracked
    }

    pub(super) fn is(&self, class: &'static Class) -> bool {
        std::ptr::eq(self.class, class)
    }

    pub(super) fn is_of<T: 'static>(&self) -> bool {
        self.class.is::<T>()
    }

    /// Tracks objects from `cut` on with these options; where none were before, and if not told otherwise, the older ones too.
    pub(super) fn track<T: Send + Sync + 'static, S: Sizing<T>>(
        &mut self,
        cut: u64,
        options: &TrackOptions<T, S>,
        names: &mut Names,
    ) {
        let now = Totals::of(self.class);
        let name = match options.name.clone() {
            Some(name) => names.custom(name),
            None => names.of_class(ClassKey::of::<T>()),
        };
        let (from, before) = match self.spans.last_mut() {
            Some(open) if open.is_open() => {
                open.close(cut, now);
                (cut, now)
            }
            _ if options.only_new => (cut, now),
            Some(closed) => (closed.until, closed.end.unwrap_or(now)),
            None => (0, Totals::default()),
        };
        let sizing = options.sizing;
        // A way of sizing that knows nothing but its type is the same for all spans.
        let known = self.spans.iter().find(|span| size_of::<S>() == 0 && span.sizing == TypeId::of::<S>());
        let measure = match known {
            Some(span) => Arc::clone(&span.measure),
            None => Arc::new(move |measuring: &mut Measuring<'_, '_>, plan: &ClassPlan| {
                measure::class::<T, S>(measuring, plan, sizing);
            }),
        };
        self.spans.push(Span {
            measure,
            sizing: TypeId::of::<S>(),
            from,
            until: OPEN,
            name,
            detail: options.detail,
            keep: options.keep,
            resolution_level: options.resolution_level,
            repr: options.repr.map(|repr| -> Represent {
                Arc::new(move |walker, place| {
                    walker.visit_place::<T, _>(place, |object| represent(repr, object.value()?))?
                })
            }),
            before,
            end: None,
            own: if from == cut { 0 } else { std::mem::take(&mut self.own_outside) },
        });
    }

    /// Objects made from `cut` on do not count; whether they did.
    pub(super) fn detach(&mut self, cut: u64) -> bool {
        let now = Totals::of(self.class);
        match self.spans.last_mut() {
            Some(open) if open.is_open() => {
                open.close(cut, now);
                true
            }
            _ => false,
        }
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
