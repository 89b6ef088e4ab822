//! What the registry's control word says: lines through time, and whether tracking is on.

use loom::sync::Arc;
use loom::sync::atomic::{AtomicU64, Ordering};

use super::{Reached, Value, check, class, object, spawn, started, walk};
use crate::Tracked;
use crate::registry::{next_serial, registry};

/// Finds: an epoch that begins before the line is read; a thread that goes on with its block in a new epoch.
#[test]
fn a_line_through_time_against_creation() {
    static AFTER: Reached = Reached::new("an object is made that knows of the line");
    check(4, || {
        let before = object(1);
        let line = Arc::new(AtomicU64::new(0));
        let maker = {
            let line = Arc::clone(&line);
            spawn(move || {
                drop(object(2));
                let line = line.load(Ordering::Acquire);
                if line > 0 {
                    let after = object(3);
                    assert!(Tracked::serial(&after) >= Some(line), "made after the line {line}");
                    AFTER.mark();
                }
            })
        };
        started();
        let cut = registry().cut();
        assert!(Tracked::serial(&before) < Some(cut));
        line.store(cut, Ordering::Release);
        assert!(Tracked::serial(&object(4)) >= Some(cut));
        maker.join().unwrap();
    });
    AFTER.check();
}

/// Finds: a switch that is not looked at.
#[test]
fn on_and_off_against_creation_and_drop() {
    static SEEN: Reached = Reached::new("the object is registered");
    static UNSEEN: Reached = Reached::new("it is not");
    check(2, || {
        let old = object(1);
        let pages = class().visits();
        let switch = spawn(|| {
            registry().set_enabled(false);
            assert!(Tracked::serial(&object(2)).is_none());
            registry().set_enabled(true);
            assert!(Tracked::serial(&object(3)).is_some());
        });
        let walker = spawn(move || {
            walk(&pages, |object| {
                object.value().map(Value::read);
            });
        });
        started();
        let new = object(4);
        if Tracked::serial(&new).is_some() {
            SEEN.mark();
        } else {
            UNSEEN.mark();
        }
        drop(old);
        drop(new);
        switch.join().unwrap();
        walker.join().unwrap();
        let (created, dropped) = class().totals();
        assert_eq!(created, dropped, "what was not counted when it was made is not counted when it is dropped");
    });
    SEEN.check();
    UNSEEN.check();
}

/// Finds: tracking that is on again in the old epoch; a thread that goes on with its block in a new one.
#[test]
fn serials_rise_on_each_thread_whatever_is_switched() {
    check(3, || {
        let switch = spawn(|| {
            registry().set_enabled(false);
            registry().set_enabled(true);
        });
        started();
        let mut last = 0;
        for _ in 0..2 {
            let serial = next_serial();
            assert!(serial > last, "{serial} after {last}");
            last = serial;
            if let Some(serial) = Tracked::serial(&object(1)) {
                assert!(serial > last, "{serial} after {last}");
                last = serial;
            }
        }
        switch.join().unwrap();
    });
}
