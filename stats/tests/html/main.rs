//! The report in a real browser: what it shows is what the statistics say.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed, which is what it is for")]

mod browser;
mod large;
mod page;
mod samples;

use browser::Browser;
use classtracker_stats::{SortKey, Stats};
use page::Page;
use samples::HOSTILE;

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
    let snapshot = classtracker_stats::Snapshot::new("", samples::start(), std::time::Duration::ZERO);
    let mut page = Page::of(&Stats::new(samples::session(), vec![snapshot.into()]));
    assert!(page.browser.text("#overview").contains("Call track_class or track_object"));
    assert!(page.browser.text("#memory").contains("No class was tracked."));
    assert!(page.browser.text("#diff").contains("There are not two snapshots to compare."));
    assert!(page.browser.text("#overview .tiles").contains("the system did not say"));
    page.finish();
}

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
fn a_click_on_a_curve_chooses_a_snapshot_and_its_shares_are_shown() {
    let stats = samples::service();
    let mut page = Page::of(&stats);
    for (share, by_key) in [(0.0, 0), (0.4, 0), (0.4, 2), (1.0, 0)] {
        page.browser.eval("document.querySelector('#memory').scrollIntoView()");
        let area = page.browser.eval(
            "(() => { const box = document.querySelector('#memory .u-over').getBoundingClientRect(); return [box.x, box.y, box.width, box.height]; })()",
        );
        let side = |at: usize| area[at].as_f64().unwrap();
        page.browser.click_at(side(0) + 1.0 + share * (side(2) - 3.0), side(1) + side(3) / 2.0);
        page.browser.eval("document.querySelector('#memory .plot').focus()");
        (0..by_key).for_each(|_| page.browser.press("ArrowLeft"));
        let chosen =
            page.browser.eval("Number(document.querySelector('#shares select').value)").as_u64().unwrap() as usize;
        match share {
            0.0 => assert_eq!(chosen, 0),
            1.0 => assert_eq!(chosen, 39),
            _ => assert!((14 - by_key..19 - by_key).contains(&chosen), "{chosen} after {by_key} keys"),
        }
        check_shares(&mut page, &stats, chosen);
    }
    page.finish();
}

fn check_shares(page: &mut Page, stats: &Stats, chosen: usize) {
    let snapshot = &stats.snapshots()[chosen];
    let resident = snapshot.process.resident_bytes.unwrap();
    let mut expected: Vec<_> = snapshot.classes.iter().filter(|row| row.bytes > 0).collect();
    expected.sort_by_key(|row| std::cmp::Reverse(row.bytes));
    let rows = page.rows("#shares");
    assert_eq!(rows.len(), expected.len());
    let percent = |part: u64, whole: u64| classtracker_stats::Percent::of(part, whole).unwrap().to_string();
    for (shown, row) in rows.iter().zip(expected) {
        assert!(
            row.class.contains(&shown[0].split('<').next().unwrap().to_owned()),
            "{} is no {}",
            row.class,
            shown[0]
        );
        assert_eq!(shown[2], row.bytes.to_string());
        assert_eq!(shown[3], percent(row.bytes, snapshot.tracked_bytes()));
        assert_eq!(shown[4], percent(row.bytes, resident));
        assert_eq!(shown[5], row.live.to_string());
    }
    // The legend has the values of the chosen snapshot while the mouse is elsewhere.
    page.browser.eval("scrollTo(0, 0)");
    page.browser.click("h1");
    let cache = snapshot.class("shop::cache::Entry").unwrap();
    assert_eq!(page.values("#memory .series .value")[0], cache.bytes.to_string());
    assert_eq!(page.values("#instances .series .value")[0], cache.live.to_string());
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

/// How many pixels of a chart have a colour of the series with this number.
fn pixels_of(page: &mut Page, chart: &str, slot: u32) -> u64 {
    let count = page.browser.eval(&format!(
        "(() => {{ const drawn = document.querySelector('{chart} canvas');
           const canvas = Object.assign(document.createElement('canvas'), {{ width: drawn.width, height: drawn.height }});
           const context = canvas.getContext('2d', {{ willReadFrequently: true }});
           context.drawImage(drawn, 0, 0);
           const color = getComputedStyle(document.documentElement).getPropertyValue('--series-{slot}').trim();
           const wanted = [1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16));
           const {{ data }} = context.getImageData(0, 0, canvas.width, canvas.height);
           let count = 0;
           for (let at = 0; at < data.length; at += 4) {{
             if (data[at + 3] > 100 && wanted.every((part, place) => Math.abs(data[at + place] - part) < 12)) count += 1;
           }}
           return count; }})()"
    ));
    count.as_u64().unwrap()
}

#[test]
fn curves_are_really_drawn_in_the_colours_of_their_legend() {
    let mut page = Page::of(&samples::service());
    for theme in ["auto", "light", "dark"] {
        for slot in 0..4 {
            let filled = pixels_of(&mut page, "#memory", slot);
            assert!(filled > 1000, "{filled} pixels of series {slot}, {theme}");
        }
        assert!(pixels_of(&mut page, "#instances", 5) > 300, "{theme}");
        assert_eq!(pixels_of(&mut page, "#instances", 6), 0, "{theme}: there is no such series");
        page.browser.click("#theme");
    }
    page.browser.click("#memory .series");
    page.browser.eval("new Promise((done) => requestAnimationFrame(() => done(true)))");
    assert_eq!(pixels_of(&mut page, "#memory", 0), 0, "a hidden class is not drawn");
    page.finish();
}

#[test]
fn a_class_can_be_hidden_in_both_charts() {
    let mut page = Page::of(&samples::service());
    let pressed = |page: &mut Page, chart: &str| {
        page.browser.eval(&format!("document.querySelector('{chart} .series').getAttribute('aria-pressed')"))
    };
    page.browser.click("#memory .series");
    assert_eq!([pressed(&mut page, "#memory"), pressed(&mut page, "#instances")], ["false", "false"]);
    page.browser.click("#instances .series");
    assert_eq!([pressed(&mut page, "#memory"), pressed(&mut page, "#instances")], ["true", "true"]);
    page.browser.click("#memory [data-key=lines]");
    page.browser.click("#process .series:last-child");
    page.finish();
}

#[test]
fn the_table_is_searched_sorted_and_walked_with_the_keyboard() {
    let mut page = Page::of(&samples::service());
    page.browser.write("/");
    page.browser.write("shop s");
    assert_eq!(page.names("#classes"), ["Entry", "Session", "Vec<Report<Order>>", "Order", "Settings", "Line"]);
    page.browser.press("Escape");
    page.browser.write("/");
    page.browser.write("session");
    assert_eq!(page.names("#classes"), ["Session"]);
    assert_eq!(page.browser.text("#classes .status"), "1 of 6 classes match");
    page.browser.write("/");
    page.browser.eval("document.querySelector('#classes .search').select()");
    page.browser.write("nothing");
    assert_eq!(page.browser.text("#classes tbody"), "Nothing matches.");
    page.browser.eval("document.querySelector('#classes .search').select()");
    page.browser.write(":");
    page.browser.eval("document.querySelector('#classes .search').select()");
    page.browser.write("shop");

    page.browser.click("#classes th:nth-child(7) button");
    let by_live = ["Entry", "Line", "Session", "Order", "Vec<Report<Order>>", "Settings"];
    assert_eq!(page.names("#classes"), by_live);
    page.browser.click("#classes th:nth-child(7) button");
    // What has no number stays last.
    assert_eq!(page.names("#classes"), ["Vec<Report<Order>>", "Order", "Session", "Line", "Entry", "Settings"]);
    page.browser.click("#classes th:nth-child(1) button");
    assert_eq!(page.names("#classes"), ["Entry", "Line", "Order", "Session", "Settings", "Vec<Report<Order>>"]);
    assert_eq!(page.browser.eval("document.querySelector('#classes th').getAttribute('aria-sort')"), "ascending");

    page.browser.eval("document.querySelector('#classes tbody tr').focus()");
    (0..3).for_each(|_| page.browser.press("ArrowDown"));
    page.browser.press("Enter");
    page.browser.wait_for("!document.getElementById('class').hidden");
    assert_eq!(page.browser.text(".class-title"), "Session");
    page.browser.press("Escape");
    page.browser.wait_for("!document.getElementById('report').hidden");
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

#[test]
fn no_text_of_a_dump_becomes_markup_or_runs() {
    let stats = samples::hostile();
    let mut page = Page::of(&stats);
    assert_eq!(page.browser.text("#title"), format!("{} memory by class", HOSTILE[0]));
    let title = page.browser.eval("document.title");
    assert_eq!(title, format!("{} 4711: memory by class", HOSTILE[0]));
    let shown = page.names("#classes");
    for name in HOSTILE {
        let mut expected = name.to_owned();
        for (char, escape) in
            [('\0', "\\u{0}"), ('\u{7}', "\\u{7}"), ('\n', "\\n"), ('\u{202e}', "\\u{202e}"), ('\u{2066}', "\\u{2066}")]
        {
            expected = expected.replace(char, escape);
        }
        let expected = serde_json::json!(expected);
        let titles = format!("[...document.querySelectorAll('#classes a.class')].some((a) => a.title === {expected})");
        assert_eq!(page.browser.eval(&titles), true, "{name:?} in {shown:?}");
    }
    for class in 0..HOSTILE.len() + 1 {
        page.browser.eval(&format!("location.hash = 'class/{class}'"));
        page.browser.wait_for("document.querySelector('#class .class-title')");
        page.browser.eval("document.querySelectorAll('#class tr.opens').forEach((row) => row.click())");
    }
    assert_eq!(page.browser.eval("document.querySelectorAll('img, b, main script, iframe').length"), 0);
    assert_eq!(page.browser.eval("document.title"), title, "a script of the dump ran");
    page.finish();
}

#[test]
fn the_policy_lets_no_other_script_run_and_nothing_be_fetched() {
    let mut page = Page::of(&samples::service());
    let tried = page.browser.eval(
        "(async () => {
           const inline = document.createElement('script'); inline.textContent = 'globalThis.ran = true'; document.body.append(inline);
           const image = new Image();
           const loaded = new Promise((done) => { image.onload = () => done('loaded'); image.onerror = () => done('refused'); });
           image.src = 'https://example.invalid/x.png';
           const fetched = await fetch('https://example.invalid/').then(() => 'fetched', () => 'refused');
           return [globalThis.ran === true, await loaded, fetched];
         })()",
    );
    assert_eq!(tried, serde_json::json!([false, "refused", "refused"]));
    let refused = page.browser.complaints.iter().filter(|complaint| complaint.contains("Content Security Policy"));
    assert!(refused.count() >= 3, "{:?}", page.browser.complaints);
}

#[test]
fn colours_follow_the_switch_and_paper_is_white() {
    let mut page = Page::of(&samples::service());
    let paper = |page: &mut Page| page.browser.eval("getComputedStyle(document.body).backgroundColor");
    let light = paper(&mut page);
    page.browser.click("#theme");
    assert_eq!(paper(&mut page), light);
    page.browser.click("#theme");
    assert_ne!(paper(&mut page), light, "dark");
    page.browser.eval("dispatchEvent(new Event('beforeprint'))");
    assert_eq!(page.browser.eval("document.documentElement.dataset.theme"), "light");
    page.browser.eval("dispatchEvent(new Event('afterprint'))");
    assert_ne!(paper(&mut page), light);
    page.browser.click("#theme");
    page.browser.call(
        "Emulation.setEmulatedMedia",
        serde_json::json!({ "features": [{ "name": "prefers-color-scheme", "value": "dark" }] }),
    );
    assert_ne!(paper(&mut page), light, "as the system has it");
    page.finish();
}

#[test]
fn nothing_is_wider_than_a_phone() {
    let mut page = Page::of(&samples::service());
    page.browser.size(390, 844, true);
    for place in ["", "class/0", "class/1"] {
        page.browser.eval(&format!("location.hash = '{place}'"));
        page.browser.wait_for(&format!("document.getElementById('class').hidden === {}", place.is_empty()));
        assert_eq!(page.browser.eval("document.documentElement.scrollWidth"), 390, "at {place:?}");
    }
    page.finish();
}

/// In the directory that cargo has for such things, for whoever changes how the report looks.
#[test]
fn pictures_can_be_taken_and_pages_printed() {
    let directory = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("html");
    page::take_pictures(&directory);
    let read = |name: &str| std::fs::read(directory.join(name)).unwrap();
    for name in ["light.png", "light-class.png", "dark.png", "dark-class.png", "phone.png", "phone-class.png"] {
        assert!(read(name).starts_with(b"\x89PNG"), "{name}");
    }
    assert_ne!(read("light.png"), read("dark.png"));
    assert!(read("paper.pdf").starts_with(b"%PDF"));
}
