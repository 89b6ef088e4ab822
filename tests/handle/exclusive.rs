//! Taking the value out, and borrowing it mutably.

use std::sync::{Mutex, OnceLock};

use classtracker::{ClassTracker, DeepSizeOf, Inspect, Tracked, Walk, WeakTracked};

use crate::counts;

#[test]
fn get_mut_wants_to_be_the_only_handle_of_either_kind() {
    let mut handle = Tracked::new(vec![1]);
    Tracked::get_mut(&mut handle).unwrap().push(2);
    let clone = handle.clone();
    assert!(Tracked::get_mut(&mut handle).is_none());
    drop(clone);
    let weak = Tracked::downgrade(&handle);
    assert!(Tracked::get_mut(&mut handle).is_none());
    drop(weak);
    let mut guard = Tracked::get_mut(&mut handle).unwrap();
    *guard = vec![3];
    assert_eq!(format!("{guard:?} {:?}", guard.first()), "[3] Some(3)");
    drop(guard);
    assert_eq!(*handle, [3]);
}

#[test]
fn a_snapshot_counts_a_borrowed_value_but_does_not_read_it() {
    #[derive(DeepSizeOf)]
    struct Borrowed(Vec<u8>);

    let mut handle = Tracked::new(Borrowed(vec![0; 1000]));
    let tracker = ClassTracker::new();
    tracker.track_class::<Borrowed>();
    let guard = Tracked::get_mut(&mut handle).unwrap();
    let during = tracker.create_snapshot("during");
    assert!(tracker.instances::<Borrowed>().is_empty(), "a handle would lend the value a second time");
    drop(guard);
    let after = tracker.create_snapshot("after");
    let row = |snapshot: &classtracker::stats::Snapshot| {
        let row = &snapshot.classes[0];
        (row.live, row.unread, row.bytes >= 1000)
    };
    assert_eq!((row(&during), row(&after)), ((1, 1, false), (1, 0, true)));
}

#[test]
fn a_guard_that_is_forgotten_leaves_a_handle_that_works() {
    let mut handle = Tracked::new(1_u64);
    std::mem::forget(Tracked::get_mut(&mut handle));
    let clone = handle.clone();
    assert_eq!((*clone, Tracked::strong_count(&handle)), (1, 2));
    drop(clone);
    *Tracked::get_mut(&mut handle).unwrap() += 1;
    assert_eq!(Tracked::try_unwrap(handle).ok(), Some(2));
}

#[test]
fn make_mut_clones_a_shared_value_into_a_new_object() {
    let mut mine = Tracked::new(vec![1]);
    let serial = Tracked::serial(&mine);
    Tracked::make_mut(&mut mine).push(2);
    assert_eq!(Tracked::serial(&mine), serial);

    let theirs = mine.clone();
    let line = line!() + 1;
    Tracked::make_mut(&mut mine).push(3);
    assert_eq!((&*mine, &*theirs), (&vec![1, 2, 3], &vec![1, 2]));
    assert!(Tracked::serial(&mine) > serial);
    assert_eq!(Tracked::site(&mine).unwrap().line(), line);
    assert_eq!(Tracked::strong_count(&theirs), 1);

    let weak = Tracked::downgrade(&mine);
    Tracked::make_mut(&mut mine).push(4);
    assert!(weak.upgrade().is_none());
    assert_eq!(*mine, [1, 2, 3, 4]);
}

#[test]
fn try_unwrap_gives_the_value_of_the_only_strong_handle() {
    #[derive(Debug, PartialEq, DeepSizeOf)]
    struct Unwrapped(String);

    let handle = Tracked::new(Unwrapped("out".into()));
    let clone = handle.clone();
    let handle = Tracked::try_unwrap(handle).unwrap_err();
    assert!(Tracked::ptr_eq(&handle, &clone));
    drop(clone);
    let weak = Tracked::downgrade(&handle);
    assert_eq!(Tracked::try_unwrap(handle).unwrap(), Unwrapped("out".into()));
    assert!(weak.upgrade().is_none());
    assert_eq!(counts::<Unwrapped>(), (0, 1, 1));
}

#[test]
fn into_inner_and_unwrap_or_clone() {
    let handle = Tracked::new(String::from("in"));
    let clone = handle.clone();
    assert_eq!(Tracked::into_inner(handle), None);
    assert_eq!(Tracked::into_inner(clone).as_deref(), Some("in"));

    let handle = Tracked::new(String::from("in"));
    let address = handle.as_str().as_ptr();
    let cloned = Tracked::unwrap_or_clone(handle.clone());
    let own = Tracked::unwrap_or_clone(handle);
    assert_ne!(cloned.as_ptr(), address);
    assert_eq!(own.as_ptr(), address, "the last one is not cloned");
}

/// What a value does with a handle of its own class while it is being sized.
struct Meddler(Mutex<Option<Tracked<Meddler>>>);

static LENT: OnceLock<bool> = OnceLock::new();
static TAKEN: OnceLock<bool> = OnceLock::new();

impl Clone for Meddler {
    fn clone(&self) -> Self {
        Self(Mutex::new(None))
    }
}

impl Inspect for Meddler {
    fn inspect(&self, _walk: &mut Walk<'_>) {
        if let Some(mut own) = self.0.lock().unwrap().take() {
            LENT.get_or_init(|| Tracked::get_mut(&mut own).is_some());
            // The page is being read, and by this very thread: the value is cloned, once.
            *Tracked::make_mut(&mut own) = Meddler(Mutex::new(None));
            TAKEN.get_or_init(|| Tracked::try_unwrap(own).is_ok());
        }
    }
}

#[test]
fn nobody_waits_for_a_walk_inside_that_walk() {
    let inner = Tracked::new(Meddler(Mutex::new(None)));
    let outer = Tracked::new(Meddler(Mutex::new(Some(inner))));
    counts::<Meddler>();
    assert_eq!((LENT.get(), TAKEN.get()), (Some(&false), Some(&false)));
    drop(outer);
    assert_eq!(counts::<Meddler>(), (0, 3, 3));
}

#[test]
fn a_weak_handle_cannot_bring_back_what_was_taken_out() {
    let weak: WeakTracked<u32>;
    {
        let handle = Tracked::new(1);
        weak = Tracked::downgrade(&handle);
        assert_eq!(Tracked::into_inner(handle), Some(1));
    }
    assert!(weak.upgrade().is_none());
    assert_eq!(weak.clone().strong_count(), 0);
}
