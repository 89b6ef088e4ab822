use std::fs;

use expect_test::expect;
use serde_json::Value;

use crate::sample;
use crate::support::{dump, run, stderr, stdout, without_numbers};

#[test]
fn check_says_that_a_dump_is_whole() {
    let (dir, path) = dump();
    let output = run(&["check"], &path);
    assert!(output.status.success());
    let text = stdout(&output).replace(&format!("{}/", dir.path().display()), "");
    expect![[r#"
        CHECK  shop.ctdump
          process 7, started N-N-N N:N:N UTC
          2 snapshots with 5 object rows, in 4 frames of N bytes; version 2 of the format
          whole
    "#]]
    .assert_eq(&without_numbers(&text));
    let report: Value = serde_json::from_slice(&run(&["check", "--json"], &path).stdout).unwrap();
    assert_eq!(report["bytes"], fs::metadata(&path).unwrap().len());
    assert_eq!((&report["snapshots"], &report["object_rows"]), (&2.into(), &5.into()));
}

#[test]
fn check_says_what_is_lost() {
    let (dir, path) = dump();
    let (whole, second) = sample::bytes();
    let text = |bytes: &[u8]| {
        fs::write(&path, bytes).unwrap();
        let output = run(&["check"], &path);
        assert_eq!((stderr(&output), output.status.code()), (String::new(), Some(4)));
        assert_eq!(run(&["check", "--allow-cut"], &path).status.code(), Some(0));
        without_numbers(&stdout(&output).replace(&format!("{}/", dir.path().display()), ""))
    };
    expect![[r#"
        CHECK  shop.ctdump
          process 7, started N-N-N N:N:N UTC
          1 snapshot with 3 object rows, in 2 frames of N bytes; version 2 of the format
          byte N: the dump has no end after 1 whole snapshot: its program was killed, or is still writing
          not whole
    "#]]
    .assert_eq(&text(&whole[..second]));
    expect![[r#"
        CHECK  shop.ctdump
          process 7, started N-N-N N:N:N UTC
          1 snapshot with 3 object rows, in 2 frames of N bytes; version 2 of the format
          lost: byte N: the dump is cut after 1 whole snapshot: expected N bytes of a frame's payload, found N; N bytes from byte N on can't be used
          not whole
    "#]].assert_eq(&text(&whole[..second + 50]));
    let mut flipped = whole.clone();
    flipped[second + 50] ^= 1;
    expect![[r#"
        CHECK  shop.ctdump
          process 7, started N-N-N N:N:N UTC
          1 snapshot with 3 object rows, in 3 frames of N bytes; version 2 of the format
          lost: byte N: frame is damaged: expected checksum N, found N; N bytes from byte N on can't be used
          not whole
    "#]]
    .assert_eq(&text(&flipped));
}
