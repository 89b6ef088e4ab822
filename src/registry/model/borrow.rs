//! What writes a value, or moves it out, against a walker that reads it.

use loom::thread::JoinHandle;

use super::{Reached, Value, check, class, object, spawn, started, walk};
use crate::Tracked;
use crate::registry::registry;

/// A walker that reads what it may, and the header of what it finds.
fn reader() -> JoinHandle<()> {
    let pages = class().visits();
    spawn(move || {
        walk(&pages, |object| {
            if let Some(value) = object.value() {
                value.read();
            }
            assert_eq!(object.serial(), 1);
        });
    })
}

/// Finds: `exclude_walkers` that does not wait, waits too short, or leaves the value in sight; `publish` or `find` relaxed.
#[test]
fn a_mutable_borrow_against_a_walk() {
    static LENT: Reached = Reached::new("the value is lent");
    static READ: Reached = Reached::new("a walker reads what was written");
    check(3, || {
        let mut handle = object(7);
        let pages = class().visits();
        let walker = spawn(move || {
            walk(&pages, |object| {
                if object.value().map(Value::read) == Some(8) {
                    READ.mark();
                }
            });
        });
        started();
        if let Some(mut value) = Tracked::get_mut(&mut handle) {
            value.write(8);
            LENT.mark();
        }
        drop(handle);
        walker.join().unwrap();
    });
    LENT.check();
    READ.check();
}

/// Finds: `get_mut` that does not look a second time whether it is the only handle.
#[test]
fn a_mutable_borrow_against_a_handle_made_by_a_walker() {
    static LENT: Reached = Reached::new("the value is lent");
    static MADE: Reached = Reached::new("the walker makes a handle");
    check(3, || {
        let mut handle = object(7);
        let pages = class().visits();
        let walker = spawn(move || {
            let mut made = None;
            walk(&pages, |object| made = object.handle());
            if let Some(made) = made {
                made.read();
                MADE.mark();
            }
        });
        started();
        if let Some(mut value) = Tracked::get_mut(&mut handle) {
            value.write(8);
            LENT.mark();
        }
        drop(handle);
        walker.join().unwrap();
    });
    LENT.check();
    MADE.check();
}

/// Finds: a value that is moved while it is read; a header that is freed while a walker that came meanwhile reads it; a
/// parked node without a value that is destroyed as if it had one.
#[test]
fn try_unwrap_against_a_walk() {
    static UNWRAPPED: Reached = Reached::new("the value comes out");
    check(3, || {
        let handle = object(7);
        let walker = reader();
        started();
        match Tracked::try_unwrap(handle) {
            Ok(mut value) => {
                value.write(8);
                UNWRAPPED.mark();
            }
            Err(handle) => assert_eq!(handle.read(), 7),
        }
        walker.join().unwrap();
        assert_eq!(class().totals(), (1, 1));
    });
    UNWRAPPED.check();
}

/// Finds: `try_unwrap` that does not take the count in one step.
#[test]
fn try_unwrap_against_an_upgrade_and_a_walk() {
    static UNWRAPPED: Reached = Reached::new("the value comes out");
    static UPGRADED: Reached = Reached::new("the weak handle becomes a strong one");
    check(2, || {
        let handle = object(7);
        let weak = Tracked::downgrade(&handle);
        let walker = reader();
        let upgrader = spawn(move || {
            if let Some(handle) = weak.upgrade() {
                handle.read();
                UPGRADED.mark();
            }
        });
        started();
        if let Ok(mut value) = Tracked::try_unwrap(handle) {
            value.write(8);
            UNWRAPPED.mark();
        }
        upgrader.join().unwrap();
        walker.join().unwrap();
        assert_eq!(class().totals(), (1, 1));
    });
    UNWRAPPED.check();
    UPGRADED.check();
}

/// Without a slot: see `drop.rs`.
///
/// Finds: `drop_weak` without the acquiring load.
#[test]
fn try_unwrap_of_an_object_that_is_not_registered_against_an_upgrade() {
    static UNWRAPPED: Reached = Reached::new("the value comes out");
    check(4, || {
        registry().set_enabled(false);
        let handle = object(7);
        let weak = Tracked::downgrade(&handle);
        let upgrader = spawn(move || {
            if let Some(handle) = weak.upgrade() {
                handle.read();
            }
        });
        started();
        if let Ok(mut value) = Tracked::try_unwrap(handle) {
            value.write(8);
            UNWRAPPED.mark();
        }
        upgrader.join().unwrap();
    });
    UNWRAPPED.check();
}

/// Finds: `into_inner` that does not exclude walkers; that gives up where it should wait.
#[test]
fn into_inner_of_two_handles_at_once_against_a_walk() {
    static FIRST: Reached = Reached::new("one thread gets the value");
    static SECOND: Reached = Reached::new("the other does");
    check(2, || {
        let handle = object(7);
        let other = handle.clone();
        let walker = reader();
        let second = spawn(move || {
            let mut value = Tracked::into_inner(other);
            if let Some(value) = &mut value {
                value.write(8);
                SECOND.mark();
            }
            value.is_some()
        });
        started();
        let mut value = Tracked::into_inner(handle);
        if let Some(value) = &mut value {
            value.write(8);
            FIRST.mark();
        }
        let second = second.join().unwrap();
        assert!(second != value.is_some(), "one value, one owner");
        drop(value);
        walker.join().unwrap();
        assert_eq!(class().totals(), (1, 1));
    });
    FIRST.check();
    SECOND.check();
}

/// Finds: a value that is taken though this very thread reads it.
#[test]
fn into_inner_by_who_reads_the_object_leaves_it_to_the_walk() {
    static LEFT: Reached = Reached::new("the walk destroys the value");
    check(2, || {
        let handle = object(7);
        let other = handle.clone();
        let walker = reader();
        let second = spawn(move || Tracked::into_inner(other).is_some());
        started();
        let mut handle = Some(handle);
        let mut value = None;
        walk(&class().visits(), |object| {
            value = handle.take().and_then(Tracked::into_inner);
            assert!(value.is_none(), "it is being read");
            assert_eq!(object.value().map(Value::read), Some(7));
        });
        let first = handle.is_none();
        let second = second.join().unwrap();
        if first && !second {
            LEFT.mark();
        }
        drop(handle);
        walker.join().unwrap();
        assert_eq!(class().totals(), (1, 1));
    });
    LEFT.check();
}
