//! A pinned value is never moved and never lent mutably, whoever finds its object.

use std::marker::PhantomPinned;
use std::pin::Pin;

use classtracker::{ClassTracker, DeepSizeOf, Tracked};

use crate::counts;

#[derive(DeepSizeOf, Clone)]
struct Unmovable(u8, PhantomPinned);

impl Unmovable {
    fn new(number: u8) -> Self {
        Self(number, PhantomPinned)
    }
}

#[test]
fn a_handle_that_is_found_neither_moves_nor_lends_a_pinned_value() {
    let pinned: Pin<Tracked<Unmovable>> = Tracked::pin(Unmovable::new(1));
    assert_eq!(pinned.0, 1);
    let serial;
    let mut found = {
        let mut found = ClassTracker::new().instances::<Unmovable>();
        serial = Tracked::serial(&found[0]);
        found.pop().unwrap()
    };
    drop(pinned);
    assert_eq!(Tracked::strong_count(&found), 1);
    assert!(serial < Some(1 << 60), "a serial is a number, not a flag");

    assert!(Tracked::get_mut(&mut found).is_none());
    let mut found = Tracked::try_unwrap(found).err().unwrap();
    Tracked::make_mut(&mut found).0 = 2;
    assert!(Tracked::serial(&found) > serial, "a clone, which is not pinned");
    assert_eq!(Tracked::try_unwrap(found).ok().map(|value| value.0), Some(2));
    assert_eq!(counts::<Unmovable>(), (0, 2, 2));
}

#[test]
fn into_inner_drops_a_pinned_value_where_it_is() {
    #[derive(DeepSizeOf)]
    struct Pinned(#[allow(dead_code, reason = "to be sized")] u8);

    let pinned = Tracked::pin(Pinned(3));
    let found = ClassTracker::new().instances::<Pinned>().pop().unwrap();
    drop(pinned);
    assert!(Tracked::into_inner(found).is_none());
    assert_eq!(counts::<Pinned>(), (0, 1, 1));
}
