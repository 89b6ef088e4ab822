//! Serials, and which instances of a class are alive.

use std::collections::HashSet;
use std::sync::Arc;
use std::thread;

use classtracker::{ClassTracker, DeepSizeOf, Tracked};

use crate::process::alone;
use crate::support::{counts, row};

fn serial<T>(object: &Tracked<T>) -> u64 {
    Tracked::serial(object).unwrap()
}

#[test]
fn t01_the_first_object_of_a_process_has_serial_1_and_the_next_ones_follow() {
    alone("instances::t01_the_first_object_of_a_process_has_serial_1_and_the_next_ones_follow", || {
        let mixed = (Tracked::new(1_u8), Tracked::new(String::new()), Tracked::new(2_u8));
        assert_eq!((serial(&mixed.0), serial(&mixed.1), serial(&mixed.2)), (1, 2, 3));
    });
}

#[test]
fn t01_serials_rise_in_order_of_creation_and_are_never_used_again() {
    #[derive(DeepSizeOf)]
    struct Thing(u8);

    let mut last = 0;
    let mut kept = Vec::new();
    for number in 0..3000_u32 {
        let thing = Tracked::new(Thing(0));
        assert!(serial(&thing) > last);
        last = serial(&thing);
        if number % 7 == 0 {
            kept.push(thing);
        }
        if number % 1000 == 0 {
            // A line through time: the rest of a thread's serials is given up.
            ClassTracker::new().track_class::<Thing>();
        }
    }
    assert_eq!(kept.iter().map(serial).collect::<HashSet<_>>().len(), kept.len());
}

#[test]
fn t01_serials_rise_whatever_is_registered_while_tracking_is_off() {
    alone("instances::t01_serials_rise_whatever_is_registered_while_tracking_is_off", || {
        let tracker = ClassTracker::new();
        // A thread takes serials in blocks: the rest of one must not come after what was given meanwhile.
        let before = Tracked::new(1_u8);
        classtracker::set_enabled(false);
        let meanwhile = tracker.track_object(&Arc::new(2_u8));
        classtracker::set_enabled(true);
        let after = (Tracked::new(3_u8), Tracked::new(String::new()));
        assert!(serial(&before) < meanwhile);
        assert!(
            meanwhile < serial(&after.0) && serial(&after.0) < serial(&after.1),
            "{meanwhile}, then {}",
            serial(&after.0)
        );
    });
}

#[test]
fn t01_serials_are_unique_over_all_threads() {
    #[derive(DeepSizeOf)]
    struct Thing(u8);

    let threads: Vec<_> = (0..4)
        .map(|_| thread::spawn(|| (0..5000).map(|_| serial(&Tracked::new(Thing(0)))).collect::<Vec<_>>()))
        .collect();
    let serials: Vec<_> = threads.into_iter().map(|thread| thread.join().unwrap()).collect();
    for of_one_thread in &serials {
        assert!(of_one_thread.is_sorted_by(|a, b| a < b));
    }
    assert_eq!(serials.iter().flatten().collect::<HashSet<_>>().len(), 4 * 5000);
}

#[test]
fn c01_instances_come_in_order_of_their_creation() {
    #[derive(DeepSizeOf)]
    struct Thing(u32);

    let tracker = ClassTracker::new();
    let mut things: Vec<_> = (0..1000).map(|number| Tracked::new(Thing(number))).collect();
    // Holes that the next objects fill: the order of places is not that of creation any more.
    let mut number = 0;
    things.retain(|_| {
        number += 1;
        number % 3 == 0
    });
    things.extend((1000..1500).map(|number| Tracked::new(Thing(number))));

    let instances = tracker.instances::<Thing>();
    assert_eq!(
        instances.iter().map(|thing| thing.0).collect::<Vec<_>>(),
        things.iter().map(|thing| thing.0).collect::<Vec<_>>()
    );
    assert!(instances.is_sorted_by(|a, b| serial(a) < serial(b)));
    assert!(instances.iter().zip(&things).all(|(found, thing)| Tracked::ptr_eq(found, thing)));
}

#[test]
fn c01_instances_of_other_classes_are_not_among_them() {
    #[derive(DeepSizeOf)]
    struct One(u8);
    #[derive(DeepSizeOf)]
    struct Two(u8);

    let tracker = ClassTracker::new();
    let objects = (Tracked::new(One(1)), Tracked::new(Two(2)), Tracked::new(One(3)));
    assert_eq!(tracker.instances::<One>().iter().map(|one| one.0).collect::<Vec<_>>(), [1, 3]);
    assert_eq!(tracker.instances::<Two>().iter().map(|two| two.0).collect::<Vec<_>>(), [2]);
    drop(objects);
}

#[test]
fn c02_a_class_without_objects_has_no_instances() {
    #[derive(DeepSizeOf)]
    struct Never(u8);

    assert!(ClassTracker::new().instances::<Never>().is_empty());
    let never = Tracked::new(Never(1));
    assert_eq!(ClassTracker::new().instances::<Never>()[0].0, 1);
    drop(never);
}

#[test]
fn c03_dead_instances_are_not_listed() {
    #[derive(DeepSizeOf)]
    struct Thing(u8);

    let tracker = ClassTracker::new();
    let numbers = || tracker.instances::<Thing>().iter().map(|thing| thing.0).collect::<Vec<_>>();
    let mut things: Vec<_> = (0..5).map(|number| Tracked::new(Thing(number))).collect();
    let weak = Tracked::downgrade(&things[1]);
    drop(things.remove(1));
    assert_eq!(numbers(), [0, 2, 3, 4], "a weak handle does not make an instance");
    assert_eq!(Tracked::try_unwrap(things.remove(0)).map_err(|_| ()).unwrap().0, 0);
    assert_eq!(numbers(), [2, 3, 4], "nor does a value that was taken out");
    drop(things);
    assert_eq!(numbers(), [0_u8; 0]);
    drop(weak);
}

#[test]
fn c03_an_instance_that_is_listed_is_alive_for_as_long_as_the_list() {
    #[derive(DeepSizeOf)]
    struct Thing(u8);

    let tracker = ClassTracker::new();
    tracker.track_class::<Thing>();
    let thing = Tracked::new(Thing(7));
    let list = tracker.instances::<Thing>();
    drop(thing);
    assert_eq!((list[0].0, Tracked::strong_count(&list[0])), (7, 1));
    assert_eq!(counts(row::<Thing>(&tracker.create_snapshot(""))), (1, 1, 0));
    drop(list);
    assert_eq!(counts(row::<Thing>(&tracker.create_snapshot(""))), (0, 1, 1));
}

#[test]
#[cfg(target_os = "linux")]
fn c03_dead_instances_leave_nothing_behind() {
    alone("instances::c03_dead_instances_leave_nothing_behind", || {
        let tracker = ClassTracker::new();
        tracker.track_class::<u64>();
        let resident = || tracker.create_snapshot("").process.resident_bytes.unwrap();
        let churn = || (0..300_000_u64).for_each(|number| drop(Tracked::new(number)));
        churn();
        let before = resident();
        (0..10).for_each(|_| churn());
        let grown = resident().saturating_sub(before);
        // The recipe's 89 bytes for each would be 267 MB.
        assert!(grown < 8 << 20, "{grown} bytes for 3 million dead objects");
    });
}

#[test]
fn c04_an_object_made_while_tracking_is_off_is_nobodys_instance() {
    alone("instances::c04_an_object_made_while_tracking_is_off_is_nobodys_instance", || {
        #[derive(DeepSizeOf)]
        struct Thing(u8);

        let tracker = ClassTracker::new();
        tracker.track_class::<Thing>();
        let before = Tracked::new(Thing(1));
        classtracker::set_enabled(false);
        assert!(!classtracker::is_enabled());
        let unseen = Tracked::new(Thing(2));
        assert_eq!((Tracked::serial(&unseen), Tracked::birth(&unseen), Tracked::site(&unseen)), (None, None, None));
        assert_eq!(counts(row::<Thing>(&tracker.create_snapshot("off"))), (1, 1, 0));
        classtracker::set_enabled(true);
        let after = Tracked::new(Thing(3));
        assert_eq!(tracker.instances::<Thing>().iter().map(|thing| thing.0).collect::<Vec<_>>(), [1, 3]);
        drop(unseen);
        assert_eq!(counts(row::<Thing>(&tracker.create_snapshot("on"))), (2, 2, 0));

        // By itself it can be tracked all the same: the handle is enough.
        let unseen = {
            classtracker::set_enabled(false);
            let unseen = Tracked::new(Thing(4));
            classtracker::set_enabled(true);
            unseen
        };
        let serial = tracker.track_object(&unseen);
        assert_eq!(tracker.track_object(&unseen), serial);
        assert_eq!(counts(row::<Thing>(&tracker.create_snapshot("alone"))), (3, 3, 0));
        drop((before, after, unseen));
        assert_eq!(counts(row::<Thing>(&tracker.create_snapshot("end"))), (0, 3, 3));
    });
}
