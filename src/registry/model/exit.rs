//! A thread that ends: its counts and free slots go back to the class.

use loom::sync::{Arc, Mutex};

use super::{Reached, Value, check, class, object, spawn, started, walk};
use crate::Tracked;

/// Finds: a thread that hands over its counts outside of the lock, or stays in the list.
#[test]
fn a_thread_that_ends_against_totals_and_a_walk() {
    static FOUND: Reached = Reached::new("the walker finds the object");
    check(2, || {
        drop(object(1));
        let maker = spawn(|| object(2));
        let walker = spawn(move || {
            walk(&class().visits(), |object| {
                assert_eq!(object.value().map(Value::read), Some(2));
                FOUND.mark();
            });
        });
        started();
        let (created, dropped) = class().totals();
        assert!((1..=2).contains(&created) && dropped == 1);
        let made = maker.join().unwrap();
        assert_eq!(class().totals(), (2, 1), "counted once, wherever the count stands just now");
        drop(made);
        walker.join().unwrap();
        assert_eq!(class().totals(), (2, 2));
    });
    FOUND.check();
}

/// Finds: totals that are read relaxed.
#[test]
fn drops_are_never_more_than_creations() {
    check(3, || {
        let maker = spawn(|| {
            let made = object(1);
            let dropper = spawn(move || drop(made));
            drop(object(2));
            dropper
        });
        started();
        for _ in 0..2 {
            let (created, dropped) = class().totals();
            assert!(dropped <= created, "{dropped} of {created}");
        }
        maker.join().unwrap().join().unwrap();
        assert_eq!(class().totals(), (2, 2));
    });
}

/// Finds: totals that are read relaxed, also where no lock tells of the creation.
#[test]
fn a_drop_that_is_counted_brings_its_creation() {
    static HANDED: Reached = Reached::new("one thread drops what the other made");
    check(3, || {
        // Both threads count for themselves before the object is made: no lock tells of it.
        drop(object(1));
        let mailbox = Arc::new(Mutex::new(None));
        let dropper = {
            let mailbox = Arc::clone(&mailbox);
            spawn(move || {
                drop(object(2));
                let object: Option<Tracked<Value>> = mailbox.lock().unwrap().take();
                if object.is_some() {
                    HANDED.mark();
                }
            })
        };
        let teller = spawn(|| {
            let (created, dropped) = class().totals();
            assert!(dropped <= created, "{dropped} of {created}");
        });
        started();
        *mailbox.lock().unwrap() = Some(object(3));
        dropper.join().unwrap();
        teller.join().unwrap();
        drop(mailbox);
    });
    HANDED.check();
}
