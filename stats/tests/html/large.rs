//! Reports of more than fits: what is folded away is said, and the rest is right.

use std::fmt::Write;

use super::page::Page;
use super::samples::{many_classes, many_objects, session};
use classtracker_stats::{Snapshot, html::Report};

/// A report of snapshots that come one at a time, the last of them, and a few on the way.
fn report_of(snapshots: impl Iterator<Item = Snapshot>, wanted: &[usize]) -> (Vec<u8>, Vec<Snapshot>, Peaks) {
    let mut report = Report::new(&session());
    let (mut kept, mut peaks) = (Vec::new(), Peaks::default());
    for (at, snapshot) in snapshots.enumerate() {
        report.add(&snapshot);
        peaks.add(&snapshot);
        if wanted.contains(&at) {
            kept.push(snapshot);
        }
    }
    let mut page = Vec::new();
    report.write(&mut page).unwrap();
    (page, kept, peaks)
}

/// The most bytes that each class had.
#[derive(Default)]
struct Peaks(Vec<u64>);

impl Peaks {
    fn add(&mut self, snapshot: &Snapshot) {
        self.0.resize(snapshot.classes.len(), 0);
        self.0.iter_mut().zip(&snapshot.classes).for_each(|(peak, row)| *peak = row.bytes.max(*peak));
    }
}

#[test]
fn five_thousand_classes_over_two_thousand_snapshots() {
    let (page, kept, peaks) = report_of(many_classes(5000, 2000), &[0, 1000, 1999]);
    assert!(page.len() <= 4_000_000, "{} bytes", page.len());
    let mut page = Page::from(&page);
    let [first, middle, last] = &kept[..] else { panic!() };

    let said = page.browser.text("#overview .notes");
    for part in ["every 4th, and the last", "classes with the largest peaks have curves of their own"] {
        assert!(said.contains(part), "no {part:?} in {said}");
    }
    assert_eq!(page.browser.text("#classes .status"), "5,000 classes, 50 shown");
    let mut ranked: Vec<_> = last.classes.iter().zip(&peaks.0).collect();
    ranked.sort_by_key(|(row, _)| std::cmp::Reverse(row.bytes));
    for (shown, (row, peak)) in page.rows("#classes").iter().zip(ranked) {
        assert!(row.class.ends_with(&shown[0]), "{} is not {}", shown[0], row.class);
        let numbers = [row.bytes, *peak, row.live, row.created].map(|number| number.to_string());
        assert_eq!([&shown[2], &shown[5], &shown[6], &shown[9]], numbers.each_ref());
    }

    // Every class is found, also one without a curve.
    let smallest = (0..5000).min_by_key(|class| peaks.0[*class]).unwrap();
    let mut search = String::new();
    write!(search, "Type{smallest}").unwrap();
    page.browser.write("/");
    page.browser.write(&search);
    let found = page.rows("#classes");
    let row = found.iter().find(|row| row[0] == search).unwrap();
    assert_eq!(row[1], "–", "it has no curve");
    assert_eq!(row[2], last.classes[smallest].bytes.to_string());
    assert_eq!(row[5], peaks.0[smallest].to_string());

    // Shares at a snapshot on the way, and the difference from there to the end, add up.
    let place = page
        .browser
        .eval("[...document.querySelector('#shares select').options].findIndex((o) => o.text.startsWith('1001.'))");
    let place = place.as_u64().unwrap() as usize;
    page.choose("#shares select", place);
    let shares = page.rows("#shares");
    let sum: u64 = shares.iter().map(|row| row[2].parse::<u64>().unwrap()).sum();
    assert_eq!(sum, middle.tracked_bytes());
    let mut largest: Vec<u64> = middle.classes.iter().map(|row| row.bytes).collect();
    largest.sort_unstable_by_key(|bytes| std::cmp::Reverse(*bytes));
    let shown: Vec<u64> = shares[..12].iter().map(|row| row[2].parse().unwrap()).collect();
    assert_eq!(shown, largest[..12]);
    assert_eq!(shares[12][0], "other classes");

    page.choose("#diff label:nth-of-type(1) select", place);
    let differences = page.rows("#diff");
    for shown in differences.iter().filter(|row| row[0] != "other classes") {
        let class = last.classes.iter().position(|row| row.class.ends_with(&shown[0])).unwrap();
        let (was, is) = (&middle.classes[class], &last.classes[class]);
        assert_eq!(shown[3], (is.bytes as i64 - was.bytes as i64).to_string());
        assert_eq!(shown[7], (is.created - was.created).to_string());
    }
    assert!(differences.iter().any(|row| row[0] == "other classes"));
    let tile = page.values("#overview .tile .below .value")[0].clone();
    assert_eq!(tile, (last.tracked_bytes() as i64 - first.tracked_bytes() as i64).to_string());
    page.finish();
}

#[test]
fn a_hundred_thousand_objects_in_ten_snapshots() {
    let (page, kept, _) = report_of(many_objects(100_000, 10), &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    assert!(page.len() <= 2_000_000, "{} bytes", page.len());
    let mut page = Page::from(&page);
    let said = page.browser.text("#overview .notes");
    assert!(said.contains("Of each class, the 100 largest objects are listed; the others are only counted."), "{said}");
    page.browser.click("#classes a.class");
    page.browser.wait_for("!document.getElementById('class').hidden");
    let class = page.browser.text("#class .full");
    let mut largest: std::collections::HashMap<u64, (u64, u64)> = std::collections::HashMap::new();
    for row in kept.iter().flat_map(|snapshot| &snapshot.objects).filter(|row| *row.object.class == *class) {
        let sizes = largest.entry(row.object.serial).or_default();
        *sizes = (sizes.0.max(row.bytes), row.bytes);
    }
    let mut largest: Vec<_> = largest.into_iter().collect();
    largest.sort_unstable_by_key(|(serial, (largest, _))| (std::cmp::Reverse(*largest), *serial));
    page.browser.click("#class .more");
    let rows = page.rows("#class table[aria-label='Largest objects']");
    assert_eq!(rows.len(), 100);
    for (shown, (_, (largest, last))) in rows.iter().zip(&largest) {
        assert_eq!([&shown[2], &shown[3]], [&largest.to_string(), &last.to_string()]);
    }
    assert!(page.browser.text("#class").contains("Only the 100 largest of those that had rows of their own are here"));
    page.finish();
}

#[test]
fn ten_thousand_snapshots_are_thinned_evenly_and_the_last_is_kept() {
    let (page, kept, peaks) = report_of(many_classes(3, 10_000), &[320, 9999]);
    let [early, last] = &kept[..] else { panic!() };
    let mut page = Page::from(&page);
    let said = page.browser.text("#overview .notes");
    for part in [
        "Of 10,000 snapshots, every 4th is listed, and the last.",
        "Curves, shares and differences have 314 of 10,000 snapshots: every 32nd, and the last.",
    ] {
        assert!(said.contains(part), "no {part:?} in {said}");
    }
    assert_eq!(page.browser.text("#snapshots .status"), "2,501 snapshots, 20 shown");
    for row in page.rows("#classes") {
        let class = last.classes.iter().position(|class| class.class.ends_with(&row[0])).unwrap();
        assert_eq!([&row[2], &row[5]], [&last.classes[class].bytes.to_string(), &peaks.0[class].to_string()]);
    }
    // The 321st is the eleventh on the curves.
    page.choose("#shares select", 10);
    assert!(page.browser.text("#shares select option:checked").starts_with("321. "));
    let mut shown: Vec<String> = page.rows("#shares").into_iter().map(|row| row[2].clone()).collect();
    let mut expected: Vec<String> = early.classes.iter().map(|row| row.bytes.to_string()).collect();
    shown.sort_unstable();
    expected.sort_unstable();
    assert_eq!(shown, expected);
    // A snapshot without a place on the curves leads to the nearest that has one.
    page.browser.click("#snapshots tbody tr:nth-child(11)");
    assert!(page.browser.text("#shares select option:checked").starts_with("33. "));
    page.finish();
}
