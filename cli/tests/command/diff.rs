use std::fs;

use expect_test::expect;

use crate::sample;
use crate::support::{check, check_complaint, check_failure, dump, run, stdout};

#[test]
fn diff_compares_the_first_snapshot_with_the_last() {
    check(
        &["diff"],
        expect![[r#"
        DIFF  open (0.100s) .. close (36000.000s), 35999.900s apart
                    live  change  new  dead  survived    bytes      change  of new  of dead  growth
          Customer     1   -4999    0  4999         1     40 B  -195.3 KiB     0 B        -       -
          Book         2      -1    0     1         2  1.8 KiB      -900 B     0 B    600 B     0 B
          total        3   -5000    0  5000         3  1.8 KiB  -196.2 KiB     0 B        -       -
          tracked bytes: -99.1 % of the 197.9 KiB before
          process: resident 7.8 MiB .. 8.8 MiB (+1000.0 KiB)

         new, dead: since the first; growth: of the objects that survived

        OBJECTS  the largest changes among listed objects
                   before  after  change
          Book #2   600 B   dead  -600 B
    "#]],
    );
}

#[test]
fn diff_compares_those_that_are_named() {
    let (dir, path) = dump();
    let all = stdout(&run(&["diff"], &path));
    for ends in [["1", "2"], ["open", "close"], ["-2", "-1"], ["=open", "2"]] {
        assert_eq!(stdout(&run(&[&["diff"][..], &ends].concat(), &path)), all);
    }
    check(
        &["diff", "2", "1", "--objects", "0"],
        expect![[r#"
        DIFF  close (36000.000s) .. open (0.100s), backwards
                    live  change         new  dead  survived      bytes      change  of new  of dead  growth
          Customer  5000   +4999  4999..5000  0..1      0..1  195.3 KiB  +195.3 KiB       -        -       -
          Book         3      +1           1     0         2    2.6 KiB      +900 B   600 B      0 B     0 B
          total     5003   +5000  5000..5001  0..1      2..3  197.9 KiB  +196.2 KiB       -        -       -
          tracked bytes: +10916.3 % of the 1.8 KiB before
          process: resident 8.8 MiB .. 7.8 MiB (-1000.0 KiB)

         new, dead: since the first; growth: of the objects that survived
         n..m: no less than n, no more than m; objects that were made and died in between look like others
    "#]],
    );
    let unknown = run(&["diff", "opening"], &path);
    check_failure(
        &unknown,
        dir.path(),
        1,
        expect![[r#"
        classtracker: error: shop.ctdump: no snapshot has the label "opening": there are 2 snapshots, labelled "open", "close"
    "#]],
    );
}

#[test]
fn diff_compares_two_runs_by_class() {
    let (dir, path) = dump();
    let other = dir.path().join("other.ctdump");
    sample::named(&["shop::Customer", "shop::stock::Order"]).dump(&other).unwrap();
    let output = run(&["diff", "--with", other.to_str().unwrap()], &path);
    expect![[r#"
        DIFF  close (36000.000s) .. 0.100s, of different runs
                 live  change  new  dead  survived  bytes    change  of new  of dead  growth
          Book      -      -2    -     -         -      -  -1.8 KiB       -        -       -  no longer tracked
          Order     1      +1    -     -         -   40 B     +40 B       -        -       -  not tracked before
          total     2      -1    -     -         -   80 B  -1.7 KiB       -        -       -
          1 class without any change
          tracked bytes: -95.7 % of the 1.8 KiB before
          process: resident 8.8 MiB .. 7.8 MiB (-1000.0 KiB)

         objects of different runs can't be told from each other: only classes are compared
    "#]]
    .assert_eq(&stdout(&output));
}

#[test]
fn growth_beyond_what_is_allowed_has_a_code_of_its_own() {
    let (dir, path) = dump();
    // From 1840 bytes to 202700.
    let grown = run(&["diff", "close", "open", "--fail-on-growth", "100%"], &path);
    check_complaint(
        &grown,
        dir.path(),
        3,
        expect![[r#"
        classtracker: tracked bytes grew by 196.2 KiB from 1.8 KiB, or 10916.3 %: more than 100.0 %
    "#]],
    );
    assert_eq!(grown.stdout, run(&["diff", "close", "open"], &path).stdout);
    let grown = run(&["diff", "close", "open", "--fail-on-growth", "196KiB"], &path);
    check_complaint(
        &grown,
        dir.path(),
        3,
        expect![[r#"
        classtracker: tracked bytes grew by 196.2 KiB from 1.8 KiB, or 10916.3 %: more than 196.0 KiB
    "#]],
    );
    for limit in ["11000%", "197KiB"] {
        assert_eq!(run(&["diff", "close", "open", "--fail-on-growth", limit], &path).status.code(), Some(0));
    }
    assert_eq!(run(&["diff", "--fail-on-growth", "0"], &path).status.code(), Some(0));
    let wrong = run(&["diff", "--fail-on-growth", "5"], &path);
    check_failure(
        &wrong,
        dir.path(),
        2,
        expect![[r#"
        classtracker: error: invalid value '5' for '--fail-on-growth <LIMIT>': bad limit "5": expected a share, like 5%, or a size with its unit, like 10MiB

        For more information, try '--help'.
    "#]],
    );
}

#[test]
fn growth_is_said_before_a_cut() {
    let (_dir, path) = dump();
    let whole = fs::read(&path).unwrap();
    fs::write(&path, &whole[..whole.len() - 1]).unwrap();
    assert_eq!(run(&["diff"], &path).status.code(), Some(4));
    assert_eq!(run(&["diff", "2", "1", "--fail-on-growth", "5%"], &path).status.code(), Some(3));
}
