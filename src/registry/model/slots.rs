//! Slots that one object leaves and another takes.

use super::{Reached, Value, check, class, object, spawn, started, walk};
use crate::registry::Place;
use crate::{Tracked, registry};

/// Finds: `publish` or `find` relaxed.
#[test]
fn a_slot_that_is_used_again_on_another_thread_against_a_walk() {
    static NEW: Reached = Reached::new("the walker reads the new object");
    check(2, || {
        let old = object(1);
        let pages = class().visits();
        let walker = spawn(move || {
            walk(&pages, |object| {
                let expected = if object.serial() == 1 { 1 } else { 2 };
                assert_eq!(object.value().map(Value::read), Some(expected));
                if expected == 2 {
                    NEW.mark();
                }
            });
        });
        let other = spawn(move || {
            drop(old);
            object(2)
        });
        started();
        drop(other.join().unwrap());
        walker.join().unwrap();
        assert_eq!(class().totals(), (2, 2));
    });
    NEW.check();
}

/// Finds: slots that a thread keeps when it ends.
#[test]
fn a_slot_that_goes_from_a_thread_that_ends_to_another() {
    static TAKEN: Reached = Reached::new("the new object stands where the old one stood");
    check(2, || {
        let first = object(1);
        let second = object(2);
        let pages = class().visits();
        let ending = spawn(move || drop(first));
        let taking = spawn(|| {
            let third = object(3);
            if class().visits().len() == 1 {
                TAKEN.mark();
            }
            drop(third);
        });
        started();
        walk(&pages, |object| {
            object.value().map(Value::read);
        });
        drop(second);
        ending.join().unwrap();
        taking.join().unwrap();
        assert_eq!(class().totals(), (3, 3));
    });
    TAKEN.check();
}

/// Finds: a place that does not compare serials; a drop that hides its object though it may live on.
#[test]
fn a_place_tells_its_object_from_the_next_one_there() {
    static ALIVE: Reached = Reached::new("it is alive when it is looked at");
    check(3, || {
        let old = object(1);
        let place: Place = Tracked::entry(&old).unwrap().1;
        let looker = spawn(move || {
            let walker = registry::Walker::new();
            let first = walker.visit_place::<Value, _>(place, |object| {
                assert_eq!(object.value().map(Value::read), Some(1));
            });
            if first.is_some() {
                ALIVE.mark();
            } else {
                assert!(!place.is_alive(), "death is final");
            }
        });
        started();
        drop(old);
        drop(object(2));
        looker.join().unwrap();
    });
    ALIVE.check();
}
