use expect_test::expect;

use crate::sample;
use crate::support::{check, check_failure, dump, run, stdout};

#[test]
fn classes_prints_a_line_for_each_class() {
    check(
        &["classes"],
        expect![[r#"
        CLASSES  2 classes, 2 shown, over 2 snapshots, open (0.100s) .. close (36000.000s)
                    live  first  peak  created  dropped    bytes      first       peak
          Customer     1   5000  5000     5003     5002     40 B  195.3 KiB  195.3 KiB
          Book         2      3     3     5003     5001  1.8 KiB    2.6 KiB    2.6 KiB
    "#]],
    );
    check(
        &["classes", "--class", "Book", "--snapshots", "close"],
        expect![[r#"
        CLASSES  1 class, 1 shown, over 1 snapshot
                live  first  peak  created  dropped    bytes    first     peak
          Book     2      2     2     5003     5001  1.8 KiB  1.8 KiB  1.8 KiB
    "#]],
    );
}

#[test]
fn sites_prints_where_objects_were_made() {
    let (_dir, path) = dump();
    sample::placed().dump(&path).unwrap();
    expect![[r#"
        SITES  evening (90.000s)
                               live   share  bytes   share
          Book                    3          900 B
            src/stock.rs:12:9     2  66.7 %  600 B  66.7 %
            src/stock.rs:40:9     1  33.3 %  300 B  33.3 %
          Customer                7          280 B  where they were made was not counted

         share: of the live objects of the class, and of their bytes
    "#]]
    .assert_eq(&stdout(&run(&["sites"], &path)));
    expect![[r#"
        SITES  morning (30.000s)
                               live   share  bytes   share
          Book                    2          600 B
            src/stock.rs:12:9     1  50.0 %  300 B  50.0 %
            and 1 site more
          Customer                7          280 B  where they were made was not counted

         share: of the live objects of the class, and of their bytes
    "#]]
    .assert_eq(&stdout(&run(&["sites", "morning", "--limit", "1"], &path)));
}

#[test]
fn oldest_prints_the_oldest_objects() {
    let (_dir, path) = dump();
    sample::placed().dump(&path).unwrap();
    expect![[r#"
        OLDEST  evening (90.000s), 3 objects shown
                       age  bytes
          Book #1  87.000s  300 B  src/stock.rs:12:9
          Book #2  85.000s  300 B  src/stock.rs:40:9
          Book #3  30.000s  300 B  src/stock.rs:12:9
          of Customer, none of 7 is known
    "#]]
    .assert_eq(&stdout(&run(&["oldest"], &path)));
    expect![[r#"
        OLDEST  morning (30.000s), 1 object shown
                       age  bytes
          Book #1  27.000s  300 B  src/stock.rs:12:9
    "#]]
    .assert_eq(&stdout(&run(&["oldest", "1", "--class", "=shop::stock::Book", "--limit", "1"], &path)));
}

#[test]
fn a_snapshot_that_is_not_there_is_said() {
    let (dir, path) = dump();
    for command in ["sites", "oldest"] {
        let output = run(&[command, "noon"], &path);
        check_failure(
            &output,
            dir.path(),
            1,
            expect![[r#"
                classtracker: error: shop.ctdump: no snapshot has the label "noon": there are 2 snapshots, labelled "open", "close"
            "#]],
        );
    }
}
