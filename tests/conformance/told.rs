//! Trackers that are told. The global tracker is the whole process', so each test that sets one has a process of its own.

use std::fmt::Debug;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::thread;

use classtracker::{
    Bundle, ClassTracker, DeepSizeOf, ObjectInfo, Trackable, Tracked, Tracker, global_tracker, set_enabled,
    set_global_tracker, set_told,
};

use crate::process::alone;

/// Writes down what it is told.
#[derive(Default)]
pub(crate) struct Log(parking_lot::Mutex<Vec<String>>);

impl Log {
    pub(crate) fn new() -> Arc<Self> {
        Arc::default()
    }

    fn note(&self, news: &str, object: &ObjectInfo<'_>) {
        let class = object.class().rsplit("::").next().unwrap_or_default();
        let bundle = object.bundle().map(|bundle| format!(" with {bundle:?}")).unwrap_or_default();
        self.0.lock().push(format!("{class} {} {news}{bundle}", object.serial()));
    }

    /// What it was told since it was last asked.
    pub(crate) fn news(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock())
    }
}

impl Tracker for Log {
    fn notify_attached(&self, object: &ObjectInfo<'_>) {
        self.note("attached", object);
    }
    fn notify_detached(&self, object: &ObjectInfo<'_>) {
        self.note("detached", object);
    }
    fn notify_updated(&self, object: &ObjectInfo<'_>) {
        self.note("updated", object);
    }
    fn notify_destroyed(&self, object: &ObjectInfo<'_>) {
        self.note("destroyed", object);
    }
}

#[derive(DeepSizeOf, Clone, Debug, Default)]
struct Thing(u8);

/// One that is countable by value.
#[derive(DeepSizeOf, Clone, Debug, Default)]
struct Item {
    tracked: Trackable<Item>,
}

fn is<T: Tracker>(tracker: Option<Arc<dyn Tracker>>, expected: &Arc<T>) -> bool {
    tracker.is_some_and(|tracker| Arc::as_ptr(&tracker).cast::<()>() == Arc::as_ptr(expected).cast::<()>())
}

#[track_caller]
fn heard(log: &Log, expected: &[impl AsRef<str> + Debug]) {
    let news = log.news();
    assert_eq!(news, expected.iter().map(|line| line.as_ref().to_owned()).collect::<Vec<_>>());
}

#[test]
fn t02_every_object_made_gets_the_global_tracker_and_those_before_keep_what_they_had() {
    alone("told::t02_every_object_made_gets_the_global_tracker_and_those_before_keep_what_they_had", || {
        let log = Log::new();
        let before = (Tracked::new(Thing(1)), Item::default());
        set_global_tracker(Some(log.clone()));
        assert!(is(global_tracker(), &log));
        let after = (Tracked::new(Thing(2)), Item::default());
        assert!(Tracked::tracker(&before.0).is_none() && before.1.tracked.tracker().is_none());
        assert!(is(Tracked::tracker(&after.0), &log) && is(after.1.tracked.tracker(), &log));
        let elsewhere = thread::spawn(|| Tracked::new(Thing(3))).join().unwrap();
        assert!(is(Tracked::tracker(&elsewhere), &log));
        let names = [
            format!("Thing {}", Tracked::serial(&after.0).unwrap()),
            format!("Item {}", after.1.tracked.serial().unwrap()),
            format!("Thing {}", Tracked::serial(&elsewhere).unwrap()),
        ];
        drop((before, after, elsewhere));
        let news = ["attached", "destroyed"].map(|news| names.clone().map(|name| format!("{name} {news}")));
        heard(&log, &news.concat());
    });
}

#[test]
fn t02_an_object_gets_the_global_tracker_however_it_is_made() {
    alone("told::t02_an_object_gets_the_global_tracker_however_it_is_made", || {
        let log = Log::new();
        set_global_tracker(Some(log.clone()));
        let things = [
            Tracked::new(Thing(1)),
            Tracked::from(Thing(2)),
            Tracked::default(),
            Tracked::new_cyclic(|_| Thing(4)),
            Pin::into_inner(Tracked::pin(Thing(5))),
        ];
        let items = [Item { tracked: Trackable::new() }, Item::default()];
        assert!(things.iter().all(|thing| is(Tracked::tracker(thing), &log)));
        assert!(items.iter().all(|item| is(item.tracked.tracker(), &log)));
        let things_told = |news: &str| (1..=5).map(|serial| format!("Thing {serial} {news}")).collect::<Vec<_>>();
        let items_told = |news: &str| [6, 7].map(|serial| format!("Item {serial} {news}")).to_vec();
        heard(&log, &[things_told("attached"), items_told("attached")].concat());
        drop((things, items));
        heard(&log, &[things_told("destroyed"), items_told("destroyed")].concat());
    });
}

#[test]
fn t02_a_class_can_opt_out() {
    alone("told::t02_a_class_can_opt_out", || {
        struct Own;
        let log = Log::new();
        set_global_tracker(Some(log.clone()));
        set_told::<Thing>(false);
        set_told::<Item>(false);
        let things = (Tracked::new(Thing(1)), Item::default(), Tracked::new(1_u8));
        assert!(Tracked::tracker(&things.0).is_none() && things.1.tracked.tracker().is_none());
        heard(&log, &["u8 3 attached"]);
        Tracked::set_tracker(&things.0, global_tracker());
        heard(&log, &["Thing 1 attached"]);
        set_told::<Thing>(true);
        set_told::<Own>(true);
        drop((Tracked::new(Thing(2)), things));
        heard(&log, &["Thing 4 attached", "Thing 4 destroyed", "Thing 1 destroyed", "u8 3 destroyed"]);
    });
}

#[test]
fn t03_a_new_tracker_is_announced_after_the_old_one_was_told_even_if_it_is_the_same() {
    let (one, two) = (Log::new(), Log::new());
    let thing = Tracked::new(Thing(1));
    let serial = Tracked::serial(&thing).unwrap();
    let line = |news: &str| format!("Thing {serial} {news}");

    Tracked::set_tracker(&thing, None);
    Tracked::set_tracker(&thing, Some(one.clone()));
    heard(&one, &[line("attached")]);
    Tracked::set_tracker(&thing, Some(one.clone()));
    heard(&one, &[line("detached"), line("attached")]);
    Tracked::set_tracker(&thing, Some(two.clone()));
    heard(&one, &[line("detached")]);
    heard(&two, &[line("attached")]);
    assert!(is(Tracked::tracker(&thing), &two));
    Tracked::set_tracker(&thing, None);
    heard(&two, &[line("detached")]);
    Tracked::set_tracker(&thing, None);
    assert!(Tracked::tracker(&thing).is_none());
    drop(thing);
    heard(&one, &[""; 0]);
    heard(&two, &[""; 0]);
}

#[test]
fn t03_what_is_told_is_who_the_object_is_and_where_it_was_made() {
    alone("told::t03_what_is_told_is_who_the_object_is_and_where_it_was_made", || {
        #[derive(Default)]
        struct Look(Mutex<Vec<(u32, bool, bool, bool)>>);
        impl Tracker for Look {
            fn notify_attached(&self, object: &ObjectInfo<'_>) {
                let site = object.site().unwrap();
                assert_eq!((site.file(), object.class()), (file!(), std::any::type_name::<Item>()));
                self.0.lock().unwrap().push((
                    site.line(),
                    object.is_by_value(),
                    object.type_id() == std::any::TypeId::of::<Item>(),
                    object.bundle().is_some(),
                ));
            }
        }
        let look = Arc::new(Look::default());
        set_told::<Item>(false);
        let (thing, made) = (Tracked::new(Item { tracked: Trackable::new() }), line!());
        Tracked::set_tracker(&thing, Some(look.clone()));
        set_told::<Item>(true);
        set_global_tracker(Some(look.clone()));
        let (item, made_later) = (Item { tracked: Trackable::new() }, line!());
        assert_eq!(*look.0.lock().unwrap(), [(made, false, true, false), (made_later, true, true, false)]);
        drop((item, thing));
    });
}

#[test]
fn t04_an_update_is_told_after_the_bundle_is_set_and_later_notifications_carry_it() {
    alone("told::t04_an_update_is_told_after_the_bundle_is_set_and_later_notifications_carry_it", || {
        let log = Log::new();
        let (thing, item) = (Tracked::new(Thing(1)), Item::default());
        Tracked::set_bundle(&thing, 10_u32);
        item.tracked.set_bundle("ten");
        heard(&log, &[""; 0]);
        assert_eq!(Tracked::bundle(&thing).unwrap().get::<u32>(), Some(&10));
        assert_eq!(item.tracked.bundle().unwrap().get::<&str>(), Some(&"ten"));

        Tracked::set_tracker(&thing, Some(log.clone()));
        item.tracked.set_tracker(Some(log.clone()));
        heard(&log, &["Thing 1 attached with 10", "Item 2 attached with \"ten\""]);
        Tracked::set_bundle(&thing, 11_u32);
        Tracked::set_tracker(&thing, Some(log.clone()));
        heard(&log, &["Thing 1 updated with 11", "Thing 1 detached with 11", "Thing 1 attached with 11"]);
        assert_eq!(format!("{:?}", Tracked::take_bundle(&thing)), "Some(11)");
        assert!(Tracked::take_bundle(&thing).is_none());
        item.tracked.set_bundle(vec![1, 2]);
        drop((thing, item));
        heard(
            &log,
            &["Thing 1 updated", "Item 2 updated with [1, 2]", "Thing 1 destroyed", "Item 2 destroyed with [1, 2]"],
        );
    });
}

#[test]
fn t04_a_bundle_lives_as_long_as_its_object_and_a_clone_of_it_is_the_same_data() {
    let data = Arc::new(1);
    let (thing, item) = (Tracked::new(Thing(1)), Item::default());
    Tracked::set_bundle(&thing, data.clone());
    item.tracked.set_bundle(Tracked::bundle(&thing).unwrap());
    assert!(Bundle::ptr_eq(&item.tracked.bundle().unwrap(), &Tracked::bundle(&thing).unwrap()));
    assert_eq!(Arc::strong_count(&data), 2);
    let weak = Tracked::downgrade(&thing);
    drop((thing, item));
    assert_eq!(Arc::strong_count(&data), 1, "a weak handle keeps memory, no bundle");
    drop(weak);
}

#[test]
fn t05_a_death_is_told_once_with_the_bundle_to_the_tracker_of_the_moment() {
    alone("told::t05_a_death_is_told_once_with_the_bundle_to_the_tracker_of_the_moment", || {
        let (global, own) = (Log::new(), Log::new());
        set_global_tracker(Some(global.clone()));
        let thing = Tracked::new(Thing(1));
        let (clone, weak) = (thing.clone(), Tracked::downgrade(&thing));
        Tracked::set_bundle(&thing, 1);
        drop(thing);
        heard(&global, &["Thing 1 attached", "Thing 1 updated with 1"]);
        Tracked::set_tracker(&clone, Some(own.clone()));
        drop((clone, weak));
        heard(&global, &["Thing 1 detached with 1"]);
        heard(&own, &["Thing 1 attached with 1", "Thing 1 destroyed with 1"]);

        assert_eq!(Tracked::try_unwrap(Tracked::new(Thing(7))).unwrap().0, 7);
        assert_eq!(Tracked::into_inner(Tracked::new(Thing(8))).unwrap().0, 8);
        let elsewhere = Tracked::new(Thing(9));
        thread::spawn(move || drop(elsewhere)).join().unwrap();
        assert_eq!(
            global.news(),
            [2, 3, 4].map(|serial| [format!("Thing {serial} attached"), format!("Thing {serial} destroyed")]).concat()
        );
    });
}

#[test]
fn t05_objects_of_a_cycle_that_is_broken_are_told_of() {
    alone("told::t05_objects_of_a_cycle_that_is_broken_are_told_of", || {
        #[derive(DeepSizeOf)]
        struct Ring(Mutex<Option<Tracked<Ring>>>);

        let log = Log::new();
        set_global_tracker(Some(log.clone()));
        let one = Tracked::new(Ring(Mutex::new(None)));
        let two = Tracked::new(Ring(Mutex::new(Some(one.clone()))));
        *one.0.lock().unwrap() = Some(two);
        heard(&log, &["Ring 1 attached", "Ring 2 attached"]);
        let second = one.0.lock().unwrap().take();
        drop(one);
        heard(&log, &[""; 0]);
        drop(second);
        heard(&log, &["Ring 2 destroyed", "Ring 1 destroyed"]);
    });
}

#[test]
fn t05_an_object_that_a_snapshot_is_reading_is_told_of_when_it_is_let_go() {
    alone("told::t05_an_object_that_a_snapshot_is_reading_is_told_of_when_it_is_let_go", || {
        use std::sync::Barrier;

        static READ: Barrier = Barrier::new(2);
        static DROPPED: Barrier = Barrier::new(2);

        struct Slow(u8);
        impl classtracker::Inspect for Slow {
            fn inspect(&self, _walk: &mut classtracker::Walk<'_>) {
                if self.0 == 1 {
                    READ.wait();
                    DROPPED.wait();
                }
            }
        }

        let log = Log::new();
        set_global_tracker(Some(log.clone()));
        let slow = Tracked::new(Slow(1));
        Tracked::set_bundle(&slow, "late");
        log.news();
        let snapshot = thread::spawn(|| {
            let tracker = ClassTracker::new();
            tracker.track_class::<Slow>();
            tracker.create_snapshot("");
        });
        READ.wait();
        drop(slow);
        heard(&log, &[""; 0]);
        DROPPED.wait();
        snapshot.join().unwrap();
        heard(&log, &["Slow 1 destroyed with \"late\""]);
    });
}

#[test]
fn t06_a_tracker_need_not_listen_to_anything() {
    struct Deaf;
    impl Tracker for Deaf {}

    let thing = Tracked::new(Thing(1));
    Tracked::set_tracker(&thing, Some(Arc::new(Deaf)));
    Tracked::set_bundle(&thing, 1);
    Tracked::set_tracker(&thing, Some(Arc::new(Deaf)));
    assert!(Tracked::tracker(&thing).is_some());
}

#[test]
fn t07_objects_have_different_trackers_and_another_global_one_leaves_them_alone() {
    alone("told::t07_objects_have_different_trackers_and_another_global_one_leaves_them_alone", || {
        let logs: Vec<_> = (0..40).map(|_| Log::new()).collect();
        // More at once than there are numbers for.
        let things: Vec<_> = logs
            .iter()
            .map(|log| {
                set_global_tracker(Some(log.clone()));
                (Tracked::new(Thing(1)), Item::default())
            })
            .collect();
        set_global_tracker(None);
        assert!(global_tracker().is_none());
        for (log, (thing, item)) in logs.iter().zip(&things) {
            assert!(is(Tracked::tracker(thing), log) && is(item.tracked.tracker(), log));
            let (thing, item) = (Tracked::serial(thing).unwrap(), item.tracked.serial().unwrap());
            heard(log, &[format!("Thing {thing} attached"), format!("Item {item} attached")]);
        }
        assert!(Tracked::tracker(&Tracked::new(Thing(2))).is_none());
        drop(things);
        for log in &logs {
            assert_eq!(log.news().len(), 2);
            assert_eq!(Arc::strong_count(log), 1, "a tracker is let go with its last object");
        }
    });
}

#[test]
fn t07_a_tracker_is_let_go_when_nobody_has_it_any_more() {
    alone("told::t07_a_tracker_is_let_go_when_nobody_has_it_any_more", || {
        for round in 0..100 {
            let log = Log::new();
            set_global_tracker(Some(log.clone()));
            let things: Vec<_> = (0..4).map(|_| thread::spawn(|| (Tracked::new(Thing(1)), Item::default()))).collect();
            let mut things: Vec<_> = things.into_iter().map(|thing| thing.join().unwrap()).collect();
            set_global_tracker(None);
            assert!(Arc::strong_count(&log) > 1);
            let weak = Tracked::downgrade(&things[0].0);
            let half = things.split_off(2);
            thread::spawn(move || drop(half)).join().unwrap();
            if round % 2 == 0 {
                things.iter().for_each(|thing| Tracked::set_tracker(&thing.0, None));
            }
            drop(things);
            assert_eq!(Arc::strong_count(&log), 1);
            assert_eq!(log.news().len(), 16);
            drop(weak);
        }
    });
}

#[test]
fn t09_a_copy_is_announced_as_a_new_object_and_carries_the_bundle() {
    alone("told::t09_a_copy_is_announced_as_a_new_object_and_carries_the_bundle", || {
        let (global, own) = (Log::new(), Log::new());
        set_global_tracker(Some(global.clone()));
        let item = Item::default();
        item.tracked.set_tracker(None);
        item.tracked.set_bundle("hi");
        item.tracked.set_tracker(Some(own.clone()));
        heard(&global, &["Item 1 attached", "Item 1 detached"]);
        let copy = item.clone();
        assert!(is(copy.tracked.tracker(), &global), "it gets the tracker that a new object gets");
        heard(&global, &["Item 2 attached", "Item 2 updated with \"hi\""]);
        heard(&own, &["Item 1 attached with \"hi\""]);

        let mut thing = Tracked::new(Thing(1));
        Tracked::set_bundle(&thing, 5);
        let shared = thing.clone();
        Tracked::make_mut(&mut thing).0 = 2;
        drop(shared);
        heard(
            &global,
            &[
                "Thing 3 attached",
                "Thing 3 updated with 5",
                "Thing 4 attached",
                "Thing 4 updated with 5",
                "Thing 3 destroyed with 5",
            ],
        );
    });
}

#[test]
fn nobody_is_told_of_an_object_that_is_made_while_tracking_is_off() {
    alone("told::nobody_is_told_of_an_object_that_is_made_while_tracking_is_off", || {
        let log = Log::new();
        set_global_tracker(Some(log.clone()));
        set_enabled(false);
        let (thing, item) = (Tracked::new(Thing(1)), Item::default());
        set_enabled(true);
        Tracked::set_tracker(&thing, Some(log.clone()));
        Tracked::set_bundle(&thing, 1);
        item.tracked.set_tracker(Some(log.clone()));
        item.tracked.set_bundle(1);
        assert!(Tracked::tracker(&thing).is_none() && Tracked::bundle(&thing).is_none());
        assert!(item.tracked.tracker().is_none() && item.tracked.bundle().is_none());
        drop((thing, item));
        heard(&log, &[""; 0]);
        set_global_tracker(None);
        assert_eq!(Arc::strong_count(&log), 1);
    });
}

#[test]
fn an_object_whose_making_panics_was_never_there() {
    alone("told::an_object_whose_making_panics_was_never_there", || {
        let log = Log::new();
        set_global_tracker(Some(log.clone()));
        let made = std::panic::catch_unwind(|| Tracked::<Thing>::new_cyclic(|_| panic!("not made")));
        assert!(made.is_err());
        let knot = Tracked::new_cyclic(|weak| {
            assert!(weak.upgrade().is_none());
            Thing(1)
        });
        set_global_tracker(None);
        drop(knot);
        heard(&log, &["Thing 2 attached", "Thing 2 destroyed"]);
        assert_eq!(Arc::strong_count(&log), 1);
    });
}
