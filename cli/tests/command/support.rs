//! Running the command, and looking at how it ended.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use expect_test::Expect;
use tempfile::TempDir;

use crate::sample;

/// Every command that reads a dump, with what comes behind the file's name.
pub(crate) const COMMANDS: [&[&str]; 14] = [
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
    &["export", "--objects"],
    &["export", "--objects", "--format", "ndjson"],
];

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
    let dir = format!("{}/", dir.display());
    expected.assert_eq(&stderr(output).replace(&dir, ""));
    assert_eq!(output.status.code(), Some(code));
}
