//! The parts of objects: named to a level, merged for a class, an enum's by variant.

use std::sync::Arc;

use classtracker::stats::Referent;
use classtracker::{ClassTracker, DeepSizeOf, TrackOptions, Tracked};

use crate::support::row;

#[derive(DeepSizeOf)]
struct Tool {
    name: String,
}

#[derive(DeepSizeOf)]
struct Worker {
    name: String,
    tools: Vec<Tool>,
}

fn worker(name: &str, tools: &[&str]) -> Worker {
    Worker { name: name.into(), tools: tools.iter().map(|&name| Tool { name: name.into() }).collect() }
}

fn names(parts: &[Referent], level: u32) -> Vec<&str> {
    parts.iter().filter(|part| part.level == level).map(|part| &*part.name).collect()
}

fn deepest(parts: &[Referent]) -> u32 {
    parts.iter().map(|part| part.level).max().unwrap_or_default()
}

#[test]
fn p06_level_one_names_the_direct_parts_with_both_sizes_and_level_two_goes_one_deeper() {
    let ann = Arc::new(worker("Ann", &["saw", "file"]));
    let tracker = ClassTracker::new();
    tracker.track_object_with(&ann, TrackOptions::new().resolution_level(1));
    let snapshot = tracker.create_snapshot("");
    let parts = &snapshot.objects[0].referents;
    assert_eq!((names(parts, 1), deepest(parts)), (vec!["name", "tools"], 1));
    let tools = parts.iter().find(|part| &*part.name == "tools").unwrap();
    assert_eq!((tools.flat_bytes, tools.bytes), (24, 24 + 2 * size_of::<Tool>() as u64 + 3 + 4));

    tracker.track_change(&ann, TrackOptions::new().resolution_level(2)).unwrap();
    let snapshot = tracker.create_snapshot("");
    let parts = &snapshot.objects[0].referents;
    assert_eq!((names(parts, 1), deepest(parts)), (vec!["name", "tools"], 2));
    assert_eq!(names(parts, 2), ["elements"]);
}

#[test]
fn p06_a_change_of_level_takes_effect_with_the_next_snapshot_and_leaves_those_before() {
    let ann = Arc::new(worker("Ann", &["saw"]));
    let tracker = ClassTracker::new();
    tracker.track_object(&ann);
    let before = tracker.create_snapshot("");
    tracker.track_change(&ann, TrackOptions::new().resolution_level(1)).unwrap();
    let after = tracker.create_snapshot("");
    assert_eq!((before.objects[0].referents.len(), after.objects[0].referents.len()), (0, 2));
    assert_eq!(before.objects[0].bytes, after.objects[0].bytes);
}

#[test]
fn p06_a_level_of_a_class_holds_for_all_its_objects() {
    #[derive(DeepSizeOf)]
    struct Desk {
        papers: Vec<u8>,
    }

    let tracker = ClassTracker::new();
    tracker.track_class_with::<Desk>(TrackOptions::new().resolution_level(1));
    let desks: Vec<_> = (0..3).map(|papers| Tracked::new(Desk { papers: vec![0; papers] })).collect();
    let snapshot = tracker.create_snapshot("");
    assert_eq!(snapshot.objects.len(), desks.len());
    assert!(snapshot.objects.iter().all(|row| names(&row.referents, 1) == ["papers"]));
    assert_eq!(desks.iter().map(|desk| desk.papers.len()).sum::<usize>(), 3);
}

#[test]
fn p22_a_class_is_annotated_with_its_sums_and_the_parts_of_all_its_objects_by_name() {
    #[derive(DeepSizeOf)]
    struct Box3 {
        label: String,
        content: Vec<u8>,
    }

    let tracker = ClassTracker::new();
    tracker.track_class_with::<Box3>(TrackOptions::new().resolution_level(1).name("boxes"));
    let boxes: Vec<_> =
        [10, 30].map(|length| Tracked::new(Box3 { label: "b".into(), content: vec![0; length] })).into();
    let snapshot = tracker.create_snapshot("filled");
    let boxes_row = snapshot.class("boxes").unwrap();
    let flat = size_of::<Box3>() as u64;
    assert_eq!((boxes_row.live, boxes_row.bytes, boxes_row.average_bytes()), (2, 2 * flat + 42, Some(flat + 21)));
    let sums: Vec<_> = boxes_row.referents.iter().map(|part| (&*part.name, part.count, part.bytes)).collect();
    assert_eq!(sums, [("label", 2, 2 * 24 + 2), ("content", 2, 2 * 24 + 40)]);

    let mut text = Vec::new();
    tracker.stats().write_annotated(&mut text).unwrap();
    let text = String::from_utf8(text).unwrap();
    for word in ["filled", "boxes", "label", "content", "%"] {
        assert!(text.contains(word), "{word} in\n{text}");
    }
    assert_eq!(boxes.iter().map(|one| one.label.len() + one.content.len()).sum::<usize>(), 42);
}

#[test]
fn p31_the_objects_of_an_enum_are_shown_by_variant() {
    #[derive(DeepSizeOf)]
    enum Shape {
        Point,
        Line(Vec<u8>),
        Area { pixels: Vec<u8> },
    }

    let tracker = ClassTracker::new();
    tracker.track_class_with::<Shape>(TrackOptions::new().resolution_level(1));
    let shapes = [Shape::Point, Shape::Line(vec![0; 5]), Shape::Line(vec![0; 7]), Shape::Area { pixels: vec![0; 100] }];
    let shapes: Vec<_> = shapes.into_iter().map(Tracked::new).collect();
    let snapshot = tracker.create_snapshot("");
    let parts = &row::<Shape>(&snapshot).referents;
    let counted: Vec<_> = parts.iter().map(|part| (&*part.name, part.count)).collect();
    assert_eq!(counted, [("Point", 1), ("Line", 2), ("Area", 1)]);
    assert_eq!(parts.iter().map(|part| part.bytes).sum::<u64>(), row::<Shape>(&snapshot).bytes);
    let bytes = |shape: &Shape| match shape {
        Shape::Point => 0,
        Shape::Line(bytes) | Shape::Area { pixels: bytes } => bytes.len(),
    };
    assert_eq!(shapes.iter().map(|shape| bytes(shape)).sum::<usize>(), 112);
}

#[test]
fn t11_the_version_is_that_of_the_package_times_a_hundred() {
    let mut numbers = env!("CARGO_PKG_VERSION").split('.').map(|number| number.parse::<u32>().unwrap());
    let (major, minor) = (numbers.next().unwrap(), numbers.next().unwrap());
    assert_eq!(f64::from(classtracker::version()) / 100.0, format!("{major}.{minor}").parse::<f64>().unwrap());
}
