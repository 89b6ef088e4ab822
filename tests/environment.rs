//! Programs that are configured by the environment variable. Each runs in a process of its own, with a variable of its own.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed, which is what it is for")]

use std::process::{Command, Output};
use std::time::Duration;

use classtracker::stats::Stats;
use classtracker::{ClassTracker, DeepSizeOf, EnvError, MonitorOptions, Tracked};
use proptest::prelude::*;

const RUN: &str = "CLASSTRACKER_TEST_RUN";

/// Runs `program` in a process that has this value; `None` in that process itself, where it has then been run.
fn run(test: &str, value: &str, program: impl FnOnce()) -> Option<Output> {
    if std::env::var_os(RUN).is_some() {
        program();
        return None;
    }
    let output = Command::new(std::env::current_exe().unwrap())
        .args([test, "--exact", "--nocapture", "--test-threads=1"])
        .env(RUN, "")
        .env("CLASSTRACKER", value)
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && text.contains("1 passed"), "{test}:\n{text}");
    Some(output)
}

#[derive(DeepSizeOf)]
struct Thing(u8);

/// A program that knows nothing of what it will be asked.
fn program() {
    let tracker = ClassTracker::from_env().unwrap();
    tracker.track_class::<Thing>();
    let things: Vec<_> = (0..7).map(|number| Tracked::new(Thing(number))).collect();
    std::thread::sleep(Duration::from_millis(100));
    tracker.create_snapshot("by the program");
    drop(things);
}

#[test]
fn without_the_variable_or_with_a_blank_one_nothing_is_started() {
    for value in ["", "  "] {
        let output = run("without_the_variable_or_with_a_blank_one_nothing_is_started", value, || {
            let tracker = ClassTracker::from_env().unwrap();
            std::thread::sleep(Duration::from_millis(20));
            assert_eq!((tracker.snapshots().len(), tracker.monitor_status().period), (0, None));
            assert!(tracker.monitor_from_env().unwrap().is_none());
        });
        if output.is_none() {
            return;
        }
    }
}

/// What the guide and the README say to set the variable to.
fn documented() -> Vec<String> {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let pages = ["README.md", "docs/production.md"].map(|page| std::fs::read_to_string(root.join(page)).unwrap());
    let values = pages.iter().flat_map(|page| page.split("CLASSTRACKER=").skip(1));
    let values = values.map(|rest| match rest.strip_prefix('\'') {
        Some(quoted) => quoted.split('\'').next().unwrap(),
        None => rest.split(|end: char| end.is_whitespace() || end == '`').next().unwrap(),
    });
    values.map(str::to_owned).collect()
}

#[test]
fn what_the_guide_says_is_understood() {
    let values = documented();
    assert!(values.len() >= 4, "{values:?}: the guide's form is not what this test reads");
    for value in values.iter().filter(|value| cfg!(feature = "signal") || !value.contains("signal")) {
        let dir = tempfile::tempdir().unwrap();
        let value = value.replace("/var/tmp/", "/tmp/").replace("/tmp/", &format!("{}/", dir.path().display()));
        let Some(_) = run("what_the_guide_says_is_understood", &value, program) else { return };
        let files = std::fs::read_dir(dir.path()).unwrap().count();
        assert_eq!(files, usize::from(value.contains("dump=")), "{value}");
    }
}

#[test]
fn a_deployed_program_writes_a_dump_a_summary_and_keeps_little() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path().display();
    let value = format!("period=5ms, dump={dir}/run-%p.ctdump, summary={dir}/summary.txt, keep_last=2, census, pss");
    let test = "a_deployed_program_writes_a_dump_a_summary_and_keeps_little";
    let Some(_) = run(test, &value, program) else { return };

    let files: Vec<_> = std::fs::read_dir(dir.to_string()).unwrap().map(|entry| entry.unwrap().path()).collect();
    let dump = files.iter().find(|path| path.extension().is_some_and(|extension| extension == "ctdump")).unwrap();
    let stats = Stats::load(dump).unwrap();
    let name = format!("run-{}.ctdump", stats.session().process_id);
    assert_eq!(dump.file_name().unwrap().to_str(), Some(name.as_str()));
    let labels: Vec<_> = stats.snapshots().iter().map(|snapshot| snapshot.label.as_str()).collect();
    assert!(labels.len() >= 4 && labels[0].is_empty() && labels.last() == Some(&"end"), "{labels:?}");
    let by_program = stats.snapshots().iter().find(|snapshot| snapshot.label == "by the program").unwrap();
    assert_eq!(by_program.classes[0].live, 7);
    assert!(by_program.census.is_some());
    #[cfg(target_os = "linux")]
    assert!(by_program.process.proportional_bytes.is_some());
    let summary = std::fs::read_to_string(format!("{dir}/summary.txt")).unwrap();
    assert!(summary.starts_with("SUMMARY  1 snapshot") && summary.contains(" end ("), "{summary}");
    assert_eq!(files.len(), 2, "{files:?}");
}

#[test]
fn a_dump_of_an_earlier_run_is_replaced_only_if_that_is_said() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("run.ctdump");
    let test = "a_dump_of_an_earlier_run_is_replaced_only_if_that_is_said";
    let program = || match ClassTracker::from_env() {
        Ok(_) => println!("\nbegun"),
        Err(error) => println!("\n{error}"),
    };
    let run = |more: &str| {
        let output = run(test, &format!("dump={}{more}", path.display()), program)?;
        Some(String::from_utf8(output.stdout).unwrap())
    };
    let Some(first) = run("") else { return };
    let (second, third) = (run("").unwrap(), run(",replace").unwrap());
    assert!(first.contains("begun") && third.contains("begun"), "{first} {third}");
    let expected = format!("CLASSTRACKER: {}: ", path.display());
    assert!(second.contains(&expected) && !second.contains("begun"), "{second}");
    assert_eq!(Stats::load(&path).unwrap().snapshots().len(), 1);
}

#[test]
fn a_wrong_value_is_an_error_that_names_the_place() {
    let test = "a_wrong_value_is_an_error_that_names_the_place";
    let output = run(test, "census,period=soon", || println!("\n{}", ClassTracker::from_env().unwrap_err()));
    let Some(output) = output else { return };
    let text = String::from_utf8(output.stdout).unwrap();
    let expected =
        "CLASSTRACKER: byte 14: period: expected a time above 0 such as 500ms, 1.5s, 10m, 1h or 1d, found \"soon\"";
    assert!(text.contains(expected), "{text}");
}

#[test]
fn what_goes_wrong_later_is_told_on_the_standard_error_once() {
    let test = "what_goes_wrong_later_is_told_on_the_standard_error_once";
    let output = run(test, "summary=/no such folder/%p.txt", program);
    let Some(output) = output else { return };
    let text = String::from_utf8(output.stderr).unwrap();
    let told: Vec<_> = text.lines().filter(|line| line.starts_with("CLASSTRACKER: /no such folder/")).collect();
    assert!(told.len() == 1 && told[0].contains(": can't write the summary: "), "{text}");
}

/// The byte at which an error points into the value, and how many there are.
fn position(error: &EnvError) -> Option<usize> {
    match error {
        EnvError::UnknownKey { position, .. }
        | EnvError::Twice { position, .. }
        | EnvError::Value { position, .. }
        | EnvError::Feature { position, .. } => Some(*position),
        _ => None,
    }
}

proptest! {
    #[test]
    fn any_value_is_options_or_an_error_that_points_into_it(
        value in prop_oneof![
            "\\PC{0,40}",
            "((period|dump|watermark|signal|summary|keep_last|census|pss|x)(=[0-9.a-zA-Z%é]{0,6})?[, ]{0,3}){0,5}",
        ],
    ) {
        if let Err(error) = value.parse::<MonitorOptions>() {
            let position = position(&error);
            prop_assert!(position.is_some_and(|at| value.is_char_boundary(at)), "{error}");
            prop_assert!(error.to_string().starts_with("CLASSTRACKER: byte "));
        }
    }
}

#[test]
#[cfg(unix)]
fn a_value_that_is_not_text_is_an_error() {
    use std::os::unix::ffi::OsStrExt;

    if std::env::var_os(RUN).is_some() {
        println!("\n{}", ClassTracker::from_env().unwrap_err());
        return;
    }
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["a_value_that_is_not_text_is_an_error", "--exact", "--nocapture"])
        .env(RUN, "")
        .env("CLASSTRACKER", std::ffi::OsStr::from_bytes(b"dump=\xff"))
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("CLASSTRACKER: expected UTF-8, found \"dump=\u{fffd}\""), "{text}");
}

#[test]
#[cfg(all(feature = "signal", target_os = "linux"))]
fn a_signal_alone_is_answered_on_the_standard_error() {
    let test = "a_signal_alone_is_answered_on_the_standard_error";
    let output = run(test, "signal,no_last", || {
        let tracker = ClassTracker::from_env().unwrap();
        // To this thread: ThreadSanitizer keeps it back from one that waits in what it does not see into, as the harness's may.
        let ask = || signal_hook::low_level::raise(signal_hook::consts::SIGUSR1).unwrap();
        ask();
        while tracker.snapshots().is_empty() {
            std::thread::sleep(Duration::from_millis(1));
        }
        drop(tracker);
        // From now on it means nothing.
        ask();
        std::thread::sleep(Duration::from_millis(20));
    });
    let Some(output) = output else { return };
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(text.contains("SUMMARY  1 snapshot") && text.contains("SIGUSR1 ("), "{text}");
}
