//! Which objects count, and under which name.

use std::any::type_name;
use std::marker::PhantomData;
use std::rc::Rc;
use std::sync::{Arc, Weak};

use classtracker::stats::{Fate, Query};
use classtracker::{
    ClassTracker, DeepSizeOf, Inspect, TrackError, TrackHandle, TrackOptions, Tracked, Walk, WeakTracked,
};

use crate::support::{bytes_of, counts, row, row_named};

#[test]
fn p01_an_object_that_is_tracked_twice_counts_once_with_the_options_it_had_first() {
    #[derive(DeepSizeOf)]
    struct Thing(u8);

    let tracker = ClassTracker::new();
    let arc = Arc::new(Thing(1));
    let tracked = Tracked::new(Thing(2));
    let arc_serial = tracker.track_object_with(&arc, TrackOptions::new().name("first"));
    let tracked_serial = tracker.track_object_with(&tracked, TrackOptions::new().name("first"));
    assert_ne!(arc_serial, tracked_serial);
    for again in ["second", "third"] {
        assert_eq!(tracker.track_object_with(&arc, TrackOptions::new().name(again)), arc_serial);
        assert_eq!(tracker.track_object_with(&tracked.clone(), TrackOptions::new().name(again)), tracked_serial);
    }
    let snapshot = tracker.create_snapshot("");
    assert_eq!(snapshot.classes.len(), 1);
    assert_eq!(counts(row_named(&snapshot, "first")), (2, 2, 0));
}

#[test]
fn p01_a_tracked_object_has_its_first_options_until_they_are_changed() {
    #[derive(DeepSizeOf)]
    struct Thing(u8);

    fn repr(thing: &Thing) -> String {
        format!("thing {}", thing.0)
    }

    let tracker = ClassTracker::new();
    let arc = Arc::new(Thing(1));
    let tracked = Tracked::new(Thing(2));
    let serials = [
        tracker.track_object_with(&arc, TrackOptions::new().name("before")),
        tracker.track_object_with(&tracked, TrackOptions::new().name("before")),
    ];
    tracker.create_snapshot("before");
    tracker.track_change(&arc, TrackOptions::new().name("after").repr(repr)).unwrap();
    tracker.track_change(&tracked, TrackOptions::new().name("after").repr(repr)).unwrap();

    let snapshot = tracker.create_snapshot("after");
    assert_eq!(counts(row_named(&snapshot, "after")), (2, 2, 0));
    assert_eq!(
        snapshot.class("before").map(counts),
        Some((0, 0, 0)),
        "no object was ever made under it that is not elsewhere"
    );
    let repr = |serial| snapshot.objects.iter().find(|row| row.object.serial == serial).unwrap().object.repr.clone();
    assert_eq!(serials.map(|serial| repr(serial).unwrap().to_string()), ["thing 1", "thing 2"]);
}

#[test]
fn p02_an_object_is_filed_under_the_name_it_is_given_or_under_its_class() {
    #[derive(DeepSizeOf)]
    struct Thing(u8);

    let tracker = ClassTracker::new();
    let named = Arc::new(Thing(1));
    let plain = Arc::new(Thing(2));
    let tracked = Tracked::new(Thing(3));
    let named = (tracker.track_object_with(&named, TrackOptions::new().name("the thing")), named);
    let plain = (tracker.track_object(&plain), plain);
    let tracked = (tracker.track_object(&tracked), tracked);

    let snapshot = tracker.create_snapshot("");
    let name = |serial| &*snapshot.objects.iter().find(|row| row.object.serial == serial).unwrap().object.class;
    assert_eq!(name(named.0), "the thing");
    assert_eq!(name(plain.0), type_name::<Thing>());
    assert_eq!(name(tracked.0), type_name::<Thing>());
    assert_eq!(snapshot.classes.iter().map(|row| row.live).sum::<u64>(), 3);
}

/// Whether a type is a [`TrackHandle`]: the inherent constant, where its bound holds, goes before the trait's.
struct Probe<T>(PhantomData<T>);

trait NoHandle {
    const IS_HANDLE: bool = false;
}

impl<T> NoHandle for Probe<T> {}

impl<T: TrackHandle> Probe<T> {
    const IS_HANDLE: bool = true;
}

trait Shape: Inspect + Send + Sync {
    fn area(&self) -> u32;
}

#[test]
fn p03_only_what_can_be_referred_to_weakly_can_be_tracked_at_all() {
    macro_rules! check {
        ($($type:ty => $expected:literal,)+) => {
            $(assert_eq!(Probe::<$type>::IS_HANDLE, $expected, stringify!($type));)+
        };
    }
    check! {
        Arc<String> => true,
        Arc<dyn Shape> => true,
        Arc<[String]> => true,
        Tracked<String> => true,
        // No weak handle to it.
        String => false,
        &'static String => false,
        &'static Arc<String> => false,
        Box<String> => false,
        Vec<String> => false,
        Option<Arc<String>> => false,
        // A snapshot on another thread could not read or upgrade it.
        Rc<String> => false,
        Arc<Rc<String>> => false,
        Arc<std::cell::Cell<u8>> => false,
        // Weak itself: nobody can tell that the object is alive.
        Weak<String> => false,
        WeakTracked<String> => false,
    }
}

#[test]
fn p04_an_object_is_kept_alive_on_demand_only() {
    #[derive(DeepSizeOf)]
    struct Thing(#[deep_size(skip)] Arc<()>);

    let alive = Arc::new(());
    let thing = || Thing(Arc::clone(&alive));
    let tracker = ClassTracker::new();
    let keep = || TrackOptions::new().keep(true).name("kept");
    tracker.track_object_with(&Arc::new(thing()), keep());
    tracker.track_object_with(&Tracked::new(thing()), keep());
    tracker.track_object_with(&Arc::new(thing()), TrackOptions::new().name("free"));
    tracker.track_object_with(&Tracked::new(thing()), TrackOptions::new().name("free"));
    assert_eq!(Arc::strong_count(&alive), 1 + 2);

    let snapshot = tracker.create_snapshot("");
    assert_eq!(counts(row_named(&snapshot, "kept")), (2, 2, 0));
    assert_eq!(counts(row_named(&snapshot, "free")), (0, 2, 2));
    tracker.detach_all();
    assert_eq!(Arc::strong_count(&alive), 1, "a tracker that forgets an object lets it go");
}

#[test]
fn p04_the_objects_of_a_class_are_kept_from_the_first_snapshot_on() {
    #[derive(DeepSizeOf)]
    struct Thing(#[deep_size(skip)] Arc<()>);

    let alive = Arc::new(());
    let tracker = ClassTracker::new();
    tracker.track_class_with::<Thing>(TrackOptions::new().keep(true));
    drop(Tracked::new(Thing(Arc::clone(&alive))));
    let kept = Tracked::new(Thing(Arc::clone(&alive)));
    tracker.create_snapshot("first");
    drop(kept);
    assert_eq!(Arc::strong_count(&alive), 1 + 1);
    assert_eq!(counts(row::<Thing>(&tracker.create_snapshot("second"))), (1, 2, 1));
    drop(tracker);
    assert_eq!(Arc::strong_count(&alive), 1, "it was kept by the tracker alone");
}

#[test]
fn p04_the_record_of_a_dead_object_stays_with_the_time_of_its_death() {
    #[derive(DeepSizeOf)]
    struct Thing(u8);

    let tracker = ClassTracker::new();
    tracker.track_class::<Thing>();
    let dies = Tracked::new(Thing(1));
    let stays = Tracked::new(Thing(2));
    let arc = Arc::new(Thing(3));
    let serials = [Tracked::serial(&dies).unwrap(), Tracked::serial(&stays).unwrap(), tracker.track_object(&arc)];
    tracker.create_snapshot("alive");
    drop((dies, arc));
    let after = tracker.create_snapshot("after");
    tracker.create_snapshot("long after");

    assert_eq!(after.gone, [serials[0], serials[2]]);
    let list = tracker.stats().objects(&Query::default());
    assert_eq!(list.objects.iter().map(|entry| entry.record.serial).collect::<Vec<_>>(), serials);
    let dead = Fate::DeadBy { snapshot: 1, elapsed: after.elapsed };
    assert_eq!(list.objects.iter().map(|entry| entry.fate).collect::<Vec<_>>(), [dead, Fate::Live, dead]);
    assert_eq!(list.objects.iter().map(|entry| entry.sizes.len()).collect::<Vec<_>>(), [1, 3, 1]);
}

#[test]
fn p05_a_class_that_is_tracked_after_one_of_its_objects_does_not_count_that_one_again() {
    #[derive(DeepSizeOf)]
    struct Thing(u8);

    let tracker = ClassTracker::new();
    let dead = Tracked::new(Thing(0));
    tracker.track_object(&dead);
    drop(dead);
    let alone = Tracked::new(Thing(1));
    tracker.track_object(&alone);
    let arc = Arc::new(Thing(2));
    tracker.track_object(&arc);
    assert_eq!(counts(row::<Thing>(&tracker.create_snapshot("alone"))), (2, 3, 1));
    tracker.track_class::<Thing>();
    assert_eq!(counts(row::<Thing>(&tracker.create_snapshot("class"))), (2, 3, 1));
    let later = [Tracked::new(Thing(3)), Tracked::new(Thing(4))];
    let snapshot = tracker.create_snapshot("later");
    assert_eq!(counts(row::<Thing>(&snapshot)), (4, 5, 1));
    assert_eq!(snapshot.objects.len(), 4, "each is listed once");
    drop((alone, later));
    assert_eq!(counts(row::<Thing>(&tracker.create_snapshot("end"))), (1, 5, 4));
}

#[test]
fn p05_an_object_of_a_tracked_class_that_is_tracked_by_itself_moves_to_its_own_name() {
    #[derive(DeepSizeOf)]
    struct Thing(u8);

    let tracker = ClassTracker::new();
    tracker.track_class::<Thing>();
    let things = [Tracked::new(Thing(1)), Tracked::new(Thing(2)), Tracked::new(Thing(3))];
    tracker.track_object_with(&things[0], TrackOptions::new().name("special"));
    tracker.track_change(&things[1], TrackOptions::new().name("changed")).unwrap();
    let snapshot = tracker.create_snapshot("");
    assert_eq!(counts(row_named(&snapshot, "special")), (1, 1, 0));
    assert_eq!(counts(row_named(&snapshot, "changed")), (1, 1, 0));
    assert_eq!(counts(row::<Thing>(&snapshot)), (1, 1, 0));
    drop(things);
    let snapshot = tracker.create_snapshot("");
    for name in ["special", "changed", type_name::<Thing>()] {
        assert_eq!(counts(row_named(&snapshot, name)), (0, 1, 1), "{name}");
    }
}

#[test]
fn p11_a_class_counts_the_objects_made_before_unless_told_otherwise() {
    #[derive(DeepSizeOf)]
    struct Thing(u8);

    let dead = Tracked::new(Thing(0));
    let before = Tracked::new(Thing(1));
    drop(dead);
    let all = ClassTracker::new();
    all.track_class::<Thing>();
    let only_new = ClassTracker::new();
    only_new.track_class_with::<Thing>(TrackOptions::new().only_new());
    let after = Tracked::new(Thing(2));
    assert_eq!(counts(row::<Thing>(&all.create_snapshot(""))), (2, 3, 1));
    assert_eq!(counts(row::<Thing>(&only_new.create_snapshot(""))), (1, 1, 0));
    drop(before);
    assert_eq!(counts(row::<Thing>(&only_new.create_snapshot(""))), (1, 1, 0), "what is not counted cannot die");
    drop(after);
    assert_eq!(counts(row::<Thing>(&only_new.create_snapshot(""))), (0, 1, 1));
}

#[test]
fn p11_tracking_a_class_again_changes_the_options_of_the_objects_to_come() {
    #[derive(DeepSizeOf)]
    struct Thing(u8);

    let tracker = ClassTracker::new();
    let first = Tracked::new(Thing(1));
    tracker.track_class_with::<Thing>(TrackOptions::new().name("old"));
    let second = Tracked::new(Thing(2));
    tracker.track_class_with::<Thing>(TrackOptions::new().name("new"));
    let third = Tracked::new(Thing(3));
    let snapshot = tracker.create_snapshot("");
    assert_eq!(counts(row_named(&snapshot, "old")), (2, 2, 0));
    assert_eq!(counts(row_named(&snapshot, "new")), (1, 1, 0));
    tracker.track_class_with::<Thing>(TrackOptions::new().name("old"));
    let fourth = Tracked::new(Thing(4));
    let snapshot = tracker.create_snapshot("");
    assert_eq!(counts(row_named(&snapshot, "old")), (3, 3, 0));
    assert_eq!(counts(row_named(&snapshot, "new")), (1, 1, 0));
    drop((first, second, third, fourth));
    let snapshot = tracker.create_snapshot("");
    assert_eq!(counts(row_named(&snapshot, "old")), (0, 3, 3));
    assert_eq!(counts(row_named(&snapshot, "new")), (0, 1, 1));
    // Spans that have ended are folded away, not forgotten.
    let snapshot = tracker.create_snapshot("");
    assert_eq!(counts(row_named(&snapshot, "old")), (0, 3, 3));
    assert_eq!(counts(row_named(&snapshot, "new")), (0, 1, 1));
}

#[test]
fn p12_a_detached_class_counts_no_new_objects_but_still_those_it_had() {
    #[derive(DeepSizeOf)]
    struct Thing(u8);

    let tracker = ClassTracker::new();
    tracker.track_class::<Thing>();
    let counted = Tracked::new(Thing(1));
    tracker.detach_class::<Thing>().unwrap();
    let not_counted = Tracked::new(Thing(2));
    assert_eq!(counts(row::<Thing>(&tracker.create_snapshot(""))), (1, 1, 0));
    drop(not_counted);
    assert_eq!(counts(row::<Thing>(&tracker.create_snapshot(""))), (1, 1, 0));
    drop(counted);
    assert_eq!(counts(row::<Thing>(&tracker.create_snapshot(""))), (0, 1, 1));
}

#[test]
fn p12_a_class_that_is_tracked_again_goes_on_with_the_objects_made_meanwhile() {
    #[derive(DeepSizeOf)]
    struct Thing(u8);

    let tracker = ClassTracker::new();
    tracker.track_class::<Thing>();
    let counted = Tracked::new(Thing(1));
    tracker.detach_class::<Thing>().unwrap();
    let meanwhile = Tracked::new(Thing(2));
    let alone = Tracked::new(Thing(3));
    tracker.track_object(&alone);
    assert_eq!(counts(row::<Thing>(&tracker.create_snapshot("detached"))), (2, 2, 0));
    tracker.track_class::<Thing>();
    assert_eq!(counts(row::<Thing>(&tracker.create_snapshot("again"))), (3, 3, 0));

    tracker.detach_class::<Thing>().unwrap();
    drop((counted, meanwhile, alone));
    let skipped = Tracked::new(Thing(4));
    tracker.track_class_with::<Thing>(TrackOptions::new().only_new());
    assert_eq!(counts(row::<Thing>(&tracker.create_snapshot("only new"))), (0, 3, 3));
    drop(skipped);
}

#[test]
fn p12_detaching_what_is_not_tracked_is_an_error() {
    #[derive(DeepSizeOf)]
    struct Thing(u8);

    let tracker = ClassTracker::new();
    let error = tracker.detach_class::<Thing>().unwrap_err();
    assert_eq!(error, TrackError::ClassNotTracked { class: type_name::<Thing>() });
    assert_eq!(error.to_string(), format!("class `{}` is not tracked", type_name::<Thing>()));
    tracker.track_class::<Thing>();
    tracker.detach_class::<Thing>().unwrap();
    assert_eq!(tracker.detach_class::<Thing>(), Err(error), "the second time there is nothing left to detach");
}

#[test]
fn p12_all_classes_can_be_detached_at_once() {
    #[derive(DeepSizeOf)]
    struct One(u8);
    #[derive(DeepSizeOf)]
    struct Two(u8);

    let tracker = ClassTracker::new();
    tracker.track_class::<One>();
    tracker.track_class::<Two>();
    let object = Arc::new(One(0));
    tracker.track_object_with(&object, TrackOptions::new().name("object"));
    let counted = (Tracked::new(One(1)), Tracked::new(Two(1)));
    tracker.detach_all_classes();
    let not_counted = (Tracked::new(One(2)), Tracked::new(Two(2)));
    let snapshot = tracker.create_snapshot("");
    assert_eq!(counts(row::<One>(&snapshot)), (1, 1, 0));
    assert_eq!(counts(row::<Two>(&snapshot)), (1, 1, 0));
    assert_eq!(counts(row_named(&snapshot, "object")), (1, 1, 0), "objects are not classes");
    assert!(tracker.detach_class::<One>().is_err());
    drop((counted, not_counted));
}

#[test]
fn p12_detaching_all_forgets_classes_and_objects_but_no_snapshot() {
    #[derive(DeepSizeOf)]
    struct Thing(u8);

    let tracker = ClassTracker::new();
    tracker.track_class::<Thing>();
    let thing = Tracked::new(Thing(1));
    let object = Arc::new(Thing(2));
    tracker.track_object_with(&object, TrackOptions::new().name("object"));
    let before = tracker.create_snapshot("before");
    tracker.detach_all();
    let after = tracker.create_snapshot("after");
    assert_eq!((after.classes.len(), after.objects.len()), (0, 0));
    assert_eq!(tracker.snapshots(), [before, after]);

    // Forgotten, not barred.
    tracker.track_object(&object);
    tracker.track_class::<Thing>();
    assert_eq!(counts(row::<Thing>(&tracker.create_snapshot("again"))), (2, 2, 0));
    drop(thing);
}

#[test]
fn p12_clearing_forgets_the_snapshots_too() {
    #[derive(DeepSizeOf)]
    struct Thing(#[deep_size(skip)] Arc<()>);

    let alive = Arc::new(());
    let tracker = ClassTracker::new();
    tracker.track_object_with(&Arc::new(Thing(Arc::clone(&alive))), TrackOptions::new().keep(true));
    tracker.create_snapshot("");
    tracker.clear();
    assert_eq!(tracker.snapshots(), []);
    assert_eq!(Arc::strong_count(&alive), 1);
    assert_eq!(tracker.create_snapshot("").classes, []);
}

#[test]
fn p12_a_tracker_that_is_dropped_holds_nothing_any_more() {
    #[derive(DeepSizeOf)]
    struct Thing(#[deep_size(skip)] Arc<()>);

    let alive = Arc::new(());
    let tracker = ClassTracker::new();
    tracker.track_class_with::<Thing>(TrackOptions::new().keep(true));
    let object = Tracked::new(Thing(Arc::clone(&alive)));
    tracker.track_object_with(&Arc::new(Thing(Arc::clone(&alive))), TrackOptions::new().keep(true));
    tracker.create_snapshot("");
    let weak = Tracked::downgrade(&object);
    drop(object);
    assert_eq!(Arc::strong_count(&alive), 1 + 2);
    drop(tracker);
    assert_eq!(Arc::strong_count(&alive), 1);
    assert!(weak.upgrade().is_none());
}

struct Circle(u32);
struct Square(u32);

impl Inspect for Circle {
    fn inspect(&self, walk: &mut Walk<'_>) {
        walk.heap(10);
    }
}

impl Inspect for Square {
    fn inspect(&self, walk: &mut Walk<'_>) {
        walk.heap(20);
    }
}

impl Shape for Circle {
    fn area(&self) -> u32 {
        3 * self.0 * self.0
    }
}

impl Shape for Square {
    fn area(&self) -> u32 {
        self.0 * self.0
    }
}

#[test]
fn p15_an_object_seen_through_its_type_and_through_a_trait_counts_once_under_its_type() {
    let tracker = ClassTracker::new();
    let circle = Arc::new(Circle(1));
    let shape: Arc<dyn Shape> = circle.clone();
    let serial = tracker.track_object(&shape);
    assert_eq!(tracker.track_object(&circle), serial);
    tracker.track_class::<Circle>();
    let tracked = Tracked::new(Circle(2));
    let snapshot = tracker.create_snapshot("");
    assert_eq!(snapshot.classes.len(), 1);
    assert_eq!(counts(row::<Circle>(&snapshot)), (2, 2, 0));
    assert_eq!(shape.area() + tracked.area(), 15);
}

#[test]
fn p24_an_object_tracked_through_a_trait_counts_under_its_concrete_type() {
    let tracker = ClassTracker::new();
    let shapes: [Arc<dyn Shape>; 3] = [Arc::new(Circle(1)), Arc::new(Square(1)), Arc::new(Square(2))];
    let serials = shapes.each_ref().map(|shape| tracker.track_object(shape));
    let snapshot = tracker.create_snapshot("");
    assert_eq!(counts(row::<Circle>(&snapshot)), (1, 1, 0));
    assert_eq!(counts(row::<Square>(&snapshot)), (2, 2, 0));
    assert_eq!(snapshot.classes.len(), 2);
    assert_eq!(serials.map(|serial| bytes_of(&snapshot, serial)), [Some(4 + 10), Some(4 + 20), Some(4 + 20)]);
    assert_eq!(shapes.iter().map(|shape| shape.area()).sum::<u32>(), 8);
}

#[test]
fn p28_two_trackers_on_one_class_are_detached_in_any_order() {
    #[derive(DeepSizeOf)]
    struct Thing(#[deep_size(skip)] Arc<()>);

    for first_goes_first in [true, false] {
        let alive = Arc::new(());
        let thing = || Tracked::new(Thing(Arc::clone(&alive)));
        let mut trackers = vec![ClassTracker::new(), ClassTracker::new()];
        for tracker in &trackers {
            tracker.track_class_with::<Thing>(TrackOptions::new().only_new());
        }
        let counted = thing();
        trackers[usize::from(!first_goes_first)].detach_class::<Thing>().unwrap();
        let counted_by_one = thing();
        let live = |tracker: &ClassTracker| row::<Thing>(&tracker.create_snapshot("")).live;
        let expected = if first_goes_first { [1, 2] } else { [2, 1] };
        assert_eq!([live(&trackers[0]), live(&trackers[1])], expected);

        drop(trackers.remove(usize::from(!first_goes_first)));
        assert_eq!(live(&trackers[0]), 2, "the other one does not notice");
        trackers[0].detach_all();
        assert_eq!(trackers[0].create_snapshot("").classes, []);
        assert_eq!((Tracked::strong_count(&counted), Tracked::weak_count(&counted)), (1, 0));
        drop((counted, counted_by_one));
        assert_eq!(Arc::strong_count(&alive), 1);
    }
}

#[test]
fn p30_a_tracked_object_in_the_place_of_a_dead_one_does_not_inherit_its_record() {
    #[derive(DeepSizeOf)]
    struct Thing(u8);

    let tracker = ClassTracker::new();
    let first = Tracked::new(Thing(1));
    let serial = tracker.track_object_with(&first, TrackOptions::new().name("first"));
    tracker.create_snapshot("");
    drop(first);
    // It may have both the memory of the first and its slot in the registry.
    let second = Tracked::new(Thing(2));
    assert_ne!(tracker.track_object_with(&second, TrackOptions::new().name("second")), serial);
    let snapshot = tracker.create_snapshot("");
    assert_eq!(counts(row_named(&snapshot, "first")), (0, 1, 1));
    assert_eq!(counts(row_named(&snapshot, "second")), (1, 1, 0));

    let mut old = second;
    for round in 0..100 {
        let before = Tracked::serial(&old).unwrap();
        let address = Tracked::as_ptr(&old);
        drop(old);
        if round % 2 == 0 {
            tracker.create_snapshot("");
        }
        old = Tracked::new(Thing(3));
        let serial = tracker.track_object_with(&old, TrackOptions::new().name(format!("{round}")));
        assert!(serial > before);
        let snapshot = tracker.create_snapshot("");
        assert_eq!(counts(row_named(&snapshot, &format!("{round}"))), (1, 1, 0));
        if Tracked::as_ptr(&old) == address {
            return;
        }
    }
    panic!("the allocator never gave an address twice: the test shows nothing");
}

#[test]
fn p30_an_arc_at_the_address_of_a_dead_one_does_not_inherit_its_record() {
    let tracker = ClassTracker::new();
    let mut old = Arc::new([0_u8; 40]);
    let mut reused = 0;
    for round in 1..100 {
        let old_serial = tracker.track_object_with(&old, TrackOptions::new().name("old"));
        let address = Arc::as_ptr(&old);
        drop(old);
        if round % 2 == 0 {
            // Dead, and found so: its memory can come back.
            assert_eq!(row_named(&tracker.create_snapshot(""), "old").live, 0);
        }
        old = Arc::new([1_u8; 40]);
        reused += usize::from(Arc::as_ptr(&old) == address);
        let serial = tracker.track_object_with(&old, TrackOptions::new().name("new"));
        assert!(serial > old_serial);
        assert_eq!(row_named(&tracker.create_snapshot(""), "new").live, 1);
        tracker.track_change(&old, TrackOptions::new().name("old")).unwrap();
    }
    assert!(reused > 0, "the allocator never gave an address twice: the test shows nothing");
}
