//! Random programs, run twice: with tracked objects on several threads, and against a naive model of what should happen. Counts,
//! serials, sizes and what the global tracker is told must agree at every step. A program that fails is shrunk to a small one.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed, which is what it is for")]

use std::collections::{BTreeSet, HashSet};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use classtracker::{
    ClassTracker, DeepSizeOf, ObjectInfo, TrackError, TrackOptions, Trackable, Tracked, Tracker, WeakTracked,
    set_global_tracker,
};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

const THREADS: usize = 3;

/// What a program does. Handles are named by numbers, taken modulo how many there are; so is the thread that does it.
#[derive(Clone, Debug)]
enum Step {
    Create {
        thread: usize,
        bytes: usize,
    },
    Clone {
        thread: usize,
        handle: usize,
    },
    Drop {
        thread: usize,
        handle: usize,
    },
    Downgrade {
        thread: usize,
        handle: usize,
    },
    Upgrade {
        thread: usize,
        weak: usize,
    },
    DropWeak {
        thread: usize,
        weak: usize,
    },
    /// Grows the value by `get_mut`, if that gives access.
    Grow {
        thread: usize,
        handle: usize,
        bytes: usize,
    },
    /// Grows the value by `make_mut`, which may make a new object.
    MakeMut {
        thread: usize,
        handle: usize,
        bytes: usize,
    },
    TryUnwrap {
        thread: usize,
        handle: usize,
    },
    IntoInner {
        thread: usize,
        handle: usize,
    },
    /// A struct that is counted where it stands.
    Stand {
        thread: usize,
    },
    Copy {
        thread: usize,
        mark: usize,
    },
    Fall {
        thread: usize,
        mark: usize,
    },
    /// A thread ends, and another one takes its place.
    Replace {
        thread: usize,
    },
    Track,
    Detach,
    TrackObject {
        thread: usize,
        handle: usize,
    },
    Enable {
        thread: usize,
    },
    Disable {
        thread: usize,
    },
    /// From now on new objects have a global tracker, or none.
    Tell {
        thread: usize,
        told: bool,
    },
    Snapshot {
        thread: usize,
    },
}

fn any_step() -> impl Strategy<Value = (bool, Step)> {
    let thread = 0..THREADS;
    let which = any::<usize>();
    let bytes = 0..100_usize;
    let step = prop_oneof![
        8 => (thread.clone(), bytes.clone()).prop_map(|(thread, bytes)| Step::Create { thread, bytes }),
        3 => (thread.clone(), which).prop_map(|(thread, handle)| Step::Clone { thread, handle }),
        7 => (thread.clone(), which).prop_map(|(thread, handle)| Step::Drop { thread, handle }),
        2 => (thread.clone(), which).prop_map(|(thread, handle)| Step::Downgrade { thread, handle }),
        2 => (thread.clone(), which).prop_map(|(thread, weak)| Step::Upgrade { thread, weak }),
        2 => (thread.clone(), which).prop_map(|(thread, weak)| Step::DropWeak { thread, weak }),
        2 => (thread.clone(), which, bytes.clone())
            .prop_map(|(thread, handle, bytes)| Step::Grow { thread, handle, bytes }),
        2 => (thread.clone(), which, bytes).prop_map(|(thread, handle, bytes)| Step::MakeMut { thread, handle, bytes }),
        1 => (thread.clone(), which).prop_map(|(thread, handle)| Step::TryUnwrap { thread, handle }),
        1 => (thread.clone(), which).prop_map(|(thread, handle)| Step::IntoInner { thread, handle }),
        3 => thread.clone().prop_map(|thread| Step::Stand { thread }),
        1 => (thread.clone(), which).prop_map(|(thread, mark)| Step::Copy { thread, mark }),
        2 => (thread.clone(), which).prop_map(|(thread, mark)| Step::Fall { thread, mark }),
        1 => thread.clone().prop_map(|thread| Step::Replace { thread }),
        1 => Just(Step::Track),
        1 => Just(Step::Detach),
        1 => (thread.clone(), which).prop_map(|(thread, handle)| Step::TrackObject { thread, handle }),
        1 => thread.clone().prop_map(|thread| Step::Enable { thread }),
        1 => thread.clone().prop_map(|thread| Step::Disable { thread }),
        1 => (thread.clone(), any::<bool>()).prop_map(|(thread, told)| Step::Tell { thread, told }),
        4 => thread.prop_map(|thread| Step::Snapshot { thread }),
    ];
    (any::<bool>(), step)
}

trait Class: classtracker::Inspect + Clone + Send + Sync + 'static {
    fn new(bytes: usize) -> Self;
    fn grow(&mut self, bytes: usize);
    /// The deep size that a value of so many bytes has.
    fn deep(bytes: usize) -> u64;
}

#[derive(DeepSizeOf, Clone)]
struct Text {
    text: Vec<u8>,
}

#[derive(DeepSizeOf, Clone)]
struct Image {
    pixels: Vec<u8>,
    _header: [u64; 20],
}

fn zeros(length: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    bytes.reserve_exact(length);
    bytes.resize(length, 0);
    bytes
}

macro_rules! class {
    ($class:ident, $field:ident $(, $other:ident: $value:expr)?) => {
        impl Class for $class {
            fn new(bytes: usize) -> Self {
                Self { $field: zeros(bytes) $(, $other: $value)? }
            }
            fn grow(&mut self, bytes: usize) {
                self.$field = zeros(self.$field.len() + bytes);
            }
            fn deep(bytes: usize) -> u64 {
                (size_of::<Self>() + bytes) as u64
            }
        }
    };
}

class!(Text, text);
class!(Image, pixels, _header: [0; 20]);

/// A thread that does one thing after the other, each while the caller waits.
struct Worker {
    work: Option<Sender<Box<dyn FnOnce() + Send>>>,
    thread: Option<JoinHandle<()>>,
    /// The serial of the last object that it made.
    last: u64,
}

impl Worker {
    fn new() -> Self {
        let (work, queue) = channel::<Box<dyn FnOnce() + Send>>();
        let thread = std::thread::spawn(move || queue.into_iter().for_each(|work| work()));
        Self { work: Some(work), thread: Some(thread), last: 0 }
    }

    fn run<R: Send + 'static>(&self, work: impl FnOnce() -> R + Send + 'static) -> R {
        let (done, result) = channel();
        let work = Box::new(move || drop(done.send(work())));
        self.work.as_ref().unwrap().send(work).unwrap();
        result.recv().expect("a worker does not panic")
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        drop(self.work.take());
        self.thread.take().unwrap().join().unwrap();
    }
}

/// What the global tracker was told: which objects are there, by serial, and all that can't be.
#[derive(Default)]
struct Told {
    alive: Mutex<BTreeSet<u64>>,
    wrong: Mutex<Vec<String>>,
}

impl Tracker for Told {
    fn notify_attached(&self, object: &ObjectInfo<'_>) {
        if !self.alive.lock().unwrap().insert(object.serial()) {
            self.wrong.lock().unwrap().push(format!("{} is attached twice", object.serial()));
        }
    }

    fn notify_detached(&self, object: &ObjectInfo<'_>) {
        self.wrong.lock().unwrap().push(format!("{} is detached, which nobody asked for", object.serial()));
    }

    fn notify_destroyed(&self, object: &ObjectInfo<'_>) {
        if !self.alive.lock().unwrap().remove(&object.serial()) {
            self.wrong.lock().unwrap().push(format!("{} is destroyed, and was not there", object.serial()));
        }
    }
}

/// What the model knows of an object, dead ones included.
struct Thing {
    bytes: usize,
    /// Its serial, if the global tracker is told of it.
    told: Option<u64>,
    strong: usize,
    weak: usize,
    /// Made while tracking was on.
    registered: bool,
    /// Tracked on its own.
    own: bool,
}

impl Thing {
    /// An object that is tracked on its own, and not in the registry, is watched by a weak handle.
    fn weak_handles(&self) -> usize {
        self.weak + usize::from(self.own && !self.registered)
    }

    fn is_unique(&self) -> bool {
        self.strong == 1 && self.weak_handles() == 0
    }
}

/// All objects of one class: the real ones, and what the model says.
struct Objects<T: Class> {
    strong: Vec<(usize, Tracked<T>)>,
    weak: Vec<(usize, WeakTracked<T>)>,
    things: Vec<Thing>,
    /// Registered objects that were made by programs before this one: all of them dead.
    before: u64,
    /// `None`: not tracked. `Some(None)`: tracked. `Some(Some(n))`: only the first `n` things are.
    tracked: Option<Option<usize>>,
}

struct Run {
    tracker: Arc<ClassTracker>,
    workers: Vec<Worker>,
    serials: HashSet<u64>,
    enabled: bool,
    told: Arc<Told>,
    /// Whether that is the global tracker at the moment.
    tells: bool,
}

impl Run {
    /// An object was made on this thread.
    fn made(&mut self, thread: usize, serial: Option<u64>) {
        assert_eq!(serial.is_some(), self.enabled, "a serial is given if and only if tracking is on");
        if let Some(serial) = serial {
            assert!(self.serials.insert(serial), "serial {serial} was given before");
            let last = std::mem::replace(&mut self.workers[thread].last, serial);
            assert!(last < serial, "serials rise on each thread: {last}, then {serial}");
        }
    }
}

#[derive(Clone, Default)]
struct Mark {
    counted: Trackable<Mark>,
}

/// Structs that are counted where they stand.
struct Marks {
    /// Each with its serial, if the global tracker is told of it.
    alive: Vec<(Option<u64>, Mark)>,
    /// How many were made while tracking was on; those of programs before this one included.
    created: u64,
}

impl Marks {
    fn enter(&mut self, run: &mut Run, thread: usize, mark: Mark) {
        let serial = mark.counted.serial();
        run.made(thread, serial);
        self.created += u64::from(run.enabled);
        self.alive.push((serial.filter(|_| run.tells), mark));
    }

    fn stand(&mut self, run: &mut Run, thread: usize) {
        let mark = run.workers[thread].run(Mark::default);
        self.enter(run, thread, mark);
    }

    fn copy(&mut self, run: &mut Run, thread: usize, which: usize) {
        let Some(place) = which.checked_rem(self.alive.len()) else { return };
        let (told, mark) = self.alive.swap_remove(place);
        let (copy, mark) = run.workers[thread].run(move || (mark.clone(), mark));
        self.alive.push((told, mark));
        self.enter(run, thread, copy);
    }

    fn fall(&mut self, run: &Run, thread: usize, which: usize) {
        let Some(place) = which.checked_rem(self.alive.len()) else { return };
        let (_, mark) = self.alive.swap_remove(place);
        run.workers[thread].run(move || drop(mark));
    }

    fn told(&self) -> impl Iterator<Item = u64> {
        self.alive.iter().filter_map(|(told, _)| *told)
    }

    fn check(&self, snapshot: &classtracker::stats::Snapshot) {
        let live = self.alive.iter().filter(|(_, mark)| mark.counted.serial().is_some()).count() as u64;
        let Some(row) = snapshot.class(std::any::type_name::<Mark>()) else {
            assert_eq!(self.created, 0, "a class of which any was counted has a row");
            return;
        };
        assert_eq!((row.live, row.created, row.dropped), (live, self.created, self.created - live), "by value");
        assert!(row.by_value);
        assert_eq!(row.flat_bytes, live * size_of::<Mark>() as u64);
    }
}

impl<T: Class> Objects<T> {
    fn new(before: u64) -> Self {
        Self { strong: Vec::new(), weak: Vec::new(), things: Vec::new(), before, tracked: None }
    }

    fn created(&self) -> u64 {
        self.before + self.things.iter().filter(|thing| thing.registered).count() as u64
    }

    fn counts(&self, number: usize, thing: &Thing) -> bool {
        let by_class = thing.registered && self.tracked.is_some_and(|until| until.is_none_or(|until| number < until));
        thing.own || by_class
    }

    fn enter(&mut self, run: &mut Run, thread: usize, object: Tracked<T>, bytes: usize) {
        let serial = Tracked::serial(&object);
        run.made(thread, serial);
        self.strong.push((self.things.len(), object));
        let told = serial.filter(|_| run.tells);
        self.things.push(Thing { bytes, told, strong: 1, weak: 0, registered: run.enabled, own: false });
    }

    fn step(&mut self, run: &mut Run, step: Step) {
        let strong = self.strong.len();
        let pick = |number: usize, of: usize| (of > 0).then(|| number % of);
        match step {
            Step::Create { thread, bytes } => {
                let object = run.workers[thread].run(move || Tracked::new(T::new(bytes)));
                self.enter(run, thread, object, bytes);
            }
            Step::Clone { thread, handle } => {
                let Some(place) = pick(handle, strong) else { return };
                let (number, handle) = self.strong.swap_remove(place);
                let (handle, other) = run.workers[thread].run(move || (handle.clone(), handle));
                self.strong.extend([(number, handle), (number, other)]);
                self.things[number].strong += 1;
            }
            Step::Drop { thread, handle } => {
                let Some(place) = pick(handle, strong) else { return };
                let (number, handle) = self.strong.swap_remove(place);
                run.workers[thread].run(move || drop(handle));
                self.things[number].strong -= 1;
            }
            Step::Downgrade { thread, handle } => {
                let Some(place) = pick(handle, strong) else { return };
                let (number, handle) = self.strong.swap_remove(place);
                let (weak, handle) = run.workers[thread].run(move || (Tracked::downgrade(&handle), handle));
                self.weak.push((number, weak));
                self.strong.push((number, handle));
                self.things[number].weak += 1;
            }
            Step::Upgrade { thread, weak } => {
                let Some(place) = pick(weak, self.weak.len()) else { return };
                let (number, weak) = self.weak.swap_remove(place);
                let (handle, weak) = run.workers[thread].run(move || (weak.upgrade(), weak));
                self.weak.push((number, weak));
                assert_eq!(handle.is_some(), self.things[number].strong > 0, "an upgrade succeeds for the living");
                if let Some(handle) = handle {
                    self.strong.push((number, handle));
                    self.things[number].strong += 1;
                }
            }
            Step::DropWeak { thread, weak } => {
                let Some(place) = pick(weak, self.weak.len()) else { return };
                let (number, weak) = self.weak.swap_remove(place);
                run.workers[thread].run(move || drop(weak));
                self.things[number].weak -= 1;
            }
            Step::Grow { thread, handle, bytes } => {
                let Some(place) = pick(handle, strong) else { return };
                let (number, mut handle) = self.strong.swap_remove(place);
                let (grown, handle) = run.workers[thread].run(move || {
                    let grown = Tracked::get_mut(&mut handle).is_some_and(|mut value| {
                        value.grow(bytes);
                        true
                    });
                    (grown, handle)
                });
                self.strong.push((number, handle));
                let thing = &mut self.things[number];
                assert_eq!(grown, thing.is_unique(), "who has the only handle has access");
                thing.bytes += if grown { bytes } else { 0 };
            }
            Step::MakeMut { thread, handle, bytes } => {
                let Some(place) = pick(handle, strong) else { return };
                let (number, mut handle) = self.strong.swap_remove(place);
                let handle = run.workers[thread].run(move || {
                    Tracked::make_mut(&mut handle).grow(bytes);
                    handle
                });
                let thing = &mut self.things[number];
                if thing.is_unique() {
                    thing.bytes += bytes;
                    self.strong.push((number, handle));
                } else {
                    thing.strong -= 1;
                    let bytes = thing.bytes + bytes;
                    self.enter(run, thread, handle, bytes);
                }
            }
            Step::TryUnwrap { thread, handle } => {
                let Some(place) = pick(handle, strong) else { return };
                let (number, handle) = self.strong.swap_remove(place);
                let handle = run.workers[thread].run(move || Tracked::try_unwrap(handle).err());
                assert_eq!(handle.is_none(), self.things[number].strong == 1, "who has the only handle gets the value");
                match handle {
                    Some(handle) => self.strong.push((number, handle)),
                    None => self.things[number].strong = 0,
                }
            }
            Step::IntoInner { thread, handle } => {
                let Some(place) = pick(handle, strong) else { return };
                let (number, handle) = self.strong.swap_remove(place);
                let came = run.workers[thread].run(move || Tracked::into_inner(handle).is_some());
                self.things[number].strong -= 1;
                assert_eq!(came, self.things[number].strong == 0, "the last handle gets the value");
            }
            Step::Replace { thread } => run.workers[thread] = Worker::new(),
            Step::Track => {
                run.tracker.track_class::<T>();
                self.tracked = Some(None);
            }
            Step::Detach => {
                let open = self.tracked == Some(None);
                match run.tracker.detach_class::<T>() {
                    Ok(()) => assert!(open),
                    Err(TrackError::ClassNotTracked { .. }) => assert!(!open),
                    Err(other) => panic!("{other}"),
                }
                if open {
                    self.tracked = Some(Some(self.things.len()));
                }
            }
            Step::TrackObject { thread, handle } => {
                let Some(place) = pick(handle, strong) else { return };
                let (number, handle) = self.strong.swap_remove(place);
                let tracker = Arc::clone(&run.tracker);
                let (serial, handle) =
                    run.workers[thread].run(move || (tracker.track_object_with(&handle, TrackOptions::new()), handle));
                if let Some(own) = Tracked::serial(&handle) {
                    assert_eq!(serial, own);
                }
                self.strong.push((number, handle));
                self.things[number].own = true;
            }
            Step::Enable { thread } => {
                run.workers[thread].run(|| classtracker::set_enabled(true));
                run.enabled = true;
            }
            Step::Disable { thread } => {
                run.workers[thread].run(|| classtracker::set_enabled(false));
                run.enabled = false;
            }
            Step::Tell { thread, told } => {
                let tracker: Option<Arc<dyn Tracker>> = if told { Some(run.told.clone()) } else { None };
                run.workers[thread].run(|| set_global_tracker(tracker));
                run.tells = told;
            }
            Step::Stand { .. } | Step::Copy { .. } | Step::Fall { .. } | Step::Snapshot { .. } => {}
        }
    }

    /// The serials of the living of which the global tracker was told.
    fn told(&self) -> impl Iterator<Item = u64> {
        self.things.iter().filter(|thing| thing.strong > 0).filter_map(|thing| thing.told)
    }

    fn check(&self, run: &Run, snapshot: &classtracker::stats::Snapshot) {
        for (number, handle) in &self.strong {
            let thing = &self.things[*number];
            assert_eq!(
                (Tracked::strong_count(handle), Tracked::weak_count(handle)),
                (thing.strong, thing.weak_handles())
            );
        }
        for (number, weak) in &self.weak {
            assert_eq!(weak.strong_count(), self.things[*number].strong);
        }
        let alive = |thing: &&Thing| thing.registered && thing.strong > 0;
        assert_eq!(run.tracker.instances::<T>().len(), self.things.iter().filter(alive).count());

        let counted = || self.things.iter().enumerate().filter(|(number, thing)| self.counts(*number, thing));
        let live = || counted().filter(|(_, thing)| thing.strong > 0);
        let any_own = self.things.iter().any(|thing| thing.own);
        let row = snapshot.class(std::any::type_name::<T>());
        let Some(row) = row else {
            assert!(self.tracked.is_none() && !any_own, "a class that is tracked has a row");
            return;
        };
        let before = if self.tracked.is_some() { self.before } else { 0 };
        assert_eq!(row.live, live().count() as u64, "live");
        assert_eq!(row.created, before + counted().count() as u64, "created");
        assert_eq!(row.dropped, row.created - row.live, "dropped");
        assert_eq!(row.unread, 0);
        assert_eq!(row.bytes, live().map(|(_, thing)| T::deep(thing.bytes)).sum::<u64>(), "bytes");
        assert_eq!(row.largest_bytes, live().map(|(_, thing)| T::deep(thing.bytes)).max(), "largest");
        assert_eq!(row.sites.iter().map(|site| site.live).sum::<u64>(), row.live, "sites");
    }
}

#[test]
fn random_programs_do_what_the_model_says() {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(400);
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let outcome = TestRunner::new(config).run(&vec(any_step(), 1..80), |steps| {
        run(steps);
        Ok(())
    });
    if let Err(failure) = outcome {
        panic!("{failure}");
    }
}

fn run(steps: Vec<(bool, Step)>) {
    classtracker::set_enabled(true);
    set_global_tracker(None);
    let tracker = Arc::new(ClassTracker::new());
    let created = |class: &str, snapshot: &classtracker::stats::Snapshot| snapshot.class(class).unwrap().created;
    let counting = ClassTracker::new();
    counting.track_class::<Text>();
    counting.track_class::<Image>();
    let at_start = counting.create_snapshot("");
    let mut texts = Objects::<Text>::new(created(std::any::type_name::<Text>(), &at_start));
    let mut images = Objects::<Image>::new(created(std::any::type_name::<Image>(), &at_start));
    let marks = at_start.class(std::any::type_name::<Mark>()).map_or(0, |row| row.created);
    let mut marks = Marks { alive: Vec::new(), created: marks };
    let workers = (0..THREADS).map(|_| Worker::new()).collect();
    let told = Arc::new(Told::default());
    let mut run = Run {
        tracker: Arc::clone(&tracker),
        workers,
        serials: HashSet::new(),
        enabled: true,
        told: Arc::clone(&told),
        tells: false,
    };
    for (is_text, step) in steps {
        let snapshot = if let Step::Snapshot { thread } = step { Some(thread) } else { None };
        match step {
            Step::Stand { thread } => marks.stand(&mut run, thread),
            Step::Copy { thread, mark } => marks.copy(&mut run, thread, mark),
            Step::Fall { thread, mark } => marks.fall(&run, thread, mark),
            _ => {}
        }
        if is_text {
            texts.step(&mut run, step);
        } else {
            images.step(&mut run, step);
        }
        assert_eq!(
            *told.alive.lock().unwrap(),
            texts.told().chain(images.told()).chain(marks.told()).collect(),
            "of whom was told"
        );
        if let Some(thread) = snapshot {
            let tracker = Arc::clone(&tracker);
            let snapshot = run.workers[thread].run(move || tracker.create_snapshot(""));
            texts.check(&run, &snapshot);
            images.check(&run, &snapshot);
            marks.check(&snapshot);
        }
    }
    texts.strong.clear();
    images.strong.clear();
    marks.alive.clear();
    set_global_tracker(None);
    assert_eq!(told.alive.lock().unwrap().len(), 0, "the end of each was told");
    assert_eq!(*told.wrong.lock().unwrap(), Vec::<String>::new());
    let snapshot = counting.create_snapshot("");
    for (class, objects) in [("Text", texts.created()), ("Image", images.created())] {
        let row = snapshot.classes.iter().find(|row| row.class.ends_with(class)).unwrap();
        assert_eq!((row.live, row.created, row.dropped), (0, objects, objects), "at the end, {class}");
    }
    marks.check(&snapshot);
    tracker.clear();
}
