//! `ClassTracker`: what it is, and the snapshots that it takes when it is told to.

use std::fmt::Display;
use std::sync::Arc;

use classtracker_stats::{Snapshot, Stats};

use super::state::State;
use super::{Subject, session, snapshot};
use crate::Tracked;
use crate::memory::MemoryOptions;
use crate::monitor::Monitoring;
use crate::registry::{ForkLock, Object, Raced, Turn, Visitor, Walker, registry};

/// Registers classes and objects, takes labelled snapshots of them, and answers what they hold.
///
/// All trackers look at one registry, in which every [`Tracked`] object is; each has classes, options and snapshots of its own. A
/// tracker can be shared between threads. It holds no object alive unless told to [`keep`](crate::TrackOptions::keep) it.
///
/// In a program that is built without the feature `track` all of this is still there, and does nothing: registrations succeed, objects
/// have no serial (`track_object` returns 0), and snapshots hold only the process' memory and say why.
///
/// ```
/// use classtracker::{ClassTracker, DeepSizeOf, Tracked};
///
/// #[derive(DeepSizeOf)]
/// struct Employee { name: String }
///
/// let tracker = ClassTracker::new();
/// tracker.track_class::<Employee>();
/// let staff: Vec<_> = ["Ada", "Grace"].map(|name| Tracked::new(Employee { name: name.into() })).into();
///
/// let snapshot = tracker.create_snapshot("hired");
/// let row = &snapshot.classes[0];
/// assert_eq!((row.live, row.bytes), (2, 2 * size_of::<Employee>() as u64 + 3 + 5));
/// # drop(staff);
/// ```
pub struct ClassTracker {
    /// Shared with the monitor's thread, which does not keep it.
    pub(super) state: Arc<ForkLock<State>>,
    pub(super) monitoring: Arc<Monitoring>,
}

impl ClassTracker {
    /// A tracker that tracks nothing yet.
    #[must_use]
    pub fn new() -> Self {
        // The zero of all times is not later than the first tracker.
        crate::clock::started();
        let state = ForkLock::with(Turn::First, State::new(), State::lost);
        Self { state: Arc::new(state), monitoring: Arc::new(Monitoring::new()) }
    }

    /// The tracker that the whole process shares.
    ///
    /// ```
    /// use classtracker::ClassTracker;
    ///
    /// struct Session { user: String }
    ///
    /// ClassTracker::global().track_class_with::<Session>(
    ///     classtracker::TrackOptions::new().size_with(|session: &Session| size_of::<Session>() + session.user.capacity()),
    /// );
    /// ```
    #[must_use]
    pub fn global() -> &'static Self {
        static GLOBAL: Raced<ClassTracker> = Raced::new();
        GLOBAL.get_or_make(ClassTracker::new)
    }

    /// Whether snapshots also count the values of all derived types that they see inside tracked objects, however deep: how many, and
    /// what they take. So structs show up that are held by value in collections, and registered nowhere. Off at first: it takes time.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use classtracker::{ClassTracker, DeepSizeOf};
    ///
    /// #[derive(DeepSizeOf)]
    /// struct Entry { text: String }
    ///
    /// let log = Arc::new(vec![Entry { text: "one".into() }, Entry { text: "two".into() }]);
    /// let tracker = ClassTracker::new();
    /// tracker.track_object(&log);
    /// tracker.set_census(true);
    /// let census = tracker.create_snapshot("").census.clone().unwrap();
    /// assert_eq!((census[0].count, census[0].bytes), (2, 2 * 24 + 3 + 3));
    /// ```
    pub fn set_census(&self, on: bool) {
        self.state.lock().census = on;
    }

    /// Whether a snapshot passes over objects that cannot have changed since they were read last, and takes what was found then: at first
    /// it does.
    ///
    /// That goes by the page, some hundred objects of a class that were made one after the other: as long as each of them is there, none
    /// was borrowed mutably, and their type is [steady](crate::Inspect::is_steady), their sums are those of the last
    /// snapshot, of whichever tracker. Pages with an object that may be one of the largest are always read, and so is
    /// all that needs a look at each object: parts, ages, a census, objects that are kept alive, objects of several places on a page.
    ///
    /// The result is the same. It is to be switched off where a type says wrongly that it is steady, or to measure what reading takes.
    ///
    /// ```
    /// use classtracker::{ClassTracker, Tracked};
    ///
    /// let names: Vec<_> = (0..10_000).map(|number| Tracked::new(format!("name {number}"))).collect();
    /// let tracker = ClassTracker::new();
    /// tracker.track_class::<String>();
    /// let first = tracker.create_snapshot("every name is read");
    /// let second = tracker.create_snapshot("most are known");
    /// tracker.set_remembering(false);
    /// let third = tracker.create_snapshot("every name is read again");
    /// for snapshot in [second, third] {
    ///     assert_eq!(snapshot.classes[0].bytes, first.classes[0].bytes);
    /// }
    /// # drop(names);
    /// ```
    pub fn set_remembering(&self, on: bool) {
        self.state.lock().remembers = on;
    }

    /// Sizes every tracked object that is alive and files the result under `label`, which may be empty.
    ///
    /// The program goes on meanwhile: nothing is locked while objects are sized. Objects made after the call do not count; of those
    /// that die meanwhile each counts whole or not at all. Data shared through `Arc` or `Rc` counts once, for the object with the
    /// lowest serial that reaches it; a tracked object inside another adds nothing to the outer one. An object whose sizing
    /// panics, or of which a part is locked for long or mutably borrowed, counts with what could be read, and as `unread`.
    ///
    /// Several threads may take snapshots at once. Inside a sizing it works too, though the object being sized is then read twice.
    ///
    /// ```
    /// use classtracker::ClassTracker;
    ///
    /// let tracker = ClassTracker::new();
    /// let empty = tracker.create_snapshot("start");
    /// assert_eq!((empty.label.as_str(), empty.classes.len()), ("start", 0));
    /// ```
    #[allow(
        clippy::needless_pass_by_value,
        reason = "labels are literals and formatted text: a borrow would only be noise"
    )]
    pub fn create_snapshot(&self, label: impl Display) -> Arc<Snapshot> {
        snapshot::take(&self.state, &self.monitoring, label.to_string())
    }

    /// Keeps only the last `count` snapshots in memory from now on; all with `None`, as at first.
    ///
    /// When a snapshot is taken, the oldest ones that are too many are dropped, and counted in
    /// [`MonitorStatus::snapshots_forgotten`](crate::MonitorStatus::snapshots_forgotten); tables say how many. Whoever holds one by its
    /// `Arc` still has it.
    ///
    /// ```
    /// use classtracker::ClassTracker;
    ///
    /// let tracker = ClassTracker::new();
    /// tracker.set_keep_last(2);
    /// (1..=5).for_each(|number| drop(tracker.create_snapshot(number)));
    /// let labels: Vec<_> = tracker.snapshots().iter().map(|snapshot| snapshot.label.clone()).collect();
    /// assert_eq!((labels, tracker.monitor_status().snapshots_forgotten), (vec!["4".into(), "5".into()], 3));
    /// ```
    pub fn set_keep_last(&self, count: impl Into<Option<usize>>) {
        let count = count.into();
        self.monitoring.change_settings(|settings| settings.keep_last = count);
    }

    /// Has snapshots from now on walk with so many threads: the one that takes the snapshot, and others that help it. One at first; 0 is
    /// taken for 1, and there are never more than 64.
    ///
    /// The others are started for a snapshot that has enough to do for them (with some 15,000 objects at once, else when it has lasted for two
    /// milliseconds) and end with it; where the system gives none, the snapshot does with fewer. Each costs 50 µs or so, 8 MiB of address
    /// space, and tables of its own for the shared data that it meets, so data that all objects share is walked once by each. More threads
    /// than cores gain nothing, and so do more than the memory can feed; while the others walk, the rest of the program lacks the
    /// cores that they take.
    ///
    /// What a snapshot says does not depend on it: rows, sizes, who pays for shared data, parts, sites, ages and the objects that are
    /// listed are the same. `Inspect` impls, functions of [`TrackOptions::size_with`](crate::TrackOptions::size_with), and destructors of
    /// objects that die while they are read run on the threads that help, several of them at once. A panic inside shared data may cost an
    /// object for each thread that comes to it.
    ///
    /// ```
    /// use classtracker::{ClassTracker, Tracked};
    ///
    /// let tracker = ClassTracker::new();
    /// tracker.track_class::<Vec<u8>>();
    /// tracker.set_snapshot_threads(2);
    /// let buffers: Vec<_> = (0..50_000).map(|_| Tracked::new(vec![0u8; 100])).collect();
    /// let snapshot = tracker.create_snapshot("by two");
    /// let row = &snapshot.classes[0];
    /// assert_eq!((row.live, row.bytes), (50_000, 50_000 * (24 + 100)));
    /// # drop(buffers);
    /// ```
    pub fn set_snapshot_threads(&self, count: usize) {
        self.monitoring.change_settings(|settings| settings.snapshot_threads = count);
    }

    /// What snapshots ask of the process' memory from now on.
    ///
    /// ```
    /// use classtracker::{ClassTracker, MemoryOptions};
    ///
    /// let tracker = ClassTracker::new();
    /// tracker.set_memory(MemoryOptions::new().proportional());
    /// let snapshot = tracker.create_snapshot("");
    /// # #[cfg(target_os = "linux")]
    /// assert!(snapshot.process.proportional_bytes.is_some());
    /// # drop(snapshot);
    /// ```
    pub fn set_memory(&self, options: MemoryOptions) {
        self.monitoring.change_settings(|settings| settings.memory = options);
    }

    /// The snapshots taken so far, oldest first.
    #[must_use]
    pub fn snapshots(&self) -> Vec<Arc<Snapshot>> {
        self.state.lock().snapshots.clone()
    }

    /// All live objects of `T` that are in a [`Tracked`], in order of their serials, whether or not this tracker tracks them.
    ///
    /// ```
    /// use classtracker::{ClassTracker, DeepSizeOf, Tracked};
    ///
    /// #[derive(DeepSizeOf)]
    /// struct Page { text: String }
    ///
    /// let pages = ["one", "two"].map(|text| Tracked::new(Page { text: text.into() }));
    /// let found = ClassTracker::new().instances::<Page>();
    /// assert!(Tracked::ptr_eq(&found[1], &pages[1]));
    /// assert_eq!(found[1].text, "two");
    /// ```
    #[must_use]
    pub fn instances<T: Send + Sync + 'static>(&self) -> Vec<Tracked<T>> {
        struct Handles<T>(Vec<Tracked<T>>);

        impl<T> Visitor<T> for Handles<T> {
            fn object(&mut self, object: &Object<'_, T>, _value: &T) {
                self.0.extend(object.handle());
            }
            fn borrowed(&mut self, _object: &Object<'_, T>) {}
            fn panicked(&mut self, _object: &Object<'_, T>) {}
        }

        let mut handles = Handles(Vec::new());
        let pages = registry().class_of::<T>().visits();
        let walker = Walker::new();
        for page in 0..pages.len() {
            walker.visit(&pages, page, &mut handles);
        }
        let Handles(mut found) = handles;
        found.sort_by_key(Tracked::serial);
        found
    }

    /// The snapshots so far, to be sorted, filtered, printed and dumped.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use classtracker::ClassTracker;
    ///
    /// let config = Arc::new(String::from("verbose"));
    /// let tracker = ClassTracker::new();
    /// tracker.track_object(&config);
    /// tracker.create_snapshot("start");
    /// let stats = tracker.stats();
    /// stats.print_summary();
    /// assert_eq!(stats.summary().snapshots[0].moment.label, "start");
    /// ```
    #[must_use]
    pub fn stats(&self) -> Stats {
        let (snapshots, forgotten) = {
            let state = self.state.lock();
            (state.snapshots.clone(), state.forgotten_snapshots)
        };
        Stats::new(session(), snapshots).with_forgotten(forgotten)
    }

    pub(super) fn subject(&self) -> Subject {
        Subject::new(&self.state, &self.monitoring)
    }
}

/// Ends what a [`Monitor`](crate::Monitor) would have ended, and the periodic snapshots.
impl Drop for ClassTracker {
    fn drop(&mut self) {
        let _ = self.monitoring.finish(&self.subject(), None);
    }
}

impl Default for ClassTracker {
    fn default() -> Self {
        Self::new()
    }
}

impl std::fmt::Debug for ClassTracker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let state = self.state.lock();
        f.debug_struct("ClassTracker")
            .field("classes", &state.classes.len())
            .field("objects", &state.objects.len())
            .field("snapshots", &state.snapshots.len())
            .finish()
    }
}
