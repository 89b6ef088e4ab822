//! Trackers: who holds them, who is told, and what is kept for an object beside its identity.

use core::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Weak};

use loom::cell::UnsafeCell;

use super::{Reached, Value, check, class, object, spawn, started, walk};
use crate::Tracked;
use crate::registry::registry;
use crate::told::{ObjectInfo, Tracker};

/// A tracker that fails the model if it is told of anything while, or after, it is dropped.
struct Witness {
    alive: UnsafeCell<bool>,
    attached: AtomicU64,
    gone: AtomicU64,
}

// SAFETY: loom fails the model if uses of the cell race.
unsafe impl Sync for Witness {}
// SAFETY: as above.
unsafe impl Send for Witness {}

impl Witness {
    fn new() -> Arc<Self> {
        Arc::new(Self { alive: UnsafeCell::new(true), attached: AtomicU64::new(0), gone: AtomicU64::new(0) })
    }

    fn note(&self, count: &AtomicU64) {
        // SAFETY: loom has just checked that nobody writes it.
        self.alive.with(|alive| assert!(unsafe { *alive }, "a tracker is told after it was dropped"));
        // Relaxed: a model's threads run on one thread of the system.
        count.fetch_add(1, Ordering::Relaxed);
    }

    fn told(&self) -> (u64, u64) {
        // Relaxed: as above.
        (self.attached.load(Ordering::Relaxed), self.gone.load(Ordering::Relaxed))
    }
}

impl Tracker for Witness {
    fn notify_attached(&self, _object: &ObjectInfo<'_>) {
        self.note(&self.attached);
    }
    fn notify_detached(&self, _object: &ObjectInfo<'_>) {
        self.note(&self.gone);
    }
    fn notify_destroyed(&self, _object: &ObjectInfo<'_>) {
        self.note(&self.gone);
    }
}

impl Drop for Witness {
    fn drop(&mut self) {
        // SAFETY: loom has just checked that nobody else uses it.
        self.alive.with_mut(|alive| unsafe { *alive = false });
    }
}

fn set_global(tracker: Option<Arc<dyn Tracker>>) {
    registry().set_global_tracker(tracker);
}

/// The record is made once, is seen whole, and goes with its node.
#[test]
fn a_record_that_two_threads_make_against_a_walk() {
    static FOUND: Reached = Reached::new("the walker finds a bundle");
    static NOTHING: Reached = Reached::new("the walker finds the object without one");
    check(2, || {
        let handle = object(7);
        let other = handle.clone();
        let pages = class().visits();
        let walker = spawn(move || {
            walk(&pages, |object| match object.bundle() {
                Some(bundle) => {
                    assert!(bundle.get::<u64>().is_some_and(|number| [1, 2].contains(number)));
                    FOUND.mark();
                }
                None => NOTHING.mark(),
            });
        });
        let setter = spawn(move || Tracked::set_bundle(&other, 1_u64));
        started();
        Tracked::set_bundle(&handle, 2_u64);
        setter.join().unwrap();
        assert!(Tracked::bundle(&handle).is_some());
        drop(handle);
        walker.join().unwrap();
    });
    FOUND.check();
    NOTHING.check();
}

/// A claim passes to the record that stands in its place, and is given up once.
#[test]
fn another_tracker_for_an_object_against_its_last_drop() {
    static DETACHED: Reached = Reached::new("the object dies without the first tracker");
    check(2, || {
        let witness = Witness::new();
        set_global(Some(witness.clone()));
        let handle = object(7);
        let other = handle.clone();
        set_global(None);
        let setter = spawn(move || {
            Tracked::set_tracker(&other, None);
            if Tracked::strong_count(&other) == 1 {
                DETACHED.mark();
            }
        });
        started();
        assert!(Tracked::tracker(&handle).is_none_or(|tracker| Arc::strong_count(&tracker) > 1));
        drop(handle);
        setter.join().unwrap();
        assert_eq!(witness.told(), (1, 1));
        assert_eq!(Arc::strong_count(&witness), 1, "nobody has it any more");
    });
    DETACHED.check();
}

/// A tracker lives as long as there are claims on it, and no longer, whenever they are made while it is replaced.
#[test]
fn another_global_tracker_against_creation_and_drop() {
    static TOLD: Reached = Reached::new("the object gets the tracker");
    static LATE: Reached = Reached::new("it comes too late for it");
    check(2, || {
        let witness = Witness::new();
        let weak: Weak<Witness> = Arc::downgrade(&witness);
        set_global(Some(witness));
        let maker = spawn(|| {
            let made = object(1);
            let told = Tracked::tracker(&made).is_some();
            if told {
                TOLD.mark()
            } else {
                LATE.mark()
            }
            made
        });
        started();
        set_global(None);
        let made = maker.join().unwrap();
        let told = Tracked::tracker(&made).is_some();
        assert_eq!(weak.upgrade().is_some(), told, "the last object keeps it, and nothing else");
        drop(made);
        assert!(weak.upgrade().is_none(), "the last one lets it go");
    });
    TOLD.check();
    LATE.check();
}

/// Claims are counted where they are made and where they are given up, and seen whole by who closes: what one thread made and another
/// dropped, what comes and goes on a third, which then does nothing more.
#[test]
fn another_global_tracker_against_claims_that_are_given_up_elsewhere() {
    static TOLD: Reached = Reached::new("the last object gets the tracker");
    check(2, || {
        let witness = Witness::new();
        set_global(Some(witness.clone()));
        let old = object(1);
        let dropper = spawn(move || drop(old));
        let maker = spawn(|| {
            let made = object(2);
            if Tracked::tracker(&made).is_some() {
                TOLD.mark();
            }
        });
        started();
        set_global(None);
        dropper.join().unwrap();
        maker.join().unwrap();
        let (there, gone) = witness.told();
        assert_eq!(there, gone);
        assert_eq!(Arc::strong_count(&witness), 1, "nobody has it any more");
    });
    TOLD.check();
}

/// The last claims are given up by two threads at once, while a third closes: one of them finds that they were the last. (Found: a
/// thread that waited to count, and then did not first try again to count down.)
#[test]
fn another_global_tracker_against_the_last_drops_by_two_threads() {
    static CLOSED_LAST: Reached = Reached::new("the objects die before the tracker is replaced");
    static CLOSED_FIRST: Reached = Reached::new("an object dies after it was replaced");
    check(3, || {
        let witness = Witness::new();
        set_global(Some(witness.clone()));
        let droppers = [object(1), object(2)].map(|object| spawn(move || drop(object)));
        started();
        set_global(None);
        match witness.told() {
            (2, 2) => CLOSED_LAST.mark(),
            _ => CLOSED_FIRST.mark(),
        }
        for dropper in droppers {
            dropper.join().unwrap();
        }
        assert_eq!(witness.told(), (2, 2));
        assert_eq!(Arc::strong_count(&witness), 1, "nobody has it any more");
    });
    CLOSED_LAST.check();
    CLOSED_FIRST.check();
}

/// A number is not used again while an object of the tracker before lives.
#[test]
fn a_number_that_is_used_again_against_the_last_drop_of_its_tracker() {
    static SECOND: Reached = Reached::new("the new tracker is told of the new object");
    check(2, || {
        let (first, second) = (Witness::new(), Witness::new());
        set_global(Some(first.clone()));
        let old = object(1);
        let dropper = spawn(move || drop(old));
        started();
        set_global(None);
        set_global(Some(second.clone()));
        drop(object(2));
        dropper.join().unwrap();
        set_global(None);
        assert_eq!((first.told(), second.told()), ((1, 1), (1, 1)));
        SECOND.mark();
        assert_eq!((Arc::strong_count(&first), Arc::strong_count(&second)), (1, 1));
    });
    SECOND.check();
}

/// A tracker is told of the end once, whoever destroys the object.
#[test]
fn the_end_of_an_object_is_told_once_beside_a_walk() {
    check(3, || {
        let witness = Witness::new();
        let handle = object(7);
        Tracked::set_tracker(&handle, Some(witness.clone()));
        let pages = class().visits();
        let walker = spawn(move || {
            walk(&pages, |object| assert_eq!(object.value().map(Value::read), Some(7)));
        });
        started();
        drop(handle);
        walker.join().unwrap();
        assert_eq!(witness.told(), (1, 1));
        assert_eq!(Arc::strong_count(&witness), 1);
    });
}
