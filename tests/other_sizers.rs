//! Types that know only some other crate's trait can be tracked: with a function, or with an `Inspect` of one line.
#![forbid(unsafe_code)]

use allocative::Allocative;
use classtracker::{ClassTracker, Inspect, TrackOptions, Tracked, Walk};
use get_size2::GetSize;
use std::sync::Arc;

/// Knows only get-size2's trait.
#[derive(GetSize)]
struct Letter {
    address: String,
    pages: Vec<String>,
}

/// Knows only allocative's trait.
#[derive(Allocative)]
struct Parcel {
    address: String,
    weights: Vec<u32>,
}

fn letter() -> Letter {
    Letter { address: "here".to_owned(), pages: vec!["one".to_owned(), "three".to_owned()] }
}

fn parcel() -> Parcel {
    Parcel { address: "there".to_owned(), weights: vec![1, 2, 3] }
}

const LETTER: u64 = (size_of::<Letter>() + 4 + 2 * size_of::<String>() + 3 + 5) as u64;
const PARCEL: u64 = (size_of::<Parcel>() + 5 + 3 * size_of::<u32>()) as u64;

/// The bytes of the only class of a snapshot.
fn bytes(tracker: &ClassTracker) -> u64 {
    let snapshot = tracker.create_snapshot("");
    assert_eq!(snapshot.classes.len(), 1);
    snapshot.classes[0].bytes
}

#[test]
fn objects_are_sized_by_the_function_of_another_crate() {
    let object = Arc::new(letter());
    let tracker = ClassTracker::new();
    tracker.track_object_with(&object, TrackOptions::new().size_with(Letter::get_size));
    assert_eq!(bytes(&tracker), LETTER);
    assert!(object.address.len() == 4 && object.pages.len() == 2);

    let object = Arc::new(parcel());
    let tracker = ClassTracker::new();
    tracker.track_object_with(
        &object,
        TrackOptions::new().size_with(|parcel: &Parcel| allocative::size_of_unique(parcel)),
    );
    assert_eq!(bytes(&tracker), PARCEL);
    assert!(object.address.len() == 5 && object.weights.len() == 3);
}

impl Inspect for Letter {
    fn inspect(&self, walk: &mut Walk<'_>) {
        walk.heap(self.get_heap_size());
    }
}

impl Inspect for Parcel {
    fn inspect(&self, walk: &mut Walk<'_>) {
        walk.heap(allocative::size_of_unique_allocated_data(self));
    }
}

#[test]
fn classes_are_sized_by_an_inspect_that_asks_another_crate() {
    let letters = [Tracked::new(letter()), Tracked::new(letter())];
    let tracker = ClassTracker::new();
    tracker.track_class::<Letter>();
    assert_eq!(bytes(&tracker), 2 * LETTER);
    drop(letters);

    let parcels = [Tracked::new(parcel()), Tracked::new(parcel())];
    let tracker = ClassTracker::new();
    tracker.track_class::<Parcel>();
    assert_eq!(bytes(&tracker), 2 * PARCEL);
    drop(parcels);
}

/// What a derived type holds of them is counted through the same line.
#[test]
fn fields_of_such_types_are_counted() {
    #[derive(classtracker::DeepSizeOf)]
    struct Post {
        letters: Vec<Letter>,
        parcel: Parcel,
    }

    let post = Post { letters: vec![letter()], parcel: parcel() };
    assert_eq!(classtracker::deep_size_of(&post) as u64, size_of::<Vec<Letter>>() as u64 + LETTER + PARCEL);
    assert!(post.letters.len() == 1 && post.parcel.weights.len() == 3);
}
