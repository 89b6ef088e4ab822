//! The commands of the guide, as they stand there, on dumps of the names that it uses.

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

fn dumps(folder: &Path) {
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

#[test]
fn every_command_of_the_guide_works() {
    let folder = tempfile::tempdir().unwrap();
    dumps(folder.path());
    let program = env!("CARGO_BIN_EXE_classtracker");
    let mut count = 0;
    for (name, page) in PAGES {
        for (command, code) in commands(page) {
            let mut words = command.split_whitespace();
            assert_eq!(words.next(), Some("classtracker"), "{name}: {command}");
            let output = Command::new(program).args(words).current_dir(folder.path()).output().unwrap();
            let said = String::from_utf8_lossy(&output.stderr);
            assert_eq!(output.status.code(), Some(code), "{name}: {command}\n{said}");
            assert!(!output.stdout.is_empty() || command.contains("--output"), "{name}: {command}");
            count += 1;
        }
    }
    assert!(count >= 15, "{count} commands: the guide's form is not what this test reads");
    assert!(folder.path().join("report.html").exists());
}

#[test]
fn every_link_of_the_guide_leads_somewhere() {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs");
    for (name, page) in PAGES {
        for link in page.split("](").skip(1) {
            let target = link.split(')').next().unwrap();
            assert!(docs.join(target).exists(), "{name}: {target}");
        }
    }
    assert_eq!(std::fs::read_dir(&docs).unwrap().count(), PAGES.len(), "a page that is not tested");
}
