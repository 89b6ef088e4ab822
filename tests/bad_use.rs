//! What bad use gets: an error, an object that counts as unread, or plainly what was asked for. Never a crash, a lock that
//! is not let go, or memory that is not.
//!
//! All tests of one process share one registry, so each has types of its own.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed, which is what it is for")]

#[path = "conformance/process.rs"]
mod process;

use std::any::type_name;
use std::cell::RefCell;
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, RwLock, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use classtracker::stats::{ClassRow, Snapshot};
use classtracker::{ClassTracker, DeepSizeOf, Inspect, TrackError, TrackOptions, Tracked, Walk, WeakTracked};

/// Panics without a message on the standard error.
fn fail() -> ! {
    resume_unwind(Box::new("on purpose"))
}

#[track_caller]
fn row<T>(snapshot: &Snapshot) -> ClassRow {
    snapshot.class(type_name::<T>()).unwrap_or_else(|| panic!("{snapshot:?}")).clone()
}

/// Objects alive, and how many of them could not be read.
#[track_caller]
fn live_and_unread<T>(snapshot: &Snapshot) -> (u64, u64) {
    let row = row::<T>(snapshot);
    (row.live, row.unread)
}

/// A field that does what it is told, once, while it is sized.
#[derive(Default)]
struct Prank(Mutex<Option<Box<dyn FnOnce() + Send>>>);

impl Prank {
    fn arm(&self, prank: impl FnOnce() + Send + 'static) {
        *self.0.lock().unwrap() = Some(Box::new(prank));
    }

    fn play(&self) {
        // Not under the lock: the prank may come back here.
        let prank = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take();
        if let Some(prank) = prank {
            prank();
        }
    }

    fn is_armed(&self) -> bool {
        self.0.lock().unwrap().is_some()
    }
}

impl Inspect for Prank {
    fn inspect(&self, walk: &mut Walk<'_>) {
        self.play();
        walk.heap(1000);
    }
}

/// The same for who knows only deepsize's trait.
#[derive(Default)]
struct OpaquePrank(Prank);

impl DeepSizeOf for OpaquePrank {
    fn deep_size_of_children(&self, _context: &mut deepsize::Context) -> usize {
        self.0.play();
        1000
    }
}

#[test]
fn detaching_or_changing_what_is_not_tracked_is_an_error_that_names_the_class() {
    #[derive(DeepSizeOf)]
    struct Thing(u8);

    let class = type_name::<Thing>();
    let tracker = ClassTracker::new();
    assert_eq!(tracker.detach_class::<Thing>(), Err(TrackError::ClassNotTracked { class }));
    let arc = Arc::new(Thing(1));
    let tracked = Tracked::new(Thing(2));
    let error = tracker.track_change(&arc, TrackOptions::new()).unwrap_err();
    assert_eq!(error, TrackError::ObjectNotTracked { class });
    assert_eq!(error.to_string(), format!("this object of class `{class}` is not tracked, nor is its class"));
    assert_eq!(tracker.track_change(&tracked, TrackOptions::new()), Err(error));
    tracker.track_class_with::<Thing>(TrackOptions::new().only_new());
    assert_eq!(tracker.track_change(&tracked, TrackOptions::new()), Err(error), "it was made before");
    let later = Tracked::new(Thing(3));
    assert_eq!(tracker.track_change(&later, TrackOptions::new()), Ok(()));
    tracker.detach_all();
    assert_eq!(tracker.track_change(&later, TrackOptions::new()), Err(error));
    // Nothing to detach is nothing wrong where all is meant.
    tracker.detach_all_classes();
    tracker.detach_all();
    tracker.clear();
}

// --- A thread that is exiting

/// Runs its closure when the thread's locals are destroyed.
struct AtExit(RefCell<Option<Box<dyn FnOnce()>>>);

impl Drop for AtExit {
    fn drop(&mut self) {
        if let Some(last) = self.0.take() {
            last();
        }
    }
}

thread_local! {
    static AT_EXIT: AtExit = const { AtExit(RefCell::new(None)) };
}

/// Runs `last` at the end of a thread: after the tracker's own part of the thread has ended, and before it.
fn at_thread_exit<T: Inspect + Default + Send + Sync + 'static>(last: impl Fn() + Send + Sync + 'static) {
    let last = Arc::new(last);
    for used_before in [false, true] {
        let last = Arc::clone(&last);
        let thread = thread::spawn(move || {
            if used_before {
                drop(Tracked::new(T::default()));
            }
            AT_EXIT.with(|exit| *exit.0.borrow_mut() = Some(Box::new(move || last())));
            drop(Tracked::new(T::default()));
        });
        thread.join().unwrap();
    }
}

#[test]
fn objects_are_made_tracked_and_dropped_while_a_thread_ends() {
    #[derive(DeepSizeOf, Default)]
    struct Thing(u8);

    static TRACKER: LazyLock<ClassTracker> = LazyLock::new(ClassTracker::new);
    static SURVIVORS: Mutex<Vec<(Tracked<Thing>, Arc<Thing>)>> = Mutex::new(Vec::new());

    TRACKER.track_class::<Thing>();
    at_thread_exit::<Thing>(|| {
        let serials: Vec<_> = (0..300).map(|_| Tracked::serial(&Tracked::new(Thing(0))).unwrap()).collect();
        assert!(serials.is_sorted_by(|a, b| a < b));
        let tracked = Tracked::new(Thing(1));
        let arc = Arc::new(Thing(2));
        TRACKER.track_object(&arc);
        TRACKER.track_object_with(&tracked, TrackOptions::new().name("special"));
        SURVIVORS.lock().unwrap().push((tracked, arc));
    });
    let snapshot = TRACKER.create_snapshot("");
    let things = row::<Thing>(&snapshot);
    // A second thread's objects: two before, and 300 and one at the end, of each of the two threads; and the `Arc`s.
    assert_eq!((things.live, things.created), (2, 1 + 2 + 2 * 300 + 2));
    assert_eq!(snapshot.class("special").map(|row| row.live), Some(2));
    SURVIVORS.lock().unwrap().clear();
    let snapshot = TRACKER.create_snapshot("");
    assert_eq!((row::<Thing>(&snapshot).live, snapshot.class("special").map(|row| row.live)), (0, Some(0)));
}

#[test]
fn snapshots_are_taken_while_a_thread_ends() {
    #[derive(DeepSizeOf, Default)]
    struct Thing(Vec<u8>);

    static TRACKER: LazyLock<ClassTracker> = LazyLock::new(ClassTracker::new);
    static ALIVE: Mutex<Vec<Tracked<Thing>>> = Mutex::new(Vec::new());

    TRACKER.track_class::<Thing>();
    *ALIVE.lock().unwrap() = vec![Tracked::new(Thing(vec![0; 10]))];
    at_thread_exit::<Thing>(|| {
        let mine = Tracked::new(Thing(vec![0; 20]));
        let snapshot = TRACKER.create_snapshot("at the end");
        assert_eq!(row::<Thing>(&snapshot).bytes, 2 * size_of::<Thing>() as u64 + 10 + 20);
        assert_eq!(TRACKER.instances::<Thing>().len(), 2);
        TRACKER.stats().write_summary(&mut std::io::sink()).unwrap();
        drop(mine);
    });
    assert_eq!(TRACKER.snapshots().len(), 2);
    assert_eq!(row::<Thing>(&TRACKER.create_snapshot("")).live, 1);
}

// --- Inside a destructor

#[test]
fn a_destructor_may_make_track_and_size_objects() {
    #[derive(DeepSizeOf)]
    struct Part(u8);
    struct Whole;

    static TRACKER: LazyLock<ClassTracker> = LazyLock::new(ClassTracker::new);

    impl Inspect for Whole {
        fn inspect(&self, _walk: &mut Walk<'_>) {}
    }

    impl Drop for Whole {
        fn drop(&mut self) {
            let part = Tracked::new(Part(1));
            let arc = Arc::new(Part(2));
            TRACKER.track_object(&arc);
            let snapshot = TRACKER.create_snapshot("dropping");
            assert_eq!((row::<Part>(&snapshot).live, row::<Whole>(&snapshot).live), (2, 0), "who is dropped is dead");
            assert_eq!(TRACKER.instances::<Whole>().len(), 0);
            drop(part);
        }
    }

    TRACKER.track_class::<Part>();
    TRACKER.track_class::<Whole>();
    drop(Tracked::new(Whole));
    let arc = Arc::new(Whole);
    TRACKER.track_object(&arc);
    drop(arc);
    assert_eq!(TRACKER.snapshots().len(), 2);
    let snapshot = TRACKER.create_snapshot("");
    assert_eq!((row::<Part>(&snapshot).live, row::<Part>(&snapshot).created), (0, 4));
    assert_eq!((row::<Whole>(&snapshot).live, row::<Whole>(&snapshot).created), (0, 2));
}

#[test]
fn the_destructor_of_an_object_that_is_kept_may_use_the_tracker_that_lets_it_go() {
    struct Thing;

    static TRACKER: LazyLock<ClassTracker> = LazyLock::new(ClassTracker::new);
    static DROPS: AtomicUsize = AtomicUsize::new(0);

    impl Inspect for Thing {
        fn inspect(&self, _walk: &mut Walk<'_>) {}
    }

    impl Drop for Thing {
        fn drop(&mut self) {
            TRACKER.create_snapshot("dropping");
            DROPS.fetch_add(1, Ordering::Relaxed);
        }
    }

    let keep = || TrackOptions::new().keep(true);
    let lets_go: [fn(); 2] = [|| TRACKER.detach_all(), || TRACKER.clear()];
    for (round, let_go) in (1..).zip(lets_go) {
        TRACKER.track_class_with::<Thing>(keep());
        drop(Tracked::new(Thing));
        let kept = Tracked::new(Thing);
        TRACKER.track_object_with(&Arc::new(Thing), keep());
        TRACKER.create_snapshot("");
        drop(kept);
        let_go();
        assert_eq!(DROPS.load(Ordering::Relaxed), 3 * round);
    }
}

// --- Inside a sizing

/// Sizes an object that plays `prank` meanwhile, for each way to be sized; returns what the snapshots found.
fn while_sizing(prank: impl Fn(&Arc<ClassTracker>) + Clone + Send + 'static) -> [Arc<Snapshot>; 2] {
    #[derive(DeepSizeOf, Default)]
    struct Prankster {
        prank: Prank,
    }
    #[derive(DeepSizeOf, Default)]
    struct OpaquePrankster {
        prank: OpaquePrank,
    }

    let tracker = Arc::new(ClassTracker::new());
    let played = {
        let (tracker, prank) = (Arc::clone(&tracker), prank.clone());
        move || prank(&tracker)
    };
    let one = Arc::new(Prankster::default());
    one.prank.arm(played.clone());
    tracker.track_object(&one);
    let first = tracker.create_snapshot("plain");
    assert!(!one.prank.is_armed());
    assert_eq!(row::<Prankster>(&first).bytes, (size_of::<Prankster>() + 1000) as u64);

    tracker.detach_all();
    let one = Arc::new(OpaquePrankster::default());
    one.prank.0.arm(played);
    tracker.track_object(&one);
    let second = tracker.create_snapshot("opaque");
    assert!(!one.prank.0.is_armed());
    assert_eq!(row::<OpaquePrankster>(&second).bytes, (size_of::<OpaquePrankster>() + 1000) as u64);
    [first, second]
}

#[test]
fn a_snapshot_inside_a_sizing_is_whole() {
    #[derive(DeepSizeOf)]
    struct Other(Arc<Vec<u8>>);

    let data = Arc::new(vec![0; 500]);
    let others = [Tracked::new(Other(Arc::clone(&data))), Tracked::new(Other(data))];
    let counted = (2 * size_of::<Other>() + 16 + size_of::<Vec<u8>>() + 500) as u64;
    let found = Arc::new(Mutex::new(Vec::new()));
    let inner = Arc::clone(&found);
    while_sizing(move |tracker| {
        tracker.track_class::<Other>();
        let snapshot = tracker.create_snapshot("inside");
        inner.lock().unwrap().push(row::<Other>(&snapshot).bytes);
        // The value alone, by another sizer in the middle of this one.
        let alone = ClassTracker::new().create_snapshot("elsewhere");
        assert_eq!(alone.tracked_bytes(), 0);
    });
    assert_eq!(*found.lock().unwrap(), [counted, counted]);
    drop(others);
}

#[test]
fn an_object_that_takes_a_snapshot_of_itself_while_it_is_sized_is_whole_in_both() {
    #[derive(DeepSizeOf, Default)]
    struct Mirror {
        prank: Prank,
        data: Vec<u8>,
    }

    let tracker = Arc::new(ClassTracker::new());
    tracker.track_class::<Mirror>();
    let mirror = Tracked::new(Mirror { prank: Prank::default(), data: vec![0; 100] });
    let other = Tracked::new(Mirror::default());
    mirror.prank.arm({
        let tracker = Arc::clone(&tracker);
        move || assert_eq!(row::<Mirror>(&tracker.create_snapshot("inner")).live, 2)
    });
    tracker.create_snapshot("outer");
    let sizes: Vec<_> = tracker.snapshots().iter().map(|snapshot| row::<Mirror>(snapshot).bytes).collect();
    assert_eq!(sizes, [(2 * (size_of::<Mirror>() + 1000) + 100) as u64; 2]);
    drop((mirror, other));
}

#[test]
fn objects_are_made_tracked_and_dropped_inside_a_sizing() {
    #[derive(DeepSizeOf)]
    struct Thing(u8);

    let waiting = Arc::new(Mutex::new((0..500).map(|_| Tracked::new(Thing(0))).collect::<Vec<_>>()));
    let made = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&made);
    while_sizing(move |tracker| {
        tracker.track_class::<Thing>();
        let arc = Arc::new(Thing(1));
        tracker.track_object(&arc);
        let tracked = Tracked::new(Thing(2));
        kept.lock().unwrap().push((arc, tracked));
        let half = waiting.lock().unwrap().split_off(150);
        drop(half);
        waiting.lock().unwrap().truncate(200);
    });
    assert_eq!(made.lock().unwrap().len(), 2);
    assert_eq!(ClassTracker::new().instances::<Thing>().len(), 2);
}

#[test]
fn objects_of_the_page_that_is_read_may_die_and_be_made_inside_a_sizing() {
    #[derive(DeepSizeOf, Default)]
    struct Thing {
        prank: Prank,
        number: u64,
    }

    let tracker = ClassTracker::new();
    tracker.track_class::<Thing>();
    let thing = |number| Tracked::new(Thing { prank: Prank::default(), number });
    let things: Arc<Mutex<Vec<_>>> = Arc::new(Mutex::new((0..60).map(thing).collect()));
    let (first, last) = {
        let things = things.lock().unwrap();
        (Tracked::downgrade(&things[0]), Tracked::downgrade(&things[59]))
    };
    let prank = {
        let (things, first, last) = (Arc::clone(&things), first.clone(), last.clone());
        move || {
            // All of them, this one too.
            things.lock().unwrap().clear();
            assert!(first.upgrade().is_none() && last.upgrade().is_none());
            things.lock().unwrap().extend((100..130).map(thing));
        }
    };
    things.lock().unwrap()[20].prank.arm(prank);
    let snapshot = tracker.create_snapshot("");
    let row = row::<Thing>(&snapshot);
    // The order in which a walk meets them is its own; each was there or not.
    assert!((1..=60).contains(&row.live), "{row:?}");
    assert_eq!(row.bytes, row.live * (size_of::<Thing>() as u64 + 1000));
    let numbers: Vec<_> = tracker.instances::<Thing>().iter().map(|thing| thing.number).collect();
    assert_eq!(numbers, (100..130).collect::<Vec<_>>());
    assert!(first.upgrade().is_none());
}

#[test]
fn a_mutable_borrow_inside_a_sizing_is_refused_for_what_is_being_read_and_never_waits() {
    #[derive(DeepSizeOf, Default, Clone)]
    struct Thing {
        #[deep_size(skip)]
        number: u64,
        prank: ClonedPrank,
    }
    #[derive(Default)]
    struct ClonedPrank(Prank);
    impl Clone for ClonedPrank {
        fn clone(&self) -> Self {
            Self::default()
        }
    }
    impl Inspect for ClonedPrank {
        fn inspect(&self, walk: &mut Walk<'_>) {
            self.0.inspect(walk);
        }
    }

    static TRACKER: LazyLock<ClassTracker> = LazyLock::new(ClassTracker::new);
    static READ: Mutex<Option<Tracked<Thing>>> = Mutex::new(None);
    static REFUSED: AtomicUsize = AtomicUsize::new(0);

    TRACKER.track_class::<Thing>();
    let thing = Tracked::new(Thing::default());
    let serial = Tracked::serial(&thing);
    thing.prank.0.arm(move || {
        let start = Instant::now();
        let mut read = READ.lock().unwrap();
        let mut thing = read.take().unwrap();
        assert!(Tracked::get_mut(&mut thing).is_none());
        let mut thing = Tracked::try_unwrap(thing).map(|_| ()).unwrap_err();
        REFUSED.fetch_add(1, Ordering::Relaxed);
        // A clone, as if there were another handle.
        Tracked::make_mut(&mut thing).number = 7;
        assert_ne!(Tracked::serial(&thing), serial);
        assert!(start.elapsed() < Duration::from_millis(500), "{:?}", start.elapsed());
        *read = Some(thing);
    });
    *READ.lock().unwrap() = Some(thing);
    let snapshot = TRACKER.create_snapshot("");
    assert_eq!(REFUSED.load(Ordering::Relaxed), 1);
    assert_eq!(live_and_unread::<Thing>(&snapshot), (1, 0));
    let mut thing = READ.lock().unwrap().take().unwrap();
    Tracked::get_mut(&mut thing).unwrap().number += 1;
    assert_eq!(thing.number, 8);
    assert_eq!(live_and_unread::<Thing>(&TRACKER.create_snapshot("")), (1, 0));
}

#[test]
fn a_tracker_may_be_cleared_or_detached_inside_a_sizing() {
    #[derive(DeepSizeOf)]
    struct Thing {
        prank: Prank,
        #[deep_size(skip)]
        alive: Arc<()>,
    }

    for clear in [false, true] {
        let alive = Arc::new(());
        let tracker = Arc::new(ClassTracker::new());
        tracker.track_class_with::<Thing>(TrackOptions::new().keep(true));
        let things = [0; 3].map(|_| Tracked::new(Thing { prank: Prank::default(), alive: Arc::clone(&alive) }));
        things[1].prank.arm({
            let tracker = Arc::clone(&tracker);
            move || if clear { tracker.clear() } else { tracker.detach_all() }
        });
        let snapshot = tracker.create_snapshot("under way");
        assert_eq!(live_and_unread::<Thing>(&snapshot), (3, 0));
        assert_eq!(tracker.snapshots().len(), usize::from(!clear), "a snapshot that began before is cleared too");
        drop(things);
        assert_eq!(Arc::strong_count(&alive), 1, "what is forgotten is not kept");
        assert_eq!(tracker.create_snapshot("after").classes, []);
    }
}

// --- What panics

#[test]
fn an_object_whose_sizing_panics_is_unread_and_the_others_are_sized() {
    struct Thing {
        fails: bool,
        data: Vec<u8>,
    }
    impl Inspect for Thing {
        fn inspect(&self, walk: &mut Walk<'_>) {
            walk.field("data", &self.data);
            if self.fails {
                fail();
            }
        }
    }

    let tracker = ClassTracker::new();
    tracker.track_class::<Thing>();
    let thing = |number| Thing { fails: number % 7 == 3, data: vec![0; 10] };
    let things: Vec<_> = (0..700).map(|number| Tracked::new(thing(number))).collect();
    let arcs = [Arc::new(thing(2)), Arc::new(thing(3))];
    for arc in &arcs {
        tracker.track_object(arc);
    }
    for _ in 0..3 {
        let snapshot = tracker.create_snapshot("");
        let row = row::<Thing>(&snapshot);
        assert_eq!((row.live, row.unread), (702, 101));
        assert_eq!(row.flat_bytes, 702 * size_of::<Thing>() as u64);
        assert!(row.bytes >= row.flat_bytes + 10 * (702 - 101) && row.bytes <= row.flat_bytes + 10 * 702, "{row:?}");
        assert_eq!(snapshot.objects.iter().filter(|object| object.unread).count(), 101);
    }
    drop(things);
    assert_eq!(live_and_unread::<Thing>(&tracker.create_snapshot("")), (2, 1), "no object is held by its failure");
}

#[test]
fn a_panic_deep_inside_shared_and_opaque_data_costs_that_object_alone() {
    struct Fails;
    impl DeepSizeOf for Fails {
        fn deep_size_of_children(&self, _context: &mut deepsize::Context) -> usize {
            fail()
        }
    }
    #[derive(DeepSizeOf)]
    struct Failing(Fails);
    #[derive(DeepSizeOf)]
    struct Deep(Vec<Arc<Failing>>);
    #[derive(DeepSizeOf)]
    struct Fine(Arc<Vec<u8>>);

    let tracker = ClassTracker::new();
    tracker.track_class::<Deep>();
    tracker.track_class::<Fine>();
    let shared = Arc::new(vec![0; 100]);
    let fine = [Tracked::new(Fine(Arc::clone(&shared))), Tracked::new(Fine(shared))];
    let failing = Arc::new(Failing(Fails));
    let deep = Tracked::new(Deep(vec![Arc::clone(&failing), failing]));
    for _ in 0..2 {
        let snapshot = tracker.create_snapshot("");
        assert_eq!(live_and_unread::<Deep>(&snapshot), (1, 1));
        assert_eq!(live_and_unread::<Fine>(&snapshot), (2, 0));
        assert_eq!(row::<Fine>(&snapshot).bytes, 2 * 8 + 16 + size_of::<Vec<u8>>() as u64 + 100);
    }
    drop((fine, deep));
}

#[test]
fn what_cannot_be_read_in_shared_data_is_unread_for_all_who_reach_it() {
    /// Panics after some of it was read.
    struct Fails(Vec<u8>);
    impl Inspect for Fails {
        fn inspect(&self, walk: &mut Walk<'_>) {
            walk.field("0", &self.0);
            fail();
        }
    }
    #[derive(DeepSizeOf)]
    struct Outer(Arc<Fails>);
    #[derive(DeepSizeOf)]
    struct Direct(Arc<Fails>);
    #[derive(DeepSizeOf)]
    struct Indirect(Arc<Outer>);
    #[derive(DeepSizeOf)]
    struct Guarded(Arc<Mutex<Vec<u8>>>);
    #[derive(DeepSizeOf)]
    struct Fine(Arc<Vec<u8>>);

    let fails = Arc::new(Fails(vec![0; 100]));
    let outer = Arc::new(Outer(Arc::clone(&fails)));
    let lock = Arc::new(Mutex::new(vec![0; 100]));
    let fine = Arc::new(vec![0; 100]);
    // Either may be walked first.
    let _objects: Vec<_> = (0..10)
        .map(|_| {
            (
                Tracked::new(Direct(Arc::clone(&fails))),
                Tracked::new(Indirect(Arc::clone(&outer))),
                Tracked::new(Guarded(Arc::clone(&lock))),
                Tracked::new(Fine(Arc::clone(&fine))),
            )
        })
        .collect();
    for (first_indirect, levels) in [(false, 0), (true, 0), (false, 2), (true, 2)] {
        let tracker = ClassTracker::new();
        if first_indirect {
            tracker.track_class_with::<Indirect>(TrackOptions::new().resolution_level(levels));
        }
        tracker.track_class_with::<Direct>(TrackOptions::new().resolution_level(levels));
        tracker.track_class_with::<Indirect>(TrackOptions::new().resolution_level(levels));
        tracker.track_class_with::<Guarded>(TrackOptions::new().resolution_level(levels));
        tracker.track_class_with::<Fine>(TrackOptions::new().resolution_level(levels));
        let held = lock.lock().unwrap();
        let snapshot = tracker.create_snapshot("");
        drop(held);
        assert_eq!(live_and_unread::<Direct>(&snapshot), (10, 10));
        assert_eq!(live_and_unread::<Indirect>(&snapshot), (10, 10));
        assert_eq!(live_and_unread::<Guarded>(&snapshot), (10, 10));
        assert_eq!(live_and_unread::<Fine>(&snapshot), (10, 0));
        let block = 16 + size_of::<Vec<u8>>() as u64 + 100;
        let bytes = row::<Direct>(&snapshot).bytes + row::<Indirect>(&snapshot).bytes;
        assert_eq!(bytes, 20 * 8 + block + (16 + 8), "the block weighs what was read of it");
        assert_eq!(row::<Direct>(&snapshot).bytes, 10 * 8 + block, "the oldest object pays");
        assert_eq!(live_and_unread::<Guarded>(&tracker.create_snapshot("")), (10, 0));
    }
}

#[test]
fn what_cannot_be_read_in_a_circle_is_unread_for_all_who_reach_it() {
    #[derive(DeepSizeOf)]
    struct Knot {
        next: Mutex<Option<Arc<Knot>>>,
        content: Mutex<Vec<u8>>,
    }
    #[derive(DeepSizeOf)]
    struct Holder(Arc<Knot>);

    let knots: Vec<_> =
        (0..3).map(|_| Arc::new(Knot { next: Mutex::new(None), content: Mutex::new(vec![0; 10]) })).collect();
    for (at, knot) in knots.iter().enumerate() {
        *knot.next.lock().unwrap() = Some(Arc::clone(&knots[(at + 1) % 3]));
    }
    let tracker = ClassTracker::new();
    tracker.track_class::<Holder>();
    let holders: Vec<_> = knots.iter().map(|knot| Tracked::new(Holder(Arc::clone(knot)))).collect();
    for unreadable in &knots {
        let held = unreadable.content.lock().unwrap();
        assert_eq!(live_and_unread::<Holder>(&tracker.create_snapshot("")), (3, 3));
        drop(held);
    }
    assert_eq!(live_and_unread::<Holder>(&tracker.create_snapshot("")), (3, 0));
    for knot in &knots {
        *knot.next.lock().unwrap() = None;
    }
    drop(holders);
}

/// Panics when it is dropped, once told so.
struct Bomb {
    prank: Prank,
    armed: bool,
    _alive: Arc<()>,
}

impl Inspect for Bomb {
    fn inspect(&self, walk: &mut Walk<'_>) {
        self.prank.inspect(walk);
    }
}

impl Drop for Bomb {
    fn drop(&mut self) {
        if self.armed {
            fail();
        }
    }
}

#[test]
fn a_destructor_that_panics_for_an_object_that_dies_while_it_is_read_does_not_end_the_snapshot() {
    let alive = Arc::new(());
    let tracker = ClassTracker::new();
    tracker.track_class_with::<Bomb>(TrackOptions::new());
    let bomb = |armed| Tracked::new(Bomb { prank: Prank::default(), armed, _alive: Arc::clone(&alive) });
    let plain = bomb(false);
    let bombs: Vec<_> = (0..5).map(|_| bomb(true)).collect();
    // They die on the page that is being read: the walker destroys them.
    plain.prank.arm(move || drop(bombs));
    let snapshot = tracker.create_snapshot("");
    assert!((1..=6).contains(&row::<Bomb>(&snapshot).live));
    assert_eq!(Arc::strong_count(&alive), 2, "what a failing destructor leaves is dropped all the same");
    assert_eq!(live_and_unread::<Bomb>(&tracker.create_snapshot("")), (1, 0));
    drop(plain);
}

#[test]
fn a_destructor_that_panics_on_another_thread_while_its_object_is_read_does_not_end_the_snapshot() {
    #[derive(DeepSizeOf)]
    struct Slow {
        prank: Prank,
        #[deep_size(skip)]
        bomb: bool,
    }
    impl Drop for Slow {
        fn drop(&mut self) {
            if self.bomb {
                fail();
            }
        }
    }

    let tracker = ClassTracker::new();
    tracker.track_class::<Slow>();
    let bomb = Tracked::new(Slow { prank: Prank::default(), bomb: true });
    let (dying, died) = (mpsc::channel(), mpsc::channel());
    bomb.prank.arm(move || {
        // The last handle goes while this is read; who lets it go does not wait.
        dying.0.send(()).unwrap();
        died.1.recv_timeout(Duration::from_secs(20)).unwrap();
    });
    let other = thread::spawn(move || {
        dying.1.recv_timeout(Duration::from_secs(20)).unwrap();
        drop(bomb);
        died.0.send(()).unwrap();
    });
    let snapshot = tracker.create_snapshot("");
    other.join().unwrap();
    assert_eq!(live_and_unread::<Slow>(&snapshot), (1, 0), "it was read whole");
    assert_eq!(row::<Slow>(&tracker.create_snapshot("")).live, 0);
}

#[test]
fn what_an_object_shows_of_itself_may_panic_and_take_snapshots() {
    #[derive(DeepSizeOf)]
    struct Thing(u8);

    static TRACKER: LazyLock<ClassTracker> = LazyLock::new(ClassTracker::new);

    fn repr(thing: &Thing) -> String {
        match thing.0 {
            0 => fail(),
            1 => format!("one of {}", TRACKER.instances::<Thing>().len()),
            2 => {
                let tracker = ClassTracker::new();
                tracker.track_class::<Thing>();
                TRACKER.track_object_with(&Arc::new(9_u8), TrackOptions::new().name("made in between"));
                format!("two of {}", row::<Thing>(&tracker.create_snapshot("")).live)
            }
            _ => "x".repeat(1000),
        }
    }

    TRACKER.track_class_with::<Thing>(TrackOptions::new().repr(repr));
    let things = [0, 1, 2, 3].map(|number| Tracked::new(Thing(number)));
    let arc = Arc::new(Thing(0));
    TRACKER.track_object_with(&arc, TrackOptions::new().repr(repr));
    let snapshot = TRACKER.create_snapshot("");
    let reprs: Vec<_> =
        snapshot.objects.iter().map(|object| object.object.repr.as_deref().map(str::to_owned)).collect();
    let long = "x".repeat(200) + "…";
    assert_eq!(reprs, [None, Some("one of 4".to_owned()), Some("two of 4".to_owned()), Some(long), None]);
    drop(things);
}

// --- What cannot be read

#[test]
fn an_object_that_is_borrowed_mutably_counts_as_live_and_unread() {
    #[derive(DeepSizeOf)]
    struct Thing(Vec<u8>);

    let tracker = ClassTracker::new();
    tracker.track_class::<Thing>();
    let mut thing = Tracked::new(Thing(vec![0; 100]));
    let mut alone = Tracked::new(Thing(vec![0; 100]));
    tracker.track_object_with(&alone, TrackOptions::new().name("alone"));
    let flat = size_of::<Thing>() as u64;
    {
        let mut guard = Tracked::get_mut(&mut thing).unwrap();
        guard.0.push(1);
        let snapshot = tracker.create_snapshot("borrowed");
        assert_eq!(live_and_unread::<Thing>(&snapshot), (1, 1));
        assert_eq!(row::<Thing>(&snapshot).bytes, flat);
        assert!(snapshot.objects[0].unread);
        assert!(tracker.instances::<Thing>().iter().all(|other| other.0.len() == 100), "no handle beside the borrow");
    }
    // Being tracked on its own takes nothing from it: the tracker has no handle, not even a weak one.
    Tracked::get_mut(&mut alone).unwrap().0.push(1);
    assert_eq!(Tracked::weak_count(&alone), 0);
    let snapshot = tracker.create_snapshot("returned");
    assert_eq!(live_and_unread::<Thing>(&snapshot), (1, 0));
    assert!(row::<Thing>(&snapshot).bytes >= flat + 101);
}

#[test]
fn a_borrow_that_is_forgotten_leaves_an_object_that_lives_unread_and_dies_as_usual() {
    #[derive(DeepSizeOf)]
    struct Thing(#[deep_size(skip)] Arc<()>, u8);

    let alive = Arc::new(());
    let tracker = ClassTracker::new();
    tracker.track_class::<Thing>();
    let mut thing = Tracked::new(Thing(Arc::clone(&alive), 0));
    std::mem::forget(Tracked::get_mut(&mut thing));
    for _ in 0..2 {
        assert_eq!(live_and_unread::<Thing>(&tracker.create_snapshot("")), (1, 1));
    }
    let clone = thing.clone();
    drop(clone);
    assert_eq!(live_and_unread::<Thing>(&tracker.create_snapshot("")), (1, 1));
    // The next borrow sets it right.
    Tracked::get_mut(&mut thing).unwrap().1 = 1;
    assert_eq!(live_and_unread::<Thing>(&tracker.create_snapshot("")), (1, 0));
    std::mem::forget(Tracked::get_mut(&mut thing));
    drop(thing);
    assert_eq!(Arc::strong_count(&alive), 1);
    assert_eq!(live_and_unread::<Thing>(&tracker.create_snapshot("")), (0, 0));

    let mut other = Tracked::new(Thing(Arc::clone(&alive), 2));
    std::mem::forget(Tracked::get_mut(&mut other));
    assert_eq!(Tracked::try_unwrap(other).map(|thing| thing.1).ok(), Some(2));
    assert_eq!(Arc::strong_count(&alive), 1);
}

#[test]
fn a_handle_that_is_forgotten_is_an_object_that_lives_for_ever() {
    #[derive(DeepSizeOf)]
    struct Thing(u8);

    let tracker = ClassTracker::new();
    tracker.track_class::<Thing>();
    std::mem::forget(Tracked::new(Thing(1)));
    let snapshot = tracker.create_snapshot("");
    assert_eq!(live_and_unread::<Thing>(&snapshot), (1, 0));
    assert_eq!(tracker.instances::<Thing>()[0].0, 1);
}

#[test]
fn a_lock_that_the_thread_itself_holds_is_unread_in_bounded_time() {
    type Guarded = Mutex<Vec<u8>>;

    let tracker = ClassTracker::new();
    let mutex = Arc::new(Guarded::new(vec![0; 100]));
    let rw_lock = Arc::new(RwLock::new(vec![0_u8; 100]));
    tracker.track_object(&mutex);
    tracker.track_object(&rw_lock);
    let guards = (mutex.lock().unwrap(), rw_lock.write().unwrap());
    let start = Instant::now();
    let snapshot = tracker.create_snapshot("held");
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
    assert_eq!(live_and_unread::<Guarded>(&snapshot), (1, 1));
    assert_eq!(live_and_unread::<RwLock<Vec<u8>>>(&snapshot), (1, 1));
    assert_eq!(row::<Guarded>(&snapshot).bytes, size_of::<Guarded>() as u64);
    drop(guards);
    let reading = rw_lock.read().unwrap();
    let snapshot = tracker.create_snapshot("free");
    assert_eq!(live_and_unread::<Guarded>(&snapshot), (1, 0));
    assert_eq!(live_and_unread::<RwLock<Vec<u8>>>(&snapshot), (1, 0));
    assert_eq!(row::<Guarded>(&snapshot).bytes, size_of::<Guarded>() as u64 + 100);
    drop(reading);
}

#[test]
fn a_lock_that_another_thread_never_lets_go_is_unread_in_bounded_time() {
    let tracker = ClassTracker::new();
    let shared = Arc::new(RwLock::new(vec![0_u32; 25]));
    tracker.track_object(&shared);
    let (held, is_held) = mpsc::channel();
    let holder = Arc::clone(&shared);
    thread::spawn(move || {
        let _guard = holder.write().unwrap();
        held.send(()).unwrap();
        loop {
            thread::park();
        }
    });
    is_held.recv().unwrap();
    let start = Instant::now();
    let snapshot = tracker.create_snapshot("");
    assert!(start.elapsed() < Duration::from_secs(8), "{:?}", start.elapsed());
    assert_eq!(live_and_unread::<RwLock<Vec<u32>>>(&snapshot), (1, 1));
    assert_eq!(snapshot.tracked_bytes(), size_of::<RwLock<Vec<u32>>>() as u64);
}

#[test]
fn ten_thousand_held_locks_cost_little_more_than_a_few() {
    #[derive(DeepSizeOf)]
    struct Guarded(Mutex<u64>, u8);

    let tracker = ClassTracker::new();
    tracker.track_class::<Guarded>();
    let objects: Vec<_> = (0..10_000).map(|number| Tracked::new(Guarded(Mutex::new(number), 0))).collect();
    let guards: Vec<MutexGuard<'_, u64>> = objects.iter().map(|object| object.0.lock().unwrap()).collect();
    let start = Instant::now();
    let snapshot = tracker.create_snapshot("");
    // Two milliseconds for each would be twenty seconds.
    assert!(start.elapsed() < Duration::from_secs(8), "{:?}", start.elapsed());
    assert_eq!(live_and_unread::<Guarded>(&snapshot), (10_000, 10_000));
    drop(guards);
    assert_eq!(live_and_unread::<Guarded>(&tracker.create_snapshot("")), (10_000, 0));
}

#[test]
fn a_poisoned_lock_is_read() {
    let tracker = ClassTracker::new();
    let mutex = Arc::new(Mutex::new(vec![0_u32; 25]));
    tracker.track_object(&mutex);
    let poisoner = Arc::clone(&mutex);
    let poisoned = thread::spawn(move || {
        let _guard = poisoner.lock().unwrap();
        fail();
    });
    assert!(poisoned.join().is_err() && mutex.is_poisoned());
    let snapshot = tracker.create_snapshot("");
    assert_eq!(live_and_unread::<Mutex<Vec<u32>>>(&snapshot), (1, 0));
    assert_eq!(snapshot.tracked_bytes(), size_of::<Mutex<Vec<u32>>>() as u64 + 100);
}

// --- What must not grow

#[cfg(target_os = "linux")]
fn resident() -> u64 {
    ClassTracker::new().create_snapshot("").process.resident_bytes.unwrap()
}

#[test]
#[cfg(target_os = "linux")]
fn short_lived_arcs_that_no_snapshot_ever_finds_dead_take_no_memory() {
    process::alone("short_lived_arcs_that_no_snapshot_ever_finds_dead_take_no_memory", || {
        let tracker = ClassTracker::new();
        let track = |count| {
            for number in 0..count {
                tracker.track_object(&Arc::new([number; 1024]));
            }
        };
        track(5_000_u32);
        let before = resident();
        track(100_000);
        let grown = resident().saturating_sub(before);
        // All of them are 400 MB: a registration holds its object's memory.
        assert!(grown < 40 << 20, "{grown} bytes");
        assert_eq!(row::<[u32; 1024]>(&tracker.create_snapshot("")).created, 105_000);
    });
}

#[test]
#[cfg(target_os = "linux")]
fn registering_a_class_again_and_again_takes_no_memory() {
    process::alone("registering_a_class_again_and_again_takes_no_memory", || {
        #[derive(DeepSizeOf)]
        struct Thing(u8);

        let tracker = ClassTracker::new();
        let rounds = |count: u32| {
            for round in 0..count {
                tracker.track_class_with::<Thing>(TrackOptions::new().name(["odd", "even"][round as usize % 2]));
                drop(Tracked::new(Thing(0)));
                if round % 100 == 0 {
                    let snapshot = tracker.create_snapshot("");
                    assert_eq!(snapshot.classes.iter().map(|row| row.live).sum::<u64>(), 0);
                }
            }
        };
        rounds(1000);
        let before = resident();
        rounds(20_000);
        let grown = resident().saturating_sub(before);
        assert!(grown < 8 << 20, "{grown} bytes");
    });
}

#[test]
fn a_weak_handle_to_an_object_that_never_was_is_nothing() {
    let weak = WeakTracked::<String>::new();
    assert!(weak.upgrade().is_none() && weak.serial().is_none());
    assert_eq!((weak.strong_count(), weak.weak_count()), (0, 0));
    let tracker = ClassTracker::new();
    let holder = Arc::new(vec![weak.clone(), weak]);
    tracker.track_object(&holder);
    let bytes = tracker.create_snapshot("").tracked_bytes();
    assert_eq!(bytes, (size_of::<Vec<WeakTracked<String>>>() + 2 * size_of::<WeakTracked<String>>()) as u64);
}

#[test]
fn a_value_sized_for_itself_inside_a_sizing_is_whole_and_changes_nothing_outside() {
    struct Asks(Arc<Vec<u8>>, Mutex<Vec<usize>>);
    impl DeepSizeOf for Asks {
        fn deep_size_of_children(&self, context: &mut deepsize::Context) -> usize {
            self.1.lock().unwrap().push(classtracker::deep_size_of(&self.0));
            let children = self.0.deep_size_of_children(context);
            self.1.lock().unwrap().push(classtracker::deep_size_of(&self.0));
            children
        }
    }
    #[derive(DeepSizeOf)]
    struct Holder(Asks, Arc<Vec<u8>>);

    let data = Arc::new(vec![0; 100]);
    let block = 16 + size_of::<Vec<u8>>() + 100;
    let holder = Arc::new(Holder(Asks(Arc::clone(&data), Mutex::default()), data));
    let tracker = ClassTracker::new();
    tracker.track_object(&holder);
    let snapshot = tracker.create_snapshot("");
    assert_eq!(*holder.0.1.lock().unwrap(), [8 + block; 2]);
    assert!(snapshot.tracked_bytes() >= (size_of::<Holder>() + block) as u64, "{}", snapshot.tracked_bytes());
}
