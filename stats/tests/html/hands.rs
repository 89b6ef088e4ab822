//! What the mouse and the keyboard do.

use classtracker_stats::Stats;

use super::page::Page;
use super::samples;

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
