//! A real Chromium without a window, driven over its debugging pipe.

use std::env;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

/// How long anything may take. The machine may be busy with other tests.
const PATIENCE: Duration = Duration::from_secs(60);

/// A browser with one page open.
pub(crate) struct Browser {
    process: Child,
    input: ChildStdin,
    messages: Receiver<Value>,
    session: String,
    last_id: u64,
    /// What the page complained of, and what it asked for beyond its own file.
    pub(crate) complaints: Vec<String>,
    _profile: TempDir,
}

impl Browser {
    /// Starts it.
    ///
    /// # Panics
    /// If there is no Chromium: this test must not pass without one.
    pub(crate) fn start() -> Self {
        let program = chromium().expect(
            "no Chromium was found: install the package `chromium` (`cargo xtask test` does where it may), or say in CHROMIUM where it is",
        );
        let profile = tempfile::tempdir().unwrap();
        // Its pipe has the descriptors 3 and 4. A shell is what can put our pipes there.
        let mut process = Command::new("sh")
            .args(["-c", "exec \"$0\" \"$@\" 3<&0 4>&1 >/dev/null 2>&1"])
            .arg(program)
            .args(["--headless=new", "--remote-debugging-pipe", "--no-sandbox", "--disable-gpu", "--no-first-run"])
            .args(["--disable-dev-shm-usage", "--disable-extensions", "--disable-background-networking"])
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .arg("about:blank")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let (input, output) = (process.stdin.take().unwrap(), process.stdout.take().unwrap());
        let (send, messages) = mpsc::channel();
        thread::spawn(move || {
            for message in BufReader::new(output).split(0) {
                let Ok(message) = message else { return };
                if send.send(serde_json::from_slice(&message).unwrap()).is_err() {
                    return;
                }
            }
        });
        let session = String::new();
        let mut browser =
            Self { process, input, messages, session, last_id: 0, complaints: Vec::new(), _profile: profile };
        let target = browser.call("Target.createTarget", json!({ "url": "about:blank" }));
        let attach = json!({ "targetId": target["targetId"], "flatten": true });
        browser.session = browser.call("Target.attachToTarget", attach)["sessionId"].as_str().unwrap().to_owned();
        for domain in ["Page", "Runtime", "Log", "Network"] {
            browser.call(&format!("{domain}.enable"), json!({}));
        }
        browser.size(1280, 900, false);
        browser
    }

    /// The window's size in pixels; `phone` for a touch screen of twice the density.
    pub(crate) fn size(&mut self, width: u32, height: u32, phone: bool) {
        let scale = if phone { 2 } else { 1 };
        let metrics = json!({ "width": width, "height": height, "deviceScaleFactor": scale, "mobile": phone });
        self.call("Emulation.setDeviceMetricsOverride", metrics);
    }

    /// Opens a report from the disk. Gives the milliseconds that it took, from the navigation until it was drawn.
    pub(crate) fn open(&mut self, path: &Path) -> u64 {
        self.complaints.clear();
        let path = fs::canonicalize(path).unwrap();
        self.call("Page.navigate", json!({ "url": format!("file://{}", path.display()) }));
        let ready = "document.documentElement?.dataset.ready ?? document.documentElement?.dataset.failed ?? null";
        let ready = self.wait_for(ready);
        ready.as_str().and_then(|millis| millis.parse().ok()).unwrap_or_else(|| panic!("the report failed: {ready}"))
    }

    /// What an expression is, in the page.
    pub(crate) fn eval(&mut self, expression: &str) -> Value {
        let parameters = json!({ "expression": expression, "awaitPromise": true, "returnByValue": true });
        let answer = self.call("Runtime.evaluate", parameters);
        assert!(answer.get("exceptionDetails").is_none(), "{expression}: {}", answer["exceptionDetails"]);
        answer["result"]["value"].clone()
    }

    /// Waits until an expression is something.
    pub(crate) fn wait_for(&mut self, expression: &str) -> Value {
        let start = Instant::now();
        loop {
            let value = self.eval(expression);
            if !matches!(value, Value::Null | Value::Bool(false)) {
                return value;
            }
            assert!(start.elapsed() < PATIENCE, "never came to be: {expression}");
            thread::sleep(Duration::from_millis(10));
        }
    }

    /// The text of what a selector finds.
    pub(crate) fn text(&mut self, selector: &str) -> String {
        let text = self.eval(&format!("document.querySelector({}).innerText", json!(selector)));
        text.as_str().unwrap().to_owned()
    }

    /// Clicks with the mouse on the middle of what a selector finds, once that stands still under the mouse: what was done before may
    /// move it when it is drawn.
    pub(crate) fn click(&mut self, selector: &str) {
        let start = Instant::now();
        let mut place = self.middle(selector);
        loop {
            self.mouse("mouseMoved", place);
            let now = self.middle(selector);
            if now == place {
                return self.click_at(place.0, place.1);
            }
            assert!(start.elapsed() < PATIENCE, "never stood still: {selector}");
            place = now;
        }
    }

    /// The middle of what a selector finds, scrolled into sight, after all that was to be drawn is.
    fn middle(&mut self, selector: &str) -> (f64, f64) {
        let place = self.eval(&format!(
            "(async () => {{ const found = document.querySelector({}); \
             for (let frame = 0; frame < 2; frame++) {{ await new Promise(requestAnimationFrame); }} \
             found.scrollIntoView({{ block: 'center' }}); const box = found.getBoundingClientRect(); \
             return [box.x + box.width / 2, box.y + box.height / 2]; }})()",
            json!(selector)
        ));
        (place[0].as_f64().unwrap(), place[1].as_f64().unwrap())
    }

    pub(crate) fn click_at(&mut self, x: f64, y: f64) {
        for kind in ["mouseMoved", "mousePressed", "mouseReleased"] {
            self.mouse(kind, (x, y));
        }
    }

    fn mouse(&mut self, kind: &str, (x, y): (f64, f64)) {
        let button = if kind == "mouseMoved" { "none" } else { "left" };
        let clicks = if kind == "mouseMoved" { 0 } else { 1 };
        let event = json!({ "type": kind, "x": x, "y": y, "button": button, "clickCount": clicks });
        self.call("Input.dispatchMouseEvent", event);
    }

    /// Presses a key that writes nothing, such as `ArrowDown`.
    pub(crate) fn press(&mut self, key: &str) {
        let code = match key {
            "Enter" => 13,
            "Escape" => 27,
            "ArrowLeft" => 37,
            "ArrowUp" => 38,
            "ArrowRight" => 39,
            "ArrowDown" => 40,
            _ => 0,
        };
        for kind in ["rawKeyDown", "keyUp"] {
            let event = json!({ "type": kind, "key": key, "code": key, "windowsVirtualKeyCode": code });
            self.call("Input.dispatchKeyEvent", event);
        }
    }

    /// Writes a text, key by key.
    pub(crate) fn write(&mut self, text: &str) {
        for char in text.chars() {
            let text = char.to_string();
            let down = json!({ "type": "keyDown", "key": text, "text": text });
            self.call("Input.dispatchKeyEvent", down);
            self.call("Input.dispatchKeyEvent", json!({ "type": "keyUp", "key": text }));
        }
    }

    /// Saves a picture of the whole page.
    pub(crate) fn screenshot(&mut self, path: &Path) {
        use base64::Engine;
        // What was just changed may not be drawn yet.
        self.eval("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))");
        let parameters = json!({ "format": "png", "captureBeyondViewport": true });
        let answer = self.call("Page.captureScreenshot", parameters);
        let bytes = base64::engine::general_purpose::STANDARD.decode(answer["data"].as_str().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    /// Calls a method of the debugging protocol.
    pub(crate) fn call(&mut self, method: &str, parameters: Value) -> Value {
        self.last_id += 1;
        let id = self.last_id;
        let mut message = json!({ "id": id, "method": method, "params": parameters });
        if !self.session.is_empty() {
            message["sessionId"] = json!(self.session);
        }
        let mut bytes = serde_json::to_vec(&message).unwrap();
        bytes.push(0);
        self.input.write_all(&bytes).unwrap();
        let end = Instant::now() + PATIENCE;
        loop {
            let left = end.saturating_duration_since(Instant::now());
            let answer = self.messages.recv_timeout(left).unwrap_or_else(|error| panic!("{method}: {error}"));
            if answer["id"] == id {
                assert!(answer.get("error").is_none(), "{method}: {}", answer["error"]);
                return answer["result"].clone();
            }
            self.note(&answer);
        }
    }

    fn note(&mut self, event: &Value) {
        let parameters = &event["params"];
        match event["method"].as_str() {
            Some("Runtime.exceptionThrown") => self.complaints.push(parameters["exceptionDetails"].to_string()),
            Some("Log.entryAdded") => self.complaints.push(parameters["entry"].to_string()),
            Some("Page.javascriptDialogOpening") => self.complaints.push(parameters.to_string()),
            Some("Network.requestWillBeSent") => {
                let url = parameters["request"]["url"].as_str().unwrap_or_default();
                if !url.starts_with("file:") && !url.starts_with("about:") {
                    self.complaints.push(format!("asked for {url}"));
                }
            }
            _ => {}
        }
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // Asked to close it ends all of its processes; whatever is left of it is ended after that.
        let close = b"{\"id\":0,\"method\":\"Browser.close\"}\0";
        if self.input.write_all(close).is_ok() {
            let end = Instant::now() + Duration::from_secs(5);
            while Instant::now() < end && matches!(self.process.try_wait(), Ok(None)) {
                thread::sleep(Duration::from_millis(10));
            }
        }
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The browser that CHROMIUM names, or the first on the path.
fn chromium() -> Option<PathBuf> {
    if let Some(named) = env::var_os("CHROMIUM") {
        return Some(named.into());
    }
    let directories: Vec<PathBuf> = env::split_paths(&env::var_os("PATH")?).collect();
    let names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
    names.iter().flat_map(|name| directories.iter().map(move |dir| dir.join(name))).find(|path| path.is_file())
}
