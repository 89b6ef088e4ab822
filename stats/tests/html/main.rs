//! The report in a real browser: what it shows is what the statistics say.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed, which is what it is for")]

mod browser;
mod hands;
mod large;
mod looks;
mod numbers;
mod page;
mod safety;
mod samples;

use std::sync::Arc;

use browser::Browser;
use classtracker_stats::{Snapshot, Stats, Tracking};
use page::Page;

#[test]
fn a_report_of_no_snapshot_says_what_to_do_next() {
    let mut page = Page::of(&samples::empty());
    let browser = &mut page.browser;
    assert!(browser.text("#overview").contains("Take one with create_snapshot(label)"));
    assert_eq!(browser.text("#title"), "factory memory by class");
    let said = browser.text("#meta");
    for part in ["process 4711", "started 2027-01-15 08:00:00 UTC", "no snapshot", "report of 2"] {
        assert!(said.contains(part), "no {part} in {said}");
    }
    assert!(said.ends_with(concat!("classtracker ", env!("CARGO_PKG_VERSION"))), "{said}");
    page.finish();
}

#[test]
fn a_report_of_snapshots_without_classes_says_what_to_do_next() {
    let snapshot = Snapshot::new("", samples::start(), std::time::Duration::ZERO);
    let mut page = Page::of(&Stats::new(samples::session(), vec![snapshot.into()]));
    assert!(page.browser.text("#overview").contains("Call track_class or track_object"));
    assert!(page.browser.text("#memory").contains("No class was tracked."));
    assert!(page.browser.text("#diff").contains("There are not two snapshots to compare."));
    assert!(page.browser.text("#overview .tiles").contains("the system did not say"));
    page.finish();
}

#[test]
fn a_saved_report_replaces_the_file_whole_and_says_what_went_wrong() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("report.html");
    std::fs::write(&path, "old").unwrap();
    samples::service().html(&path).unwrap();
    assert!(std::fs::read(&path).unwrap().starts_with(b"<!doctype html>"));
    assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 1, "nothing is left behind");
    let error = samples::empty().html(directory.path().join("none/report.html")).unwrap_err();
    assert!(error.to_string().contains("none/report.html: can't create"), "{error}");
}

#[test]
fn what_is_missing_or_folded_away_is_said() {
    for (tracking, said) in [
        (Tracking::SwitchedOff, "objects made meanwhile are missing"),
        (Tracking::CompiledOut, "The program was built without tracking"),
    ] {
        let mut snapshot = Snapshot::new("", samples::start(), std::time::Duration::ZERO);
        snapshot.tracking = tracking;
        let mut page = Page::of(&Stats::new(samples::session(), vec![Arc::new(snapshot)]));
        let notes = page.browser.text("#overview .notes");
        assert!(notes.contains(said), "{notes}");
        page.finish();
    }
    let mut page = Page::of(&samples::service());
    let notes = page.browser.text("#overview .notes");
    for said in [
        "4 objects of the last snapshot could not be read whole: their bytes are a lower bound.",
        "427 live objects are only counted, by value: no part of tracked memory.",
        "Of each class, the 100 largest objects are listed; the others are only counted.",
    ] {
        assert!(notes.contains(said), "{notes}");
    }
    page.browser.eval("location.hash = 'class/4711'");
    page.browser.wait_for("!document.getElementById('class').hidden");
    assert_eq!(page.browser.text("#class"), "There is no such class in this report.");
    page.finish();
}
