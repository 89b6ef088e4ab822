//! The tracker: what is tracked, and the snapshots of it.

mod ages;
mod by_value;
mod class;
mod error;
mod handle;
mod largest;
mod measure;
mod names;
mod object;
mod options;
mod parts;
mod plan;
mod sites;
mod sizing;
mod snapshot;
mod state;
mod subject;
mod tally;
mod traces;

use std::fmt::Display;
use std::sync::Arc;
use std::time::Duration;

use classtracker_stats::{Snapshot, Stats};

pub use error::TrackError;
pub use handle::TrackHandle;
pub use options::{Detail, Trace, TrackOptions};
pub use sizing::{ByInspect, BySize, Sizing};

pub(crate) use measure::snapshot_thread;
pub(crate) use subject::{Subject, session};

use crate::memory::MemoryOptions;
use crate::monitor::{self, EnvError, Monitor, MonitorError, MonitorOptions, MonitorStatus, Monitoring};
use crate::registry::{ForkLock, Object, Raced, TRACKS, Turn, Visitor, Walker, registry};
use crate::{Inspect, Tracked};
use class::TrackedClass;
use object::TrackedObject;
use state::{Kept, State};

/// Registers classes and objects, takes labelled snapshots of them, and answers what they hold.
///
/// All trackers look at one registry, in which every [`Tracked`] object is; each has classes, options and snapshots of its own. A
/// tracker can be shared between threads. It holds no object alive unless told to [`keep`](TrackOptions::keep) it.
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
    state: Arc<ForkLock<State>>,
    monitoring: Arc<Monitoring>,
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

    /// Tracks all objects of `T` that are in a [`Tracked`], those made before this call included.
    ///
    /// For a class that is tracked already with other options, these defaults are in force for objects made from now on; see
    /// [`track_class_with`](Self::track_class_with).
    pub fn track_class<T: Inspect + Send + Sync + 'static>(&self) {
        self.track_class_with(TrackOptions::<T>::new());
    }

    /// As [`track_class`](Self::track_class), with options.
    ///
    /// For a class that is tracked already, objects made from now on are tracked with the new options (and under the new name, if
    /// they give one); those made before keep what they had.
    ///
    /// ```
    /// use classtracker::{ClassTracker, TrackOptions, Tracked};
    ///
    /// let tracker = ClassTracker::new();
    /// tracker.track_class_with::<String>(TrackOptions::new().name("text"));
    /// let text = Tracked::new(String::from("hello"));
    /// assert_eq!(&*tracker.create_snapshot("").classes[0].class, "text");
    /// # drop(text);
    /// ```
    pub fn track_class_with<T: Send + Sync + 'static>(&self, options: TrackOptions<T, impl Sizing<T>>) {
        if !TRACKS {
            return;
        }
        let class = registry().class_of::<T>();
        let mut state = self.state.lock();
        let state = &mut *state;
        // Lines through time are drawn under the lock, so that they follow one another as the calls do.
        match state.classes.iter_mut().find(|known| known.is(class)) {
            Some(known) => known.track(&options, &mut state.names),
            None => {
                let own = state.objects.take_before_class(class);
                state.classes.push(TrackedClass::new(class, &options, &mut state.names, own));
            }
        }
    }

    /// Tracks one object, by an `Arc<T>` or a [`Tracked<T>`], without keeping it alive. Returns the object's serial.
    ///
    /// An object counts once: if it is tracked already, nothing changes (see [`track_change`](Self::track_change)); if its
    /// class is tracked too, it is counted here and not there. An `Arc` tells nobody when its object dies: its death is
    /// dated by the first snapshot that misses it. It is watched by a weak handle, which keeps its memory (not its value) until then, and
    /// with which `Arc::get_mut` gives no access; a `Tracked` is not.
    ///
    /// ```
    /// use std::collections::HashMap;
    /// use std::sync::{Arc, Mutex};
    /// use classtracker::ClassTracker;
    ///
    /// let state: Arc<Mutex<HashMap<String, Vec<u8>>>> = Arc::default();
    /// let tracker = ClassTracker::new();
    /// tracker.track_object(&state);
    /// state.lock().unwrap().insert("key".into(), vec![0; 100]);
    /// assert!(tracker.create_snapshot("filled").classes[0].bytes > 100);
    /// ```
    #[track_caller]
    pub fn track_object<H: TrackHandle>(&self, handle: &H) -> u64
    where
        H::Object: Inspect,
    {
        self.track_object_with(handle, TrackOptions::new())
    }

    /// As [`track_object`](Self::track_object), with options. For an object that is tracked already they are not taken.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use classtracker::{ClassTracker, TrackOptions};
    ///
    /// let cache = Arc::new(vec![String::from("one"), String::from("two")]);
    /// let tracker = ClassTracker::new();
    /// tracker.track_object_with(&cache, TrackOptions::new().name("cache").resolution_level(1));
    /// let snapshot = tracker.create_snapshot("");
    /// assert_eq!((&*snapshot.classes[0].class, snapshot.classes[0].bytes), ("cache", 24 + 2 * 24 + 6));
    /// ```
    #[track_caller]
    pub fn track_object_with<H: TrackHandle>(
        &self,
        handle: &H,
        options: TrackOptions<H::Object, impl Sizing<H::Object>>,
    ) -> u64 {
        if !TRACKS {
            return 0;
        }
        let site = std::panic::Location::caller();
        let mut state = self.state.lock();
        if let Some(known) = state.objects.get(handle.key()) {
            return known.serial();
        }
        let name = match options.name.clone() {
            Some(name) => state.names.custom(name),
            None => state.names.of_class(options.sizing.class_key(handle.object())),
        };
        let kept = options.keep.then(|| Box::new(handle.clone()) as Kept);
        let object = TrackedObject::new(handle, name, options, site);
        let serial = object.serial();
        let old = state.add(object, kept);
        drop(state);
        drop(old);
        serial
    }

    /// Gives a tracked object other options, in force from the next snapshot on. An object of which only the class is tracked is tracked
    /// on its own from then on.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use classtracker::{ClassTracker, TrackOptions};
    ///
    /// let cache = Arc::new(vec![1_u8, 2, 3]);
    /// let tracker = ClassTracker::new();
    /// assert!(tracker.track_change(&cache, TrackOptions::new()).is_err(), "it is not tracked");
    /// tracker.track_object(&cache);
    /// tracker.track_change(&cache, TrackOptions::new().name("cache"))?;
    /// assert_eq!(tracker.create_snapshot("").class("cache").unwrap().live, 1);
    /// # Ok::<(), classtracker::TrackError>(())
    /// ```
    ///
    /// # Errors
    /// [`TrackError::ObjectNotTracked`] if neither the object nor its class is tracked.
    #[track_caller]
    pub fn track_change<H: TrackHandle>(
        &self,
        handle: &H,
        options: TrackOptions<H::Object, impl Sizing<H::Object>>,
    ) -> Result<(), TrackError> {
        if !TRACKS {
            return Ok(());
        }
        let site = std::panic::Location::caller();
        let key = options.sizing.class_key(handle.object());
        let mut state = self.state.lock();
        let old = state.objects.get(handle.key()).map(|known| Arc::clone(known.name()));
        let old = old.or_else(|| {
            let (class, place) = handle.entry()?;
            state.classes.iter().find(|known| known.is(class))?.name_of(place.serial())
        });
        let Some(old) = old else { return Err(TrackError::ObjectNotTracked { class: key.name }) };
        let name = match options.name.clone() {
            Some(name) => state.names.custom(name),
            None => old,
        };
        let known = state.objects.get(handle.key()).cloned();
        let kept = options.keep.then(|| Box::new(handle.clone()) as Kept);
        let object = TrackedObject::new(handle, name, options, site).in_place_of(known.as_deref());
        let old = state.add(object, kept);
        drop(state);
        drop(old);
        Ok(())
    }

    /// Stops to track objects of `T` that are made from now on. Those that are tracked stay tracked.
    ///
    /// ```
    /// use classtracker::{ClassTracker, DeepSizeOf, Tracked};
    ///
    /// #[derive(DeepSizeOf)]
    /// struct Page(String);
    ///
    /// let tracker = ClassTracker::new();
    /// tracker.track_class::<Page>();
    /// let seen = Tracked::new(Page("one".into()));
    /// tracker.detach_class::<Page>()?;
    /// let unseen = Tracked::new(Page("two".into()));
    /// assert_eq!(tracker.create_snapshot("").classes[0].live, 1);
    /// assert!(tracker.detach_class::<Page>().is_err(), "not twice");
    /// # drop((seen, unseen));
    /// # Ok::<(), classtracker::TrackError>(())
    /// ```
    ///
    /// # Errors
    /// [`TrackError::ClassNotTracked`] if the class is not tracked.
    pub fn detach_class<T: Send + Sync + 'static>(&self) -> Result<(), TrackError> {
        if !TRACKS {
            return Ok(());
        }
        let mut state = self.state.lock();
        let known = state.classes.iter_mut().find(|known| known.is_of::<T>());
        if known.is_some_and(TrackedClass::detach) {
            Ok(())
        } else {
            Err(TrackError::ClassNotTracked { class: std::any::type_name::<T>() })
        }
    }

    /// Stops to track objects that are made from now on, of all classes. Those that are tracked stay tracked.
    ///
    /// ```
    /// use classtracker::{ClassTracker, DeepSizeOf, Tracked};
    ///
    /// #[derive(DeepSizeOf)]
    /// struct Page(String);
    ///
    /// let tracker = ClassTracker::new();
    /// tracker.track_class::<Page>();
    /// let seen = Tracked::new(Page("one".into()));
    /// tracker.detach_all_classes();
    /// let unseen = Tracked::new(Page("two".into()));
    /// assert_eq!(tracker.create_snapshot("").classes[0].live, 1);
    /// # drop((seen, unseen));
    /// ```
    pub fn detach_all_classes(&self) {
        for class in &mut self.state.lock().classes {
            class.detach();
        }
    }

    /// Stops to track anything: classes, and objects, those of tracked classes included. Snapshots stay.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use classtracker::ClassTracker;
    ///
    /// let config = Arc::new(String::from("verbose"));
    /// let tracker = ClassTracker::new();
    /// tracker.track_object(&config);
    /// tracker.create_snapshot("before");
    /// tracker.detach_all();
    /// assert_eq!(tracker.create_snapshot("after").tracked_bytes(), 0);
    /// assert_eq!(tracker.snapshots().len(), 2);
    /// ```
    pub fn detach_all(&self) {
        // Handles that are kept may be the last of their objects, whose destructors may come back here: not under the lock.
        let forgotten = self.state.lock().forget_all();
        drop(forgotten);
    }

    /// Forgets everything: classes, objects and snapshots.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use classtracker::ClassTracker;
    ///
    /// let config = Arc::new(String::from("verbose"));
    /// let tracker = ClassTracker::new();
    /// tracker.track_object(&config);
    /// tracker.create_snapshot("before");
    /// tracker.clear();
    /// assert!(tracker.snapshots().is_empty());
    /// assert!(tracker.create_snapshot("after").classes.is_empty());
    /// ```
    pub fn clear(&self) {
        let forgotten = self.state.lock().clear();
        drop(forgotten);
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

    /// Takes a snapshot without a label at once, and then one each `interval`, on a thread of its own, until
    /// [`stop_periodic_snapshots`](Self::stop_periodic_snapshots) or the tracker's end.
    ///
    /// If that is happening already, the interval changes: the next one is taken an `interval` from now. The shortest interval is a
    /// millisecond. The beats are whole intervals apart; one that comes while a snapshot is still being taken is left out and counted. If
    /// the system gives no thread, [`monitor_status`](Self::monitor_status) says so.
    ///
    /// All snapshots stay in memory; to bound that, see [`set_keep_last`](Self::set_keep_last) and [`monitor`](Self::monitor).
    ///
    /// ```
    /// use std::time::Duration;
    /// use classtracker::ClassTracker;
    ///
    /// let tracker = ClassTracker::new();
    /// tracker.start_periodic_snapshots(Duration::from_millis(5));
    /// std::thread::sleep(Duration::from_millis(100));
    /// tracker.stop_periodic_snapshots();
    /// assert!(tracker.snapshots().len() >= 2);
    /// ```
    pub fn start_periodic_snapshots(&self, interval: Duration) {
        self.monitoring.start_periodic(self.subject(), interval);
    }

    /// Ends the periodic snapshots. It returns as soon as a snapshot that is just being taken is filed; if none is, at once.
    ///
    /// Where that takes longer than ten seconds it returns nevertheless, and [`monitor_status`](Self::monitor_status) says so.
    pub fn stop_periodic_snapshots(&self) {
        self.monitoring.stop_periodic();
    }

    /// Takes snapshots by itself, and writes them where the options say, until what is returned is dropped.
    ///
    /// ```
    /// use std::time::Duration;
    /// use classtracker::{ClassTracker, MonitorOptions};
    /// # let dir = tempfile::tempdir()?;
    /// # let path = dir.path().join("run.ctdump");
    ///
    /// let tracker = ClassTracker::new();
    /// let monitor = tracker.monitor(MonitorOptions::new().period(Duration::from_secs(60)).stream_to(&path))?;
    /// // The program runs. What is returned ends the dump when it is dropped; `finish` also says whether all went well.
    /// monitor.finish()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`MonitorError::AlreadyMonitored`] while an earlier [`Monitor`] is there; [`MonitorError::Thread`] if the system gives no thread,
    /// [`MonitorError::Signal`] if it does not tell of the signal, [`MonitorError::Dump`] if the dump can't be begun, because there is
    /// something in its file already, say. Nothing is begun then.
    pub fn monitor(&self, options: MonitorOptions) -> Result<Monitor, MonitorError> {
        self.monitoring.monitor(self.subject(), options)
    }

    /// A new tracker that is monitored as the environment variable `CLASSTRACKER` says, until it is dropped. If the variable is not set,
    /// or is blank, nothing is started.
    ///
    /// So a program that is deployed already can be watched without being built again. What it tracks is its own affair. A static
    /// tracker is never dropped: for that see [`monitor_from_env`](Self::monitor_from_env).
    ///
    /// The value is a list of keys and values with commas between them, `period=10s,dump=/tmp/run-%p.ctdump,keep_last=100`:
    ///
    /// | key | value | what happens |
    /// | --- | --- | --- |
    /// | `period` | `500ms`, `1.5s`, `10m`, `1h`, `1d` | a snapshot at once, and then one each interval |
    /// | `watermark` | `10%`, `64MiB`, `1GB`, bytes | a snapshot whenever resident memory has grown by so much |
    /// | `signal` | none (`USR1`), `USR1`, `USR2`, `HUP` | a snapshot for each signal; needs the feature `signal` |
    /// | `dump` | a path | each snapshot is written to this dump as it is taken |
    /// | `replace` | none | what is in the dump's file is thrown away; otherwise it is an error if there is something |
    /// | `keep_last` | a number | so many snapshots stay in memory |
    /// | `summary` | a path, or `-` for the standard error | the last snapshot's table, at each signal and at the end; `signal` without `dump` and `summary` means `-` |
    /// | `no_last` | none | no snapshot at the end |
    /// | `census` | none | values are counted by type |
    /// | `threads` | a number | so many threads walk for each snapshot |
    /// | `pss`, `glibc` | none | the process' memory in more detail: see [`MemoryOptions`] |
    ///
    /// In paths `%p` is the process' id and `%%` a percent sign. A comma that belongs to a path is written twice. The first thing that goes
    /// wrong later, a full disk say, is told on the standard error, once; [`monitor_status`](Self::monitor_status) has the rest.
    ///
    /// ```standalone_crate
    /// use classtracker::ClassTracker;
    ///
    /// let tracker = ClassTracker::from_env()?;
    /// assert_eq!(tracker.monitor_status().period, None, "the variable is not set here");
    /// # Ok::<(), classtracker::EnvError>(())
    /// ```
    ///
    /// # Errors
    /// [`EnvError`], which says what is wrong with which part of the value, or what could not be begun.
    pub fn from_env() -> Result<Self, EnvError> {
        let tracker = Self::new();
        if let Some(options) = monitor::options_of_environment()? {
            tracker.monitoring.begin(&tracker.subject(), options).map_err(EnvError::Monitor)?;
        }
        Ok(tracker)
    }

    /// Monitors this tracker as the environment variable `CLASSTRACKER` says, until what is returned is dropped; `None` if the variable is
    /// not set, or is blank. See [`from_env`](Self::from_env).
    ///
    /// ```standalone_crate
    /// use classtracker::{ClassTracker, EnvError};
    ///
    /// fn main() -> Result<(), EnvError> {
    ///     let _monitor = ClassTracker::global().monitor_from_env()?;
    ///     // The program.
    ///     Ok(())
    /// }
    /// ```
    ///
    /// # Errors
    /// As [`from_env`](Self::from_env).
    pub fn monitor_from_env(&self) -> Result<Option<Monitor>, EnvError> {
        let options = monitor::options_of_environment()?;
        options.map(|options| self.monitor(options)).transpose().map_err(EnvError::Monitor)
    }

    /// How periodic snapshots and the rest of monitoring go.
    #[must_use]
    pub fn monitor_status(&self) -> MonitorStatus {
        self.monitoring.status()
    }

    /// Keeps only the last `count` snapshots in memory from now on; all with `None`, as at first.
    ///
    /// When a snapshot is taken, the oldest ones that are too many are dropped, and counted in
    /// [`MonitorStatus::snapshots_forgotten`]; tables say how many. Whoever holds one by its `Arc` still has it.
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
    /// listed are the same. `Inspect` impls, functions of [`TrackOptions::size_with`], and destructors of objects that die while they are
    /// read run on the threads that help, several of them at once. A panic inside shared data may cost an object for
    /// each thread that comes to it.
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

    fn subject(&self) -> Subject {
        Subject::new(&self.state, &self.monitoring)
    }
}

/// Ends what a [`Monitor`] would have ended, and the periodic snapshots.
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
