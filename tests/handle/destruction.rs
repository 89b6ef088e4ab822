//! When and where values are dropped.

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use classtracker::{ClassTracker, DeepSizeOf, Inspect, Tracked, Walk, WeakTracked};

use crate::counts;

/// Writes its name into a list when it is dropped.
struct Named(&'static str, Arc<Mutex<Vec<&'static str>>>);

impl Inspect for Named {
    fn inspect(&self, _walk: &mut Walk<'_>) {}
}

impl Drop for Named {
    fn drop(&mut self) {
        self.1.lock().unwrap().push(self.0);
    }
}

#[test]
fn a_value_is_dropped_with_its_last_handle_and_its_memory_with_the_last_weak_one() {
    let said = Arc::default();
    let first = Tracked::new(Named("first", Arc::clone(&said)));
    let second = Tracked::new(Named("second", Arc::clone(&said)));
    let (clone, weak) = (first.clone(), Tracked::downgrade(&first));
    drop(first);
    drop(second);
    assert_eq!(*said.lock().unwrap(), ["second"]);
    drop(clone);
    assert_eq!(*said.lock().unwrap(), ["second", "first"]);
    drop(weak);
    assert_eq!(Arc::strong_count(&said), 1, "each was dropped once");
}

#[test]
fn a_weak_handle_does_not_upgrade_in_the_destructor() {
    #[derive(DeepSizeOf)]
    struct Curious(WeakTracked<Curious>);
    static FOUND: AtomicUsize = AtomicUsize::new(9);
    impl Drop for Curious {
        fn drop(&mut self) {
            let found = ClassTracker::new().instances::<Self>().len() + usize::from(self.0.upgrade().is_some());
            FOUND.store(found, Ordering::Relaxed);
        }
    }
    drop(Tracked::new_cyclic(|own| Curious(own.clone())));
    assert_eq!(FOUND.load(Ordering::Relaxed), 0);
}

#[test]
fn destructors_make_drop_and_measure_objects_of_their_own_class() {
    #[derive(DeepSizeOf)]
    struct Chain(u8);
    impl Drop for Chain {
        fn drop(&mut self) {
            if self.0 > 0 {
                let next = Tracked::new(Chain(self.0 - 1));
                let (live, ..) = counts::<Chain>();
                assert_eq!(live, 1);
                drop(next);
            }
        }
    }
    drop(Tracked::new(Chain(5)));
    assert_eq!(counts::<Chain>(), (0, 6, 6));
}

#[test]
fn a_list_drops_from_its_head() {
    #[derive(DeepSizeOf)]
    struct Link(#[allow(dead_code, reason = "to be dropped")] Option<Tracked<Link>>);
    let mut list = None;
    for _ in 0..1000 {
        list = Some(Tracked::new(Link(list)));
    }
    assert_eq!(counts::<Link>(), (1000, 1000, 0));
    drop(list);
    assert_eq!(counts::<Link>(), (0, 1000, 1000));
}

#[test]
fn a_destructor_that_panics_takes_nothing_else_with_it() {
    #[derive(DeepSizeOf)]
    struct Bomb(Tracked<Inner>);
    #[derive(DeepSizeOf)]
    struct Inner(#[allow(dead_code, reason = "to be sized")] u8);
    impl Drop for Bomb {
        fn drop(&mut self) {
            panic!("boom");
        }
    }
    let bomb = Tracked::new(Bomb(Tracked::new(Inner(1))));
    let inner = Tracked::downgrade(&bomb.0);
    let weak = Tracked::downgrade(&bomb);
    assert!(catch_unwind(AssertUnwindSafe(|| drop(bomb))).is_err());
    assert!(inner.upgrade().is_none(), "fields are dropped all the same");
    assert!(weak.upgrade().is_none());
    assert_eq!((counts::<Bomb>(), counts::<Inner>()), ((0, 1, 1), (0, 1, 1)));
}

/// Drops what it is given while a walk reads it: the destructor runs at the end of the page, on the walk's thread.
struct Suicidal {
    own: Mutex<Option<Tracked<Suicidal>>>,
    panics: bool,
}

static DESTROYED: AtomicUsize = AtomicUsize::new(0);

impl Inspect for Suicidal {
    fn inspect(&self, _walk: &mut Walk<'_>) {
        let before = DESTROYED.load(Ordering::Relaxed);
        let own = self.own.lock().unwrap().take();
        if own.is_some() {
            drop(own);
            assert_eq!(DESTROYED.load(Ordering::Relaxed), before, "it is being read");
        }
    }
}

impl Drop for Suicidal {
    fn drop(&mut self) {
        DESTROYED.fetch_add(1, Ordering::Relaxed);
        assert!(!self.panics, "a destructor panics inside a walk");
    }
}

#[test]
fn what_dies_while_it_is_read_is_destroyed_after_it_was_read() {
    for panics in [false, true] {
        let object = Tracked::new(Suicidal { own: Mutex::new(None), panics });
        *object.own.lock().unwrap() = Some(object.clone());
        drop(object);
    }
    let tracker = ClassTracker::new();
    tracker.track_class::<Suicidal>();
    let during = tracker.create_snapshot("during");
    assert_eq!((during.classes[0].live, during.classes[0].unread), (2, 0), "both count whole");
    assert_eq!(DESTROYED.load(Ordering::Relaxed), 2);
    assert_eq!(counts::<Suicidal>(), (0, 2, 2));
}

#[test]
fn objects_are_made_and_dropped_by_the_destructors_of_thread_locals() {
    #[derive(DeepSizeOf)]
    struct Late(#[allow(dead_code, reason = "to be sized")] u8);

    struct Keeper(Vec<Tracked<Late>>);
    impl Drop for Keeper {
        fn drop(&mut self) {
            let made = Tracked::new(Late(2));
            assert!(Tracked::serial(&made) > Tracked::serial(&self.0[0]));
            assert!(ClassTracker::new().instances::<Late>().len() >= 2);
            self.0.push(made);
        }
    }
    thread_local! {
        static EARLY: RefCell<Option<Keeper>> = const { RefCell::new(None) };
        static LATE: RefCell<Option<Keeper>> = const { RefCell::new(None) };
    }
    // One keeper is registered before the thread's first object and one after it, so that whatever the order in which thread-locals
    // go, one of them goes after the registry's own.
    for _ in 0..4 {
        thread::spawn(|| {
            EARLY.set(None);
            let first = Tracked::new(Late(0));
            EARLY.set(Some(Keeper(vec![first])));
            LATE.set(Some(Keeper(vec![Tracked::new(Late(1))])));
        })
        .join()
        .unwrap();
    }
    assert_eq!(counts::<Late>(), (0, 16, 16));
}
