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
}

/// Objects of one class with serials in `from..until`, tracked in one way.
#[derive(Clone)]
pub(super) struct Span {
    pub(super) from: u64,
    pub(super) until: u64,
    pub(super) name: Arc<str>,
    pub(super) detail: Detail,
    pub(super) keep: bool,
    #[expect(dead_code, reason = "kept for the breakdown by parts")]
    pub(super) resolution_level: u32,
    pub(super) repr: Option<Represent>,
    /// The walk over the objects of this class, and the type that says how they are sized. Spans that share it are walked at once.
    pub(super) measure: Measure,
    sizing: TypeId,
    /// How many objects of the class were made before `from`, and before `until` once that has come.
    created_before: u64,
    created_until: Option<u64>,
}

/// Asks an object, if it is still alive, for what it shows of itself.
pub(super) type Represent = Arc<dyn Fn(&Walker, Place) -> Option<String> + Send + Sync>;

const OPEN: u64 = u64::MAX;

impl Span {
    pub(super) fn contains(&self, serial: u64) -> bool {
        (self.from..self.until).contains(&serial)
    }

    pub(super) fn is_open(&self) -> bool {
        self.until == OPEN
    }

    /// How many objects of this span were made, if `now` is how many of the class were.
    pub(super) fn created(&self, now: u64) -> u64 {
        self.created_until.unwrap_or(now).saturating_sub(self.created_before)
    }

    fn close(&mut self, cut: u64, created: u64) {
        self.until = cut;
        self.created_until = Some(created);
    }
}

impl TrackedClass {
    pub(super) fn new<T: Send + Sync + 'static, S: Sizing<T>>(
        class: &'static Class,
        cut: u64,
        options: &TrackOptions<T, S>,
        names: &mut Names,
    ) -> Self {
        let mut tracked = Self { class, spans: Vec::new() };
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
        let created = self.class.totals().0;
        let name = match options.name.clone() {
            Some(name) => names.custom(name),
            None => names.of_class(ClassKey::of::<T>()),
        };
        let (from, created_before) = match self.spans.last_mut() {
            Some(open) if open.is_open() => {
                open.close(cut, created);
                (cut, created)
            }
            _ if options.only_new => (cut, created),
            Some(closed) => (closed.until, closed.created_until.unwrap_or(created)),
            None => (0, 0),
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
            created_before,
            created_until: None,
        });
    }

    /// Objects made from `cut` on do not count; whether they did.
    pub(super) fn detach(&mut self, cut: u64) -> bool {
        let created = self.class.totals().0;
        match self.spans.last_mut() {
            Some(open) if open.is_open() => {
                open.close(cut, created);
                true
            }
            _ => false,
        }
    }

    /// The name under which an object is filed, if it counts.
    pub(super) fn name_of(&self, serial: u64) -> Option<Arc<str>> {
        self.spans.iter().find(|span| span.contains(serial)).map(|span| Arc::clone(&span.name))
    }
}
