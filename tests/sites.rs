//! Where the live objects of a class were made: rows by site, against what a naive count says.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed, which is what it is for")]

use std::any::type_name;
use std::collections::BTreeMap;
use std::panic::Location;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use classtracker::stats::{ClassRow, SiteRow};
use classtracker::{ClassTracker, DeepSizeOf, TrackOptions, Tracked};
use proptest::prelude::*;

/// The rows of a class add up to it, and are in order.
#[track_caller]
fn check_sites(row: &ClassRow) {
    let sum = |of: fn(&SiteRow) -> u64| row.sites.iter().map(of).sum::<u64>();
    assert_eq!((sum(|site| site.live), sum(|site| site.bytes)), (row.live, row.bytes), "{row:?}");
    assert!(row.sites.iter().all(|site| site.live > 0));
    let is_before = |a: &SiteRow, b: &SiteRow| a.bytes > b.bytes || (a.bytes == b.bytes && a.site < b.site);
    assert!(row.sites.is_sorted_by(is_before), "{row:?}");
}

fn lines(row: &ClassRow) -> Vec<(u32, u64, u64)> {
    row.sites.iter().map(|site| (site.site.as_ref().unwrap().line, site.live, site.bytes)).collect()
}

#[test]
fn live_objects_are_counted_by_the_place_that_made_them() {
    #[derive(DeepSizeOf)]
    struct Employee(Vec<u8>);

    let flat = size_of::<Employee>() as u64;
    let tracker = ClassTracker::new();
    tracker.track_class::<Employee>();
    let first = line!() + 1;
    let mut staff: Vec<_> = (0..10).map(|_| Tracked::new(Employee(vec![0; 100]))).collect();
    staff.push(Tracked::new(Employee(vec![0; 5000])));
    staff.push(Tracked::new(Employee(Vec::new())));

    let snapshot = tracker.create_snapshot("hired");
    let row = &snapshot.classes[0];
    check_sites(row);
    let expected = [(first + 1, 1, flat + 5000), (first, 10, 10 * (flat + 100)), (first + 2, 1, flat)];
    assert_eq!(lines(row), expected);
    assert!(row.sites.iter().all(|site| site.site.as_ref().unwrap().file == file!()));

    staff.truncate(10);
    let snapshot = tracker.create_snapshot("left");
    assert_eq!(lines(&snapshot.classes[0]), [(first, 10, 10 * (flat + 100))], "who made those that are still alive");
    staff.clear();
    assert_eq!(tracker.create_snapshot("none").classes[0].sites, []);
}

#[test]
fn the_site_of_an_arc_is_where_it_was_registered_and_that_of_a_tracked_object_where_it_was_made() {
    #[derive(DeepSizeOf)]
    struct Part(u64);

    let tracker = ClassTracker::new();
    let arc = Arc::new(Part(1));
    let (made, tracked) = (line!(), Tracked::new(Part(2)));
    let registered = line!() + 1;
    tracker.track_object(&arc);
    tracker.track_object(&tracked);
    let snapshot = tracker.create_snapshot("");
    check_sites(&snapshot.classes[0]);
    assert_eq!(lines(&snapshot.classes[0]), [(made, 1, 8), (registered, 1, 8)]);
}

#[test]
fn rows_under_different_names_have_sites_of_their_own() {
    #[derive(DeepSizeOf)]
    struct Part(u64);

    let make = || (0..3).map(|number| Tracked::new(Part(number))).collect::<Vec<_>>();
    let tracker = ClassTracker::new();
    tracker.track_class_with::<Part>(TrackOptions::new().name("early"));
    let early = make();
    tracker.track_class_with::<Part>(TrackOptions::new().name("late").resolution_level(1));
    let late = [make(), make()];
    let snapshot = tracker.create_snapshot("");
    for (name, live) in [("early", 3), ("late", 6)] {
        let row = snapshot.class(name).unwrap();
        check_sites(row);
        assert_eq!((row.sites.len(), row.live), (1, live), "{row:?}");
    }
    drop((early, late));
}

#[derive(DeepSizeOf)]
struct Node {
    own: Vec<u8>,
    shared: Option<Arc<Vec<u8>>>,
}

/// Makes a node at one of four places; which one.
fn make(place: u8, own: usize, shared: Option<&Arc<Vec<u8>>>) -> (Tracked<Node>, &'static Location<'static>) {
    #[track_caller]
    fn at(own: usize, shared: Option<&Arc<Vec<u8>>>) -> (Tracked<Node>, &'static Location<'static>) {
        (Tracked::new(Node { own: vec![0; own], shared: shared.cloned() }), Location::caller())
    }
    match place {
        0 => at(own, shared),
        1 => at(own, shared),
        2 => at(own, shared),
        _ => at(own, shared),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn sites_add_up_whatever_is_made_shared_and_dropped(
        steps in prop::collection::vec((0..4_u8, 0..200_usize, 0..4_usize, 0..3_u8, any::<bool>()), 1..120),
        levels in 0..2_u32,
    ) {
        let tracker = ClassTracker::new();
        tracker.track_class_with::<Node>(TrackOptions::new().name("node").resolution_level(levels).only_new());
        let shared: Vec<_> = (1..4).map(|size| Arc::new(vec![0_u8; size * 100])).collect();
        let mut nodes = Vec::new();
        for (place, own, share, drop_one, alone) in steps {
            if drop_one == 0 && !nodes.is_empty() {
                nodes.swap_remove(own % nodes.len());
            }
            let made = make(place, own, shared.get(share));
            if alone {
                tracker.track_object_with(&made.0, TrackOptions::new().name("node"));
            }
            nodes.push(made);
        }
        let snapshot = tracker.create_snapshot("");
        let row = snapshot.class("node").unwrap();
        check_sites(row);

        // Shared data is charged to the lowest serial.
        nodes.sort_by_key(|(node, _)| Tracked::serial(node));
        let mut paid = Vec::new();
        let mut naive = BTreeMap::<_, (u64, u64)>::new();
        for (node, location) in &nodes {
            let mut bytes = size_of::<Node>() + node.own.capacity();
            if let Some(data) = &node.shared && !paid.contains(&Arc::as_ptr(data)) {
                paid.push(Arc::as_ptr(data));
                bytes += 2 * size_of::<usize>() + size_of::<Vec<u8>>() + data.capacity();
            }
            let sum = naive.entry((location.line(), location.column())).or_default();
            *sum = (sum.0 + 1, sum.1 + bytes as u64);
        }
        let found: BTreeMap<_, _> = row.sites.iter().map(|site| {
            let place = site.site.as_ref().unwrap();
            ((place.line, place.column), (site.live, site.bytes))
        }).collect();
        prop_assert_eq!(found, naive);
    }
}

#[test]
fn sites_add_up_while_objects_come_and_go() {
    #[derive(DeepSizeOf)]
    struct Item(Vec<u8>);

    let tracker = ClassTracker::new();
    tracker.track_class::<Item>();
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for thread in 0..2_usize {
            let stop = &stop;
            scope.spawn(move || {
                let mut items = std::collections::VecDeque::new();
                for round in 0.. {
                    items.push_back(match round % 3 {
                        0 => Tracked::new(Item(vec![0; thread])),
                        1 => Tracked::new(Item(vec![0; 10])),
                        _ => Tracked::new(Item(Vec::new())),
                    });
                    if items.len() > 500 {
                        items.pop_front();
                    }
                    if stop.load(Ordering::Relaxed) {
                        break;
                    }
                }
            });
        }
        for _ in 0..50 {
            let snapshot = tracker.create_snapshot("");
            let row = snapshot.class(type_name::<Item>()).unwrap();
            check_sites(row);
            assert!(row.sites.len() <= 3);
        }
        stop.store(true, Ordering::Relaxed);
    });
    assert_eq!(tracker.create_snapshot("").class(type_name::<Item>()).unwrap().live, 0);
}
