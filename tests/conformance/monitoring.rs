//! Snapshots that the tracker takes by itself.

use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use classtracker::stats::Snapshot;
use classtracker::{ClassTracker, DeepSizeOf, Tracked, Walk};

/// Waits until the tracker has as many snapshots.
#[track_caller]
fn wait_for(tracker: &ClassTracker, count: usize) -> Vec<Arc<Snapshot>> {
    let end = Instant::now() + Duration::from_secs(20);
    loop {
        let snapshots = tracker.snapshots();
        if snapshots.len() >= count {
            return snapshots;
        }
        assert!(Instant::now() < end, "only {} snapshots: {:?}", snapshots.len(), tracker.monitor_status());
        std::thread::sleep(Duration::from_millis(1));
    }
}

#[test]
fn p10_snapshots_are_taken_every_interval_until_they_are_stopped() {
    #[derive(DeepSizeOf)]
    struct Thing(u8);

    let tracker = ClassTracker::new();
    tracker.track_class::<Thing>();
    let things: Vec<_> = (0..3).map(|number| Tracked::new(Thing(number))).collect();
    let start = Instant::now();
    tracker.start_periodic_snapshots(Duration::from_millis(20));
    wait_for(&tracker, 5);
    assert!(start.elapsed() >= Duration::from_millis(80), "five snapshots in {:?}", start.elapsed());
    tracker.stop_periodic_snapshots();
    let taken = tracker.snapshots();
    std::thread::sleep(Duration::from_millis(100));
    assert_eq!(tracker.snapshots().len(), taken.len());
    assert!(taken.iter().all(|snapshot| snapshot.classes[0].live == 3 && snapshot.label.is_empty()));
    let status = tracker.monitor_status();
    assert_eq!((status.snapshots_taken, status.period), (taken.len() as u64, None));
    drop(things);
}

#[test]
fn p10_starting_again_while_running_changes_the_interval() {
    let tracker = ClassTracker::new();
    tracker.start_periodic_snapshots(Duration::from_secs(3600));
    wait_for(&tracker, 1);
    tracker.start_periodic_snapshots(Duration::from_millis(5));
    wait_for(&tracker, 6);
    let hour = Duration::from_secs(3600);
    tracker.start_periodic_snapshots(hour);
    assert_eq!(tracker.monitor_status().period, Some(hour));
    // One may be under way.
    std::thread::sleep(Duration::from_millis(50));
    let taken = tracker.snapshots().len();
    std::thread::sleep(Duration::from_millis(100));
    assert_eq!(tracker.snapshots().len(), taken);
    tracker.stop_periodic_snapshots();
}

#[test]
fn p10_manual_snapshots_in_between_are_safe() {
    let tracker = ClassTracker::new();
    tracker.start_periodic_snapshots(Duration::from_millis(1));
    std::thread::scope(|scope| {
        for thread in 0..2 {
            let tracker = &tracker;
            scope.spawn(move || (0..100).for_each(|number| drop(tracker.create_snapshot(1000 * thread + number))));
        }
    });
    wait_for(&tracker, 203);
    tracker.stop_periodic_snapshots();
    let snapshots = tracker.snapshots();
    let manual = snapshots.iter().filter(|snapshot| !snapshot.label.is_empty()).count();
    let periodic = tracker.monitor_status().snapshots_taken;
    assert_eq!((manual, snapshots.len() as u64), (200, 200 + periodic));
    assert!(snapshots.is_sorted_by_key(|snapshot| snapshot.elapsed));
}

#[test]
fn p10_stopping_waits_for_the_snapshot_that_is_being_taken() {
    #[derive(DeepSizeOf)]
    struct Slow(#[deep_size(with = slow)] u8);

    static BEGUN: OnceLock<()> = OnceLock::new();

    fn slow(_: &u8, _: &mut Walk<'_>) {
        BEGUN.get_or_init(|| ());
        std::thread::sleep(Duration::from_millis(60));
    }

    let tracker = ClassTracker::new();
    tracker.track_class::<Slow>();
    let object = Tracked::new(Slow(0));
    tracker.start_periodic_snapshots(Duration::from_secs(3600));
    BEGUN.wait();
    tracker.stop_periodic_snapshots();
    assert_eq!(tracker.snapshots().len(), 1);
    drop(object);
}

#[test]
fn p10_a_snapshot_that_takes_long_does_not_push_the_next_ones_back() {
    const PERIOD: Duration = Duration::from_millis(100);

    #[derive(DeepSizeOf)]
    struct Slow(#[deep_size(with = slow)] u8);

    fn slow(_: &u8, _: &mut Walk<'_>) {
        std::thread::sleep(Duration::from_millis(37));
    }

    let tracker = ClassTracker::new();
    tracker.track_class::<Slow>();
    let object = Tracked::new(Slow(0));
    tracker.start_periodic_snapshots(PERIOD);
    let snapshots = wait_for(&tracker, 12);
    tracker.stop_periodic_snapshots();
    // How far each is from a whole number of periods after the first. The machine may be busy with something else: the median counts.
    let mut off: Vec<_> = snapshots[1..]
        .iter()
        .map(|snapshot| {
            let late = (snapshot.elapsed - snapshots[0].elapsed).as_micros() % PERIOD.as_micros();
            late.min(PERIOD.as_micros() - late)
        })
        .collect();
    off.sort_unstable();
    assert!(off[off.len() / 2] < 15_000, "off by so many microseconds: {off:?}");
    drop(object);
}

#[test]
fn p10_with_nothing_tracked_the_process_memory_is_recorded() {
    let tracker = ClassTracker::new();
    tracker.start_periodic_snapshots(Duration::from_millis(1));
    let snapshots = wait_for(&tracker, 2);
    assert!(snapshots.iter().all(|snapshot| snapshot.classes.is_empty()));
    #[cfg(target_os = "linux")]
    assert!(snapshots.iter().all(|snapshot| snapshot.process.resident_bytes > Some(0)));
}

#[test]
fn p10_the_end_of_the_tracker_ends_its_snapshots() {
    let tracker = ClassTracker::new();
    tracker.start_periodic_snapshots(Duration::from_secs(3600));
    wait_for(&tracker, 1);
    let start = Instant::now();
    drop(tracker);
    assert!(start.elapsed() < Duration::from_secs(1), "{:?}", start.elapsed());
}

#[test]
fn p29_stopping_takes_milliseconds_whatever_the_interval() {
    let seconds = [1, 3600, 1 << 40, 1 << 62, u64::MAX].map(Duration::from_secs);
    for interval in [Duration::from_millis(1)].into_iter().chain(seconds) {
        // The machine may be busy with something else: the quickest counts.
        let quickest = (0..5).map(|_| {
            let tracker = ClassTracker::new();
            tracker.start_periodic_snapshots(interval);
            wait_for(&tracker, 1);
            let start = Instant::now();
            tracker.stop_periodic_snapshots();
            start.elapsed()
        });
        let quickest = quickest.min();
        assert!(quickest < Some(Duration::from_millis(20)), "{interval:?}: {quickest:?}");
    }
}
