//! The examples as they are run: what they print, where, and how they end.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed, which is what it is for")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use classtracker::stats::{Snapshot, Stats};
use tempfile::TempDir;

/// An example as it was built. `cargo test` does that before it runs tests, into a folder beside theirs.
fn example(name: &str) -> Command {
    let test = std::env::current_exe().unwrap();
    let folder = test.parent().and_then(Path::parent).unwrap().join("examples");
    let program = folder.join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    assert!(program.exists(), "{} is not built; `cargo build --examples` does it", program.display());
    Command::new(program)
}

/// Four sources that can be loaded, two that can't, and what is not to be looked at.
fn sources() -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    let write = |path: &str, text: &[u8]| {
        let path = dir.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    write("a.rs", b"/// Docs.\npub struct A { field: u8 }\nimpl A { fn new() -> A { A { field: 0 } } }");
    write("b.rs", b"enum B { One, Two }");
    write("deep/c.rs", b"mod c { fn new() {} }");
    write("deep/d.rs", b"// Nothing.");
    write("broken.rs", b"fn fn");
    write("latin.rs", b"// \xff");
    write("notes.txt", b"fn text() {}");
    write("target/debug/e.rs", b"fn built() {}");
    write(".hidden/f.rs", b"fn hidden() {}");
    dir
}

fn source_cache(dir: &Path, arguments: &[&str]) -> Output {
    example("source_cache").arg(dir).args(arguments).output().unwrap()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

/// What it prints before the summary, and the snapshots it takes.
fn run(arguments: &[&str]) -> (String, Stats) {
    let dir = sources();
    let dump = dir.path().join("sources.ctdump");
    let output = source_cache(dir.path(), &[&["--dump", dump.to_str().unwrap()], arguments].concat());
    assert_eq!(text(&output.stderr), "");
    assert!(output.status.success());

    let stats = Stats::load(&dump).unwrap();
    let mut summary = Vec::new();
    stats.write_summary(&mut summary).unwrap();
    let printed = text(&output.stdout);
    assert!(printed.contains(text(&summary)), "the dump's summary is another than:\n{printed}");
    let (before, _) = printed.split_once("SUMMARY").unwrap();
    (before.to_owned(), stats)
}

/// Of each snapshot its label, and how many live, of how many made.
fn live<'s>(stats: &'s Stats, class: &str) -> Vec<(&'s str, u64, u64)> {
    let row = |snapshot: &'s Snapshot| {
        let row = snapshot.classes.iter().find(|row| row.class.ends_with(class)).unwrap();
        (snapshot.label.as_str(), row.live, row.created)
    };
    stats.snapshots().iter().map(|snapshot| row(snapshot)).collect()
}

#[test]
fn a_cache_that_evicts_lets_go_of_files_and_symbols() {
    let (printed, stats) = run(&[]);
    assert!(printed.contains("evicted: 2 files, 0 still alive\n"), "{printed}");
    assert_eq!(live(&stats, "SourceFile"), [("loaded", 4, 4), ("half evicted", 2, 4), ("reloaded", 4, 6)]);
    assert_eq!(live(&stats, "Symbol"), [("loaded", 8, 8), ("half evicted", 3, 8), ("reloaded", 8, 13)]);
}

#[test]
fn a_cache_whose_index_is_not_told_keeps_what_it_evicts() {
    let (printed, stats) = run(&["--leak", "--rounds", "1"]);
    let expected = "evicted: 2 files, 2 still alive\n  a.rs: held by 3 handles\n  deep/c.rs: held by 2 handles\n";
    assert!(printed.contains(expected), "{printed}");
    assert_eq!(live(&stats, "SourceFile"), [("loaded", 4, 4), ("half evicted", 4, 4), ("reloaded", 6, 6)]);
    assert_eq!(live(&stats, "Symbol"), [("loaded", 8, 8), ("half evicted", 8, 8), ("reloaded", 13, 13)]);
}

#[test]
fn growth_names_the_leaking_class_first_and_nothing_in_a_cache_that_evicts() {
    let growing = |arguments: &[&str]| {
        let (_, stats) = run(arguments);
        let growth = stats.growth();
        let growing: Vec<_> = growth.growing().map(|class| class.name.to_string()).collect();
        (growth.classes[0].name.to_string(), growing)
    };
    let file = || "SourceFile".to_owned();
    assert_eq!(growing(&["--leak"]), (file(), vec![file(), "Symbol".to_owned()]));
    assert_eq!(growing(&["--leak", "--rounds", "8"]), (file(), vec![file(), "Symbol".to_owned()]));
    assert_eq!(growing(&["--rounds", "8"]).1, Vec::<String>::new());
    // Three snapshots are too few to tell growth from chance, not to tell what grew most.
    assert_eq!(growing(&["--leak", "--rounds", "1"]), (file(), Vec::new()));
}

#[test]
fn sources_that_cannot_be_parsed_are_counted_and_named() {
    let (printed, _) = run(&[]);
    let (loaded, _) = printed.split_once("\n\n").unwrap();
    let lines: Vec<&str> = loaded.lines().collect();
    assert!(lines[0].starts_with("loaded: 4 files, "), "{loaded}");
    assert_eq!(lines[1], "not loaded: 2");
    assert!(lines[2].starts_with("  broken.rs: "), "{loaded}");
    assert_eq!(lines[3], "  latin.rs: stream did not contain valid UTF-8");
    assert_eq!(lines.len(), 4);
}

#[test]
fn a_directory_that_is_not_there_is_an_error() {
    let dir = tempfile::tempdir().unwrap();
    let missing = dir.path().join("missing");
    let output = source_cache(&missing, &[]);
    assert_eq!((output.status.code(), text(&output.stdout)), (Some(1), ""));
    let expected = format!("source_cache: can't list the directory {}: ", missing.display());
    assert!(text(&output.stderr).starts_with(&expected), "{}", text(&output.stderr));
}

#[test]
fn a_directory_without_sources_is_an_error() {
    let dir = tempfile::tempdir().unwrap();
    let output = source_cache(dir.path(), &[]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(text(&output.stderr), format!("source_cache: no .rs file below {}\n", dir.path().display()));
}

#[test]
fn wrong_arguments_are_told_the_right_ones() {
    let output = example("source_cache").arg("--leek").output().unwrap();
    assert_eq!((output.status.code(), text(&output.stdout)), (Some(2), ""));
    assert!(text(&output.stderr).starts_with("source_cache: unknown flag --leek\n\nUsage: "));
}

#[test]
fn the_factory_hires_a_thousand_and_keeps_four_hundred() {
    // It writes its dump where temporary files go.
    let dir = tempfile::tempdir().unwrap();
    let output = example("factory").env("TMPDIR", dir.path()).env("TMP", dir.path()).output().unwrap();
    assert_eq!(text(&output.stderr), "");
    assert!(output.status.success());
    let dump: PathBuf = dir.path().join("factory.ctdump");
    let stats = Stats::load(dump).unwrap();
    let expected = [("empty factory", 0, 0), ("thousand hired", 1000, 1000), ("crisis", 400, 1000)];
    assert_eq!(live(&stats, "Employee"), expected);
}
