//! The command as it is run: what it prints, where, and how it ends.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed, which is what it is for")]

mod sample;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use classtracker_stats::{Limit, Names, SortKey, Stats};
use expect_test::{Expect, expect};
use tempfile::TempDir;

fn classtracker() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_classtracker"));
    // What the terminal of whoever runs the tests would change.
    command.env_remove("COLUMNS");
    command
}

fn dump() -> (TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("shop.ctdump");
    sample::stats().dump(&path).unwrap();
    (dir, path)
}

fn run(arguments: &[&str], path: &Path) -> Output {
    let [command, flags @ ..] = arguments else {
        panic!("no command");
    };
    classtracker().arg(command).arg(path).args(flags).output().unwrap()
}

fn check(arguments: &[&str], expected: Expect) {
    let (_dir, path) = dump();
    let output = run(arguments, &path);
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
    assert!(output.status.success());
    expected.assert_eq(&String::from_utf8(output.stdout).unwrap());
}

/// What a run that fails says, with the directory of its file cut out.
fn check_failure(output: Output, dir: &Path, code: i32, expected: Expect) {
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "");
    assert_eq!(output.status.code(), Some(code));
    let message = String::from_utf8(output.stderr).unwrap();
    let dir = format!("{}/", dir.display());
    expected.assert_eq(&message.replace(&dir, ""));
}

fn printed(print: impl FnOnce(&mut Stats, &mut Vec<u8>)) -> Vec<u8> {
    let mut text = Vec::new();
    print(&mut sample::stats(), &mut text);
    text
}

#[test]
fn summary_prints_what_each_class_holds() {
    check(
        &["summary"],
        expect![[r#"
        SUMMARY  2 snapshots, 2 classes                        share of: resident memory
         open (0.100s)       live  created  dropped      bytes  average  largest   share
          Book                  3     5003     5000    2.6 KiB    900 B    900 B  <0.1 %
          Customer           5000     5003        3  195.3 KiB     40 B     40 B   2.4 %
          total              5003    10006     5003  197.9 KiB     41 B    900 B   2.5 %
          process: resident 7.8 MiB, virtual 31.2 MiB; tracker's overhead 19.5 KiB

         close (36000.000s)  live  created  dropped      bytes  average  largest   share
          Book                  2     5003     5001    1.8 KiB    900 B    900 B  <0.1 %
          Customer              1     5003     5002       40 B     40 B     40 B  <0.1 %
          total                 3    10006    10003    1.8 KiB    613 B    900 B  <0.1 %
          process: resident 8.8 MiB, virtual 35.2 MiB; tracker's overhead 19.5 KiB
    "#]],
    );
}

#[test]
fn objects_prints_them_as_it_is_told() {
    check(
        &["objects", "--class", "Book", "--sort", "size,serial", "--reverse", "--limit", "1"],
        expect![[r#"
            OBJECTS  3 objects, 3 of classes with "Book", 1 shown, by size, serial, reversed

            Book #1
                                               flat        deep    share
                  0.100s  open                 72 B       300 B
                          title                24 B        40 B   13.3 %
                          pages                48 B       260 B   86.7 %
                            elements ×3        72 B       212 B   70.7 %
              36000.000s  close                72 B       300 B
                          title                24 B        40 B   13.3 %
                          pages                48 B       260 B   86.7 %
                            elements ×3        72 B       212 B   70.7 %
        "#]],
    );
}

#[test]
fn object_prints_one_with_its_parts() {
    check(
        &["object", "2"],
        expect![[r#"
            Book #2  free
              class shop::stock::Book
                                               flat        deep    share
                  0.100s  open                 72 B       600 B
                          title                24 B        40 B    6.7 %
                          pages                48 B       560 B   93.3 %
                            elements ×3        72 B       512 B   85.3 %
              36000.000s  close                      dead by then
        "#]],
    );
}

#[test]
fn annotate_prints_the_parts_of_each_class() {
    check(
        &["annotate"],
        expect![[r#"
            ANNOTATED  2 snapshots, 2 classes                share of: resident memory
             open (0.100s)       live       flat        sum  average   share  of class
              Book                  3      216 B    2.6 KiB    900 B  <0.1 %
                title ×3                    72 B      120 B     40 B             4.4 %
                pages ×3                   144 B    2.5 KiB    860 B            95.6 %
                  elements ×9              216 B    2.4 KiB    812 B            90.2 %
              Customer           5000  195.3 KiB  195.3 KiB     40 B   2.4 %
              total              5003  195.5 KiB  197.9 KiB     41 B   2.5 %
              process: resident 7.8 MiB, virtual 31.2 MiB; tracker's overhead 19.5 KiB

             close (36000.000s)  live       flat        sum  average   share  of class
              Book                  2      144 B    1.8 KiB    900 B  <0.1 %
                title ×2                    48 B       80 B     40 B             4.4 %
                pages ×2                    96 B    1.7 KiB    860 B            95.6 %
                  elements ×6              144 B    1.6 KiB    812 B            90.2 %
              Customer              1       40 B       40 B     40 B  <0.1 %
              total                 3      184 B    1.8 KiB    613 B  <0.1 %
              process: resident 8.8 MiB, virtual 35.2 MiB; tracker's overhead 19.5 KiB
        "#]],
    );
}

#[test]
fn the_output_is_what_the_program_itself_prints_byte_for_byte() {
    let (_dir, path) = dump();
    assert_eq!(run(&["summary"], &path).stdout, printed(|stats, out| stats.write_summary(out).unwrap()));
    assert_eq!(
        run(&["summary", "--full-names"], &path).stdout,
        printed(|stats, out| stats.names(Names::Full).write_summary(out).unwrap())
    );
    assert_eq!(
        run(&["object", "3", "--full-names"], &path).stdout,
        printed(|stats, out| stats.names(Names::Full).write_object(out, 3).unwrap())
    );
    assert_eq!(run(&["annotate"], &path).stdout, printed(|stats, out| stats.write_annotated(out).unwrap()));
    assert_eq!(run(&["objects"], &path).stdout, printed(|stats, out| stats.write_stats(out).unwrap()));
    assert_eq!(
        run(&["objects", "--sort", "name,tsize", "--limit", "0.5", "--class", "shop"], &path).stdout,
        printed(|stats, out| {
            stats.filter("shop").sort_by(&[SortKey::Name, SortKey::TSize]).limit(Limit::try_from(0.5).unwrap());
            stats.write_stats(out).unwrap();
        })
    );
}

#[test]
fn a_dash_reads_the_standard_input() {
    let (_dir, path) = dump();
    let piped = classtracker().args(["summary", "-"]).stdin(File::open(&path).unwrap()).output().unwrap();
    assert!(piped.status.success());
    assert_eq!(piped.stdout, run(&["summary"], &path).stdout);

    let nothing = classtracker().args(["summary", "-"]).stdin(Stdio::null()).output().unwrap();
    check_failure(
        nothing,
        Path::new("/"),
        1,
        expect![[r#"
        classtracker: error: standard input: byte 0: the dump is cut after 0 whole snapshots: expected 10 bytes of the file header, found 0
    "#]],
    );
}

#[test]
fn what_can_not_be_read_is_an_error_that_says_why() {
    let (dir, path) = dump();
    let bytes = std::fs::read(&path).unwrap();

    let missing = run(&["summary"], &dir.path().join("missing.ctdump"));
    check_failure(
        missing,
        dir.path(),
        1,
        expect![[r#"
            classtracker: error: missing.ctdump: can't open: No such file or directory (os error 2)
        "#]],
    );

    std::fs::write(&path, "no dump at all").unwrap();
    check_failure(
        run(&["objects"], &path),
        dir.path(),
        1,
        expect![[r#"
        classtracker: error: shop.ctdump: byte 0: not a dump: expected it to begin with "\x89CTD\r\n\x1a\n", found "no dump "
    "#]],
    );

    std::fs::write(&path, &bytes[..bytes.len() - 1]).unwrap();
    check_failure(
        run(&["summary"], &path),
        dir.path(),
        1,
        expect![[r#"
            classtracker: error: shop.ctdump: byte 444: the dump is cut after 2 whole snapshots: expected 1 bytes of a frame's payload, found 0
        "#]],
    );

    std::fs::write(&path, &bytes).unwrap();
    check_failure(
        run(&["object", "99"], &path),
        dir.path(),
        1,
        expect![[r#"
        classtracker: error: shop.ctdump: no object #99 is listed: the snapshots list 3 objects, and only count 5000 more
    "#]],
    );

    let mut flipped = bytes;
    flipped[60] ^= 1;
    std::fs::write(&path, flipped).unwrap();
    check_failure(
        run(&["summary"], &path),
        dir.path(),
        1,
        expect![[r#"
            classtracker: error: shop.ctdump: byte 23: frame is damaged: expected checksum 7e953dae, found 2154613a
        "#]],
    );
}

#[test]
fn a_wrong_use_is_an_error_with_a_code_of_its_own() {
    let (dir, path) = dump();
    check_failure(
        run(&["objects", "--sort", "size,weight"], &path),
        dir.path(),
        2,
        expect![[r#"
            classtracker: error: invalid value 'weight' for '--sort <KEY,…>': unknown sort key "weight": expected one of class, classname, name, birth, death, size, tsize, repr, serial

            For more information, try '--help'.
        "#]],
    );
    check_failure(
        run(&["objects", "--limit=-1"], &path),
        dir.path(),
        2,
        expect![[r#"
            classtracker: error: invalid value '-1' for '--limit <NUMBER>': bad limit "-1": expected a whole number of objects, or a share of them between 0 and 1

            For more information, try '--help'.
        "#]],
    );
    check_failure(
        run(&["object", "Book"], &path),
        dir.path(),
        2,
        expect![[r#"
        classtracker: error: invalid value 'Book' for '<SERIAL>': invalid digit found in string

        For more information, try '--help'.
    "#]],
    );
    let nothing = classtracker().output().unwrap();
    assert_eq!(nothing.status.code(), Some(2));
    assert!(String::from_utf8(nothing.stderr).unwrap().starts_with("Show what a dump"));
    let none = classtracker().arg("summary").output().unwrap();
    check_failure(
        none,
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

#[test]
fn a_reader_that_has_left_is_no_failure() {
    let (_dir, path) = dump();
    let path = path.to_str().unwrap();
    for arguments in
        [&["summary", path][..], &["objects", path], &["object", path, "1"], &["annotate", path], &["--help"]]
    {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = classtracker().args(arguments).stdout(writer).output().unwrap();
        assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
        assert_eq!(output.status.code(), Some(0), "{arguments:?}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn an_output_that_can_not_be_written_is_an_error() {
    let (dir, path) = dump();
    let full = File::options().write(true).open("/dev/full").unwrap();
    let output = classtracker().arg("summary").arg(&path).stdout(full).output().unwrap();
    check_failure(
        output,
        dir.path(),
        1,
        expect![[r#"
        classtracker: error: can't write the output: No space left on device (os error 28)
    "#]],
    );
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
fn the_help_shows_examples_and_exit_codes() {
    let help = classtracker().arg("--help").output().unwrap();
    assert!(help.status.success());
    expect![[r#"
        Show what a dump of classtracker holds: which types take the memory, and which objects

        Usage: classtracker <COMMAND>

        Commands:
          summary   Print what each class holds in each snapshot
          objects   Print objects one by one, with their sizes over time
          object    Print one object, with its sizes over time and the parts that make them up
          annotate  Print what each class holds in each snapshot, and which parts of its objects hold it
          help      Print this message or the help of the given subcommand(s)

        Options:
          -h, --help     Print help
          -V, --version  Print version

        Examples:
          classtracker summary factory.ctdump
          classtracker objects factory.ctdump --class Employee --sort size --limit 10
          classtracker object factory.ctdump 17
          ssh server cat /var/tmp/factory.ctdump | classtracker summary -

        Exit codes:
          0  all is printed (or the reader of a pipe has left)
          1  the dump can't be read, or does not list the object, or the output can't be written
          2  the command was used wrongly
    "#]]
    .assert_eq(&String::from_utf8(help.stdout).unwrap());
    let help = classtracker().args(["objects", "--help"]).output().unwrap();
    expect![[r#"
        Print objects one by one, with their sizes over time

        Usage: classtracker objects [OPTIONS] <FILE>

        Arguments:
          <FILE>  The dump; - for the standard input

        Options:
              --full-names      Name classes by their full paths, not only as much of them as tells them
                                apart
              --class <TEXT>    Only objects whose class has this in its full name
              --sort <KEY,…>    Sort by these, the first first: class, name, birth, death, size (the largest
                                measured), tsize (the size in the largest snapshot), repr, serial. Sizes
                                sort the largest first, all else ascending [default: serial]
              --reverse         Turn the order round
              --limit <NUMBER>  No more objects than this; below 1, this share of them [default: all]
          -h, --help            Print help

        Examples:
          classtracker objects factory.ctdump --sort size --limit 10      the ten largest
          classtracker objects factory.ctdump --sort death,birth          by end, then by beginning
          classtracker objects factory.ctdump --class Employee --limit 0.1
    "#]]
    .assert_eq(&String::from_utf8(help.stdout).unwrap());
}
