//! The commands of the guide and of the README, as they stand there, on dumps of the names that they use.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed, which is what it is for")]

use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta};
use classtracker_stats::{ClassRow, ObjectRecord, ObjectRow, Referent, Session, Snapshot, Stats};

const PAGES: [(&str, &str); 5] = [
    ("README.md", include_str!("../../docs/README.md")),
    ("find-what-grows.md", include_str!("../../docs/find-what-grows.md")),
    ("production.md", include_str!("../../docs/production.md")),
    ("compare-releases.md", include_str!("../../docs/compare-releases.md")),
    ("total-and-resident.md", include_str!("../../docs/total-and-resident.md")),
];

const README: &str = include_str!("../../README.md");

/// A run in which a session comes with every snapshot, and none goes.
fn leaking(process: u32, bytes: u64) -> Stats {
    let start = DateTime::UNIX_EPOCH;
    let snapshot = |number: u64| {
        let label = match number {
            1 => "loaded".to_owned(),
            12 => "end".to_owned(),
            number => format!("minute {number}"),
        };
        let elapsed = Duration::from_secs(60 * number);
        let mut snapshot = Snapshot::new(label, start + TimeDelta::minutes(number as i64), elapsed);
        let mut row = ClassRow::new("session");
        (row.live, row.created, row.listed) = (number, number, number);
        (row.bytes, row.flat_bytes) = (number * bytes, number * 48);
        (row.smallest_bytes, row.largest_bytes) = (Some(bytes), Some(bytes));
        row.referents = vec![Referent::new("history", 1, number, number * 24, number * bytes)];
        snapshot.classes.push(row);
        for serial in 1..=number {
            let record = Arc::new(ObjectRecord::new(serial, "session", 48));
            let mut row = ObjectRow::new(record, bytes);
            row.referents = [Referent::new("history", 1, 1, 24, bytes)].into();
            snapshot.objects.push(row);
        }
        snapshot.process.resident_bytes = Some(64 << 20);
        Arc::new(snapshot)
    };
    Stats::new(Session::new(start, process), (1..=12).map(snapshot).collect())
}

/// A run in which nothing changes.
fn steady() -> Stats {
    let stats = leaking(4, 1000);
    let last = stats.snapshots().last().unwrap();
    let snapshots = stats.snapshots().iter().map(|snapshot| {
        let mut same = Snapshot::clone(last);
        (same.label, same.time) = (snapshot.label.clone(), snapshot.time);
        same.elapsed = snapshot.elapsed;
        Arc::new(same)
    });
    Stats::new(stats.session().clone(), snapshots.collect())
}

fn dumps(folder: &Path) {
    steady().dump(folder.join("run.ctdump")).unwrap();
    leaking(1, 1000).dump(folder.join("server.ctdump")).unwrap();
    leaking(2, 1000).dump(folder.join("old.ctdump")).unwrap();
    leaking(3, 1200).dump(folder.join("new.ctdump")).unwrap();
    let whole = std::fs::read(folder.join("server.ctdump")).unwrap();
    std::fs::write(folder.join("cut.ctdump"), &whole[..whole.len() - 20]).unwrap();
}

/// The command lines of a page, each with the code that it ends with.
fn commands(page: &str) -> Vec<(&str, i32)> {
    let mut inside = false;
    let mut commands = Vec::new();
    for line in page.lines() {
        match line {
            "```console" => inside = true,
            "```" => inside = false,
            _ => {
                if let Some(command) = line.strip_prefix("$ ").filter(|_| inside) {
                    let (command, code) = command.split_once("    # ends with ").unwrap_or((command, "0"));
                    commands.push((command, code.parse().unwrap()));
                }
            }
        }
    }
    commands
}

fn run(folder: &Path, page: &str, command: &str, code: i32) {
    let mut words = command.split_whitespace();
    assert_eq!(words.next(), Some("classtracker"), "{page}: {command}");
    let program = env!("CARGO_BIN_EXE_classtracker");
    let output = Command::new(program).args(words).current_dir(folder).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{page}: {command}\n{said}");
    assert!(!output.stdout.is_empty() || said.contains("report"), "{page}: {command}");
}

#[test]
fn every_command_of_the_guide_works() {
    let folder = tempfile::tempdir().unwrap();
    dumps(folder.path());
    let mut count = 0;
    for (name, page) in PAGES {
        for (command, code) in commands(page) {
            run(folder.path(), name, command, code);
            count += 1;
        }
    }
    assert!(count >= 15, "{count} commands: the guide's form is not what this test reads");
    assert!(folder.path().join("report.html").exists());
}

#[test]
fn every_command_of_the_readme_works() {
    let folder = tempfile::tempdir().unwrap();
    dumps(folder.path());
    let commands: Vec<_> =
        README.lines().filter(|line| line.starts_with("classtracker ") && !line.contains('=')).collect();
    for line in &commands {
        let command = line.split('#').next().unwrap();
        // Where the output goes is the shell's affair.
        run(folder.path(), "README.md", command.split('>').next().unwrap(), 0);
    }
    assert!(commands.len() >= 7, "{commands:?}: the README's form is not what this test reads");
}

#[test]
fn every_question_that_the_readme_and_the_guide_name_is_one() {
    let program = env!("CARGO_BIN_EXE_classtracker");
    for page in PAGES.iter().map(|(_, page)| *page).chain([README]) {
        for named in page.split("`classtracker ").skip(1) {
            let command = named.split(['`', ' ']).next().unwrap();
            let help = Command::new(program).args(["help", command]).output().unwrap();
            assert!(command == "help" || help.status.success(), "`classtracker {command}`");
        }
    }
}

#[test]
fn every_link_leads_somewhere() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let read = |page: &str| std::fs::read_to_string(root.join(page)).unwrap();
    let others = ["README.md", "ARCHITECTURE.md", "CHANGELOG.md", "stats/FORMAT.md"];
    let pages = PAGES.iter().map(|(name, _)| format!("docs/{name}")).chain(others.map(str::to_owned));
    for page in pages {
        let text = read(&page);
        for link in text.split("](").skip(1) {
            let link = link.split(')').next().unwrap();
            if link.starts_with("https://") {
                continue;
            }
            let (target, heading) = link.split_once('#').unwrap_or((link, ""));
            let file =
                if target.is_empty() { root.join(&page) } else { root.join(&page).parent().unwrap().join(target) };
            assert!(file.exists(), "{page}: {link}");
            let heads = |line: &str| line.starts_with('#') && anchor(line) == heading;
            let found = heading.is_empty() || std::fs::read_to_string(&file).unwrap().lines().any(heads);
            assert!(found, "{page}: no heading {link}");
        }
    }
    let docs = std::fs::read_dir(root.join("docs")).unwrap().count();
    assert_eq!(docs, PAGES.len(), "a page that is not tested");
}

/// What a link calls a heading.
fn anchor(heading: &str) -> String {
    let words = heading.trim_start_matches('#').trim().to_lowercase();
    let kept = words.chars().filter(|letter| letter.is_alphanumeric() || matches!(letter, ' ' | '-' | '_'));
    kept.map(|letter| if letter == ' ' { '-' } else { letter }).collect()
}
