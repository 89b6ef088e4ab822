//! What `print_stats` shows.

mod support;

use std::sync::Arc;

use classtracker_stats::{Limit, Query, SortKey, Stats};
use expect_test::{Expect, expect};
use support::{factory, objects, session, snapshot};

fn check(stats: &Stats, expected: Expect) {
    let text = objects(stats);
    for line in text.lines() {
        assert_eq!(line, line.trim_end(), "a line ends in blanks");
    }
    expected.assert_eq(&text);
}

#[test]
fn each_object_is_a_timeline_from_its_birth_to_its_end() {
    check(
        &factory(),
        expect![[r#"
            OBJECTS  4 objects, 4 shown, by serial
              only counted in the summary: 998 live objects of after load (0.412s); at most as many of 1 other snapshot

            Factory #1
                   -  registered at src/main.rs:30:5
                                              flat        deep    share
              0.102s  before                  56 B    40.1 KiB
              0.412s  after load              56 B    40.1 KiB
                      staff                   24 B    40.0 KiB   99.8 %
                        elements ×1000    23.4 KiB    40.0 KiB   99.8 %
                          badge ×1000      7.8 KiB    23.4 KiB   58.4 %
                      (2 parts under 0.1 % left out)
              1.900s                          56 B    40.1 KiB
                      staff                   24 B    40.0 KiB   99.8 %
                        elements ×1000    23.4 KiB    40.0 KiB   99.8 %
                          badge ×1000      7.8 KiB    23.4 KiB   58.4 %
                      (2 parts under 0.1 % left out)

            Employee #2
              Employee { name: "Ann" }
              0.104s  made at src/main.rs:12:9
                                              flat        deep    share
              0.412s  after load              48 B       200 B
                      name                    24 B        27 B   13.5 %
                      skills                  24 B       173 B   86.5 %
                        elements ×3           72 B       149 B   74.5 %
              1.900s                          48 B        48 B  or more: something could not be read
                      name                    24 B        24 B   50.0 %
                      skills                  24 B        24 B   50.0 %

            Employee #3  free
              Employee { name: "Bob" }
              0.108s  made at src/main.rs:12:9
              0.412s  after load                         200 B
              1.900s                                dead by then

            Order<Employee> #1002
              0.612s  made at src/main.rs:12:9
              1.900s                                   1.2 MiB
        "#]],
    );
}

#[test]
fn filter_sort_and_limit_are_named_at_the_top() {
    let mut stats = factory();
    stats.filter("staff").sort_by(&[SortKey::Size, SortKey::Name]).reverse().limit(Limit::count(1));
    check(
        &stats,
        expect![[r#"
            OBJECTS  4 objects, 3 of classes with "staff", 1 shown, by size, name, serial, reversed
              only counted in the summary: 998 live objects of after load (0.412s); at most as many of 1 other snapshot

            Employee #3  free
              Employee { name: "Bob" }
              0.108s  made at src/main.rs:12:9
              0.412s  after load       200 B
              1.900s              dead by then
        "#]],
    );
}

#[test]
fn a_filter_that_nothing_passes_gets_a_hint() {
    let mut stats = factory();
    stats.filter("Factroy");
    check(
        &stats,
        expect![[r#"
        OBJECTS  4 objects, 0 of classes with "Factroy", 0 shown, by serial
          no listed object's class has "Factroy" in its name; the summary shows the classes
    "#]],
    );
}

#[test]
fn without_a_snapshot_or_an_object_there_is_a_hint() {
    check(
        &Stats::new(session(), Vec::new()),
        expect![[r#"
        OBJECTS  0 objects, 0 shown, by serial
          no snapshot was taken: take one with create_snapshot(label), then print again
    "#]],
    );
    let empty = Arc::new(snapshot("empty", 5));
    check(
        &Stats::new(session(), vec![empty]),
        expect![[r#"
        OBJECTS  0 objects, 0 shown, by serial
          no snapshot lists an object by itself; the summary shows what each class holds
    "#]],
    );
}

#[test]
fn an_answer_from_which_moments_were_taken_is_still_written() {
    let mut list = factory().objects(&Query::default());
    list.moments.clear();
    let mut text = Vec::new();
    list.write_text(&mut text).expect("it is written");
    let text = String::from_utf8(text).expect("it is text");
    assert!(text.lines().any(|line| line.trim_start().starts_with("-  ?")), "{text}");
}
