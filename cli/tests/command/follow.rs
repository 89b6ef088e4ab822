use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Stdio};

use classtracker_stats::DumpFile;
use expect_test::expect;

use crate::sample;
use crate::support::{check_failure, classtracker, dump, run, stderr, stdout};

fn following(path: &std::path::Path) -> Child {
    let mut command = classtracker();
    command.arg("follow").arg(path).args(["--interval", "0.01"]);
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

#[test]
fn a_line_is_appended_as_soon_as_its_snapshot_is_written() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("shop.ctdump");
    let stats = sample::stats();
    let mut file = DumpFile::create(&path, stats.session()).unwrap();
    let mut child = following(&path);
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut text = String::new();
    let mut read = |count| {
        for _ in 0..count {
            text += &(lines.next().unwrap().unwrap() + "\n");
        }
    };
    read(2);
    for snapshot in stats.snapshots() {
        file.write(snapshot).unwrap();
        // It comes although the program is not done.
        read(1);
    }
    file.finish().unwrap();
    assert!(lines.next().is_none());
    assert_eq!(child.wait().unwrap().code(), Some(0));
    expect![[r#"
        FOLLOW  shop.ctdump, process 7
                time        live     change       bytes       change    resident  label, and the class that changed most
              0.100s        5003          -   197.9 KiB            -     7.8 MiB  open
          36000.000s           3      -5000     1.8 KiB   -196.2 KiB     8.8 MiB  close  Customer -195.3 KiB
    "#]]
    .assert_eq(&text.replace(&format!("{}/", dir.path().display()), ""));
}

#[test]
fn a_dump_that_is_ended_is_shown_from_its_beginning() {
    let (_dir, path) = dump();
    sample::leaking().dump(&path).unwrap();
    let output = run(&["follow", "--class", "Book"], &path);
    assert_eq!(output.status.code(), Some(0));
    let text = stdout(&output);
    assert_eq!(text.lines().count(), 2 + 20);
    assert!(text.lines().all(|line| !line.contains("Customer")), "{text}");
    let piped = classtracker().args(["follow", "-"]).stdin(File::open(&path).unwrap()).output().unwrap();
    assert_eq!(stdout(&piped).lines().count(), 2 + 20);
}

#[test]
fn a_reader_that_leaves_ends_it() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("shop.ctdump");
    let stats = sample::stats();
    let mut file = DumpFile::create(&path, stats.session()).unwrap();
    let mut child = following(&path);
    let mut begin = [0; 6];
    child.stdout.take().unwrap().read_exact(&mut begin).unwrap();
    assert_eq!(&begin, b"FOLLOW");
    file.write(&stats.snapshots()[0]).unwrap();
    // The dump is not ended.
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), stderr(&output)), (Some(0), String::new()));
}

#[test]
fn what_is_no_dump_is_not_followed() {
    let (dir, path) = dump();
    fs::write(&path, "no dump").unwrap();
    check_failure(
        &run(&["follow"], &path),
        dir.path(),
        1,
        expect![[r#"
        classtracker: error: shop.ctdump: byte 0: not a dump: expected it to begin with "\x89CTD\r\n\x1a\n", found "no dump"
    "#]],
    );
    let missing = run(&["follow"], &dir.path().join("missing.ctdump"));
    check_failure(
        &missing,
        dir.path(),
        1,
        expect![[r#"
        classtracker: error: missing.ctdump: can't open: No such file or directory (os error 2)
    "#]],
    );
    let often = run(&["follow", "--interval", "0"], &path);
    check_failure(
        &often,
        dir.path(),
        2,
        expect![[r#"
        classtracker: error: invalid value '0' for '--interval <SECONDS>': expected a number of seconds from 0.001 to 3600

        For more information, try '--help'.
    "#]],
    );
}
