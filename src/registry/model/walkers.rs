//! Several walkers, and walkers that step aside.

use super::{Reached, Value, check, class, object, spawn, started, walk, walk_by};
use crate::registry::Walker;

/// Finds: a walker that releases what is parked while another reads.
#[test]
fn two_walkers_on_one_page_against_a_drop() {
    check(2, || {
        let handle = object(7);
        let walkers = [class().visits(), class().visits()].map(|pages| {
            spawn(move || {
                walk(&pages, |object| assert_eq!(object.value().map(Value::read), Some(7)));
            })
        });
        started();
        drop(handle);
        for walker in walkers {
            walker.join().unwrap();
        }
        assert_eq!(class().totals(), (1, 1));
    });
}

/// Finds: a drop that hides its object without the mark [`find`](crate::registry::slot::Slot::find) waits for, and one that
/// does not show it again.
#[test]
fn an_object_that_lives_on_is_never_missed() {
    static KEPT: Reached = Reached::new("a walker's handle keeps the object");
    check(3, || {
        let handle = object(7);
        let pages = class().visits();
        let walker = spawn(move || {
            let mut made = None;
            walk(&pages, |object| made = object.handle());
            let mut found = false;
            walk(&pages, |_| found = true);
            if made.is_some() {
                KEPT.mark();
                assert!(found, "there was a handle all the time");
            }
        });
        started();
        drop(handle);
        walker.join().unwrap();
    });
    KEPT.check();
}

/// Finds: a held object that is not recorded, or left out of `reads`, `busy` or `unpark`; a walker that comes back unseen.
#[test]
fn a_walker_that_stepped_aside_against_drops_of_its_object_and_another() {
    check(3, || {
        let handles = [object(7), object(7)];
        let pages = class().visits();
        let walker = spawn(move || {
            let walker = Walker::new();
            walk_by(&walker, &pages, &mut |object| {
                walker.step_aside();
                assert_eq!(object.value().map(Value::read), Some(7));
                assert!(object.serial() > 0);
            });
        });
        started();
        drop(handles);
        walker.join().unwrap();
        assert_eq!(class().totals(), (2, 2));
    });
}

/// Finds: a walker that comes back and ends the other's hold, too.
#[test]
fn two_walkers_that_step_aside_with_one_object_against_its_drop() {
    check(2, || {
        let handle = object(7);
        let walkers = [class().visits(), class().visits()].map(|pages| {
            spawn(move || {
                let walker = Walker::new();
                walk_by(&walker, &pages, &mut |object| {
                    walker.step_aside();
                    assert_eq!(object.value().map(Value::read), Some(7));
                });
            })
        });
        started();
        drop(handle);
        for walker in walkers {
            walker.join().unwrap();
        }
    });
}
