//! Tests that need a process to themselves: what they look at, or switch, belongs to the whole process.

use std::process::Command;

const ALONE: &str = "CLASSTRACKER_TEST_ALONE";

/// Runs the body of `test`, whose full name that is, in a new process in which no other test runs.
pub(crate) fn alone(test: &str, body: impl FnOnce()) {
    if std::env::var(ALONE).as_deref() == Ok(test) {
        return body();
    }
    let output = Command::new(std::env::current_exe().unwrap())
        .args([test, "--exact", "--nocapture", "--test-threads=1"])
        .env(ALONE, test)
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{test} failed in a process of its own:\n{text}");
    assert!(text.contains("1 passed"), "{test} is not the name of this test:\n{text}");
}
