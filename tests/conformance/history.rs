//! How the number of instances changed.

use std::time::Duration;

use classtracker::{ClassTracker, DeepSizeOf, TrackOptions, Tracked};

use crate::support::{counts, row};

#[test]
fn p14_the_history_of_a_class_has_each_creation_and_drop_with_its_time_and_the_number_of_instances() {
    #[derive(DeepSizeOf)]
    struct Foo(u8);

    let tracker = ClassTracker::new();
    tracker.track_class_with::<Foo>(TrackOptions::new().history(100));
    // The time of each step, and when it was over.
    let mut steps = Vec::new();
    let mut step = |act: &mut dyn FnMut()| {
        let before = tracker.create_snapshot("").elapsed;
        act();
        std::thread::sleep(Duration::from_millis(2));
        steps.push(before);
    };
    let mut instances = Vec::new();
    for create in [true, true, true, false, false, true, false, false] {
        step(&mut || {
            if create {
                instances.push(Tracked::new(Foo(0)));
            } else {
                instances.pop();
            }
        });
    }
    let last = tracker.create_snapshot("end");
    steps.push(last.elapsed);

    let snapshots = tracker.snapshots();
    let events: Vec<_> =
        snapshots.iter().flat_map(|snapshot| &row::<Foo>(snapshot).history.as_ref().unwrap().events).collect();
    assert_eq!(events.iter().map(|event| event.live).collect::<Vec<_>>(), [1, 2, 3, 2, 1, 2, 1, 0]);
    for (event, bounds) in events.iter().zip(steps.windows(2)) {
        assert!((bounds[0]..bounds[1]).contains(&event.at), "{event:?} {bounds:?}");
    }
    assert!(snapshots.iter().all(|snapshot| row::<Foo>(snapshot).history.as_ref().unwrap().lost == 0));
    assert_eq!(counts(row::<Foo>(&last)), (0, 4, 4));
}

#[test]
fn p14_a_history_is_bounded_and_says_what_it_lost() {
    #[derive(DeepSizeOf)]
    struct Foo(u8);

    let tracker = ClassTracker::new();
    tracker.track_class_with::<Foo>(TrackOptions::new().history(5));
    let live = |lost: u64, expected: &[u64]| {
        let snapshot = tracker.create_snapshot("");
        let history = row::<Foo>(&snapshot).history.as_ref().unwrap();
        assert_eq!(history.events.iter().map(|event| event.live).collect::<Vec<_>>(), expected);
        assert_eq!(history.lost, lost);
    };
    live(0, &[]);
    let mut instances: Vec<_> = (0..8).map(|_| Tracked::new(Foo(0))).collect();
    live(3, &[4, 5, 6, 7, 8]);
    live(0, &[]);
    instances.truncate(6);
    live(0, &[7, 6]);
    instances.clear();
    live(1, &[4, 3, 2, 1, 0]);
}
