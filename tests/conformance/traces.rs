//! The calls that led to an object.

#![cfg(feature = "backtrace")]

use std::sync::Arc;

use classtracker::stats::{ObjectRecord, Snapshot, Trace as Calls};
use classtracker::{ClassTracker, DeepSizeOf, Trace, TrackOptions, Tracked};

use crate::support::row;

#[derive(DeepSizeOf)]
struct Employee(u8);

#[inline(never)]
fn run_shop(number: u8) -> (Tracked<Employee>, u32) {
    // What comes after the call keeps it from being the last thing, which has no frame.
    let made = std::hint::black_box(hire(number));
    assert_eq!(made.0.0, number);
    made
}

#[inline(never)]
fn hire(number: u8) -> (Tracked<Employee>, u32) {
    let line = line!() + 1;
    let made = Tracked::new(Employee(std::hint::black_box(number)));
    (made, line)
}

fn record(snapshot: &Snapshot, serial: u64) -> &ObjectRecord {
    &snapshot.objects.iter().find(|row| row.object.serial == serial).unwrap().object
}

/// Where in the trace the call of this function of this file stands, from the outermost.
fn position(trace: &Calls, function: &str) -> Option<usize> {
    trace.frames.iter().position(|frame| frame.function.ends_with(&format!("traces::{function}")))
}

#[test]
fn p13_a_traced_class_records_where_each_object_was_made_outermost_frame_to_the_constructing_line() {
    let tracker = ClassTracker::new();
    let (before, _) = run_shop(1);
    tracker.track_class_with::<Employee>(TrackOptions::new().trace(Trace::Stack));
    let (made, line) = run_shop(2);
    let (again, _) = run_shop(3);
    let elsewhere = Tracked::new(Employee(4));
    let snapshot = tracker.create_snapshot("");
    let serials = [&before, &made, &again, &elsewhere].map(|object| Tracked::serial(object).unwrap());
    let [none, trace, _, other] = serials.map(|serial| record(&snapshot, serial).trace.clone());

    assert_eq!(none, None, "made before it was asked for");
    let trace = trace.unwrap();
    assert!(!trace.cut);
    // The whole way: from where the thread began to the constructing function, and nothing of the tracker's behind it.
    let last = trace.frames.len() - 1;
    assert_eq!(position(&trace, "hire"), Some(last), "{trace}");
    assert_eq!(position(&trace, "run_shop"), Some(last - 1), "{trace}");
    // It is compiled into the closure that the test's frame calls: with lines alone for debug information, its path is not known.
    let outer = "p13_a_traced_class_records_where_each_object_was_made_outermost_frame_to_the_constructing_line";
    assert!(trace.frames[last - 2].function.ends_with(outer), "{trace}");
    assert!(last > 5 && trace.frames[..last - 2].iter().any(|frame| frame.function.starts_with("std::")), "{trace}");
    assert!(!trace.frames.iter().any(|frame| frame.function.contains("classtracker::")), "{trace}");
    // Without debug information there are no lines.
    if let Some(site) = &trace.frames[last].site {
        assert!(site.file.ends_with("tests/conformance/traces.rs"), "{site}");
        assert_eq!(site.line, line);
    }
    assert_eq!(record(&snapshot, serials[1]).site.as_ref().unwrap().line, line);

    let other = other.unwrap();
    assert_eq!(position(&other, "hire"), None);
    assert!(other.frames.last().unwrap().function.ends_with(outer), "{other}");
    drop((before, made, again, elsewhere));
}

#[test]
fn p13_equal_stacks_are_one_and_each_has_a_row_among_the_sites_of_its_class() {
    #[derive(DeepSizeOf)]
    struct Thing(u8);

    #[inline(never)]
    fn left() -> Vec<Tracked<Thing>> {
        std::hint::black_box((0..3).map(make).collect())
    }
    #[inline(never)]
    fn right() -> Vec<Tracked<Thing>> {
        std::hint::black_box((0..2).map(make).collect())
    }
    #[inline(never)]
    fn make(number: u8) -> Tracked<Thing> {
        Tracked::new(Thing(std::hint::black_box(number)))
    }

    let tracker = ClassTracker::new();
    let untraced = [make(0)];
    tracker.track_class_with::<Thing>(TrackOptions::new().trace(Trace::Stack));
    let traced = [left(), right()];
    let snapshot = tracker.create_snapshot("");
    let row = row::<Thing>(&snapshot);
    assert_eq!(row.sites.iter().map(|site| (site.live, site.bytes)).collect::<Vec<_>>(), [(3, 3), (2, 2), (1, 1)]);
    assert!(row.sites.iter().all(|site| site.site == row.sites[0].site), "one place: {:?}", row.sites);
    let function = |site: usize, name: &str| {
        let trace = row.sites[site].trace.as_ref().unwrap();
        assert!(trace.frames.iter().any(|frame| frame.function.contains(name)), "{trace}");
    };
    function(0, "::left");
    function(1, "::right");
    assert_eq!(row.sites[2].trace, None);
    // The records of the objects share what the rows have.
    for object in &snapshot.objects {
        let trace = object.object.trace.as_ref();
        assert!(
            trace.is_none_or(|trace| row.sites.iter().flat_map(|site| &site.trace).any(|of| Arc::ptr_eq(of, trace)))
        );
    }
    drop((untraced, traced));
}
