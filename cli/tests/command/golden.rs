//! What each command prints, in each of its forms, and its help: in files beside this one.

use classtracker_stats::Stats;
use expect_test::expect_file;

use crate::sample;
use crate::support::{classtracker, commands, stderr, stdout};

/// What each command is asked: the name of its file, the sample, what comes behind the dump's name.
type Case = (&'static str, fn() -> Stats, &'static [&'static str]);

const CASES: [Case; 26] = [
    ("summary.txt", sample::stats, &["summary"]),
    ("summary.json", sample::stats, &["summary", "--json"]),
    ("annotate.txt", sample::stats, &["annotate"]),
    ("annotate.json", sample::stats, &["annotate", "--snapshots", "-1", "--json"]),
    ("classes.txt", sample::leaking, &["classes"]),
    ("classes.json", sample::leaking, &["classes", "--json"]),
    ("sites.txt", sample::placed, &["sites"]),
    ("sites.json", sample::placed, &["sites", "--json"]),
    ("oldest.txt", sample::placed, &["oldest"]),
    ("oldest.json", sample::placed, &["oldest", "--limit", "1", "--json"]),
    ("ages.txt", sample::aged, &["ages"]),
    ("ages.json", sample::aged, &["ages", "--json"]),
    ("history.txt", sample::aged, &["history"]),
    ("history.json", sample::aged, &["history", "--json"]),
    ("objects.txt", sample::stats, &["objects"]),
    ("objects.json", sample::placed, &["objects", "--json"]),
    ("object.txt", sample::stats, &["object", "3"]),
    ("object.json", sample::stats, &["object", "3", "--json"]),
    ("diff.txt", sample::phases, &["diff"]),
    ("diff.json", sample::phases, &["diff", "--json"]),
    ("survivors.txt", sample::phases, &["survivors"]),
    ("survivors.json", sample::phases, &["survivors", "--json"]),
    ("growth.txt", sample::leaking, &["growth"]),
    ("growth.json", sample::leaking, &["growth", "--json"]),
    ("merge.txt", sample::stats, &["merge"]),
    ("merge.json", sample::stats, &["merge", "--json"]),
];

#[test]
fn every_answer_is_what_it_was() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("shop.ctdump");
    for (file, sample, arguments) in CASES {
        sample().dump(&path).unwrap();
        let output = classtracker().arg(arguments[0]).arg(&path).args(&arguments[1..]).output().unwrap();
        assert_eq!((stderr(&output), output.status.code()), (String::new(), Some(0)), "{file}");
        let text = stdout(&output);
        if file.ends_with(".json") {
            serde_json::from_str::<serde_json::Value>(&text).unwrap();
        }
        expect_file![format!("golden/{file}")].assert_eq(&text);
    }
}

#[test]
fn every_question_has_its_case() {
    // These have tests of their own.
    let others = ["follow", "html", "export", "check", "completions", "man"];
    for command in commands().iter().filter(|command| !others.contains(&command.as_str())) {
        for form in ["txt", "json"] {
            let file = format!("{command}.{form}");
            assert!(CASES.iter().any(|(case, ..)| *case == file), "{file}");
        }
    }
}

#[test]
fn every_help_is_what_it_was() {
    let help = |arguments: &[&str]| stdout(&classtracker().args(arguments).arg("--help").output().unwrap());
    let mut all = help(&[]);
    for command in commands() {
        all += &format!("\n\n——— {command}\n\n{}", help(&[&command]));
    }
    expect_file!["golden/help.txt"].assert_eq(&all);
}
