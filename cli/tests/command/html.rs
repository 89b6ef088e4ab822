use std::fs;
use std::path::Path;

use crate::support::{classtracker, dump, run, stderr, stdout};

#[test]
fn a_report_is_written_beside_the_dump() {
    let (dir, path) = dump();
    let output = run(&["html"], &path);
    assert_eq!(stderr(&output), "");
    let beside = dir.path().join("shop.html");
    assert_eq!(stdout(&output), format!("{}\n", beside.display()));
    let report = fs::read_to_string(beside).unwrap();
    assert!(report.starts_with("<!doctype html>"));
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 2);
}

#[test]
fn a_report_is_written_where_it_is_told() {
    let (dir, path) = dump();
    let report = dir.path().join("report.html");
    assert!(run(&["html", "-o", report.to_str().unwrap()], &path).status.success());
    assert!(report.exists() && !dir.path().join("shop.html").exists());
    let printed = stdout(&run(&["html", "--output", "-"], &path));
    assert!(printed.starts_with("<!doctype html>") && printed.trim_end().ends_with("</html>"));
    let piped = classtracker().args(["html", "-"]).stdin(fs::File::open(&path).unwrap()).output().unwrap();
    assert!(stdout(&piped).starts_with("<!doctype html>"));
}

#[test]
fn nothing_is_written_of_what_is_no_dump() {
    let (dir, path) = dump();
    fs::write(&path, "no dump").unwrap();
    assert_eq!(run(&["html"], &path).status.code(), Some(1));
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
    let missing = run(&["html"], Path::new("/nowhere/at/all.ctdump"));
    assert_eq!(missing.status.code(), Some(1));
}
