//! A process that is killed while it writes a dump loses at most the snapshot in flight.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test that panics has failed, which is what it is for")]

mod support;

use std::io::{BufRead, BufReader, Write};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;
use std::{fs, io, thread};

use classtracker_stats::dump::{self, Damage, ReadOptions};
use classtracker_stats::{DumpError, DumpFile, ObjectRow, Snapshot, Stats};
use support::{class, object, session, snapshot};

/// Set in the child that streams to the path in it until it is killed.
const CHILD: &str = "CLASSTRACKER_TEST_STREAM_UNTIL_KILLED";
const KILLS: u32 = 100;

/// The snapshot of this number, the same in every process. Long ones and short ones take turns.
fn numbered(number: u64) -> Arc<Snapshot> {
    let mut one = snapshot(&format!("snapshot {number}"), number);
    let objects = if number.is_multiple_of(3) { 2000 } else { 20 };
    one.classes.push(class(&format!("app::Class{}", number % 50), &[number]));
    for serial in number..number + objects {
        let record = Arc::new(object(serial, "app::Employee", serial));
        one.objects.push(ObjectRow::new(record, number * serial));
    }
    Arc::new(one)
}

/// What the child does; without its variable, nothing.
#[test]
fn child_streams_until_it_is_killed() {
    let Some(path) = std::env::var_os(CHILD) else {
        return;
    };
    let mut file = DumpFile::create(&path, &session()).unwrap();
    // The harness has written a line by now, so ours begins behind a line's end.
    for number in 0.. {
        file.write(&numbered(number)).unwrap();
        // In the pipe when the process is killed, so it is known what was written for sure.
        writeln!(io::stdout(), "\nwritten {}", number + 1).unwrap();
    }
}

/// Kills a child after so long a time from its first snapshot on, and gives how many it has written for sure.
fn kill_after(delay: Duration, path: &Path) -> u64 {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "child_streams_until_it_is_killed", "--nocapture"])
        .env(CHILD, path)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    assert!(lines.any(|line| line == "written 1"));
    thread::scope(|scope| {
        // The pipe must not fill up meanwhile.
        let rest = scope.spawn(|| lines.filter_map(|line| line.strip_prefix("written ")?.parse().ok()).last());
        thread::sleep(delay);
        child.kill().unwrap();
        assert_eq!(child.wait().unwrap().signal(), Some(9));
        rest.join().unwrap().unwrap_or(1)
    })
}

#[test]
fn whenever_a_process_is_killed_every_snapshot_that_it_has_written_is_read_back() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("killed.ctdump");
    let mut options = ReadOptions::default();
    options.damage = Damage::PassOver;
    let mut random = u64::from(std::process::id()) | 1;
    let mut most = 0;
    for kill in 0..KILLS {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let written = kill_after(Duration::from_micros((random >> 33) % 20_000), &path);

        let (stats, lost) = Stats::load_with(&path, &options).unwrap();
        let read = stats.snapshots().len() as u64;
        assert!(read == written || read == written + 1, "kill {kill}: {written} written, {read} read");
        for (number, snapshot) in stats.snapshots().iter().enumerate() {
            assert_eq!(*snapshot, numbered(number as u64), "kill {kill}");
        }
        assert!(matches!(lost[..], [ref lost] if matches!(lost.error, DumpError::Cut { .. })), "kill {kill}: {lost:?}");
        assert_eq!(dump::check(&path).unwrap().snapshots, read);
        most = most.max(read);
        fs::remove_file(&path).unwrap();
    }
    assert!(most > 3, "all were killed at their first snapshots: {most}");
}

#[test]
fn the_lock_of_a_killed_process_is_gone_and_its_dump_is_not_touched() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("killed.ctdump");
    kill_after(Duration::ZERO, &path);
    let left = fs::read(&path).unwrap();
    let error = DumpFile::create(&path, &session()).unwrap_err();
    assert!(matches!(error, DumpError::NotEmpty { .. }), "{error}");
    assert_eq!(fs::read(&path).unwrap(), left);
    DumpFile::replace(&path, &session()).unwrap().finish().unwrap();
    assert_eq!(Stats::load(&path).unwrap().snapshots(), []);
}
