//! Deep sizes of the types of other crates against a counting allocator. What is checked depends on the features.

#[path = "accuracy/measure.rs"]
mod measure;

use measure::Report;
use std::sync::Arc;

#[test]
fn locks_and_times_are_exact() {
    let mut report = Report::default();
    report.exact("parking_lot::Mutex", || parking_lot::Mutex::new("text".to_owned()));
    report.exact("parking_lot::RwLock", || parking_lot::RwLock::new(vec!["text".to_owned()]));
    report.exact("Arc<parking_lot::Mutex>", || Arc::new(parking_lot::Mutex::new(vec![1u8; 7])));
    report.exact("chrono::DateTime", || vec![chrono::Utc::now()]);
    #[cfg(feature = "tokio")]
    {
        report.exact("tokio::sync::Mutex", || Arc::new(tokio::sync::Mutex::new("text".to_owned())));
        report.exact("tokio::sync::RwLock", || Arc::new(tokio::sync::RwLock::new("text".to_owned())));
        report.exact("tokio::sync::OnceCell", || tokio::sync::OnceCell::new_with(Some("text".to_owned())));
    }
    #[cfg(feature = "uuid")]
    report.exact("uuid::Uuid", || vec![uuid::Uuid::nil()]);
    report.finish(4);
}

/// Shared state as programs have it, under a lock: exact, and never waited for, though the thread itself holds the lock.
#[test]
fn shared_state_is_exact_under_every_lock_and_unread_while_it_is_held() {
    use classtracker::{ClassTracker, DeepSizeOf};
    use std::collections::HashMap;
    use std::time::{Duration, Instant};

    #[derive(DeepSizeOf)]
    struct Entry {
        _text: String,
        _tags: Vec<String>,
    }

    fn state() -> HashMap<String, Vec<Entry>> {
        let entry = |number: usize| Entry { _text: "x".repeat(number), _tags: vec!["tag".to_owned(); number % 3] };
        (0..100).map(|key| (key.to_string(), (0..key % 5).map(entry).collect())).collect()
    }

    macro_rules! check {
        ($($lock:ident)::+, $hold:expr) => {{
            let mut made = None;
            let live = allocation_counter::measure(|| made = Some(Arc::new($($lock)::+::new(state())))).bytes_current;
            let state = made.expect("it was made");
            let tracker = ClassTracker::new();
            tracker.track_object(&state);
            // The counters of the `Arc` are no part of the object.
            assert_eq!(tracker.create_snapshot("").classes[0].bytes as i64, live - 16, stringify!($($lock)::+));
            let held = $hold(&state);
            let start = Instant::now();
            let row = tracker.create_snapshot("").classes[0].clone();
            assert!(start.elapsed() < Duration::from_secs(5));
            assert_eq!((row.live, row.unread), (1, 1), stringify!($($lock)::+));
            drop(held);
            assert_eq!(tracker.create_snapshot("").classes[0].unread, 0);
        }};
    }

    check!(std::sync::Mutex, std::sync::Mutex::lock);
    check!(std::sync::RwLock, std::sync::RwLock::write);
    check!(parking_lot::Mutex, parking_lot::Mutex::lock);
    check!(parking_lot::RwLock, parking_lot::RwLock::write);
    #[cfg(feature = "tokio")]
    {
        check!(tokio::sync::Mutex, tokio::sync::Mutex::blocking_lock);
        check!(tokio::sync::RwLock, tokio::sync::RwLock::blocking_write);
    }
}

#[test]
#[cfg(all(feature = "arrayvec", feature = "smallvec", feature = "bytes"))]
fn vectors_are_exact() {
    let mut report = Report::default();
    for count in [0, 1, 4, 5, 9, 100] {
        let texts = move || (0..count).map(|number: usize| number.to_string());
        report.exact("SmallVec", || texts().collect::<smallvec::SmallVec<[String; 4]>>());
        report.exact("ArrayVec", || texts().collect::<arrayvec::ArrayVec<String, 100>>());
        report.exact("Bytes", || bytes::Bytes::from(vec![1u8; count]));
        report.exact("BytesMut", || bytes::BytesMut::with_capacity(count));
    }
    report.finish(24);
}

/// A handle to a part of a buffer tells neither how large the rest is, nor whether there is a block for what all handles have in common
/// (24 bytes, 40 of a `BytesMut`): by so much it is too small.
#[test]
#[cfg(feature = "bytes")]
fn exceptions_stay_within_their_bounds() {
    let mut report = Report::default();
    report.within(900 + 24, "Bytes, the last handle to 100 of 1,000", || {
        bytes::Bytes::from(vec![1u8; 1000]).slice(0..100)
    });
    report.within(24 + 24, "Bytes, 1,000 of 1,024 filled", || {
        let mut filled = Vec::with_capacity(1024);
        filled.resize(1000, 1_u8);
        bytes::Bytes::from(filled)
    });
    report.within(100 + 40, "BytesMut, 100 cut off in front", || {
        let mut rest = bytes::BytesMut::with_capacity(1000);
        rest.resize(1000, 1);
        drop(rest.split_to(100));
        rest
    });
    report.finish(3);
}

#[test]
#[cfg(all(feature = "hashbrown", feature = "indexmap", feature = "serde_json"))]
fn maps_are_exact() {
    let mut report = Report::default();
    for count in [0, 1, 3, 4, 7, 8, 14, 15, 100, 1000] {
        let pairs = move || (0..count).map(|number: u32| (number.to_string(), number));
        report.exact("hashbrown::HashMap", || {
            let mut map = hashbrown::HashMap::with_hasher(std::hash::RandomState::new());
            map.extend(pairs());
            map.retain(|_, number| *number % 7 == 0);
            map
        });
        report.exact("IndexMap", || pairs().collect::<indexmap::IndexMap<_, _>>());
        report.exact("IndexMap grown", || {
            let mut map = indexmap::IndexMap::new();
            for (key, value) in pairs() {
                map.insert(key, value);
            }
            map
        });
        report.exact("serde_json::Value", || {
            let members = pairs().map(|(key, value)| (key, serde_json::json!([value, "text", { "a": null }])));
            serde_json::Value::Object(members.collect())
        });
    }
    report.finish(40);
}

#[test]
#[cfg(feature = "dashmap")]
fn sharded_maps_are_exact() {
    use dashmap::{DashMap, DashSet};

    let mut report = Report::default();
    for count in [0, 1, 7, 8, 100, 1000] {
        let pairs = move || (0..count).map(|number: u32| (number.to_string(), vec![number; 3]));
        report.exact("DashMap", || pairs().collect::<DashMap<_, _>>());
        report.exact("DashMap after removals", || {
            let map: DashMap<_, _> = pairs().collect();
            map.retain(|_, values| values[0] % 7 == 0);
            map
        });
        report
            .exact("DashMap of plain values", || (0..count).map(|number| (number, number)).collect::<DashMap<_, _>>());
        report.exact("DashMap of four shards", || {
            let map = DashMap::with_shard_amount(4);
            pairs().for_each(|(key, value)| drop(map.insert(key, value)));
            map
        });
        report.exact("Arc<DashMap<_, Arc<_>>>", || {
            Arc::new(pairs().map(|(key, value)| (key, Arc::new(value))).collect::<DashMap<_, _>>())
        });
        report.exact("DashSet", || pairs().map(|(key, _)| key).collect::<DashSet<_>>());
    }
    report.finish(36);
}

#[test]
#[cfg(feature = "dashmap")]
fn a_shard_that_is_held_is_unread_in_bounded_time_and_the_others_are_counted() {
    use classtracker::{ClassTracker, TrackOptions, deep_size_of};
    use dashmap::DashMap;
    use std::time::{Duration, Instant};

    let map = Arc::new(DashMap::with_shard_amount(2));
    for number in 0..1000_u32 {
        map.insert(number, number.to_string());
    }
    let whole = deep_size_of(&*map) as u64;
    let tracker = ClassTracker::new();
    tracker.track_object_with(&map, TrackOptions::new().resolution_level(1));
    let take = || {
        let start = Instant::now();
        let row = tracker.create_snapshot("").classes[0].clone();
        assert!(start.elapsed() < Duration::from_secs(5));
        assert_eq!(row.referents.iter().filter(|part| part.level == 1).map(|part| part.bytes).sum::<u64>(), row.bytes);
        (row.unread, row.bytes)
    };
    assert_eq!(take(), (0, whole));

    // A reader is in nobody's way.
    let key_of = |shard| (0..).find(|key| map.determine_map(key) == shard).expect("both shards have keys");
    let reader = map.get(&key_of(1));
    assert_eq!(take(), (0, whole));
    drop(reader);

    let bytes_while_held = [0, 1].map(|shard| {
        let writer = map.get_mut(&key_of(shard));
        let (unread, bytes) = take();
        drop(writer);
        assert_eq!(unread, 1);
        bytes
    });
    assert!(
        bytes_while_held.iter().all(|&bytes| bytes > whole / 4 && bytes < whole),
        "{bytes_while_held:?} of {whole}"
    );
    assert!(bytes_while_held[0] < bytes_while_held[1], "the texts of what lies behind a held shard are not seen");
    assert_eq!(take(), (0, whole));
}

/// What can change while it is shared is not steady, and neither is what shares.
#[test]
fn what_is_steady() {
    use classtracker::Inspect;

    assert!(chrono::DateTime::<chrono::Utc>::is_steady() && !parking_lot::Mutex::<u8>::is_steady());
    assert!(!<Vec<parking_lot::RwLock<String>>>::is_steady());
    #[cfg(feature = "bytes")]
    assert!(bytes::BytesMut::is_steady() && !bytes::Bytes::is_steady());
    #[cfg(feature = "dashmap")]
    assert!(!dashmap::DashMap::<u8, u8>::is_steady());
    #[cfg(feature = "hashbrown")]
    {
        use std::hash::RandomState;
        assert!(hashbrown::HashMap::<String, u8, RandomState>::is_steady());
        assert!(!hashbrown::HashSet::<Arc<str>, RandomState>::is_steady());
    }
    #[cfg(feature = "indexmap")]
    assert!(indexmap::IndexMap::<String, Vec<u8>>::is_steady() && !indexmap::IndexSet::<Arc<str>>::is_steady());
    #[cfg(feature = "serde_json")]
    assert!(serde_json::Value::is_steady() && <Vec<serde_json::Map<String, serde_json::Value>>>::is_steady());
    #[cfg(feature = "smallvec")]
    assert!(smallvec::SmallVec::<[String; 2]>::is_steady() && !smallvec::SmallVec::<[Arc<u8>; 2]>::is_steady());
    #[cfg(feature = "tokio")]
    assert!(!tokio::sync::Mutex::<u8>::is_steady() && !tokio::sync::OnceCell::<String>::is_steady());
}
