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

#[test]
fn ages_prints_histograms() {
    let (_dir, path) = dump();
    sample::aged().dump(&path).unwrap();
    expect![[r#"
        AGES  of live objects, in evening (90.000s)
          Customer             4
             250 ms .. 500 ms  2  50.0 %  ██████████████████████████████
             500 ms .. 1 s     1  25.0 %  ███████████████
                  …
               32 s .. 64 s    1  25.0 %  ███████████████
    "#]]
    .assert_eq(&stdout(&run(&["ages"], &path)));
    expect![[r#"
        LIFETIMES  of objects that had died, by evening (90.000s)
          Customer           3
               1 ms .. 2 ms  1  33.3 %  ██████████████████████████████
               2 ms .. 4 ms  1  33.3 %  ██████████████████████████████
                  …
                2 s .. 4 s   1  33.3 %  ██████████████████████████████
    "#]]
    .assert_eq(&stdout(&run(&["ages", "--dead"], &path)));
}

#[test]
fn history_prints_each_change() {
    let (_dir, path) = dump();
    sample::aged().dump(&path).unwrap();
    expect![[r#"
        HISTORY  Customer, 4 changes, 3 more lost for want of room
          3 changes lost
          10.000s  1
          20.000s  2  +1
          30.000s  1  -1
          40.000s  4  +3
          evening (90.000s)  snapshot
    "#]]
    .assert_eq(&stdout(&run(&["history"], &path)));
    check(
        &["history", "--class", "Book"],
        expect![[r#"
        HISTORY  of no class that was asked for
          a class has one if its options ask for it: TrackOptions::history(events)
    "#]],
    );
}

#[test]
fn survivors_prints_what_a_phase_has_left() {
    let (dir, path) = dump();
    sample::phases().dump(&path).unwrap();
    let text = stdout(&run(&["survivors"], &path));
    expect![[r#"
        SURVIVORS  made in idle (1.000s) .. request (2.000s), alive in later (3.000s)
                               made  survived  of made  listed  bytes
          Buffer                  2         1   50.0 %       1  500 B
            (not known where)                                1  500 B

         listed, bytes: survivors with a row of their own, and what they take
    "#]]
    .assert_eq(&text);
    assert_eq!(stdout(&run(&["survivors", "1", "request", "-1"], &path)), text);
    let turned = run(&["survivors", "3", "2", "1"], &path);
    check_failure(
        &turned,
        dir.path(),
        1,
        expect![[r#"
        classtracker: error: shop.ctdump: snapshots 3, 2 and 1 are not in order: the first two bound when objects were made, the third sees them
    "#]],
    );
}

#[test]
fn merge_puts_processes_side_by_side() {
    let (dir, path) = dump();
    let other = dir.path().join("other.ctdump");
    sample::named(&["shop::Customer", "shop::stock::Order"]).dump(&other).unwrap();
    let text = stdout(&run(&["merge", other.to_str().unwrap()], &path));
    expect![[r#"
        MERGED  2 processes, 3 classes, 3 shown
          1: unknown (7), started 1970-01-01 00:00:00 UTC; close (36000.000s) of 2 snapshots
             resident 8.8 MiB, tracked 1.8 KiB, tracker's overhead 19.5 KiB
          2: unknown (8), started 1970-01-01 00:00:00 UTC; 0.100s of 1 snapshot
             resident 7.8 MiB, tracked 80 B, tracker's overhead 19.5 KiB
                            live  created  dropped    bytes    share
          Book                 2     5003     5001  1.8 KiB   93.8 %
            1: unknown (7)     2     5003     5001  1.8 KiB
          Customer             2    10006    10004     80 B    4.2 %
            1: unknown (7)     1     5003     5002     40 B
            2: unknown (8)     1     5003     5002     40 B
          Order                1     5003     5002     40 B    2.1 %
            2: unknown (8)     1     5003     5002     40 B
          total                5    20012    20007  1.9 KiB  100.0 %

         share: of the bytes tracked by all processes
    "#]]
    .assert_eq(&text);
    let text = stdout(&run(&["merge", other.to_str().unwrap(), "--at", "1", "--limit", "1"], &path));
    expect![[r#"
        MERGED  2 processes, 3 classes, 1 shown
          1: unknown (7), started 1970-01-01 00:00:00 UTC; open (0.100s) of 2 snapshots
             resident 7.8 MiB, tracked 197.9 KiB, tracker's overhead 19.5 KiB
          2: unknown (8), started 1970-01-01 00:00:00 UTC; 0.100s of 1 snapshot
             resident 7.8 MiB, tracked 80 B, tracker's overhead 19.5 KiB
                            live  created  dropped      bytes    share
          Customer          5001    10006     5005  195.4 KiB   98.6 %
            1: unknown (7)  5000     5003        3  195.3 KiB
            2: unknown (8)     1     5003     5002       40 B
          and 2 classes more
          total             5005    20012    15007  198.0 KiB  100.0 %

         share: of the bytes tracked by all processes
    "#]]
    .assert_eq(&text);
    let twice = run(&["merge", path.to_str().unwrap()], &path);
    check_failure(
        &twice,
        dir.path(),
        1,
        expect![[r#"
        classtracker: error: 1 and 2 are of the same run: unknown (7), started 1970-01-01 00:00:00 UTC
    "#]],
    );
    let unknown = run(&["merge", other.to_str().unwrap(), "--at", "open"], &path);
    check_failure(
        &unknown,
        dir.path(),
        1,
        expect![[r#"
        classtracker: error: other.ctdump: no snapshot has the label "open": there is 1 snapshot, without any label
    "#]],
    );
}
