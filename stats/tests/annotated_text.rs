//! What `print_annotated` shows.

mod support;

use std::sync::Arc;

use classtracker_stats::{Referent, Stats};
use expect_test::{Expect, expect};
use support::{annotated, class, factory, session, snapshot};

fn check(stats: &Stats, expected: Expect) {
    let text = annotated(stats);
    for line in text.lines() {
        assert_eq!(line, line.trim_end(), "a line ends in blanks");
        assert!(line.chars().count() <= 100, "a line is too long: {line}");
    }
    expected.assert_eq(&text);
}

#[test]
fn each_class_is_shown_with_the_parts_of_all_its_objects() {
    check(
        &factory(),
        expect![[r#"
            ANNOTATED  3 snapshots, 3 classes                 share of: resident memory
             before (0.102s)      live      flat        sum   average   share  of class
              Employee               0       0 B        0 B         -   0.0 %
              Factory                1      48 B   40.1 KiB  40.1 KiB   1.1 %
              Order<Employee>        -  not tracked yet
              total                  1      48 B   40.1 KiB  40.1 KiB   1.1 %
              process: resident 3.6 MiB, virtual 12.1 MiB; tracker's overhead 120.1 KiB
              not explained: 3.4 MiB (95.6 % of resident), besides 40.1 KiB tracked and the overhead

             after load (0.412s)  live      flat        sum   average   share  of class
              Employee            1000  46.9 KiB  195.3 KiB     200 B   5.3 %
                name ×1000              23.4 KiB   26.4 KiB      27 B            13.5 %
                skills ×1000            23.4 KiB  168.9 KiB     173 B            86.5 %
                  elements ×3000        70.3 KiB  145.5 KiB     149 B            74.5 %
              Factory                1      48 B   40.1 KiB  40.1 KiB   1.1 %
                staff                       24 B   40.0 KiB  40.0 KiB            99.8 %
                  elements ×1000        23.4 KiB   40.0 KiB  40.0 KiB            99.8 %
                    badge ×1000          7.8 KiB   23.4 KiB  23.4 KiB            58.4 %
                (2 parts under 0.1 % left out)
              Order<Employee>        -  not tracked yet
              total               1001  46.9 KiB  235.4 KiB     241 B   6.4 %
              process: resident 3.6 MiB, virtual 12.1 MiB; tracker's overhead 120.1 KiB
              not explained: 3.2 MiB (90.3 % of resident), besides 235.4 KiB tracked and the overhead

             1.900s               live      flat        sum   average   share  of class
              Employee             499  23.4 KiB   97.5 KiB     200 B   2.7 %  or more: 1 unread
              Factory                1      48 B   40.1 KiB  40.1 KiB   1.1 %
                staff                       24 B   40.0 KiB  40.0 KiB            99.8 %
                  elements ×1000        23.4 KiB   40.0 KiB  40.0 KiB            99.8 %
                    badge ×1000          7.8 KiB   23.4 KiB  23.4 KiB            58.4 %
                (2 parts under 0.1 % left out)
              Order<Employee>        1      48 B    1.2 MiB   1.2 MiB  34.7 %
              total                501  23.5 KiB    1.4 MiB   2.8 KiB  38.4 %
              process: resident 3.6 MiB, virtual 12.1 MiB; tracker's overhead 120.1 KiB
              not explained: 2.1 MiB (58.3 % of resident), besides 1.4 MiB tracked and the overhead
        "#]],
    );
}

#[test]
fn rows_of_one_class_are_added_up_with_their_parts() {
    let mut one = snapshot("one", 1);
    for bytes in [100, 200] {
        let mut row = class("a", &[bytes]);
        row.referents = vec![Referent::new("x", 1, 1, 8, bytes - 10), Referent::new("y", 1, 2, 8, 10)];
        one.classes.push(row);
    }
    check(
        &Stats::new(session(), vec![Arc::new(one)]),
        expect![[r#"
            ANNOTATED  1 snapshot, 1 class    share of: resident memory
             one (0.001s)  live  flat    sum  average   share  of class
              a               2  96 B  300 B    150 B  <0.1 %
                x ×2             16 B  280 B    140 B            93.3 %
                y ×4             16 B   20 B     10 B             6.7 %
              total           2  96 B  300 B    150 B  <0.1 %
              process: resident 3.6 MiB, virtual 12.1 MiB; tracker's overhead 120.1 KiB
              not explained: 3.5 MiB (96.7 % of resident), besides 300 B tracked and the overhead
        "#]],
    );
}

#[test]
fn without_a_snapshot_or_a_class_or_a_part_there_is_a_hint() {
    check(
        &Stats::new(session(), Vec::new()),
        expect![[r#"
        ANNOTATED  0 snapshots, 0 classes
          no snapshot was taken: take one with create_snapshot(label), then print again
    "#]],
    );
    let empty = Arc::new(snapshot("empty", 1));
    check(
        &Stats::new(session(), vec![empty]),
        expect![[r#"
            ANNOTATED  1 snapshot, 0 classes  share of: resident memory
             empty (0.001s)  live  flat  sum  average  share  of class
              no class is tracked: track_class::<T>() or track_object(&object), then take a snapshot
              process: resident 3.6 MiB, virtual 12.1 MiB; tracker's overhead 120.1 KiB
              not explained: 3.5 MiB (96.7 % of resident), besides 0 B tracked and the overhead
        "#]],
    );
    let mut one = snapshot(&"a long while ".repeat(4), 1);
    one.classes.push(class("a", &[5]));
    check(
        &Stats::new(session(), vec![Arc::new(one)]),
        expect![[r#"
            ANNOTATED  1 snapshot, 1 class  share of: resident memory
             a long while a long while a long while a long while  (0.001s)
                     live  flat  sum  average   share  of class
              a         1  48 B  5 B      5 B  <0.1 %
              total     1  48 B  5 B      5 B  <0.1 %
              process: resident 3.6 MiB, virtual 12.1 MiB; tracker's overhead 120.1 KiB
              not explained: 3.5 MiB (96.7 % of resident), besides 5 B tracked and the overhead

             no part of any object was named: track with resolution_level(1) or more
        "#]],
    );
}
