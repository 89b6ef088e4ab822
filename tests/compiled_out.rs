//! A program that is built without the feature `track`: everything is still there, and nothing is registered.
#![cfg(not(feature = "track"))]

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use classtracker::stats::{Stats, Tracking};
use classtracker::{
    ClassNameError, ClassTracker, DeepSizeOf, Inventory, MonitorOptions, ObjectInfo, TrackOptions, Trackable, Tracked,
    Tracker, WeakTracked, deep_size_of, global_tracker, live_instances, set_global_tracker, set_told,
};

#[derive(DeepSizeOf, Clone, Debug, PartialEq)]
struct Employee {
    name: String,
}

fn employee() -> Employee {
    Employee { name: "Ada".into() }
}

#[test]
fn c04_a_handle_is_an_arc_in_size_and_behaves_like_one() {
    assert_eq!(size_of::<Tracked<Employee>>(), size_of::<usize>());
    assert_eq!(size_of::<Option<Tracked<[u64; 4]>>>(), size_of::<usize>());

    let mut ada = Tracked::new(employee());
    Tracked::get_mut(&mut ada).unwrap().name.push('!');
    let weak = Tracked::downgrade(&ada);
    let again = ada.clone();
    assert!(Tracked::get_mut(&mut ada).is_none());
    assert_eq!((Tracked::strong_count(&ada), Tracked::weak_count(&ada), &*ada.name), (2, 1, "Ada!"));
    Tracked::make_mut(&mut ada).name.clear();
    assert_eq!((&*ada.name, &*again.name), ("", "Ada!"));
    assert!(weak.ptr_eq(&Tracked::downgrade(&again)), "the object stays with the other handles");
    assert_eq!(Tracked::try_unwrap(again).unwrap().name, "Ada!");
    assert!(weak.upgrade().is_none());

    let pinned = Tracked::pin(employee());
    assert_eq!(pinned.name, "Ada");
    let knot = Tracked::new_cyclic(|weak: &WeakTracked<(WeakTracked<()>, u8)>| {
        assert!(weak.upgrade().is_none());
        (WeakTracked::new(), 7)
    });
    assert_eq!(knot.1, 7);
}

#[test]
fn nobody_is_told_where_or_when_an_object_was_made() {
    let ada = Tracked::new(employee());
    assert_eq!((Tracked::serial(&ada), Tracked::birth(&ada)), (None, None));
    assert!(Tracked::site(&ada).is_none());
    assert!(!classtracker::is_enabled());
    classtracker::set_enabled(true);
    assert!(!classtracker::is_enabled(), "what is not there cannot be switched on");
}

#[test]
fn trackers_can_be_set_and_are_told_nothing() {
    /// Is not to be told of anything.
    struct Told(AtomicBool);

    impl Tracker for Told {
        fn notify_attached(&self, _: &ObjectInfo<'_>) {
            self.0.store(true, Ordering::Relaxed);
        }
        fn notify_destroyed(&self, _: &ObjectInfo<'_>) {
            self.0.store(true, Ordering::Relaxed);
        }
    }

    let told = Arc::new(Told(AtomicBool::new(false)));
    set_global_tracker(Some(told.clone()));
    set_told::<Employee>(true);
    assert!(global_tracker().is_none());
    let (ada, field) = (Tracked::new(employee()), Trackable::<u8>::new());
    Tracked::set_tracker(&ada, Some(told.clone()));
    field.set_tracker(Some(told.clone()));
    Tracked::set_bundle(&ada, "dropped");
    field.set_bundle("dropped");
    assert!(Tracked::tracker(&ada).is_none() && field.tracker().is_none());
    assert!(Tracked::bundle(&ada).is_none() && Tracked::take_bundle(&ada).is_none());
    assert!(field.bundle().is_none() && field.take_bundle().is_none());
    drop((ada, field));
    assert!(!told.0.load(Ordering::Relaxed));
    assert_eq!(Arc::strong_count(&told), 1, "nobody holds on to a tracker that is told nothing");

    let inventory = Inventory::new();
    inventory.set_listing::<Employee>(true);
    let mut text = Vec::new();
    inventory.write_dump(&mut text).unwrap();
    assert_eq!(String::from_utf8(text).unwrap(), "no object has had this tracker\n");
    assert!(matches!(live_instances("Employee"), Err(ClassNameError::Unknown { known: 0, .. })));
    assert!(live_instances("*").unwrap().is_empty());
}

#[test]
fn a_program_is_monitored_all_the_same() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("run.ctdump");
    let tracker = ClassTracker::new();
    tracker.track_class::<Employee>();
    let monitor = tracker.monitor(MonitorOptions::new().stream_to(&path).keep_last(1)).unwrap();
    tracker.create_snapshot("first");
    monitor.finish().unwrap();
    let stats = Stats::load(&path).unwrap();
    let said: Vec<_> = stats.snapshots().iter().map(|snapshot| (&*snapshot.label, snapshot.tracking)).collect();
    assert_eq!(said, [("first", Tracking::CompiledOut), ("end", Tracking::CompiledOut)]);
}

#[test]
fn registrations_succeed_and_snapshots_are_empty_and_say_why() {
    let tracker = ClassTracker::new();
    tracker.track_class_with::<Employee>(TrackOptions::new().name("staff"));
    let shared = Arc::new(String::from("shared"));
    assert_eq!(tracker.track_object(&shared), 0);
    tracker.track_change(&shared, TrackOptions::new().resolution_level(3)).unwrap();
    tracker.detach_class::<String>().unwrap();
    let staff: Vec<_> = (0..10).map(|_| Tracked::new(employee())).collect();

    let snapshot = tracker.create_snapshot("ten hired");
    assert_eq!(snapshot.tracking, Tracking::CompiledOut);
    assert!(snapshot.classes.is_empty() && snapshot.objects.is_empty() && snapshot.gone.is_empty());
    assert!(snapshot.process.resident_bytes.is_some(), "the process has its memory all the same");
    assert!(tracker.instances::<Employee>().is_empty());
    assert_eq!(Arc::weak_count(&shared), 0, "nothing holds on to what was registered");
    assert_eq!(staff.len(), 10);

    let mut text = Vec::new();
    tracker.stats().write_summary(&mut text).unwrap();
    assert!(String::from_utf8(text).unwrap().contains("ten hired"));
    let mut dump = Vec::new();
    tracker.stats().write_to(&mut dump).unwrap();
    assert!(snapshot.elapsed >= Duration::ZERO && !dump.is_empty());
}

#[test]
fn c04_a_field_that_would_count_a_struct_takes_no_space() {
    #[derive(Clone, Default, PartialEq, Debug)]
    struct Job {
        number: u32,
        tracked: Trackable<Job>,
    }

    assert_eq!((size_of::<Trackable<Job>>(), size_of::<Job>()), (0, size_of::<u32>()));
    let job = Job { number: 1, tracked: Trackable::new() };
    assert_eq!(job.clone(), job);
    assert_eq!((job.tracked.serial(), job.tracked.site()), (None, None));
    assert!(ClassTracker::new().create_snapshot("").classes.is_empty());
    assert!(!std::mem::needs_drop::<Job>());
}

#[test]
fn values_can_still_be_sized() {
    let ada = Tracked::new(employee());
    let counts = 2 * size_of::<usize>();
    assert_eq!(deep_size_of(&*ada), size_of::<Employee>() + 3);
    assert_eq!(deep_size_of(&ada), size_of::<usize>() + counts + size_of::<Employee>() + 3);
}
