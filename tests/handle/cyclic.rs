//! Objects that know themselves.

use std::panic::{AssertUnwindSafe, catch_unwind};

use classtracker::{ClassTracker, DeepSizeOf, Tracked, WeakTracked};

use crate::counts;

#[derive(DeepSizeOf)]
struct Node {
    own: WeakTracked<Node>,
    number: u32,
}

#[test]
fn an_object_holds_a_weak_handle_to_itself() {
    let node = Tracked::new_cyclic(|own: &WeakTracked<Node>| {
        assert!(own.upgrade().is_none(), "there is no value yet");
        assert_eq!((own.strong_count(), own.weak_count()), (0, 0));
        assert!(ClassTracker::new().instances::<Node>().is_empty());
        Node { own: own.clone(), number: 7 }
    });
    assert_eq!((Tracked::strong_count(&node), Tracked::weak_count(&node)), (1, 1));
    let again = node.own.upgrade().unwrap();
    assert!(Tracked::ptr_eq(&node, &again));
    assert_eq!((again.number, node.own.serial()), (7, Tracked::serial(&node)));
    assert_eq!(ClassTracker::new().instances::<Node>().len(), 1);
    drop((node, again));
    assert_eq!(counts::<Node>(), (0, 1, 1));
}

#[test]
fn nothing_is_left_of_an_object_whose_making_panics() {
    #[derive(DeepSizeOf)]
    struct Unmade(#[allow(dead_code, reason = "to be sized")] [u64; 4]);

    let mut stolen = WeakTracked::new();
    let made = catch_unwind(AssertUnwindSafe(|| {
        Tracked::<Unmade>::new_cyclic(|own| {
            stolen = own.clone();
            panic!("no value comes")
        })
    }));
    assert!(made.is_err());
    assert!(stolen.upgrade().is_none());
    assert_eq!((stolen.strong_count(), stolen.clone().weak_count()), (0, 0));
    assert_eq!(counts::<Unmade>(), (0, 1, 1));
    drop(stolen);
    // The slot is used again.
    drop(Tracked::new(Unmade([1; 4])));
    assert_eq!(counts::<Unmade>(), (0, 2, 2));
}

#[test]
fn an_object_that_is_made_inside_the_making_of_another() {
    #[derive(DeepSizeOf)]
    struct Nested(Option<Tracked<Nested>>);

    let outer = Tracked::new_cyclic(|_| Nested(Some(Tracked::new_cyclic(|_| Nested(None)))));
    assert!(Tracked::serial(&outer) < outer.0.as_ref().and_then(Tracked::serial));
    assert_eq!(counts::<Nested>(), (2, 2, 0));
}
