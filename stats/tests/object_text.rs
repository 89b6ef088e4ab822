//! What `print_object` shows.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed, which is what it is for")]

mod support;

use std::sync::Arc;

use classtracker_stats::{Frame, Names, ObjectError, ObjectRow, Referent, Site, Stats, Trace};
use expect_test::{Expect, expect};
use support::{class, factory, object, object_text, session, snapshot};

fn check(stats: &Stats, serial: u64, expected: Expect) {
    let text = object_text(stats, serial);
    for line in text.lines() {
        assert_eq!(line, line.trim_end(), "a line ends in blanks");
        assert!(line.chars().count() <= 100, "a line is too long: {line}");
    }
    expected.assert_eq(&text);
}

#[test]
fn an_object_is_shown_with_its_parts_in_each_snapshot() {
    check(
        &factory(),
        1,
        expect![[r#"
            Factory #1
              class factory::Factory
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
        "#]],
    );
    check(
        &factory(),
        2,
        expect![[r#"
            Employee #2
              class factory::staff::Employee
              Employee { name: "Ann" }
              0.104s  made at src/main.rs:12:9
                                           flat        deep    share
              0.412s  after load           48 B       200 B
                      name                 24 B        27 B   13.5 %
                      skills               24 B       173 B   86.5 %
                        elements ×3        72 B       149 B   74.5 %
              1.900s                       48 B        48 B  or more: something could not be read
                      name                 24 B        24 B   50.0 %
                      skills               24 B        24 B   50.0 %
        "#]],
    );
}

#[test]
fn the_end_of_an_object_is_shown() {
    check(
        &factory(),
        3,
        expect![[r#"
        Employee #3  free
          class factory::staff::Employee
          Employee { name: "Bob" }
          0.108s  made at src/main.rs:12:9
          0.412s  after load       200 B
          1.900s              dead by then
    "#]],
    );
}

#[test]
fn with_full_names_the_class_is_named_once() {
    let mut stats = factory();
    stats.names(Names::Full);
    check(
        &stats,
        1002,
        expect![[r#"
        factory::Order<factory::staff::Employee> #1002
          0.612s  made at src/main.rs:12:9
          1.900s                 1.2 MiB
    "#]],
    );
}

#[test]
fn parts_of_any_shape_stay_in_their_columns() {
    let mut one = snapshot("one", 1);
    let mut two = snapshot(&"a long while ".repeat(5), 2);
    let mut row = ObjectRow::new(Arc::new(object(1, "a", 0)), 5_000_000);
    row.referents = [
        Referent::new("tab\there", 1, 1, 48, 2_000_000),
        Referent::new("a name that is so long that it would push away the numbers", 2, 0, 0, 900_000),
        Referent::new("elements", 3, 12_345_678, 8, 800_000),
        Referent::new("(shared data)", 1, 1, 0, 3_000_000),
    ]
    .into();
    one.objects.push(row.clone());
    row.bytes = 0;
    row.referents = [Referent::new("unit", 1, 1, 0, 0), Referent::new("of nothing", 2, 1, 0, 0)].into();
    two.objects.push(row);
    let stats = Stats::new(session(), vec![Arc::new(one), Arc::new(two)]);
    expect![[r#"
        a #1
          0.000s  made at src/main.rs:12:9
                                                flat        deep    share
          0.001s  one                           48 B     4.8 MiB
                  tab\there                     48 B     1.9 MiB   40.0 %
                    a name that is so long that it would push away the numbers ×0         0 B   878.9 KiB   18.0 %
                      elements ×12345678         8 B   781.2 KiB   16.0 %
                  (shared data)                  0 B     2.9 MiB   60.0 %
          0.002s  a long while a long while a long while a long while a long while         48 B         0 B
                  unit                           0 B         0 B        -
                    of nothing                   0 B         0 B        -
    "#]]
    .assert_eq(&object_text(&stats, 1));
}

#[test]
fn what_is_printed_is_the_data_and_the_other_way_round() {
    let history = factory().object(2).unwrap();
    assert_eq!(history.object.sizes.len(), 2);
    assert_eq!(history.object.sizes[0].referents.len(), 3);
    let list = factory().objects(&classtracker_stats::Query::default());
    assert_eq!((&list.objects[1], &list.moments), (&history.object, &history.moments));
}

#[test]
fn an_unknown_serial_is_an_error_that_says_how_many_are_listed() {
    let check = |stats: &Stats, expected: Expect| {
        let mut out = Vec::new();
        let error = stats.write_object(&mut out, 99).unwrap_err();
        assert!(out.is_empty());
        expected.assert_eq(&error.to_string());
        let ObjectError::Unknown(unknown) = error else { panic!("{error}") };
        assert_eq!(unknown, stats.print_object(99).unwrap_err());
        assert_eq!(unknown.serial, 99);
    };
    check(&factory(), expect!["no object #99 is listed: the snapshots list 4 objects, and only count 998 more"]);
    check(&Stats::new(session(), Vec::new()), expect!["no object #99 is listed: the snapshots list 0 objects"]);
}

#[test]
fn the_calls_that_made_an_object_are_shown_from_the_outermost_to_the_line_that_made_it() {
    let mut record = object(5, "app::A", 100);
    let mut main = Frame::new("app::main");
    main.site = Some(Site { file: "src/main.rs".to_owned(), line: 3, column: 5 });
    let mut trace = Trace::new(vec![main.into(), Frame::new("app::make\u{1b}[31m").into()]);
    trace.cut = true;
    record.trace = Some(Arc::new(trace));
    let mut one = snapshot("one", 412);
    one.classes.push(class("app::A", &[100]));
    one.objects.push(ObjectRow::new(Arc::new(record), 100));
    check(
        &Stats::new(session(), vec![Arc::new(one)]),
        5,
        expect![[r#"
        A #5
          class app::A
          0.100s  made at src/main.rs:12:9
                  …
                  app::main at src/main.rs:3:5
                  app::make\u{1b}[31m
          0.412s  one       100 B
    "#]],
    );
}
