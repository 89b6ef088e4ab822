//! Types that say of themselves what cannot be true: it costs what is told of them, and neither the snapshot nor what is told of others.

use std::sync::Arc;

use classtracker::stats::Snapshot;
use classtracker::{ClassTracker, Detail, Inspect, TrackOptions, Tracked, Walk, deep_size_of};

use crate::support::row;

/// What a type takes that reckons its bytes wrongly: a difference below zero, above all.
const WRONG: [usize; 4] = [usize::MAX, usize::MAX - 7, isize::MAX as usize, 1 << 60];

fn wrong(number: usize) -> usize {
    WRONG[number % WRONG.len()]
}

/// Text of three bytes beside what is wrong.
struct Allocation(usize, String);

impl Inspect for Allocation {
    fn inspect(&self, walk: &mut Walk<'_>) {
        walk.value(self, |walk| {
            walk.field("text", &self.1);
            walk.field_with("wrong", wrong(self.0 + 1), |walk| walk.heap(wrong(self.0)));
            walk.elements::<u8>(wrong(self.0), []);
        });
    }
}

/// The same in a block that it shares with others.
struct Block(usize, Arc<u8>);

impl Inspect for Block {
    fn inspect(&self, walk: &mut Walk<'_>) {
        walk.shared(Arc::as_ptr(&self.1).cast(), wrong(self.0), |walk| {
            walk.value(self, |walk| walk.heap(wrong(self.0)));
        });
    }
}

struct BySizer(usize);

impl Inspect for BySizer {
    fn inspect(&self, _walk: &mut Walk<'_>) {}
}

struct Sound(String);

impl Inspect for Sound {
    fn inspect(&self, walk: &mut Walk<'_>) {
        walk.field("0", &self.0);
    }
}

fn sound() -> Tracked<Sound> {
    Tracked::new(Sound("text".into()))
}

/// What is told of the others is true.
#[track_caller]
fn assert_sound(snapshot: &Snapshot) {
    let sound = row::<Sound>(snapshot);
    assert_eq!((sound.live, sound.bytes, sound.unread), (1, size_of::<Sound>() as u64 + 4, 0));
}

#[test]
fn an_object_that_says_more_than_there_can_be_is_unread_and_harms_no_other() {
    for levels in [0, 1, 3] {
        for (threads, detail) in [(1, Detail::All), (2, Detail::Largest(7)), (1, Detail::Classes)] {
            let tracker = ClassTracker::new();
            let options = || TrackOptions::new().resolution_level(levels).detail(detail);
            tracker.track_class_with::<Sound>(TrackOptions::new().resolution_level(levels).only_new());
            tracker.track_class_with::<Allocation>(options().only_new());
            tracker.track_class_with::<Block>(TrackOptions::new().resolution_level(levels).only_new());
            tracker.track_class_with::<BySizer>(
                TrackOptions::new().detail(detail).only_new().size_with(|object| wrong(object.0)),
            );
            tracker.set_census(levels == 3);
            tracker.set_snapshot_threads(threads);
            let shared: Vec<_> = (0..4).map(Arc::new).collect();
            let _sound = sound();
            let _objects: Vec<_> = (0..100).map(|number| Tracked::new(Allocation(number, "abc".into()))).collect();
            let _blocks: Vec<_> =
                (0..100).map(|number| Tracked::new(Block(number, Arc::clone(&shared[number % 4])))).collect();
            let _sized: Vec<_> = (0..100).map(|number| Tracked::new(BySizer(number))).collect();
            let own = Arc::new(Allocation(3, "abc".into()));
            // While there is an object of its own, all others are looked up; else most go the short way.
            if threads == 2 {
                tracker.track_object_with(&own, TrackOptions::new().name("own").resolution_level(levels));
            }
            let snapshot = tracker.create_snapshot("");
            assert_sound(&snapshot);
            let sized = row::<BySizer>(&snapshot);
            assert_eq!((sized.live, sized.unread, sized.bytes), (100, 100, 100 * size_of::<BySizer>() as u64));
            assert_eq!((sized.smallest_bytes, sized.largest_bytes), (Some(8), Some(8)));
            assert_eq!(row::<Allocation>(&snapshot).live, 100);
            assert_eq!(row::<Block>(&snapshot).live, 100);
            assert_eq!(snapshot.class("own").map(|row| row.live), (threads == 2).then_some(1));
            assert!(
                snapshot.classes.iter().all(|row| row.largest_bytes.unwrap_or(0) <= 1 << 57),
                "nothing absurd is shown"
            );
        }
    }
}

#[test]
fn a_value_that_says_more_than_there_can_be_can_be_sized_alone() {
    for number in 0..WRONG.len() {
        let _ = deep_size_of(&Allocation(number, "abc".into()));
        let _ = deep_size_of(&vec![Block(number, Arc::new(1))]);
    }
}

#[test]
fn of_an_object_whose_sizer_panics_the_flat_size_is_known_whatever_was_sized_before() {
    struct Before(String);

    impl Inspect for Before {
        fn inspect(&self, walk: &mut Walk<'_>) {
            walk.field("0", &self.0);
        }
    }

    struct Panics(u64);

    impl Inspect for Panics {
        fn inspect(&self, _walk: &mut Walk<'_>) {}
    }

    let tracker = ClassTracker::new();
    tracker.track_class::<Before>();
    tracker.track_class_with::<Panics>(TrackOptions::new().size_with(|object| panic!("number {}", object.0)));
    let _objects = (Tracked::new(Before("x".repeat(1000))), [1, 2].map(|number| Tracked::new(Panics(number))));
    let snapshot = tracker.create_snapshot("");
    let row = row::<Panics>(&snapshot);
    assert_eq!((row.live, row.unread, row.bytes), (2, 2, 2 * size_of::<Panics>() as u64));
}
