use std::fs::File;
use std::path::Path;
use std::process::{Command, Stdio};

use classtracker_stats::dump::{Compression, WriteOptions};
use expect_test::expect;

use crate::sample;
use crate::support::{CHECKS, COMMANDS, TABLES, check_failure, classtracker, dump, run};

#[test]
fn a_reader_that_has_left_is_no_failure() {
    let (_dir, path) = dump();
    let path = path.to_str().unwrap();
    let with_path = |command: &&[&'static str]| [&command[..1], &[path], &command[1..]].concat();
    let others = [vec!["--help"], vec!["help", "diff"], vec!["completions", "bash"], vec!["man"], vec!["--version"]];
    for arguments in COMMANDS.iter().chain(&CHECKS).chain(&TABLES).map(with_path).chain(others) {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = classtracker().args(&arguments).stdout(writer).output().unwrap();
        assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
        assert_eq!(output.status.code(), Some(0), "{arguments:?}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn an_output_that_can_not_be_written_is_an_error() {
    let (dir, path) = dump();
    let path = path.to_str().unwrap();
    for arguments in
        [vec!["summary", path], vec!["man"], vec!["completions", "bash"], vec!["--help"], vec!["--version"]]
    {
        let full = File::options().write(true).open("/dev/full").unwrap();
        let output = classtracker().args(&arguments).stdout(full).output().unwrap();
        check_failure(
            &output,
            dir.path(),
            1,
            expect![[r#"
            classtracker: error: can't write the output: No space left on device (os error 28)
        "#]],
        );
    }
}

#[cfg(unix)]
#[test]
fn the_first_line_alone_can_be_read_through_head() {
    let (_dir, path) = dump();
    let output = Command::new("bash")
        .args(["-c", r#""$0" objects "$1" | head -n 1; echo "${PIPESTATUS[0]}""#])
        .arg(env!("CARGO_BIN_EXE_classtracker"))
        .arg(&path)
        .output()
        .unwrap();
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
    expect![[r#"
        OBJECTS  3 objects, 3 shown, by serial
        0
    "#]]
    .assert_eq(&String::from_utf8(output.stdout).unwrap());
}

#[test]
fn a_dash_reads_the_standard_input() {
    let (_dir, path) = dump();
    let piped = classtracker().args(["summary", "-"]).stdin(File::open(&path).unwrap()).output().unwrap();
    assert!(piped.status.success());
    assert_eq!(piped.stdout, run(&["summary"], &path).stdout);

    let nothing = classtracker().args(["summary", "-"]).stdin(Stdio::null()).output().unwrap();
    check_failure(
        &nothing,
        Path::new("/"),
        1,
        expect![[r#"
        classtracker: error: standard input: byte 0: the dump is cut after 0 whole snapshots: expected 10 bytes of the file header, found 0
    "#]],
    );
}

#[test]
fn a_compressed_dump_is_read_like_any_other() {
    let (dir, path) = dump();
    let compressed = dir.path().join("compressed.ctdump");
    let mut options = WriteOptions::default();
    options.compression = Compression::Lz4;
    sample::leaking().dump_with(&compressed, &options).unwrap();
    sample::leaking().dump(&path).unwrap();
    assert!(compressed.metadata().unwrap().len() < path.metadata().unwrap().len());
    assert_eq!(run(&["classes"], &compressed).stdout, run(&["classes"], &path).stdout);
}
