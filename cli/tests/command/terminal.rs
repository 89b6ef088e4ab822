//! The command on a terminal.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::Path;
use std::process::{ChildStdin, Command, Stdio};
use std::thread;
use std::time::Duration;

use classtracker_stats::DumpFile;
use expect_test::expect;
use rustix::fs::{Mode, OFlags};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};

use crate::sample;
use crate::support::{CHECKS, COMMANDS, TABLES, classtracker, dump, run, stdout};

/// What a terminal of this width gets to see of a run.
fn seen(command: &mut Command, columns: u16) -> String {
    seen_when_fed(command, columns, drop)
}

/// The same of one whose standard input comes from `feed`.
fn seen_when_fed(command: &mut Command, columns: u16, feed: impl FnOnce(ChildStdin)) -> String {
    let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&master).unwrap();
    unlockpt(&master).unwrap();
    let name = ptsname(&master, Vec::new()).unwrap();
    let slave = rustix::fs::open(name, OFlags::RDWR | OFlags::NOCTTY, Mode::empty()).unwrap();
    tcsetwinsize(&slave, Winsize { ws_row: 24, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 }).unwrap();
    let stdout = Stdio::from(slave.try_clone().unwrap());
    let mut child = command.env("TERM", "xterm").stdin(Stdio::piped()).stdout(stdout).stderr(slave).spawn().unwrap();
    // So that no end of the terminal is left open here.
    command.stdout(Stdio::null()).stderr(Stdio::null());
    feed(child.stdin.take().unwrap());
    let mut bytes = Vec::new();
    let mut buffer = [0; 4096];
    let mut master = File::from(master);
    // Linux says EIO where the other side was closed.
    while let Ok(read @ 1..) = master.read(&mut buffer) {
        bytes.extend_from_slice(&buffer[..read]);
    }
    child.wait().unwrap();
    String::from_utf8(bytes).unwrap().replace("\r\n", "\n")
}

fn on_terminal(arguments: &[&str], path: &Path) -> String {
    seen(classtracker().arg(arguments[0]).arg(path).args(&arguments[1..]), 100)
}

#[test]
fn titles_stand_out() {
    let (_dir, path) = dump();
    let text = on_terminal(&["summary", "--snapshots", "-1"], &path);
    expect![[r#"
        ^[1mSUMMARY  1 snapshot, 2 classes                       share of: resident memory^[0m
        ^[4m close (36000.000s)  live  created  dropped    bytes  average  largest   share^[0m
          Book                  2     5003     5001  1.8 KiB    900 B    900 B  <0.1 %
          Customer              1     5003     5002     40 B     40 B     40 B  <0.1 %
        ^[1m  total                 3    10006    10003  1.8 KiB    613 B    900 B  <0.1 %^[0m
        ^[2m  process: resident 8.8 MiB, virtual 35.2 MiB; tracker's overhead 19.5 KiB^[0m
          not explained: 8.8 MiB (99.8 % of resident), besides 1.8 KiB tracked and the overhead
    "#]]
    .assert_eq(&text.replace('\u{1b}', "^"));
}

#[test]
fn colour_is_used_only_where_it_is_wanted() {
    let (_dir, path) = dump();
    let plain = stdout(&run(&["summary"], &path));
    assert!(!plain.contains('\u{1b}'));
    assert_eq!(on_terminal(&["summary", "--color", "never"], &path), plain);
    let command = || {
        let mut command = classtracker();
        command.arg("summary").arg(&path);
        command
    };
    assert_eq!(seen(command().env("NO_COLOR", "1"), 100), plain);
    assert_ne!(seen(command().env("NO_COLOR", ""), 100), plain);
    let painted = stdout(&run(&["summary", "--color", "always"], &path));
    assert_eq!(painted, on_terminal(&["summary"], &path));
    assert_ne!(painted, plain);
}

#[test]
fn nothing_that_a_dump_says_reaches_the_terminal_as_a_command() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("hostile.ctdump");
    sample::hostile("\u{1b}]0;owned\u{7}\u{1b}[2J\u{9b}31m\r\nx\u{202e}\u{8}\u{7f}").dump(&path).unwrap();
    for command in COMMANDS.iter().chain(&CHECKS).chain(&TABLES) {
        let text = on_terminal(command, &path);
        let painted = ["\u{1b}[1m", "\u{1b}[2m", "\u{1b}[4m", "\u{1b}[0m", "\u{1b}[6A\r\u{1b}[J"];
        let text = painted.iter().fold(text, |text, style| text.replace(style, ""));
        let is_shown = text.chars().all(|char| char == '\n' || !(char.is_control() || char == '\u{202e}'));
        assert!(is_shown, "{command:?}: {text:?}");
    }
}

#[test]
fn a_short_read_shows_no_progress() {
    let (_dir, path) = dump();
    let whole = fs::read(&path).unwrap();
    fs::write(&path, &whole[..whole.len() - 1]).unwrap();
    let text = on_terminal(&["summary"], &path);
    assert!(text.starts_with("classtracker: warning: "), "{text}");
    assert!(!text.contains("reading"), "{text}");
}

#[test]
fn a_long_read_shows_how_far_it_has_come_and_leaves_nothing_of_it() {
    let (_dir, path) = dump();
    let whole = fs::read(&path).unwrap();
    let slowly = |mut input: ChildStdin| {
        let (begin, end) = whole.split_at(whole.len() / 2);
        input.write_all(begin).unwrap();
        thread::sleep(Duration::from_millis(700));
        input.write_all(end).unwrap();
    };
    let text = seen_when_fed(classtracker().args(["summary", "-"]), 100, slowly);
    assert!(text.contains("reading"), "{text:?}");
    // The line is cleared before anything else is printed on it.
    let answer = on_terminal(&["summary"], &path);
    assert!(text.ends_with(&format!("\u{1b}[2K{answer}")), "{text:?}");
}

#[test]
fn a_dump_that_grows_is_drawn_anew() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("shop.ctdump");
    let stats = sample::leaking();
    let mut file = DumpFile::create(&path, stats.session()).unwrap();
    file.write(&stats.snapshots()[0]).unwrap();
    let program = thread::spawn(move || {
        for snapshot in &stats.snapshots()[1..] {
            thread::sleep(Duration::from_millis(80));
            file.write(snapshot).unwrap();
        }
        file.finish().unwrap();
    });
    let text = seen(classtracker().arg("follow").arg(&path).args(["--interval", "0.01"]), 72);
    program.join().unwrap();
    let screens: Vec<_> = text.split("\u{1b}[7A\r\u{1b}[J").collect();
    assert!(screens.len() > 1, "{text:?}");
    let last = screens.last().unwrap().replace('\u{1b}', "^").replace(&format!("{}/", dir.path().display()), "");
    assert!(last.lines().all(|line| line.chars().count() <= 72 + 8));
    expect![[r#"
        ^[1mFOLLOW  shop.ctdump, process 7^[0m
          snapshot 20: 19.000s
                    live  change     bytes    change     in all    share
          Book        67      +3  58.9 KiB  +2.6 KiB  +50.1 KiB   93.6 %
          Customer   103      +2   4.0 KiB     +80 B     +120 B    6.4 %
        ^[1m  total      170      +5  62.9 KiB  +2.7 KiB  +50.2 KiB  100.0 %^[0m
        ^[2m  process: resident 7.8 MiB, virtual 31.2 MiB; tracker's overhead 19.5 …^[0m
    "#]]
    .assert_eq(&last);
}

#[test]
fn a_table_is_no_larger_than_the_terminal() {
    let (_dir, path) = dump();
    let names: Vec<_> = (0..100).map(|number| format!("app::{}::Class{number}", "x".repeat(200))).collect();
    let names: Vec<_> = names.iter().map(String::as_str).collect();
    sample::named(&names).dump(&path).unwrap();
    let text = seen(classtracker().arg("follow").arg(&path).args(["--full-names", "--color", "never"]), 60);
    assert!(text.lines().all(|line| line.chars().count() <= 60), "{text}");
    assert!(text.lines().count() <= 23, "{text}");
    assert!(text.contains("and 83 more"), "{text}");
}

#[test]
fn names_are_shortened_until_a_table_fits() {
    let (_dir, path) = dump();
    sample::named(&["app::inventory::warehouse::Shelf<app::inventory::warehouse::Pallet>"]).dump(&path).unwrap();
    let narrow = seen(classtracker().arg("summary").arg(&path).args(["--full-names", "--color", "never"]), 90);
    expect![[r#"
        SUMMARY  1 snapshot, 1 class                                     share of: resident memory
         0.100s                            live  created  dropped  bytes  average  largest   share
          app::inventory…rehouse::Pallet>     1     5003     5002   40 B     40 B     40 B  <0.1 %
          total                               1     5003     5002   40 B     40 B     40 B  <0.1 %
          process: resident 7.8 MiB, virtual 31.2 MiB; tracker's overhead 19.5 KiB
          not explained: 7.8 MiB (99.8 % of resident), besides 40 B tracked and the overhead
    "#]]
    .assert_eq(&narrow);
    let piped = stdout(&run(&["summary", "--full-names"], &path));
    assert!(piped.contains("Shelf<app::inventory::warehouse::Pallet> "), "{piped}");
}
