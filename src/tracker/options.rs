//! How a class or an object is tracked.

use std::fmt;

use super::sizing::{ByInspect, BySize};
use crate::panics::contain;
use crate::registry::Wishes;

/// How a class or an object is tracked. `T` follows from what it is given to.
///
/// ```
/// use std::sync::Arc;
/// use classtracker::{ClassTracker, Detail, TrackOptions};
///
/// let tracker = ClassTracker::new();
/// let config = Arc::new(String::from("verbose"));
/// tracker.track_object_with(&config, TrackOptions::new().name("config").keep(true));
/// tracker.track_class_with::<String>(
///     TrackOptions::new().only_new().detail(Detail::Largest(10)).repr(|text: &String| text.clone()),
/// );
/// ```
pub struct TrackOptions<T: ?Sized, S = ByInspect> {
    pub(super) name: Option<String>,
    pub(super) resolution_level: u32,
    pub(super) keep: bool,
    pub(super) only_new: bool,
    pub(super) detail: Detail,
    pub(super) repr: Option<fn(&T) -> String>,
    pub(super) trace: Trace,
    /// How many of the oldest objects are listed, if ages are asked for.
    pub(super) ages: Option<usize>,
    pub(super) lifetimes: bool,
    pub(super) history: u32,
    pub(super) sizing: S,
}

/// Of which objects the calls are recorded that led to their creation.
///
/// The place of creation (file, line, column) is known of every object in any case. `Trace::Stack` and `Trace::Sampled` are there with
/// the feature `backtrace`.
///
/// ```
/// use classtracker::{DeepSizeOf, Trace, TrackOptions};
///
/// #[derive(DeepSizeOf)]
/// struct Page(String);
///
/// # #[cfg(feature = "backtrace")]
/// classtracker::ClassTracker::new().track_class_with::<Page>(TrackOptions::new().trace(Trace::Sampled(1000)));
/// ```
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Trace {
    /// Of none.
    #[default]
    Off,
    /// Of every object that is made from now on. Each takes some microseconds more to make, the deeper the stack the more; on Linux on
    /// x86-64 a tenth of that, if the calls are those that led to the last one that this thread recorded, or all but a few innermost ones are.
    #[cfg(feature = "backtrace")]
    Stack,
    /// Of one of so many, 0 for none: one of this many objects that a thread makes, and chance says which. With 1000, it costs little.
    #[cfg(feature = "backtrace")]
    Sampled(u32),
}

impl Trace {
    /// The stack of one object of so many; 0: of none.
    fn one_of(self) -> u32 {
        match self {
            Self::Off => 0,
            #[cfg(feature = "backtrace")]
            Self::Stack => 1,
            #[cfg(feature = "backtrace")]
            Self::Sampled(one_of) => one_of,
        }
    }

    /// Whether the stack is to be recorded of a single object with this serial.
    pub(super) fn takes(self, serial: u64) -> bool {
        let one_of = u64::from(self.one_of());
        one_of != 0 && serial.is_multiple_of(one_of)
    }
}

/// How many objects of a class a snapshot lists one by one. The others are counted, and folded into their class' row.
///
/// ```
/// use classtracker::{ClassTracker, DeepSizeOf, Detail, TrackOptions, Tracked};
///
/// #[derive(DeepSizeOf)]
/// struct Page(String);
///
/// let tracker = ClassTracker::new();
/// tracker.track_class_with::<Page>(TrackOptions::new().detail(Detail::Largest(1)));
/// let pages = ["long", "longest"].map(|text| Tracked::new(Page(text.into())));
/// let snapshot = tracker.create_snapshot("");
/// assert_eq!((snapshot.classes[0].live, snapshot.objects.len()), (2, 1));
/// assert_eq!(Some(snapshot.objects[0].object.serial), Tracked::serial(&pages[1]));
/// ```
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// None.
    Classes,
    /// The largest, this many; of objects of equal size the older ones.
    Largest(usize),
    /// All: memory and time for each object of each snapshot.
    All,
}

impl Default for Detail {
    fn default() -> Self {
        Self::Largest(1000)
    }
}

impl Detail {
    pub(super) fn most(self) -> usize {
        match self {
            Self::Classes => 0,
            Self::Largest(most) => most,
            Self::All => usize::MAX,
        }
    }
}

impl<T: ?Sized> TrackOptions<T> {
    /// The defaults: filed under the class' full path, resolution level 0, not kept alive, objects made before included, the
    /// largest 1000 objects listed.
    #[must_use]
    pub fn new() -> Self {
        Self {
            name: None,
            resolution_level: 0,
            keep: false,
            only_new: false,
            detail: Detail::default(),
            repr: None,
            trace: Trace::Off,
            ages: None,
            lifetimes: false,
            history: 0,
            sizing: ByInspect::new(),
        }
    }
}

impl<T: ?Sized, S> TrackOptions<T, S> {
    /// Files the objects under this name instead of that of their class.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// How many layers of an object's parts a snapshot is to name; 0: just the total.
    ///
    /// Parts of one name are merged, and so is what all objects of a class have; names cost time, not memory for each object. With two
    /// levels a snapshot takes two to three times as long as without any, for objects that own a string, a vector and a map each
    /// (`cargo bench --bench sizing`). An object that pays for shared data costs more: its parts are kept until it is known for what it
    /// pays.
    ///
    /// ```
    /// use classtracker::{ClassTracker, DeepSizeOf, TrackOptions, Tracked};
    ///
    /// #[derive(DeepSizeOf)]
    /// struct Page { text: String, links: Vec<String> }
    ///
    /// let tracker = ClassTracker::new();
    /// tracker.track_class_with::<Page>(TrackOptions::new().resolution_level(1));
    /// let page = Tracked::new(Page { text: "hello".into(), links: vec!["/".into()] });
    /// let snapshot = tracker.create_snapshot("");
    /// let parts = snapshot.classes[0].referents.iter();
    /// let parts: Vec<_> = parts.map(|part| (&*part.name, part.bytes)).collect();
    /// assert_eq!(parts, [("text", 24 + 5), ("links", 24 + 24 + 1)]);
    /// # drop(page);
    /// ```
    #[must_use]
    pub fn resolution_level(mut self, level: u32) -> Self {
        self.resolution_level = level;
        self
    }

    /// Whether the tracker keeps the objects alive: a single object from its registration on, those of a class from the
    /// first snapshot on that finds them.
    #[must_use]
    pub fn keep(mut self, keep: bool) -> Self {
        self.keep = keep;
        self
    }

    /// For a class: tracks only objects made after the registration. Without effect on a single object.
    #[must_use]
    pub fn only_new(mut self) -> Self {
        self.only_new = true;
        self
    }

    /// How many objects a snapshot lists one by one.
    #[must_use]
    pub fn detail(mut self, detail: Detail) -> Self {
        self.detail = detail;
        self
    }

    /// Sizes the objects by this function, which returns an object's deep size in bytes, its own flat size included: for types that know
    /// neither [`Inspect`](crate::Inspect) nor deepsize's trait, but some other crate's. What it says is taken as it is: nothing is
    /// known of shared data in it. (But more than 2⁵⁶ bytes cannot be true: such an object counts with its flat size, as `unread`.)
    ///
    /// ```
    /// use std::sync::Arc;
    /// use classtracker::{ClassTracker, TrackOptions};
    ///
    /// struct Image { pixels: Vec<u8> }
    ///
    /// let image = Arc::new(Image { pixels: vec![0; 1000] });
    /// let tracker = ClassTracker::new();
    /// let size = |image: &Image| size_of::<Image>() + image.pixels.capacity();
    /// tracker.track_object_with(&image, TrackOptions::new().size_with(size));
    /// assert_eq!(tracker.create_snapshot("").classes[0].bytes, 24 + 1000);
    /// ```
    #[must_use]
    pub fn size_with(self, size: fn(&T) -> usize) -> TrackOptions<T, BySize<T>> {
        let Self { name, resolution_level, keep, only_new, detail, repr, trace, ages, lifetimes, history, sizing: _ } =
            self;
        let sizing = BySize(size);
        TrackOptions { name, resolution_level, keep, only_new, detail, repr, trace, ages, lifetimes, history, sizing }
    }

    /// Of which objects the calls are recorded that led to their creation; of none, if not told otherwise. Needs the feature
    /// `backtrace`.
    ///
    /// They are recorded as addresses, and get names when a snapshot shows them: for the objects that it lists, and in the rows that
    /// say where the live objects of a class were made. Equal stacks are stored once. Of a stack the innermost 128 calls are recorded.
    /// There is room for 65,536 different stacks in a process; objects made later by yet another one have a trace without calls, from
    /// which all are [left out](crate::stats::Trace::cut).
    ///
    /// For a class that several trackers track, the most demanding holds, and what is recorded is seen by all of them. For a single
    /// object the calls are those that led to its registration, if it is in an `Arc`; a [`Tracked`](crate::Tracked) one has been made
    /// already.
    ///
    /// Names need the symbols of the program, files and lines its debug information (`debug = "line-tables-only"` is enough).
    ///
    /// ```
    /// # #[cfg(feature = "backtrace")] {
    /// use classtracker::{ClassTracker, DeepSizeOf, Trace, TrackOptions, Tracked};
    ///
    /// #[derive(DeepSizeOf)]
    /// struct Order(u64);
    ///
    /// fn import() -> Tracked<Order> {
    ///     Tracked::new(Order(7))
    /// }
    ///
    /// let tracker = ClassTracker::new();
    /// tracker.track_class_with::<Order>(TrackOptions::new().trace(Trace::Stack));
    /// let order = import();
    /// let snapshot = tracker.create_snapshot("");
    /// let trace = snapshot.classes[0].sites[0].trace.as_ref().unwrap();
    /// assert!(trace.frames.last().unwrap().function.ends_with("import"), "{trace}");
    /// # drop(order);
    /// # }
    /// ```
    #[must_use]
    pub fn trace(mut self, trace: Trace) -> Self {
        self.trace = trace;
        self
    }

    /// Counts how old the live objects are, and lists the oldest, so many of them: [`ClassRow::ages`](crate::stats::ClassRow::ages)
    /// and [`ClassRow::oldest`](crate::stats::ClassRow::oldest). What is in an `Arc` does not tell its age and is not counted.
    ///
    /// ```
    /// use classtracker::{ClassTracker, DeepSizeOf, TrackOptions, Tracked};
    ///
    /// #[derive(DeepSizeOf)]
    /// struct Session(u64);
    ///
    /// let tracker = ClassTracker::new();
    /// tracker.track_class_with::<Session>(TrackOptions::new().ages(2));
    /// let sessions: Vec<_> = (0..5).map(|user| Tracked::new(Session(user))).collect();
    /// let row = &tracker.create_snapshot("").classes[0];
    /// assert_eq!(row.ages.as_ref().unwrap().count(), 5);
    /// assert_eq!(Some(row.oldest[0].serial), Tracked::serial(&sessions[0]));
    /// assert_eq!(row.oldest.len(), 2);
    /// ```
    #[must_use]
    pub fn ages(mut self, oldest: usize) -> Self {
        self.ages = Some(oldest);
        self
    }

    /// For a class: counts how long those objects lived that die from now on, whenever they were made:
    /// [`ClassRow::lifetimes`](crate::stats::ClassRow::lifetimes). Each drop takes some nanoseconds more. All objects of the class count,
    /// under whatever name they are tracked, and what one tracker has counted is seen by all that ask.
    ///
    /// ```
    /// use classtracker::{ClassTracker, DeepSizeOf, TrackOptions, Tracked};
    ///
    /// #[derive(DeepSizeOf)]
    /// struct Job(u64);
    ///
    /// let tracker = ClassTracker::new();
    /// tracker.track_class_with::<Job>(TrackOptions::new().lifetimes());
    /// for job in 0..3 {
    ///     drop(Tracked::new(Job(job)));
    /// }
    /// assert_eq!(tracker.create_snapshot("").classes[0].lifetimes.as_ref().unwrap().count(), 3);
    /// ```
    #[must_use]
    pub fn lifetimes(mut self) -> Self {
        self.lifetimes = true;
        self
    }

    /// For a class: remembers each creation and each drop of its objects from now on, with the time and the number of live objects, the
    /// last so many of them (at most 1,048,576; 24 bytes each; 0: none). A snapshot takes those since the one before it, and says how
    /// many it has missed: [`ClassRow::history`](crate::stats::ClassRow::history).
    ///
    /// It is for classes of few objects that one wants to follow closely: all threads that make or drop one take turns, which they do for
    /// nothing else. The first number of live objects is exact if no other thread makes or drops one at that moment. All objects of
    /// the class count, under whatever name they are tracked.
    ///
    /// ```
    /// use classtracker::{ClassTracker, DeepSizeOf, TrackOptions, Tracked};
    ///
    /// #[derive(DeepSizeOf)]
    /// struct Connection(u32);
    ///
    /// let tracker = ClassTracker::new();
    /// tracker.track_class_with::<Connection>(TrackOptions::new().history(1000));
    /// let first = Tracked::new(Connection(1));
    /// drop(Tracked::new(Connection(2)));
    /// let snapshot = tracker.create_snapshot("");
    /// let history = snapshot.classes[0].history.as_ref().unwrap();
    /// assert_eq!(history.events.iter().map(|event| event.live).collect::<Vec<_>>(), [1, 2, 1]);
    /// # drop(first);
    /// ```
    #[must_use]
    pub fn history(mut self, events: usize) -> Self {
        const MOST: u32 = 1 << 20;
        self.history = u32::try_from(events).unwrap_or(MOST).min(MOST);
        self
    }

    /// What is asked of the registry.
    pub(super) fn wishes(&self) -> Wishes {
        Wishes { trace_one_of: self.trace.one_of(), lifetimes: self.lifetimes, events: self.history }
    }

    /// What a listed object shows of itself. It is asked once, when a snapshot lists the object for the first time; what is beyond 200
    /// characters is cut off, with an ellipsis.
    #[must_use]
    pub fn repr(mut self, repr: fn(&T) -> String) -> Self {
        self.repr = Some(repr);
        self
    }
}

impl<T: ?Sized> Default for TrackOptions<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: ?Sized, S: Copy> Clone for TrackOptions<T, S> {
    fn clone(&self) -> Self {
        Self { name: self.name.clone(), ..*self }
    }
}

impl<T: ?Sized, S> fmt::Debug for TrackOptions<T, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TrackOptions")
            .field("name", &self.name)
            .field("resolution_level", &self.resolution_level)
            .field("keep", &self.keep)
            .field("only_new", &self.only_new)
            .field("detail", &self.detail)
            .field("repr", &self.repr.is_some())
            .field("trace", &self.trace)
            .field("ages", &self.ages)
            .field("lifetimes", &self.lifetimes)
            .field("history", &self.history)
            .finish()
    }
}

/// Asks an object for what it shows of itself. User code: a panic costs the answer.
pub(super) fn represent<T: ?Sized>(repr: fn(&T) -> String, value: &T) -> Option<String> {
    shown(&mut || repr(value))
}

fn shown(show: &mut dyn FnMut() -> String) -> Option<String> {
    const MOST: usize = 200;
    let mut text = contain(show).ok()?;
    if let Some((end, _)) = text.char_indices().nth(MOST) {
        text.truncate(end);
        text.push('…');
    }
    Some(text)
}
