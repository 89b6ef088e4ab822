//! How old objects are, how long they lived, and how their number changed, on many threads and for several trackers.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed, which is what it is for")]

use std::any::type_name;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;

use classtracker::stats::{ClassRow, Durations, Snapshot};
use classtracker::{ClassTracker, DeepSizeOf, Detail, TrackOptions, Tracked};

fn row<T>(snapshot: &Snapshot) -> &ClassRow {
    snapshot.class(type_name::<T>()).unwrap()
}

fn died<T>(tracker: &ClassTracker) -> u64 {
    row::<T>(&tracker.create_snapshot("")).lifetimes.as_ref().unwrap().count()
}

#[test]
fn the_ages_of_all_live_objects_are_counted_and_the_oldest_are_listed() {
    #[derive(DeepSizeOf)]
    struct Session(Vec<u8>);

    let tracker = ClassTracker::new();
    let options = || TrackOptions::<Session>::new().repr(|session| session.0.len().to_string());
    tracker.track_class_with::<Session>(options().ages(3).detail(Detail::Largest(2)));
    let mut sessions: Vec<_> = (0..10).map(|size| Tracked::new(Session(vec![0; size]))).collect();
    thread::sleep(Duration::from_millis(300));
    sessions.extend((10..14).map(|size| Tracked::new(Session(vec![0; size]))));

    let snapshot = tracker.create_snapshot("");
    let young = row::<Session>(&snapshot);
    let ages = young.ages.as_ref().unwrap();
    assert_eq!(ages.count(), young.live);
    let old: u64 = ages.iter().filter(|(from, ..)| *from >= Duration::from_millis(250)).map(|(.., count)| count).sum();
    assert_eq!(old, 10, "{ages:?}");
    let serials = |row: &ClassRow| row.oldest.iter().map(|object| object.serial).collect::<Vec<_>>();
    let expected =
        |sessions: &[Tracked<Session>]| sessions.iter().map(|it| Tracked::serial(it).unwrap()).collect::<Vec<_>>();
    assert_eq!(serials(young), expected(&sessions[..3]));
    let oldest = &young.oldest[0];
    assert_eq!((oldest.birth, oldest.repr.as_deref()), (Tracked::birth(&sessions[0]), Some("0")));
    assert_eq!(oldest.site.as_ref().unwrap().line, Tracked::site(&sessions[0]).unwrap().line());

    // The largest are listed, too: here they are not the oldest. An object has one record, however often it is shown.
    sessions.drain(..2);
    let again = tracker.create_snapshot("");
    assert_eq!(serials(row::<Session>(&again)), expected(&sessions[..3]));
    assert!(Arc::ptr_eq(&young.oldest[2], &row::<Session>(&again).oldest[0]));
    sessions.truncate(2);
    let few = tracker.create_snapshot("");
    assert_eq!(serials(row::<Session>(&few)), expected(&sessions));
    assert!(Arc::ptr_eq(&row::<Session>(&few).oldest[0], &few.objects[0].object));
    drop(sessions);
    let none = tracker.create_snapshot("");
    assert_eq!(
        (row::<Session>(&none).ages.as_ref(), row::<Session>(&none).oldest.len()),
        (Some(&Durations::default()), 0)
    );
}

#[test]
fn ages_are_counted_only_where_it_is_asked() {
    #[derive(DeepSizeOf)]
    struct Session(u8);

    let tracker = ClassTracker::new();
    tracker.track_class_with::<Session>(TrackOptions::new().name("early"));
    let early = Tracked::new(Session(0));
    tracker.track_class_with::<Session>(TrackOptions::new().name("late").ages(0));
    let late = [Tracked::new(Session(1)), Tracked::new(Session(2))];
    let shared = Arc::new(Session(3));
    tracker.track_object_with(&shared, TrackOptions::new().name("late").ages(5));
    let snapshot = tracker.create_snapshot("");
    let [early_row, late_row] = ["early", "late"].map(|name| snapshot.class(name).unwrap());
    assert_eq!((early_row.ages.as_ref(), early_row.live), (None, 1));
    // The `Arc` does not tell when it was made. For the whole row the most generous number holds.
    assert_eq!((late_row.ages.as_ref().unwrap().count(), late_row.live, late_row.oldest.len()), (2, 3, 2));

    tracker.track_object_with(&early, TrackOptions::new().name("alone").ages(1));
    let snapshot = tracker.create_snapshot("");
    let alone = snapshot.class("alone").unwrap();
    assert_eq!((alone.ages.as_ref().unwrap().count(), alone.oldest[0].serial), (1, Tracked::serial(&early).unwrap()));
    drop((early, late));
}

#[test]
fn lifetimes_are_counted_from_when_it_is_asked_whenever_the_object_was_made() {
    #[derive(DeepSizeOf)]
    struct Job(u8);

    let tracker = ClassTracker::new();
    let mut early: Vec<_> = (0..4).map(|_| Tracked::new(Job(0))).collect();
    early.truncate(3);
    thread::sleep(Duration::from_millis(300));
    tracker.track_class::<Job>();
    assert_eq!(row::<Job>(&tracker.create_snapshot("")).lifetimes, None);
    tracker.track_class_with::<Job>(TrackOptions::new().lifetimes());
    let late = Tracked::new(Job(1));
    drop(early);
    drop(late);
    let snapshot = tracker.create_snapshot("");
    let lifetimes = row::<Job>(&snapshot).lifetimes.as_ref().unwrap();
    let long: u64 =
        lifetimes.iter().filter(|(from, ..)| *from >= Duration::from_millis(250)).map(|(.., count)| count).sum();
    assert_eq!((lifetimes.count(), long), (4, 3), "{lifetimes:?}");

    // Asked by nobody any more, nothing is counted; what was, is known.
    tracker.detach_class::<Job>().unwrap();
    drop(Tracked::new(Job(2)));
    assert_eq!(died::<Job>(&tracker), 4);
    let other = ClassTracker::new();
    other.track_class_with::<Job>(TrackOptions::new().lifetimes());
    drop(Tracked::new(Job(2)));
    assert_eq!(died::<Job>(&other), 5);
}

#[test]
fn lifetimes_are_counted_on_every_thread_for_every_way_to_die() {
    #[derive(DeepSizeOf, Clone, Debug)]
    struct Job(u8);

    let make = || Tracked::new(Job(0));
    let tracker = ClassTracker::new();
    let before = make();
    // A thread that has worked with the class before, and goes on.
    let (to_thread, jobs) = mpsc::channel::<Tracked<Job>>();
    let (told, heard) = mpsc::channel::<()>();
    let worker = thread::spawn(move || {
        drop(make());
        jobs.iter().for_each(|job| {
            drop(job);
            told.send(()).unwrap();
        });
    });
    to_thread.send(make()).unwrap();
    heard.recv().unwrap();
    tracker.track_class_with::<Job>(TrackOptions::new().lifetimes());
    assert_eq!(died::<Job>(&tracker), 0);

    to_thread.send(before).unwrap();
    heard.recv().unwrap();
    assert_eq!(died::<Job>(&tracker), 1);
    thread::spawn(move || drop(make())).join().unwrap();
    assert_eq!(died::<Job>(&tracker), 2, "its thread has ended");
    assert_eq!(Tracked::try_unwrap(make()).unwrap().0, 0);
    assert_eq!(died::<Job>(&tracker), 3, "moved out");
    let _ = std::panic::catch_unwind(|| {
        let _job = make();
        std::panic::resume_unwind(Box::new(()));
    });
    assert_eq!(died::<Job>(&tracker), 4, "unwound");
    let weak = Tracked::downgrade(&make());
    assert_eq!((died::<Job>(&tracker), weak.upgrade().is_none()), (5, true));
    let mut copied = make();
    let other = copied.clone();
    Tracked::make_mut(&mut copied).0 = 1;
    drop((copied, other));
    assert_eq!(died::<Job>(&tracker), 7);
    drop(to_thread);
    worker.join().unwrap();
    assert_eq!(died::<Job>(&tracker), 7);
}

#[test]
fn what_dies_in_the_destructors_of_a_thread_is_counted_too() {
    #[derive(DeepSizeOf)]
    struct Job(u8);

    thread_local! {
        static LATE: std::cell::RefCell<Vec<Tracked<Job>>> = const { std::cell::RefCell::new(Vec::new()) };
    }

    let tracker = ClassTracker::new();
    tracker.track_class_with::<Job>(TrackOptions::new().lifetimes().history(100));
    thread::spawn(|| {
        // The local that is used first is destroyed last: after the tracker's own part of the thread.
        LATE.with_borrow_mut(Vec::clear);
        let job = Tracked::new(Job(0));
        LATE.with_borrow_mut(|late| late.push(job));
    })
    .join()
    .unwrap();
    let snapshot = tracker.create_snapshot("");
    let row = row::<Job>(&snapshot);
    assert_eq!(row.lifetimes.as_ref().unwrap().count(), 1);
    let live: Vec<u64> = row.history.as_ref().unwrap().events.iter().map(|event| event.live).collect();
    assert_eq!(live, [1, 0]);
}

#[test]
fn each_tracker_gets_the_whole_history_since_it_began_to_ask() {
    #[derive(DeepSizeOf)]
    struct Job(u8);

    let history = |tracker: &ClassTracker| {
        let snapshot = tracker.create_snapshot("");
        let history = row::<Job>(&snapshot).history.clone();
        history.map(|history| (history.lost, history.events.iter().map(|event| event.live).collect::<Vec<_>>()))
    };
    let options = |events| TrackOptions::<Job>::new().history(events);
    let (small, large, none) = (ClassTracker::new(), ClassTracker::new(), ClassTracker::new());
    none.track_class::<Job>();
    let mut jobs = vec![Tracked::new(Job(0))];
    small.track_class_with::<Job>(options(2));
    jobs.push(Tracked::new(Job(0)));
    large.track_class_with::<Job>(options(10));
    jobs.extend((0..3).map(|_| Tracked::new(Job(0))));
    assert_eq!(history(&small), Some((0, vec![2, 3, 4, 5])), "there is room for all that anybody asks for");
    assert_eq!(history(&large), Some((0, vec![3, 4, 5])));
    assert_eq!(history(&none), None);
    jobs.pop();
    assert_eq!(history(&large), Some((0, vec![4])));
    drop(large);
    jobs.pop();
    assert_eq!(history(&small), Some((0, vec![4, 3])));
    small.detach_class::<Job>().unwrap();
    jobs.pop();
    assert_eq!(history(&small), None);
    small.track_class_with::<Job>(options(usize::MAX));
    jobs.pop();
    assert_eq!(history(&small), Some((0, vec![1])));
}

#[test]
fn options_change_while_threads_make_and_drop() {
    #[derive(DeepSizeOf)]
    struct Job(Vec<u8>);

    let stop = AtomicBool::new(false);
    let tracker = ClassTracker::new();
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let mut jobs = std::collections::VecDeque::new();
                while !stop.load(Ordering::Relaxed) {
                    jobs.push_back(Tracked::new(Job(vec![0; 3])));
                    if jobs.len() > 600 {
                        jobs.drain(..300);
                    }
                }
            });
        }
        let all = || TrackOptions::<Job>::new().ages(3).lifetimes().history(50);
        for round in 0..60 {
            let other = ClassTracker::new();
            match round % 3 {
                0 => tracker.track_class_with::<Job>(all()),
                1 => tracker.track_class::<Job>(),
                _ => tracker.detach_class::<Job>().unwrap(),
            }
            other.track_class_with::<Job>(all());
            let snapshot = other.create_snapshot("");
            let row = row::<Job>(&snapshot);
            assert_eq!(row.ages.as_ref().unwrap().count(), row.live);
            assert!(row.oldest.len() as u64 == row.live.min(3) && row.oldest.is_sorted_by_key(|object| object.birth));
            assert!(row.history.as_ref().unwrap().events.len() <= 50);
            assert!(row.history.as_ref().unwrap().events.is_sorted_by_key(|event| event.at));
            tracker.create_snapshot("");
        }
        stop.store(true, Ordering::Relaxed);
    });
    // At rest all is exact again.
    let tracker = ClassTracker::new();
    tracker.track_class_with::<Job>(TrackOptions::new().lifetimes().history(1000));
    let before = died::<Job>(&tracker);
    let jobs: Vec<_> = (0..500).map(|_| Tracked::new(Job(Vec::new()))).collect();
    drop(jobs);
    let snapshot = tracker.create_snapshot("");
    let row = row::<Job>(&snapshot);
    assert_eq!(row.lifetimes.as_ref().unwrap().count(), before + 500);
    let live: Vec<u64> = row.history.as_ref().unwrap().events.iter().map(|event| event.live).collect();
    assert_eq!(live, (1..=500).chain((0..500).rev()).collect::<Vec<_>>());
    assert_eq!((row.live, row.created), (0, row.dropped));
}
