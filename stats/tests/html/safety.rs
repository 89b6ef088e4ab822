//! What a dump says does nothing but be shown, and the page asks for nothing.

use super::page::Page;
use super::samples::{self, HOSTILE};

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
