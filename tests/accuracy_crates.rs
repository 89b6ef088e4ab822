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
