//! Dumps and file names that try to command the terminal.

use std::fs;

use crate::sample;
use crate::support::{CHECKS, COMMANDS, classtracker, run, stderr, stdout};

const HOSTILE: &str = "\u{1b}]0;owned\u{7}\u{1b}[2J\u{9b}31m\r\nx\u{202e}\u{8}\u{7f}";

/// Whether a terminal shows it and does nothing else.
fn is_shown(text: &str) -> bool {
    text.chars().all(|char| char == '\n' || !(char.is_control() || char == '\u{202e}'))
}

#[test]
fn nothing_that_a_dump_says_is_a_command_to_the_terminal() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("hostile.ctdump");
    sample::hostile(HOSTILE).dump(&path).unwrap();
    for command in COMMANDS.iter().chain(&CHECKS) {
        let output = run(command, &path);
        assert_eq!(stderr(&output), "", "{command:?}");
        let text = stdout(&output);
        assert!(text.contains("owned"), "{command:?}: {text}");
        assert!(is_shown(&text), "{command:?}: {text:?}");
    }
}

#[test]
fn a_name_of_any_length_is_printed() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("long.ctdump");
    sample::hostile(&"x".repeat(200_000)).dump(&path).unwrap();
    for command in COMMANDS.iter().chain(&CHECKS) {
        let output = run(command, &path);
        assert_eq!(stderr(&output), "", "{command:?}");
        assert!(output.status.success(), "{command:?}");
    }
}

#[cfg(unix)]
#[test]
fn nor_is_the_name_of_a_file() {
    let dir = tempfile::tempdir().unwrap();
    let missing = dir.path().join(HOSTILE);
    let broken = dir.path().join(format!("{HOSTILE}.ctdump"));
    fs::write(&broken, HOSTILE).unwrap();
    for path in [&missing, &broken, &missing.join("\u{1b}[5m")] {
        for command in COMMANDS.iter().chain(&CHECKS) {
            let output = run(command, path);
            assert_eq!(output.status.code(), Some(1));
            let text = stderr(&output);
            assert!(text.contains("owned") && is_shown(&text), "{command:?}: {text:?}");
            assert_eq!(text.lines().count(), 1, "{text}");
        }
    }
    // A wrong use quotes what is wrong.
    let output = classtracker().arg("summary").arg(&missing).arg(&broken).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let text = stderr(&output);
    assert!(text.contains("unexpected argument") && is_shown(&text), "{text:?}");
}
