// The example of the README, to the letter: `tests/readme.rs` compares them.
#[rustfmt::skip]
use classtracker::{ClassTracker, DeepSizeOf, Tracked};

#[derive(DeepSizeOf)]
struct Page { text: String }

fn main() {
    let tracker = ClassTracker::new();
    tracker.track_class::<Page>();
    let cache: Vec<_> = (0..100).map(|_| Tracked::new(Page { text: "x".repeat(1000) })).collect();
    tracker.create_snapshot("full");
    drop(cache);
    tracker.create_snapshot("dropped");
    for s in tracker.snapshots() { println!("{}: {} live, {} bytes", s.label, s.classes[0].live, s.classes[0].bytes); }
}
