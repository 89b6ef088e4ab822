//! What a snapshot says of itself and of the process.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use chrono::Utc;
use classtracker::stats::{Moment, Query};
use classtracker::{ClassTracker, DeepSizeOf, Tracked};

use crate::support::row;

#[test]
fn p07_all_objects_of_a_snapshot_have_that_snapshots_time() {
    #[derive(DeepSizeOf)]
    struct Thing(u8);

    let tracker = ClassTracker::new();
    tracker.track_class::<Thing>();
    let arc = Arc::new(Thing(0));
    tracker.track_object(&arc);
    let things: Vec<_> = (0..10).map(|number| Tracked::new(Thing(number))).collect();
    let snapshots: Vec<_> = ["a", "b", "c"]
        .map(|label| {
            std::thread::sleep(Duration::from_millis(2));
            tracker.create_snapshot(label)
        })
        .into();

    let list = tracker.stats().objects(&Query::default());
    assert_eq!(list.objects.len(), 11);
    for entry in &list.objects {
        let stamps: Vec<_> = entry.sizes.iter().map(|size| list.moments[size.snapshot].elapsed).collect();
        assert_eq!(stamps, snapshots.iter().map(|snapshot| snapshot.elapsed).collect::<Vec<_>>());
    }
    assert!(snapshots.is_sorted_by(|a, b| a.elapsed < b.elapsed && a.time < b.time));
    drop(things);
}

#[test]
fn p08_a_snapshot_has_its_totals_the_trackers_overhead_and_the_process_memory() {
    #[derive(DeepSizeOf)]
    struct Thing(Vec<u8>);

    let tracker = ClassTracker::new();
    tracker.track_class::<Thing>();
    let thing = Tracked::new(Thing(vec![0; 1000]));
    let before = Utc::now();
    let snapshot = tracker.create_snapshot("label");
    assert!((before..=Utc::now()).contains(&snapshot.time));
    assert_eq!(snapshot.label, "label");
    let tracked = (size_of::<Thing>() + 1000) as u64;
    assert_eq!(snapshot.tracked_bytes(), tracked, "the tracker's own bytes are no part of it");
    assert_eq!(row::<Thing>(&snapshot).flat_bytes, size_of::<Thing>() as u64);
    assert!(snapshot.overhead_bytes > 0);
    #[cfg(target_os = "linux")]
    {
        let resident = snapshot.process.resident_bytes.unwrap();
        let virtual_ = snapshot.process.virtual_bytes.unwrap();
        assert!(resident > 0 && virtual_ >= resident && virtual_ > tracked, "{:?}", snapshot.process);
    }
    drop(thing);
}

#[test]
fn p08_the_overhead_grows_with_what_the_tracker_keeps() {
    #[derive(DeepSizeOf)]
    struct Thing(u8);

    let tracker = ClassTracker::new();
    tracker.track_class::<Thing>();
    let things: Vec<_> = (0..100).map(|number| Tracked::new(Thing(number))).collect();
    let first = tracker.create_snapshot("").overhead_bytes;
    for _ in 0..100 {
        tracker.create_snapshot("");
    }
    let last = tracker.create_snapshot("").overhead_bytes;
    // 100 rows of 100 objects each.
    assert!(last > first + 100 * 100 * 8, "{first} {last}");
    drop(things);
}

#[test]
fn p09_a_label_is_anything_that_can_be_shown() {
    struct Step(u32);

    impl fmt::Display for Step {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "step {}", self.0)
        }
    }

    let tracker = ClassTracker::new();
    assert_eq!(tracker.create_snapshot("").label, "");
    assert_eq!(tracker.create_snapshot("alpha").label, "alpha");
    assert_eq!(tracker.create_snapshot(String::from("beta")).label, "beta");
    assert_eq!(tracker.create_snapshot(12.5).label, "12.5");
    assert_eq!(tracker.create_snapshot(format_args!("{}/{}", 1, 2)).label, "1/2");
    assert_eq!(tracker.create_snapshot(Step(3)).label, "step 3");
}

#[test]
fn p09_the_time_stands_behind_the_label_or_in_its_place() {
    let tracker = ClassTracker::new();
    for label in ["alpha", ""] {
        tracker.create_snapshot(label);
    }
    let summary = tracker.stats().summary();
    let seconds = |moment: &Moment| format!("{:.3}s", moment.elapsed.as_secs_f64());
    let [alpha, nameless] = &summary.snapshots[..] else { panic!("{summary:?}") };
    assert_eq!(alpha.moment.to_string(), format!("alpha ({})", seconds(&alpha.moment)));
    assert_eq!(nameless.moment.to_string(), seconds(&nameless.moment));
}
