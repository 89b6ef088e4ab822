use std::fs;
use std::path::Path;

use expect_test::{Expect, expect};

use crate::sample;
use crate::support::{
    COMMANDS, TABLES, check_failure, check_lost, classtracker, dump, run, said, stdout, without_numbers,
};

#[test]
fn what_can_not_be_read_is_an_error_that_says_why() {
    let (dir, path) = dump();
    let bytes = fs::read(&path).unwrap();

    let missing = run(&["summary"], &dir.path().join("missing.ctdump"));
    check_failure(
        &missing,
        dir.path(),
        1,
        expect![[r#"
            classtracker: error: missing.ctdump: can't open: No such file or directory (os error 2)
        "#]],
    );

    fs::write(&path, "no dump at all").unwrap();
    check_failure(
        &run(&["objects"], &path),
        dir.path(),
        1,
        expect![[r#"
        classtracker: error: shop.ctdump: byte 0: not a dump: expected it to begin with "\x89CTD\r\n\x1a\n", found "no dump "
    "#]],
    );

    fs::write(&path, &bytes).unwrap();
    check_failure(
        &run(&["object", "99"], &path),
        dir.path(),
        1,
        expect![[r#"
        classtracker: error: shop.ctdump: no object #99 is listed: the snapshots list 3 objects, and only count 5000 more
    "#]],
    );
}

/// What every command says of the dump in this file, with its directory cut out, and what each prints.
fn complaint(path: &Path, flags: &[&str], code: i32) -> (String, Vec<String>) {
    let outputs = COMMANDS.iter().chain(&TABLES).map(|command| run(&[command, flags].concat(), path));
    let outputs: Vec<_> = outputs.collect();
    let dir = path.parent().unwrap();
    for (output, command) in outputs.iter().zip(COMMANDS.iter().chain(&TABLES)) {
        assert_eq!(said(output, dir), said(&outputs[0], dir), "{command:?}");
        assert_eq!(output.status.code(), Some(code), "{command:?}");
    }
    (said(&outputs[0], dir), outputs.iter().map(stdout).collect())
}

#[test]
fn every_command_says_why_it_can_not_read_a_file() {
    let check = |path: &Path, expected: Expect| {
        let (said, printed) = complaint(path, &[], 1);
        expected.assert_eq(&said);
        assert!(printed.iter().all(String::is_empty));
    };
    let (dir, path) = dump();
    let whole = fs::read(&path).unwrap();
    let file = |name: &str, bytes: &[u8]| {
        let path = dir.path().join(name);
        fs::write(&path, bytes).unwrap();
        path
    };
    check(
        &dir.path().join("missing.ctdump"),
        expect![[r#"
        classtracker: error: missing.ctdump: can't open: No such file or directory (os error 2)
    "#]],
    );
    fs::create_dir(dir.path().join("directory.ctdump")).unwrap();
    check(
        &dir.path().join("directory.ctdump"),
        expect![[r#"
        classtracker: error: directory.ctdump: byte 0: can't read: Is a directory (os error 21)
    "#]],
    );
    check(
        &file("empty.ctdump", b""),
        expect![[r#"
        classtracker: error: empty.ctdump: byte 0: the dump is cut after 0 whole snapshots: expected 10 bytes of the file header, found 0
    "#]],
    );
    check(
        &file("text.ctdump", b"SUMMARY  2 snapshots"),
        expect![[r#"
        classtracker: error: text.ctdump: byte 0: not a dump: expected it to begin with "\x89CTD\r\n\x1a\n", found "SUMMARY "
    "#]],
    );
    check(
        &file("header.ctdump", &whole[..17]),
        expect![[r#"
        classtracker: error: header.ctdump: byte 10: the dump is cut after 0 whole snapshots: expected 9 bytes of a frame header, found 7
    "#]],
    );
    check(
        &file("newer.ctdump", &[&whole[..8], &[99, 0], &whole[10..]].concat()),
        expect![[r#"
            classtracker: error: newer.ctdump: byte 8: unsupported version: expected 1 to 2, found 99
        "#]],
    );
}

#[test]
fn every_command_uses_the_whole_snapshots_of_a_dump_that_is_not() {
    let (dir, path) = dump();
    let (whole, second) = sample::bytes();
    let one = dir.path().join("one.ctdump");
    fs::write(&one, sample::first()).unwrap();
    let (_, of_one) = complaint(&one, &[], 0);
    let check = |bytes: &[u8], expected: Expect| {
        fs::write(&path, bytes).unwrap();
        let (said, printed) = complaint(&path, &[], 4);
        expected.assert_eq(&without_numbers(&said));
        for (printed, of_one) in printed.iter().zip(&of_one) {
            // A document says in itself that something is lost.
            let until_lost = |text: &str| text.split("\"lost\":").next().unwrap().to_owned();
            assert_eq!(until_lost(printed), until_lost(of_one));
        }
        let allowed = complaint(&path, &["--allow-cut"], 0);
        assert_eq!(allowed, (said, printed));
    };
    check(
        &whole[..second + 50],
        expect![[r#"
            classtracker: warning: shop.ctdump: byte N: the dump is cut after 1 whole snapshot: expected N bytes of a frame's payload, found N; N bytes from byte N on can't be used
        "#]],
    );
    let mut flipped = whole.clone();
    flipped[second + 50] ^= 1;
    check(
        &flipped,
        expect![[r#"
            classtracker: warning: shop.ctdump: byte N: frame is damaged: expected checksum N, found N; N bytes from byte N on can't be used
        "#]],
    );
    check(
        &whole[..second],
        expect![[r#"
            classtracker: warning: shop.ctdump: byte N: the dump has no end after 1 whole snapshot: its program was killed, or is still writing
        "#]],
    );
}

#[test]
fn a_dump_without_one_whole_snapshot_is_as_one_without_any() {
    let (dir, path) = dump();
    let whole = fs::read(&path).unwrap();
    fs::write(&path, &whole[..50]).unwrap();
    let output = run(&["summary"], &path);
    check_lost(
        &output,
        dir.path(),
        expect![[r#"
            classtracker: warning: shop.ctdump: byte N: the dump is cut after 0 whole snapshots: expected N bytes of a frame's payload, found N; N bytes from byte N on can't be used
        "#]],
    );
    expect![[r#"
        SUMMARY  0 snapshots, 0 classes
          no snapshot was taken: take one with create_snapshot(label), then print again
    "#]]
    .assert_eq(&stdout(&output));
}

#[test]
fn a_wrong_use_is_an_error_with_a_code_of_its_own() {
    let (dir, path) = dump();
    check_failure(
        &run(&["objects", "--sort", "size,weight"], &path),
        dir.path(),
        2,
        expect![[r#"
            classtracker: error: invalid value 'weight' for '--sort <KEY,…>': unknown sort key "weight": expected one of class, classname, name, birth, death, size, tsize, repr, serial

            For more information, try '--help'.
        "#]],
    );
    check_failure(
        &run(&["objects", "--limit=-1"], &path),
        dir.path(),
        2,
        expect![[r#"
            classtracker: error: invalid value '-1' for '--limit <NUMBER>': bad limit "-1": expected a whole number of objects, or a share of them between 0 and 1

            For more information, try '--help'.
        "#]],
    );
    check_failure(
        &run(&["object", "Book"], &path),
        dir.path(),
        2,
        expect![[r#"
            classtracker: error: invalid value 'Book' for '<SERIAL>': invalid digit found in string

            For more information, try '--help'.
        "#]],
    );
    let nothing = classtracker().output().unwrap();
    assert_eq!(nothing.status.code(), Some(2));
    assert!(String::from_utf8(nothing.stderr).unwrap().starts_with("Show what dumps"));
    let none = classtracker().arg("summary").output().unwrap();
    check_failure(
        &none,
        dir.path(),
        2,
        expect![[r#"
        classtracker: error: the following required arguments were not provided:
          <FILE>

        Usage: classtracker summary <FILE>

        For more information, try '--help'.
    "#]],
    );
}
