//! What a snapshot tells of values inside objects, and of data that objects share.

use std::collections::HashMap;
use std::sync::Arc;

use classtracker::stats::Snapshot;
use classtracker::{ClassTracker, DeepSizeOf, TrackOptions, Tracked};

#[derive(DeepSizeOf)]
struct Entry {
    key: u64,
    text: String,
}

#[derive(DeepSizeOf)]
struct Cache {
    by_name: HashMap<String, Vec<Entry>>,
}

fn census(snapshot: &Snapshot, name: &str) -> Option<(u64, u64)> {
    let rows = snapshot.census.as_ref()?;
    rows.iter().find(|row| row.type_name.ends_with(name)).map(|row| (row.count, row.bytes))
}

#[test]
fn values_held_deep_inside_an_object_are_counted_by_type() {
    let entries = |texts: &[&str]| -> Vec<Entry> {
        texts.iter().map(|text| Entry { key: text.len() as u64, text: (*text).into() }).collect()
    };
    let mut by_name = HashMap::new();
    by_name.insert("a".to_owned(), entries(&["1", "22", "333"]));
    by_name.insert("b".to_owned(), entries(&["4444"]));
    let keys: u64 = by_name.values().flatten().map(|entry| entry.key).sum();
    let cache = Tracked::new(Cache { by_name });

    let tracker = ClassTracker::new();
    tracker.track_class::<Cache>();
    assert_eq!(tracker.create_snapshot("").census, None, "nobody asked");
    tracker.set_census(true);
    let snapshot = tracker.create_snapshot("");
    assert_eq!(census(&snapshot, "Entry"), Some((4, 4 * 32 + keys)));
    let (caches, cache_bytes) = census(&snapshot, "Cache").unwrap();
    assert_eq!(caches, 1);
    assert_eq!(cache_bytes + 4 * 32 + keys, snapshot.classes[0].bytes, "all that is not an entry's is the cache's");
    assert_eq!(cache.by_name.len(), 2);
}

#[test]
fn a_row_tells_how_much_of_what_its_objects_reach_others_reach_too() {
    #[derive(DeepSizeOf)]
    struct Left(Arc<[u8; 1000]>, Arc<[u8; 10]>);

    #[derive(DeepSizeOf)]
    struct Right(Arc<[u8; 1000]>);

    let common = Arc::new([0; 1000]);
    let tracker = ClassTracker::new();
    tracker.track_class_with::<Left>(TrackOptions::new().name("left"));
    tracker.track_class_with::<Right>(TrackOptions::new().name("right"));
    let left = Tracked::new(Left(Arc::clone(&common), Arc::new([0; 10])));
    let right = Tracked::new(Right(common));
    let snapshot = tracker.create_snapshot("");
    let row = |name| snapshot.class(name).unwrap();
    assert_eq!(row("left").bytes, 16 + 1016 + 32, "the older one pays for what both reach");
    assert_eq!(row("right").bytes, 8);
    assert_eq!((row("left").shared_bytes, row("right").shared_bytes), (1016, 1016));
    assert_eq!((left.1.len(), right.0.len()), (10, 1000));
}
