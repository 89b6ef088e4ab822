//! An event for each snapshot, and a subscriber that panics.

#![cfg(feature = "tracing")]
#![allow(clippy::unwrap_used, reason = "a test that panics has failed, which is what it is for")]

use std::fmt::Debug;
use std::sync::{Arc, Mutex};

use classtracker::{ClassTracker, DeepSizeOf, MonitorOptions, Tracked};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

/// What was told of each event: its target, and its fields as text.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<Vec<String>>>>);

struct Fields(Vec<String>);

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.push(format!("{field}={value:?}"));
    }
}

impl Subscriber for Log {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }
    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }
    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn event(&self, event: &Event<'_>) {
        let mut fields = Fields(vec![event.metadata().target().to_owned()]);
        event.record(&mut fields);
        assert!(!fields.0.iter().any(|field| field.contains("poison")), "a subscriber that panics");
        self.0.lock().unwrap().push(fields.0);
    }
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

#[test]
fn each_snapshot_is_an_event_with_its_figures() {
    #[derive(DeepSizeOf)]
    struct Thing([u8; 10]);

    let log = Log::default();
    let snapshot = tracing::subscriber::with_default(log.clone(), || {
        let tracker = ClassTracker::new();
        tracker.track_class::<Thing>();
        let things = [0, 1, 2].map(|number| Tracked::new(Thing([number; 10])));
        let snapshot = tracker.create_snapshot("alpha");
        drop(things);
        snapshot
    });
    let expected = [
        "classtracker".to_owned(),
        "message=snapshot".to_owned(),
        "label=\"alpha\"".to_owned(),
        "tracked_bytes=30".to_owned(),
        "objects=3".to_owned(),
        format!("duration={:?}", snapshot.duration),
    ];
    assert_eq!(*log.0.lock().unwrap(), [expected]);
}

#[test]
fn a_subscriber_that_panics_costs_its_event_and_not_the_snapshot() {
    let log = Log::default();
    tracing::subscriber::with_default(log.clone(), || {
        let tracker = ClassTracker::new();
        assert_eq!(tracker.create_snapshot("poison").label, "poison");
        assert_eq!(tracker.create_snapshot("next").label, "next");
        assert_eq!(tracker.snapshots().len(), 2);
        assert_eq!(
            tracker.monitor_status().last_error.unwrap().to_string(),
            "telling of a snapshot panicked: a subscriber that panics"
        );
    });
    assert_eq!(log.0.lock().unwrap().len(), 1);
}

#[test]
fn what_goes_wrong_in_monitoring_is_an_event_too() {
    let log = Log::default();
    tracing::subscriber::with_default(log.clone(), || {
        let tracker = ClassTracker::new();
        let options = MonitorOptions::new().summary_to("/no such folder/summary.txt").no_last_snapshot();
        let monitor = tracker.monitor(options).unwrap();
        tracker.create_snapshot("");
        let error = monitor.finish().unwrap_err();
        let events = log.0.lock().unwrap();
        assert_eq!(events[1], ["classtracker".to_owned(), "message=monitoring".to_owned(), format!("error={error}")]);
    });
}
