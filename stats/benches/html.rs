//! How large reports are, how soon a browser has them ready, and what making them takes.
//!
//! Prints `name <tab> value <tab> bound <tab> ok|over`. Sizes are exact.

#![allow(clippy::unwrap_used, reason = "a bench that panics has failed, which is what it is for")]

#[path = "../tests/html/browser.rs"]
#[allow(dead_code, reason = "the tests do more with it")]
mod browser;
#[path = "../tests/html/samples.rs"]
#[allow(dead_code, reason = "the tests have more of them")]
mod samples;

use std::alloc::System;
use std::time::Instant;

use browser::Browser;
use classtracker_stats::{Snapshot, html::Report};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// How often a page is opened.
const RUNS: usize = 7;

fn main() {
    let mut browser = Browser::start();
    let page = report_of("5000 classes × 2000 snapshots", samples::many_classes(5000, 2000), 4.0);
    ready(&mut browser, "5000 classes × 2000 snapshots", &page, 2.0);
    let page = report_of("100 k objects × 10 snapshots", samples::many_objects(100_000, 10), 2.0);
    ready(&mut browser, "100 k objects × 10 snapshots", &page, 2.0);
}

fn report_of(what: &str, snapshots: impl Iterator<Item = Snapshot>, bound: f64) -> Vec<u8> {
    let mut report = Report::new(&samples::session());
    let (mut seconds, mut held) = (0.0, 0_isize);
    for snapshot in snapshots {
        let (start, region) = (Instant::now(), Region::new(ALLOCATOR));
        report.add(&snapshot);
        let change = region.change();
        held += change.bytes_allocated as isize - change.bytes_deallocated as isize;
        seconds += start.elapsed().as_secs_f64();
    }
    let start = Instant::now();
    let mut page = Vec::new();
    report.write(&mut page).unwrap();
    eprintln!("# html of {what}: {seconds:.2} s to add the snapshots, {:.2} s to write", start.elapsed().as_secs_f64());
    line(&format!("html of {what}, MB"), page.len() as f64 / 1e6, bound);
    // What reallocation moves is in neither sum, so this errs by the growth of lists.
    line(&format!("html of {what}, MB held while gathering"), held as f64 / 1e6, 150.0);
    page
}

/// From the navigation until all is drawn, at best: what else the machine does only adds to it.
fn ready(browser: &mut Browser, what: &str, page: &[u8], bound: f64) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("report.html");
    std::fs::write(&path, page).unwrap();
    let mut millis: Vec<u64> = (0..RUNS).map(|_| browser.open(&path)).collect();
    millis.sort_unstable();
    eprintln!("# html of {what}, ready: {} to {} ms, {RUNS} runs", millis[0], millis[RUNS - 1]);
    line(&format!("html of {what}, seconds until ready"), millis[0] as f64 / 1e3, bound);
}

fn line(name: &str, value: f64, bound: f64) {
    println!("{name}\t{value:.3}\t{bound}\t{}", if value <= bound { "ok" } else { "over" });
}
