//! Colours, a small screen, paper.

use super::page::{self, Page};
use super::samples;

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
