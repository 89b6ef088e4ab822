//! A report that is open in a browser, and what it shows.

use std::fs;
use std::path::Path;

use classtracker_stats::Stats;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::{Browser, samples};

pub(crate) struct Page {
    pub(crate) browser: Browser,
    _directory: TempDir,
}

impl Page {
    pub(crate) fn of(stats: &Stats) -> Self {
        let mut page = Vec::new();
        stats.write_html(&mut page).unwrap();
        Self::from(&page)
    }

    pub(crate) fn from(bytes: &[u8]) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("report with spaces.html");
        fs::write(&path, bytes).unwrap();
        let mut browser = Browser::start();
        browser.open(&path);
        Self { browser, _directory: directory }
    }

    /// The cells of a table's rows: the exact value or the class where there is one, otherwise the text.
    pub(crate) fn rows(&mut self, table: &str) -> Vec<Vec<String>> {
        let rows = self.browser.eval(&format!(
            "[...document.querySelectorAll({})].map((row) => [...row.cells].map((cell) => \
             cell.querySelector('[data-value]')?.dataset.value ?? (cell.querySelector('a.class') ?? cell).innerText.trim()))",
            json!(format!("{table} > tbody > tr, {table} table > tbody > tr"))
        ));
        serde_json::from_value(rows).unwrap()
    }

    /// The exact values of what a selector finds.
    pub(crate) fn values(&mut self, selector: &str) -> Vec<String> {
        let all = format!("[...document.querySelectorAll({})].map((one) => one.dataset.value)", json!(selector));
        serde_json::from_value(self.browser.eval(&all)).unwrap()
    }

    /// The classes in a table, from its top.
    pub(crate) fn names(&mut self, table: &str) -> Vec<String> {
        let all = format!(
            "[...document.querySelectorAll({})].map((one) => one.innerText)",
            json!(format!("{table} a.class"))
        );
        serde_json::from_value(self.browser.eval(&all)).unwrap()
    }

    /// Chooses one of a list, as a reader does.
    pub(crate) fn choose(&mut self, selector: &str, option: usize) {
        self.browser.eval(&format!(
            "(() => {{ const list = document.querySelector({}); list.value = '{option}'; list.dispatchEvent(new Event('change')); }})()",
            json!(selector)
        ));
    }

    /// That the page had nothing to complain of.
    pub(crate) fn finish(mut self) {
        // What is still on its way arrives before the answer.
        assert_ne!(self.browser.eval("document.documentElement.dataset.ready"), Value::Null);
        assert_eq!(self.browser.complaints, Vec::<String>::new());
    }
}

/// The whole page and the page of a class, light, dark, on a phone and on paper.
pub(crate) fn take_pictures(directory: &Path) {
    fs::create_dir_all(directory).unwrap();
    let file = directory.join("service.html");
    let mut page = Vec::new();
    samples::service().write_html(&mut page).unwrap();
    fs::write(&file, page).unwrap();
    let mut browser = Browser::start();
    for (name, width, phone, clicks) in [("light", 1280, false, 1), ("dark", 1280, false, 1), ("phone", 390, true, 2)] {
        browser.size(width, 900, phone);
        browser.open(&file);
        (0..clicks).for_each(|_| browser.click("#theme"));
        browser.eval("scrollTo(0, 0)");
        browser.screenshot(&directory.join(format!("{name}.png")));
        browser.eval("location.hash = 'class/1'");
        browser.wait_for("!document.getElementById('class').hidden");
        browser.eval("document.querySelector('#class tr.opens').click()");
        browser.screenshot(&directory.join(format!("{name}-class.png")));
        browser.eval("location.hash = ''");
    }
    browser.size(1280, 900, false);
    browser.open(&file);
    let pdf = browser.call("Page.printToPDF", json!({ "printBackground": true }));
    let bytes = base64::Engine::decode(&base64::engine::general_purpose::STANDARD, pdf["data"].as_str().unwrap());
    fs::write(directory.join("paper.pdf"), bytes.unwrap()).unwrap();
}
