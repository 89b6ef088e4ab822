//! The last handle's drop against a walk.

use super::{Reached, Value, check, class, object, spawn, started, walk};
use crate::registry::registry;
use crate::{Tracked, WeakTracked};

/// Finds: no fence in `enter` or after the swap, `is_busy` or the store to `busy` relaxed, an object that is not hidden or not
/// parked, parking without the lock.
#[test]
fn a_drop_against_a_walk() {
    static READ: Reached = Reached::new("the walker reads the object");
    static MISSED: Reached = Reached::new("the walker misses it");
    check(4, || {
        let handle = object(7);
        let pages = class().visits();
        let walker = spawn(move || {
            let mut found = false;
            walk(&pages, |object| {
                assert_eq!(object.value().map(Value::read), Some(7));
                found = true;
            });
            if found {
                READ.mark();
            } else {
                MISSED.mark();
            }
        });
        started();
        drop(handle);
        walker.join().unwrap();
        assert_eq!(class().totals(), (1, 1));
    });
    READ.check();
    MISSED.check();
}

/// Finds: `drop_strong` relaxed, and what is left out of `drop_last` (to hide, to park).
#[test]
fn the_last_two_handles_dropped_on_two_threads_against_a_walk() {
    check(3, || {
        let handle = object(7);
        let other = handle.clone();
        let pages = class().visits();
        let walker = spawn(move || {
            walk(&pages, |object| assert_eq!(object.value().map(Value::read), Some(7)));
        });
        let dropper = spawn(move || {
            assert_eq!(other.read(), 7);
            drop(other);
        });
        started();
        drop(handle);
        dropper.join().unwrap();
        walker.join().unwrap();
        assert_eq!(class().totals(), (1, 1));
    });
}

/// Without a slot there is no page, whose fences would hide what the counts fail to order.
///
/// Finds: `drop_strong` or `drop_weak` without the acquiring load.
#[test]
fn the_last_two_handles_of_an_object_that_is_not_registered() {
    check(4, || {
        registry().set_enabled(false);
        let handle = object(7);
        let other = handle.clone();
        let weak = Tracked::downgrade(&handle);
        let dropper = spawn(move || {
            assert_eq!(other.read(), 7);
            drop(other);
        });
        started();
        assert_eq!(handle.read(), 7);
        drop(handle);
        drop(weak);
        dropper.join().unwrap();
    });
}

/// Finds: an upgrade from a count of 0, `drop_weak` relaxed.
#[test]
fn an_upgrade_against_the_last_drop_and_a_walk() {
    static UPGRADED: Reached = Reached::new("the weak handle becomes a strong one");
    static DEAD: Reached = Reached::new("it comes too late");
    check(3, || {
        let handle = object(7);
        let weak = Tracked::downgrade(&handle);
        let pages = class().visits();
        let walker = spawn(move || {
            walk(&pages, |object| assert_eq!(object.value().map(Value::read), Some(7)));
        });
        let upgrader = spawn(move || match weak.upgrade() {
            Some(handle) => {
                assert_eq!(handle.read(), 7);
                UPGRADED.mark();
            }
            None => DEAD.mark(),
        });
        started();
        drop(handle);
        upgrader.join().unwrap();
        walker.join().unwrap();
    });
    UPGRADED.check();
    DEAD.check();
}

/// Finds: a drop that does not look a second time whether it is the only handle, looks before the page is idle, or looks relaxed;
/// a walker that raises the count without looking.
#[test]
fn a_handle_made_by_a_walker_against_the_last_drop() {
    static MADE: Reached = Reached::new("the walker makes a handle");
    static LAST: Reached = Reached::new("the walker's handle is the last");
    check(4, || {
        let handle = object(7);
        let pages = class().visits();
        let walker = spawn(move || {
            let mut made = None;
            walk(&pages, |object| made = object.handle());
            if let Some(made) = made {
                MADE.mark();
                if Tracked::strong_count(&made) == 1 {
                    LAST.mark();
                }
                assert_eq!(made.read(), 7);
            }
        });
        started();
        drop(handle);
        walker.join().unwrap();
        assert_eq!(class().totals(), (1, 1));
    });
    MADE.check();
    LAST.check();
}

/// Finds: `first_strong` or `upgrade` relaxed.
#[test]
fn an_upgrade_against_the_end_of_new_cyclic() {
    static UPGRADED: Reached = Reached::new("the weak handle becomes a strong one");
    check(4, || {
        let mut upgrader = None;
        let handle = Tracked::new_cyclic(|weak: &WeakTracked<Value>| {
            let weak = weak.clone();
            upgrader = Some(spawn(move || {
                if let Some(handle) = weak.upgrade() {
                    assert_eq!(handle.read(), 7);
                    UPGRADED.mark();
                }
            }));
            started();
            Value::new(7)
        });
        drop(handle);
        if let Some(upgrader) = upgrader {
            upgrader.join().unwrap();
        }
    });
    UPGRADED.check();
}
