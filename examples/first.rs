//! The first example of the README.

use classtracker::{ClassTracker, DeepSizeOf, Tracked};

#[derive(DeepSizeOf)]
struct Page(String);

fn main() {
    let tracker = ClassTracker::new();
    tracker.track_class::<Page>();
    let cache: Vec<_> = (0..100).map(|_| Tracked::new(Page("x".repeat(1000)))).collect();
    let full = tracker.create_snapshot("full");
    drop(cache);
    let empty = tracker.create_snapshot("dropped");
    println!("{} bytes, then {}", full.classes[0].bytes, empty.classes[0].bytes);
}
