//! Programs that are asked from outside.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use classtracker::stats::Stats;
use classtracker::{ClassTracker, DeepSizeOf, MonitorOptions, Signal, Tracked};

const SUMMARY: &str = "CLASSTRACKER_TEST_SUMMARY";

#[derive(DeepSizeOf)]
struct Thing([u8; 1000]);

/// Makes an object for each line that it reads, and answers with the number of all. In between it is asked by signals.
fn program(summary: &str) {
    let tracker = ClassTracker::new();
    tracker.track_class::<Thing>();
    let options = MonitorOptions::new().signal(Signal::Usr1).summary_to(summary).no_last_snapshot();
    let monitor = tracker.monitor(options).unwrap();
    let mut things = Vec::new();
    println!("\nready");
    for line in std::io::stdin().lines() {
        line.unwrap();
        things.push(Tracked::new(Thing([0; 1000])));
        println!("made {}", things.len());
    }
    monitor.finish().unwrap();
    println!("ended");
}

#[test]
fn t12_a_signal_writes_the_inventory_to_a_file_without_stopping_the_program() {
    if let Ok(summary) = std::env::var(SUMMARY) {
        return program(&summary);
    }
    let dir = tempfile::tempdir().unwrap();
    let summary = dir.path().join("summary.txt");
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["signals::t12_a_signal_writes_the_inventory_to_a_file_without_stopping_the_program"])
        .args(["--exact", "--nocapture"])
        .env(SUMMARY, &summary)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    let mut wait_for = |expected: &str| assert!(output.any(|line| line == expected), "{expected}");
    wait_for("ready");
    for count in 1..=3 {
        child.stdin.as_mut().unwrap().write_all(b"\n").unwrap();
        wait_for(&format!("made {count}"));
        let text = ask(&child, &summary);
        assert!(text.starts_with("SUMMARY  1 snapshot") && text.contains("SIGUSR1 ("), "{text}");
        let row = text.lines().find(|line| line.trim_start().starts_with("Thing ")).unwrap();
        assert_eq!(row.split_whitespace().nth(1), Some(count.to_string().as_str()), "{text}");
    }
    drop(child.stdin.take());
    wait_for("ended");
    assert!(child.wait().unwrap().success());
}

#[test]
fn t12_a_signal_of_choice_appends_a_snapshot_to_a_dump() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("run.ctdump");
    let tracker = ClassTracker::new();
    tracker.track_class::<Thing>();
    let options = MonitorOptions::new().signal(Signal::Usr2).stream_to(&path).no_last_snapshot();
    let monitor = tracker.monitor(options).unwrap();
    let mut things = Vec::new();
    for count in 1..=3 {
        things.push(Tracked::new(Thing([0; 1000])));
        // To this thread: ThreadSanitizer keeps it back from one that waits in what it does not see into, as the harness's may.
        signal_hook::low_level::raise(signal_hook::consts::SIGUSR2).unwrap();
        let end = Instant::now() + Duration::from_secs(20);
        while monitor.status().snapshots_written < count {
            assert!(Instant::now() < end, "no snapshot after 20 seconds: {:?}", monitor.status());
            std::thread::sleep(Duration::from_millis(1));
        }
    }
    monitor.finish().unwrap();
    let stats = Stats::load(&path).unwrap();
    let said: Vec<_> = stats.snapshots().iter().map(|snapshot| (&*snapshot.label, snapshot.classes[0].live)).collect();
    assert_eq!(said, [("SIGUSR2", 1), ("SIGUSR2", 2), ("SIGUSR2", 3)]);
    drop(things);
}

/// Sends the signal and reads what the program then writes.
fn ask(child: &Child, summary: &Path) -> String {
    let _ = std::fs::remove_file(summary);
    let pid = rustix::process::Pid::from_child(child);
    rustix::process::kill_process(pid, rustix::process::Signal::USR1).unwrap();
    let end = Instant::now() + Duration::from_secs(20);
    loop {
        // It appears whole or not at all.
        if let Ok(text) = std::fs::read_to_string(summary) {
            return text;
        }
        assert!(Instant::now() < end, "no summary after 20 seconds");
        std::thread::sleep(Duration::from_millis(1));
    }
}
