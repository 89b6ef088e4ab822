//! What the report shows is what the statistics say.

use classtracker_stats::{SnapshotKey, SortKey};

use super::page::Page;
use super::samples;

/// Name, bytes, change, peak, live, average, largest, created, dropped, peak live: as the page has them.
#[test]
fn the_table_of_classes_has_the_numbers_of_the_summary() {
    let stats = samples::service();
    let summary = stats.summary();
    let (snapshots, last) = (stats.snapshots(), summary.snapshots.last().unwrap());
    let mut page = Page::of(&stats);
    let rows = page.rows("#classes");
    assert_eq!(rows.len(), last.rows.len());
    for expected in &last.rows {
        let shown = rows.iter().find(|row| row[0] == *expected.name).unwrap();
        let Some(row) = snapshots.last().unwrap().class(&expected.class) else {
            assert_eq!(shown[2..5], ["–", "–", "–"], "a class that is not tracked any more has no numbers");
            continue;
        };
        let sized = |bytes: u64| if row.by_value { "–".to_owned() } else { bytes.to_string() };
        let all = || snapshots.iter().filter_map(|snapshot| snapshot.class(&expected.class));
        let before = all().next().unwrap();
        let change = row.bytes as i64 - before.bytes as i64;
        assert_eq!(shown[2], sized(row.bytes), "{}", expected.name);
        assert_eq!(shown[4], if row.by_value { "–".to_owned() } else { change.to_string() });
        assert_eq!(shown[5], sized(all().map(|row| row.bytes).max().unwrap()));
        assert_eq!(shown[6], row.live.to_string());
        assert_eq!(shown[7], sized(row.average_bytes().unwrap()));
        assert_eq!(shown[9], row.created.to_string());
        assert_eq!(shown[10], row.dropped.to_string());
        assert_eq!(shown[11], all().map(|row| row.live).max().unwrap().to_string());
    }
    // Shares are of what is tracked, to a decimal.
    let cache = rows.iter().find(|row| row[0] == "Entry").unwrap();
    let row = stats.snapshots().last().unwrap().class("shop::cache::Entry").unwrap();
    let share = 100.0 * row.bytes as f64 / last.total.bytes as f64;
    assert_eq!(cache[3], format!("{share:.1} %"));
    page.finish();
}

#[test]
fn tiles_and_lists_have_the_totals() {
    let stats = samples::service();
    let summary = stats.summary();
    let last = summary.snapshots.last().unwrap();
    let mut page = Page::of(&stats);
    let tiles = page.values("#overview .tile .number .value");
    let allocator = last.process.allocator.unwrap();
    let expected = [
        last.total.bytes,
        last.total.live,
        last.rows.iter().filter(|row| row.row.is_some()).count() as u64,
        last.process.resident_bytes.unwrap(),
        allocator.live_bytes,
        stats.growth().growing().count() as u64,
        last.overhead_bytes,
    ];
    assert_eq!(tiles, expected.map(|number| number.to_string()));

    page.browser.click("#snapshots .more");
    let rows = page.rows("#snapshots");
    assert_eq!(rows.len(), stats.snapshots().len());
    for (row, snapshot) in rows.iter().zip(&summary.snapshots) {
        assert_eq!(row[1], if snapshot.moment.label.is_empty() { "–" } else { &*snapshot.moment.label });
        assert_eq!(row[5], snapshot.total.live.to_string());
        assert_eq!(row[6], snapshot.total.bytes.to_string());
        assert_eq!(row[7], snapshot.overhead_bytes.to_string());
        assert_eq!(row[9], snapshot.process.resident_bytes.unwrap().to_string());
        assert_eq!(row[11], snapshot.total.unread.to_string());
    }
    let census = page.rows("#census");
    let expected = last.census.as_ref().unwrap();
    assert_eq!(census.len(), expected.len());
    for (row, entry) in census.iter().zip(expected) {
        assert_eq!([&row[1], &row[2]], [&entry.row.count.to_string(), &entry.row.bytes.to_string()]);
    }
    page.finish();
}

#[test]
fn what_is_not_explained_is_what_the_statistics_do_not_explain() {
    let stats = samples::service();
    let mut page = Page::of(&stats);
    for (chosen, snapshot) in stats.snapshots().iter().enumerate().step_by(13) {
        page.choose("#shares select", chosen);
        let expected = snapshot.reconcile();
        let rows = page.rows("#process");
        let bytes: Vec<&String> = rows.iter().map(|row| &row[2]).collect();
        let unexplained = expected.unexplained_bytes.unwrap();
        let numbers = [expected.tracked_bytes as i64, expected.overhead_bytes as i64, unexplained];
        assert_eq!(bytes, numbers.map(|number| number.to_string()).each_ref());
        assert_eq!(rows[2][3], expected.unexplained().unwrap().to_string());
        let text = page.browser.text("#process");
        assert!(text.contains("what the allocator has given out"), "{text}");
    }
    page.finish();
}

#[test]
fn two_snapshots_are_compared_class_by_class() {
    let stats = samples::service();
    let mut page = Page::of(&stats);
    for (a, b) in [(0, 39), (3, 20), (20, 3)] {
        page.choose("#diff label:nth-of-type(1) select", a);
        page.choose("#diff label:nth-of-type(2) select", b);
        let (from, to) = (&stats.snapshots()[a], &stats.snapshots()[b]);
        // The statistics compare forwards only.
        let diff = (a < b)
            .then(|| stats.diff(&SnapshotKey::Number(a as i64 + 1), &SnapshotKey::Number(b as i64 + 1)).unwrap());
        let rows = page.rows("#diff");
        let mut changes = Vec::new();
        for shown in &rows {
            let full = page.browser.eval(&format!(
                "[...document.querySelectorAll('#diff a.class')].find((a) => a.innerText === {:?}).title",
                shown[0]
            ));
            let (was, is) = (from.class(full.as_str().unwrap()), to.class(full.as_str().unwrap()));
            let by_value = was.or(is).unwrap().by_value;
            let text = |number: Option<u64>| number.map_or("–".to_owned(), |number| number.to_string());
            let bytes = |row: Option<&classtracker_stats::ClassRow>| {
                row.filter(|_| !by_value).map_or(0, |row| row.bytes as i64)
            };
            let live = |row: Option<&classtracker_stats::ClassRow>| row.map_or(0, |row| row.live as i64);
            let change = bytes(is) - bytes(was);
            assert_eq!(shown[1], text(was.filter(|_| !by_value).map(|row| row.bytes)));
            assert_eq!(shown[2], text(is.filter(|_| !by_value).map(|row| row.bytes)));
            assert_eq!(shown[3], if by_value { "–".to_owned() } else { change.to_string() });
            assert_eq!(shown[6], (live(is) - live(was)).to_string());
            if let Some(row) = is
                && b > a
            {
                let made = row.created - was.map_or(0, |row| row.created);
                assert_eq!(shown[7], made.to_string());
                assert_eq!(shown[8], (made as i64 - (live(is) - live(was))).to_string());
            }
            if let Some(diff) = &diff {
                let class = diff.classes.iter().find(|class| *class.name == *shown[0]).unwrap();
                assert_eq!(shown[3], class.bytes_change.map_or("–".to_owned(), |change| change.to_string()));
                assert_eq!(shown[6], class.live_change.to_string());
                assert_eq!([&shown[7], &shown[8]], [&text(class.created), &text(class.dropped)], "{}", class.name);
            }
            changes.push(change.abs());
        }
        let known = changes.len() - 1;
        assert!(changes[..known].is_sorted_by(|a, b| a >= b), "the largest change comes first: {changes:?}");
    }
    page.finish();
}

#[test]
fn growth_is_what_the_statistics_say() {
    let stats = samples::service();
    let growth = stats.growth();
    let mut page = Page::of(&stats);
    let rows = page.rows("#growth");
    assert_eq!(rows.len(), growth.classes.len());
    for expected in &growth.classes {
        let shown = rows.iter().find(|row| row[0] == *expected.name).unwrap();
        let objects = if expected.bytes.as_ref().is_some_and(|bytes| bytes.verdict != expected.verdict) {
            " its objects"
        } else {
            ""
        };
        assert_eq!(shown[1], format!("{}{objects}", expected.verdict));
        let number = |text: &String| text.parse::<f64>().ok();
        let close = |shown: Option<f64>, expected: Option<f64>| match (shown, expected) {
            (Some(shown), Some(expected)) => (shown - expected).abs() <= 0.5 + expected.abs() * 1e-6,
            (shown, expected) => shown == expected,
        };
        assert!(close(number(&shown[2]), expected.bytes.as_ref().and_then(|bytes| bytes.per_hour)), "{shown:?}");
        assert!(close(number(&shown[4]), expected.objects.per_hour), "{shown:?} {expected:?}");
        let trend = expected.bytes.as_ref().unwrap_or(&expected.objects);
        assert_eq!(shown[9], format!("{} of {}", trend.warm_up, trend.snapshots));
        assert_eq!(shown[8], expected.bytes.as_ref().map_or("–".to_owned(), |bytes| bytes.last.to_string()));
    }
    let growing: Vec<String> = growth.growing().map(|class| class.name.to_string()).collect();
    assert!(growing.contains(&"Session".to_owned()), "{growing:?}");
    let mut first = page.names("#growth");
    first.truncate(growing.len());
    first.sort_unstable();
    let mut expected = growing;
    expected.sort_unstable();
    assert_eq!(first, expected, "those that grow come first");
    page.finish();
}

#[test]
fn the_page_of_a_class_has_its_parts_places_objects_and_ages() {
    let stats = samples::service();
    let mut page = Page::of(&stats);
    page.browser.click("#classes a.class[title='shop::http::Session']");
    page.browser.wait_for("!document.getElementById('class').hidden");
    let mut query = stats.clone();
    let query = query.filter("Session").sort_by(&[SortKey::Size]).query().clone();
    let objects = stats.objects(&query).objects;
    let rows = page.rows("#class table[aria-label='Largest objects']");
    assert_eq!(rows.len(), 20);
    for (shown, object) in rows.iter().zip(&objects) {
        let largest = object.sizes.iter().map(|size| size.bytes).max().unwrap();
        assert_eq!(shown[0], format!("#{} {}", object.record.serial, object.record.repr.as_ref().unwrap()));
        assert_eq!(shown[2], largest.to_string());
        assert_eq!(shown[3], object.sizes.last().unwrap().bytes.to_string());
        assert_eq!(shown[5], format!("{:.3} s", object.record.birth.unwrap().as_secs_f64()));
        assert_eq!(shown[7], object.record.site.as_ref().unwrap().to_string());
    }
    page.browser.click("#class table[aria-label='Largest objects'] tbody tr");
    let opened = page.browser.text("#class .opened");
    for part in [
        "Sizes",
        "Parts, when it was last read",
        "buffer",
        "Calls that made it",
        "shop::http::Session::open at src/main.rs:71:5",
        "… calls further out",
    ] {
        assert!(opened.contains(part), "no {part} in {opened}");
    }
    let ages = page.browser.text("#class .pair:last-of-type");
    let last = stats.snapshots().last().unwrap().class("shop::http::Session").unwrap();
    assert!(ages.contains("Ages") && ages.contains("Lifetimes"), "{ages}");
    let counts: u64 = page
        .values("#class .pair:last-of-type > div:first-child .value")
        .iter()
        .map(|n| n.parse::<u64>().unwrap())
        .sum();
    assert_eq!(counts, last.ages.as_ref().unwrap().count());
    assert_eq!(page.rows("#class table[aria-label='Oldest objects']").len(), last.oldest.len());
    assert!(page.browser.text("#class").contains("Every birth and death"));

    page.browser.eval("location.hash = '#class/' + [...document.querySelectorAll('#classes a.class')].find((a) => a.innerText === 'Entry').href.split('/').pop()");
    page.browser.wait_for("document.querySelector('.class-title').innerText === 'Entry'");
    let parts = page.rows("#class .tree");
    let last = stats.snapshots().last().unwrap().class("shop::cache::Entry").unwrap();
    // Padding is too small a part to be shown.
    assert_eq!(parts.len(), last.referents.len() - 1);
    for (shown, part) in parts.iter().zip(&last.referents) {
        let numbers = [part.bytes, part.count, part.flat_bytes].map(|number| number.to_string());
        assert_eq!([&shown[2], &shown[4], &shown[5]], numbers.each_ref());
    }
    assert!(page.browser.text("#class").contains("1 more part is left out"));
    page.browser.click("#class .tree .fold");
    page.finish();
}
