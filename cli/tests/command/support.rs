//! Running the command, and looking at how it ended.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use expect_test::Expect;
use tempfile::TempDir;

use crate::sample;

/// Every command that reads a dump, with what comes behind the file's name.
pub(crate) const COMMANDS: [&[&str]; 30] = [
    &["summary"],
    &["summary", "--json"],
    &["summary", "--full-names"],
    &["summary", "--snapshots", "1.."],
    &["annotate"],
    &["annotate", "--json"],
    &["objects"],
    &["objects", "--json"],
    &["object", "1"],
    &["object", "1", "--json"],
    &["diff", "1", "1"],
    &["diff", "1", "1", "--json"],
    &["growth"],
    &["growth", "--json"],
    &["classes"],
    &["classes", "--json"],
    &["sites", "1"],
    &["sites", "1", "--json"],
    &["oldest", "1"],
    &["oldest", "1", "--json"],
    &["ages", "1"],
    &["ages", "1", "--json"],
    &["history"],
    &["history", "--json"],
    &["survivors", "1", "1", "1"],
    &["survivors", "1", "1", "1", "--json"],
    &["merge"],
    &["merge", "--json"],
    &["export", "--objects"],
    &["export", "--objects", "--format", "ndjson"],
];

/// The same for those that say what is lost of a dump in their answer.
pub(crate) const CHECKS: [&[&str]; 3] = [&["check"], &["check", "--json"], &["follow"]];

/// The same for those that write texts as they are where they do not write to a terminal.
pub(crate) const TABLES: [&[&str]; 5] = [
    &["export", "--format", "csv"],
    &["export", "--format", "csv", "--table", "snapshots"],
    &["export", "--format", "csv", "--table", "sites"],
    &["export", "--format", "csv", "--table", "census"],
    &["export", "--format", "csv", "--table", "objects"],
];

pub(crate) fn classtracker() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_classtracker"));
    // What the terminal of whoever runs the tests would change.
    command.env_remove("COLUMNS").env_remove("NO_COLOR").env_remove("TERM");
    command
}

/// The dump of the sample, in a directory of its own.
pub(crate) fn dump() -> (TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("shop.ctdump");
    sample::stats().dump(&path).unwrap();
    (dir, path)
}

/// Runs `COMMAND FILE FLAG…`.
pub(crate) fn run(arguments: &[&str], path: &Path) -> Output {
    let [command, flags @ ..] = arguments else {
        panic!("no command");
    };
    classtracker().arg(command).arg(path).args(flags).output().unwrap()
}

pub(crate) fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

pub(crate) fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// What `COMMAND the-sample FLAG…` prints.
pub(crate) fn check(arguments: &[&str], expected: Expect) {
    let (_dir, path) = dump();
    let output = run(arguments, &path);
    assert_eq!(stderr(&output), "");
    assert!(output.status.success());
    expected.assert_eq(&stdout(&output));
}

/// What a run that fails says, with the directory of its file cut out. It prints nothing.
pub(crate) fn check_failure(output: &Output, dir: &Path, code: i32, expected: Expect) {
    assert_eq!(stdout(output), "");
    check_complaint(output, dir, code, expected);
}

/// What a run says that ends with this code, with the directory of its file cut out.
pub(crate) fn check_complaint(output: &Output, dir: &Path, code: i32, expected: Expect) {
    expected.assert_eq(&said(output, dir));
    assert_eq!(output.status.code(), Some(code));
}

/// What a run says of a dump that is not whole.
pub(crate) fn check_lost(output: &Output, dir: &Path, expected: Expect) {
    expected.assert_eq(&without_numbers(&said(output, dir)));
    assert_eq!(output.status.code(), Some(4));
}

/// What a run says, with the directory of its file cut out.
pub(crate) fn said(output: &Output, dir: &Path) -> String {
    stderr(output).replace(&format!("{}/", dir.display()), "")
}

/// The text with an `N` for each number of several digits and each checksum: where things stand in a dump is the format's
/// business.
pub(crate) fn without_numbers(text: &str) -> String {
    let is_number = |word: &str| {
        let decimal = word.len() > 1 && word.bytes().all(|byte| byte.is_ascii_digit());
        decimal || (word.len() == 8 && word.bytes().all(|byte| byte.is_ascii_hexdigit()))
    };
    let mut replaced = String::new();
    for part in text.split_inclusive(|char: char| !char.is_ascii_alphanumeric()) {
        let word = part.trim_end_matches(|char: char| !char.is_ascii_alphanumeric());
        replaced.push_str(if is_number(word) { "N" } else { word });
        replaced.push_str(&part[word.len()..]);
    }
    replaced
}

/// The commands that the help lists.
pub(crate) fn commands() -> Vec<String> {
    let help = stdout(&classtracker().arg("--help").output().unwrap());
    let list = help.split("Commands:\n").nth(1).unwrap().split("\n\n").next().unwrap();
    // What goes on in the next line is indented further.
    let lines = list.lines().filter(|line| !line.starts_with("   "));
    let names = lines.map(|line| line.split_whitespace().next().unwrap().to_owned());
    names.filter(|name| name != "help").collect()
}
