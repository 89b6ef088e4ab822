//! The report that a browser shows. What it says is tested where it is made, in a real browser.

use classtracker::stats::html::{Options, Report};
use classtracker::stats::{DumpReader, Session, Snapshot};
use classtracker::{ClassTracker, DeepSizeOf, TrackOptions, Tracked};

#[derive(DeepSizeOf)]
struct Employee {
    name: String,
}

#[test]
fn p23_a_report_is_made_of_a_live_tracker_or_of_its_dump_and_is_the_same() {
    let tracker = ClassTracker::new();
    tracker.track_class_with::<Employee>(TrackOptions::new().resolution_level(2));
    let mut staff = Vec::new();
    for label in ["before", "after load", "after evict"] {
        staff.extend((0..100).map(|number| Tracked::new(Employee { name: format!("{label} {number}") })));
        staff.truncate(150);
        tracker.create_snapshot(label);
    }
    let stats = tracker.stats();
    let made = stats.session().started;
    let page = |session: &Session, snapshots: &mut dyn Iterator<Item = std::sync::Arc<Snapshot>>| {
        let mut options = Options::default();
        options.made = Some(made);
        let mut report = Report::with(session, options);
        snapshots.for_each(|snapshot| report.add(&snapshot));
        let mut page = Vec::new();
        report.write(&mut page).unwrap();
        page
    };
    let live = page(stats.session(), &mut stats.snapshots().iter().cloned());
    let mut dump = Vec::new();
    stats.write_to(&mut dump).unwrap();
    let mut reader = DumpReader::new(&dump[..]).unwrap();
    let session = reader.session().clone();
    let read = page(&session, &mut reader.by_ref().map(Result::unwrap));
    assert!(live.starts_with(b"<!doctype html>"));
    assert!(live == read, "a dump says other than the tracker");

    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("report.html");
    stats.html(&path).unwrap();
    assert_eq!(std::fs::read(&path).unwrap().len().abs_diff(live.len()) / 100, 0, "but for the time it is the same");
}
