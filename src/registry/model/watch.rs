//! What is asked of a class while its objects come and go.

use loom::sync::Arc;
use loom::sync::atomic::{AtomicU64, Ordering};

use super::{Reached, check, class, object, spawn, started};
use crate::registry::Wishes;

fn wishes() -> Wishes {
    Wishes { trace_one_of: 0, lifetimes: true, events: 8 }
}

/// Finds: a thread that goes on with its list of recent classes; counters that are not handed over.
#[test]
fn a_watch_that_begins_against_creation_and_drop() {
    static TOLD: Reached = Reached::new("the thread knows that it is watched");
    check(3, || {
        let begun = Arc::new(AtomicU64::new(0));
        let worker = {
            let begun = Arc::clone(&begun);
            spawn(move || {
                drop(object(1));
                let told = begun.load(Ordering::Acquire);
                // The first one after it looks again in any case.
                drop(object(2));
                drop(object(3));
                told
            })
        };
        started();
        let watch = class().watch(wishes());
        begun.store(1, Ordering::Release);
        let told = worker.join().unwrap();
        if told > 0 {
            TOLD.mark();
        }
        let died = class().lifetimes().map_or(0, |lifetimes| lifetimes.count());
        assert!((2 * told..=3).contains(&died), "{died} lifetimes");
        let events = class().events_since(0).events.len() as u64;
        assert!((4 * told..=6).contains(&events), "{events} events");
        drop(watch);
        assert_eq!(class().totals(), (3, 3));
    });
    TOLD.check();
}

/// Finds: counters of a thread that ends that are not handed over.
#[test]
fn lifetimes_against_a_thread_that_ends() {
    static BOTH: Reached = Reached::new("the count is taken while the thread's share is in the list");
    check(3, || {
        let watch = class().watch(wishes());
        let worker = spawn(|| drop(object(1)));
        started();
        let died = class().lifetimes().unwrap().count();
        assert!(died <= 1);
        if died == 1 {
            BOTH.mark();
        }
        worker.join().unwrap();
        assert_eq!(class().lifetimes().unwrap().count(), 1);
        drop(watch);
        drop(object(2));
        assert_eq!(class().lifetimes().unwrap().count(), 1, "nobody asks any more");
    });
    BOTH.check();
}

/// Shows that drops are whole while the way that they take changes.
#[test]
fn a_watch_that_ends_against_drops() {
    check(3, || {
        let watch = class().watch(wishes());
        let objects = [object(1), object(2)];
        let worker = spawn(move || drop(objects));
        started();
        drop(watch);
        worker.join().unwrap();
        assert!(class().lifetimes().unwrap().count() <= 2);
        assert_eq!(class().totals(), (2, 2));
        drop(object(3));
    });
}
