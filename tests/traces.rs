//! Recorded stacks: how many, for how long, and in how much memory.

#![cfg(feature = "backtrace")]
#![allow(clippy::unwrap_used, reason = "a test that panics has failed, which is what it is for")]

#[path = "conformance/process.rs"]
mod process;

use std::any::type_name;
use std::hint::black_box;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use classtracker::stats::Snapshot;
use classtracker::{ClassTracker, DeepSizeOf, Detail, Trace, TrackOptions, Tracked};
use process::alone;

/// How many live objects of `T` have a trace, and how many have none.
fn traced<T>(snapshot: &Snapshot) -> (u64, u64) {
    let row = snapshot.class(type_name::<T>()).unwrap();
    let of = |traced: bool| row.sites.iter().filter(|site| site.trace.is_some() == traced).map(|site| site.live).sum();
    (of(true), of(false))
}

fn options<T>(trace: Trace) -> TrackOptions<T> {
    TrackOptions::new().trace(trace)
}

#[test]
fn one_of_n_objects_has_its_stack_recorded() {
    #[derive(DeepSizeOf)]
    struct Thing(u8);

    let tracker = ClassTracker::new();
    tracker.track_class_with::<Thing>(options(Trace::Sampled(100)));
    // Two sites that take turns: chance sees to it that both are met.
    let things: Vec<_> =
        (0..10_000).map(|turn| if turn % 2 == 0 { Tracked::new(Thing(0)) } else { Tracked::new(Thing(1)) }).collect();
    let snapshot = tracker.create_snapshot("");
    assert_eq!(traced::<Thing>(&snapshot), (100, 9900));
    let sites = &snapshot.class(type_name::<Thing>()).unwrap().sites;
    assert_eq!(sites.iter().filter(|site| site.trace.is_some()).count(), 2, "{sites:?}");
    drop(things);

    tracker.track_class_with::<Thing>(options(Trace::Sampled(1)));
    let things: Vec<_> = (0..10).map(|_| Tracked::new(Thing(0))).collect();
    assert_eq!(traced::<Thing>(&tracker.create_snapshot("")), (10, 0));
    drop(things);
    tracker.track_class_with::<Thing>(options(Trace::Sampled(0)));
    let things: Vec<_> = (0..10).map(|_| Tracked::new(Thing(0))).collect();
    assert_eq!(traced::<Thing>(&tracker.create_snapshot("")), (0, 10));
    drop(things);
}

#[test]
fn each_thread_samples_for_itself_and_those_that_make_few_are_met_by_chance() {
    #[derive(DeepSizeOf)]
    struct Thing(u8);

    let tracker = ClassTracker::new();
    tracker.track_class_with::<Thing>(options(Trace::Sampled(10)));
    let mut things = Vec::new();
    for _ in 0..400 {
        std::thread::scope(|scope| things.push(scope.spawn(|| Tracked::new(Thing(0))).join().unwrap()));
    }
    let (some, most) = traced::<Thing>(&tracker.create_snapshot(""));
    assert_eq!(some + most, 400);
    assert!((5..=150).contains(&some), "about 40 of 400, but {some}");
}

#[test]
fn the_most_demanding_tracker_holds_until_it_detaches() {
    #[derive(DeepSizeOf)]
    struct Thing(u8);

    let make = |count: u64| (0..count).map(|_| Tracked::new(Thing(0))).collect::<Vec<_>>();
    let plain = ClassTracker::new();
    plain.track_class::<Thing>();
    let now = || traced::<Thing>(&plain.create_snapshot(""));

    let mut things = make(10);
    let sampling = ClassTracker::new();
    sampling.track_class_with::<Thing>(options(Trace::Sampled(10)));
    things.extend(make(100));
    assert_eq!(now(), (10, 100), "a tracker sees what another one has asked for");
    let all = ClassTracker::new();
    all.track_class_with::<Thing>(options(Trace::Stack));
    things.extend(make(100));
    assert_eq!(now(), (110, 100));
    all.detach_class::<Thing>().unwrap();
    things.extend(make(100));
    assert_eq!(now(), (120, 190));
    drop(sampling);
    things.extend(make(100));
    assert_eq!(now(), (120, 290));
    // Other ways to end it.
    for end in [|tracker: &ClassTracker| tracker.detach_all_classes(), ClassTracker::detach_all, ClassTracker::clear] {
        all.track_class_with::<Thing>(options(Trace::Stack));
        let made = make(1);
        let before = now();
        end(&all);
        things.extend(make(1));
        assert_eq!(now(), (before.0, before.1 + 1));
        drop(made);
    }
}

#[test]
fn every_thread_and_every_site_sees_that_traces_are_on() {
    #[derive(DeepSizeOf)]
    struct One(u8);
    #[derive(DeepSizeOf)]
    struct Two(u8);

    type Made = (Tracked<One>, Tracked<One>, Tracked<Two>);
    let make = || -> Made { (Tracked::new(One(0)), Tracked::new(One(1)), Tracked::new(Two(0))) };
    let (to_thread, work) = std::sync::mpsc::channel::<()>();
    let (results, from_thread) = std::sync::mpsc::channel::<Made>();
    let thread = std::thread::spawn(move || work.iter().for_each(|()| results.send(make()).unwrap()));
    let there = || {
        to_thread.send(()).unwrap();
        from_thread.recv().unwrap()
    };
    let tracker = ClassTracker::new();
    tracker.track_class::<One>();
    tracker.track_class::<Two>();
    let before = (make(), there());
    // Both are in the threads' lists of what they made last.
    tracker.track_class_with::<One>(options(Trace::Stack));
    let after = (make(), there(), there());
    let snapshot = tracker.create_snapshot("");
    assert_eq!((traced::<One>(&snapshot), traced::<Two>(&snapshot)), ((6, 4), (0, 5)));
    drop(to_thread);
    thread.join().unwrap();
    drop((before, after));
}

#[test]
fn an_arc_has_the_calls_of_its_registration() {
    #[inline(never)]
    fn register(tracker: &ClassTracker, object: &Arc<u64>, trace: Trace) -> u64 {
        black_box(tracker.track_object_with(object, TrackOptions::new().trace(trace)))
    }

    let tracker = ClassTracker::new();
    let [with, without] = [Arc::new(1_u64), Arc::new(2_u64)];
    let serials = [register(&tracker, &with, Trace::Stack), register(&tracker, &without, Trace::Off)];
    let snapshot = tracker.create_snapshot("");
    let traces = serials
        .map(|serial| snapshot.objects.iter().find(|row| row.object.serial == serial).unwrap().object.trace.clone());
    let trace = traces[0].as_ref().unwrap();
    assert!(trace.frames.last().unwrap().function.ends_with("::register"), "{trace}");
    assert_eq!(traces[1], None);
}

#[test]
fn objects_are_traced_while_options_change_and_trackers_come_and_go() {
    #[derive(DeepSizeOf)]
    struct Thing(u8);

    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let mut things = std::collections::VecDeque::new();
                while !stop.load(Ordering::Relaxed) {
                    things.push_back(Tracked::new(Thing(0)));
                    if things.len() > 100 {
                        things.pop_front();
                    }
                }
            });
        }
        let last = ClassTracker::new();
        for round in 0..60_u32 {
            let tracker = ClassTracker::new();
            let trace = [Trace::Off, Trace::Stack, Trace::Sampled(7)][round as usize % 3];
            tracker.track_class_with::<Thing>(options(trace));
            last.track_class_with::<Thing>(options([Trace::Sampled(3), Trace::Off][round as usize % 2]));
            let snapshot = tracker.create_snapshot("");
            let (some, others) = traced::<Thing>(&snapshot);
            assert_eq!(some + others, snapshot.classes[0].live);
            last.detach_class::<Thing>().unwrap();
        }
        stop.store(true, Ordering::Relaxed);
    });
    let tracker = ClassTracker::new();
    tracker.track_class::<Thing>();
    let row = &tracker.create_snapshot("").classes[0];
    assert_eq!((row.live, row.created), (0, row.dropped));
    // And nobody asks for traces any more.
    let thing = Tracked::new(Thing(0));
    assert_eq!(traced::<Thing>(&tracker.create_snapshot("")), (0, 1));
    drop(thing);
}

#[derive(DeepSizeOf)]
struct Deep(u64);

#[inline(never)]
fn descend(levels: u32, way: u32) -> Tracked<Deep> {
    // Two ways down from each level, told apart by where the call returns to: before and behind it they differ, lest they become one.
    let made = match levels {
        0 => Tracked::new(Deep(1)),
        _ if way & 1 == 0 => black_box(descend(levels - 1, way >> 1)),
        _ => black_box(black_box(descend(black_box(levels - 1), way >> 1))),
    };
    black_box(made)
}

#[test]
fn of_a_deep_stack_the_innermost_calls_are_recorded() {
    let tracker = ClassTracker::new();
    tracker.track_class_with::<Deep>(TrackOptions::new().name("deep").only_new().trace(Trace::Stack));
    let deep = descend(500, 0);
    let snapshot = tracker.create_snapshot("");
    let trace = snapshot.class("deep").unwrap().sites[0].trace.clone().unwrap();
    assert!(trace.cut && (100..=128).contains(&trace.frames.len()), "{trace}");
    assert!(trace.frames.iter().all(|frame| frame.function.ends_with("::descend")), "{trace}");
    drop(deep);
}

#[test]
fn calls_get_names_when_a_snapshot_shows_them_and_not_before() {
    alone("calls_get_names_when_a_snapshot_shows_them_and_not_before", || {
        // One that tracks nothing, and so shows none of them; but what all names take is in its overhead.
        let looks_on = ClassTracker::new();
        looks_on.set_keep_last(1);
        let overhead = || looks_on.create_snapshot("").overhead_bytes;
        let tracker = ClassTracker::new();
        tracker.track_class_with::<Deep>(options(Trace::Stack));
        // The class, its pages and its first stack.
        drop(descend(0, 0));
        overhead();
        let before = overhead();
        let deep = descend(5, 0b10110);
        let recorded = overhead() - before;
        tracker.create_snapshot("");
        let named = overhead() - before - recorded;
        assert!(recorded < 1500, "{recorded} bytes for one stack of addresses");
        assert!(named > 2000, "{named} bytes for its names");
        drop(deep);
    });
}

#[test]
fn stacks_without_end_are_recorded_in_bounded_memory_and_the_lost_ones_are_shown() {
    alone("stacks_without_end_are_recorded_in_bounded_memory_and_the_lost_ones_are_shown", || {
        const LEVELS: u32 = 17;
        const WAYS: u32 = 1 << LEVELS;

        let tracker = ClassTracker::new();
        tracker.track_class_with::<Deep>(options(Trace::Stack).detail(Detail::Classes));
        let empty = tracker.create_snapshot("").overhead_bytes;
        let mut full = 0;
        let mut kept = Vec::new();
        // All by the same call, or else their stacks would differ in it: twice as many ways as there is room for, then one that is
        // known and three that are not.
        for (turn, way) in (0..WAYS).chain([0, WAYS - 1, WAYS - 2, WAYS - 3]).enumerate() {
            let deep = descend(LEVELS, way);
            if turn >= WAYS as usize {
                full = tracker.create_snapshot("").overhead_bytes;
                kept.push(deep);
            }
        }
        // 65,536 stacks of some 40 calls.
        assert!((10 << 20..64 << 20).contains(&(full - empty)), "{empty} {full}");
        let snapshot = tracker.create_snapshot("");
        let sites = &snapshot.classes[0].sites;
        assert_eq!(sites.iter().map(|site| site.live).collect::<Vec<_>>(), [3, 1]);
        assert!(sites.iter().all(|site| site.site.as_ref().unwrap().file == file!()));
        let trace = sites[0].trace.as_ref().unwrap();
        assert!(trace.cut && trace.frames.is_empty(), "that it was lost is said: {trace}");
        assert!(sites[1].trace.as_ref().unwrap().frames.len() > LEVELS as usize);
        assert!(snapshot.overhead_bytes < full + (1 << 20));
    });
}
