use std::fs;
use std::io::Write;
use std::process::{Command, Stdio};

use crate::support::{classtracker, commands, stderr, stdout};

#[test]
fn the_manual_has_every_command_and_every_exit_code() {
    let page = stdout(&classtracker().arg("man").output().unwrap());
    assert!(page.contains("\n.TH classtracker 1"), "{page}");
    assert!(commands().len() >= 8);
    for command in commands() {
        assert!(page.contains(&format!("\n.SS {command}\n")), "{command}");
    }
    assert!(page.contains(".SH EXIT STATUS\n.TP\n0\n"), "{page}");
    assert!(page.contains("\n.TP\n4\na dump is cut or damaged"), "{page}");
}

#[test]
fn a_directory_gets_a_page_for_each_command() {
    let dir = tempfile::tempdir().unwrap();
    let pages = dir.path().join("share/man1");
    let output = classtracker().args(["man", "--dir"]).arg(&pages).output().unwrap();
    assert_eq!((stdout(&output), stderr(&output)), (String::new(), String::new()));
    for command in commands() {
        let page = fs::read_to_string(pages.join(format!("classtracker-{command}.1"))).unwrap();
        assert!(page.contains(".SH EXIT STATUS") && page.contains(".SH EXAMPLES"), "{command}: {page}");
    }
    assert_eq!(fs::read_dir(&pages).unwrap().count(), commands().len() + 1);
    assert_eq!(fs::read(pages.join("classtracker.1")).unwrap(), classtracker().arg("man").output().unwrap().stdout);
}

#[test]
fn every_command_has_examples_in_its_help() {
    for command in commands() {
        let help = stdout(&classtracker().args([command.as_str(), "--help"]).output().unwrap());
        assert!(help.contains(&format!("Examples:\n  classtracker {command}")), "{help}");
    }
}

#[test]
fn every_shell_gets_a_script_with_every_command() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = stdout(&classtracker().args(["completions", shell]).output().unwrap());
        for command in commands() {
            assert!(script.contains(&command), "{shell}: {command}");
        }
    }
    let unknown = classtracker().args(["completions", "tcsh"]).output().unwrap();
    assert_eq!(unknown.status.code(), Some(2));
}

#[cfg(unix)]
#[test]
fn bash_takes_the_script() {
    let script = classtracker().args(["completions", "bash"]).output().unwrap().stdout;
    let mut bash = Command::new("bash").arg("-s").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let complete = b"\nCOMP_WORDS=(classtracker summ) COMP_CWORD=1 COMPREPLY=()\n\
        _classtracker classtracker summ classtracker\necho \"${COMPREPLY[@]}\"\n";
    let mut input = bash.stdin.take().unwrap();
    input.write_all(&[&script[..], complete].concat()).unwrap();
    drop(input);
    assert_eq!(stdout(&bash.wait_with_output().unwrap()), "summary\n");
}
