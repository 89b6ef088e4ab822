//! Where live objects were made, and which are the oldest.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed, which is what it is for")]

mod support;

use std::io;
use std::sync::Arc;
use std::time::Duration;

use classtracker_stats::{
    ClassFilter, ClassRow, Frame, Limit, ObjectRecord, ObjectRow, Query, Session, Site, SiteRow, Snapshot, SnapshotKey,
    Stats, Trace,
};
use expect_test::{Expect, expect};
use proptest::prelude::*;
use support::{at, factory, session, snapshot};

fn check(write: impl FnOnce(&mut Vec<u8>) -> io::Result<()>, expected: Expect) {
    let mut text = Vec::new();
    write(&mut text).unwrap();
    let text = String::from_utf8(text).unwrap();
    for line in text.lines() {
        assert_eq!(line, line.trim_end(), "a line ends in blanks");
    }
    expected.assert_eq(&text);
}

fn site(line: u32) -> Arc<Site> {
    Arc::new(Site { file: "src/hire.rs".to_owned(), line, column: 9 })
}

fn frame(function: &str, line: u32) -> Arc<Frame> {
    let mut frame = Frame::new(function);
    frame.site = Some(Site { file: "src/main.rs".to_owned(), line, column: 5 });
    Arc::new(frame)
}

fn site_row(line: Option<u32>, trace: Option<Trace>, live: u64, bytes: u64) -> SiteRow {
    let mut row = SiteRow::new(live, bytes);
    row.site = line.map(site);
    row.trace = trace.map(Arc::new);
    row
}

/// Employees made in three places, one with two traces; points that are only counted; a class whose objects nobody counted by
/// site, and one of which only some are listed.
fn places() -> Stats {
    let mut taken = snapshot("after load", 60_000);
    let mut employees = ClassRow::new("app::staff::Employee");
    (employees.live, employees.bytes) = (1000, 200_000);
    let hire = Trace::new(vec![frame("app::main", 3), frame("app::hire", 30)]);
    let mut deep = Trace::new(vec![frame("app::import", 77)]);
    deep.cut = true;
    employees.sites = vec![
        site_row(Some(12), Some(hire.clone()), 400, 80_000),
        site_row(Some(12), Some(hire), 100, 20_000),
        site_row(Some(12), Some(deep.clone()), 200, 40_000),
        site_row(Some(12), None, 50, 10_000),
        site_row(Some(90), Some(deep), 200, 40_000),
        site_row(None, None, 50, 10_000),
    ];
    let old = |serial, birth| {
        let mut record = ObjectRecord::new(serial, "app::staff::Employee", 48);
        record.birth = Some(Duration::from_millis(birth));
        record.site = Some(site(12));
        Arc::new(record)
    };
    employees.oldest = vec![old(7, 2_000), old(9, 2_500)];
    let mut points = ClassRow::new("app::Point");
    (points.live, points.by_value) = (12, true);
    points.sites = vec![site_row(Some(5), None, 12, 0)];
    let mut factories = ClassRow::new("app::Factory");
    (factories.live, factories.listed, factories.bytes) = (3, 1, 900);
    let factory = ObjectRow::new(Arc::new(ObjectRecord::new(1, "app::Factory", 56)), 300);
    taken.objects = vec![factory];
    let mut orders = ClassRow::new("app::Order");
    (orders.live, orders.bytes) = (2, 20);
    taken.classes = vec![factories, orders, points, employees];
    Stats::new(session(), vec![Arc::new(taken)])
}

#[test]
fn sites_are_shown_with_shares_and_traces_and_what_is_not_known_is_said() {
    let sites = places().sites(&SnapshotKey::LAST).unwrap();
    check(
        |out| sites.write_text(out),
        expect![[r#"
        SITES  after load (60.000s)
                               live    share      bytes   share
          Employee             1000           195.3 KiB
            src/hire.rs:12:9    750   75.0 %  146.5 KiB  75.0 %
              trace 1           500            97.7 KiB
                app::main at src/main.rs:3:5
                app::hire at src/main.rs:30:5
              trace 2           200            39.1 KiB
                …
                app::import at src/main.rs:77:5
              no trace           50             9.8 KiB
            src/hire.rs:90:9    200   20.0 %   39.1 KiB  20.0 %
              …
              app::import at src/main.rs:77:5
            (not known where)    50    5.0 %    9.8 KiB   5.0 %
          Factory                 3               900 B  not counted by site; below are those listed one by one
            (not known where)     1   33.3 %      300 B  33.3 %
          Order                   2                20 B  where they were made was not counted
          Point                  12                   -
            src/hire.rs:5:9      12  100.0 %          -       -

         share: of the live objects of the class, and of their bytes
    "#]],
    );
}

#[test]
fn the_limit_is_one_of_sites_for_each_class() {
    let mut stats = places();
    let sites = stats.filter("Employee").limit(Limit::count(1)).sites(&SnapshotKey::LAST).unwrap();
    assert_eq!((sites.classes.len(), sites.classes[0].sites.len(), sites.classes[0].total), (1, 1, 3));
    let share = sites.classes[0].sites[0].live_share.unwrap();
    assert_eq!(share.0, 0.75);
    let sites = stats.filter("Nobody").sites(&SnapshotKey::LAST).unwrap();
    check(
        |out| sites.write_text(out),
        expect![[r#"
        SITES  after load (60.000s)
          no class of which an object is alive is one of "Nobody"; the summary shows the classes
    "#]],
    );
}

#[test]
fn where_nobody_counted_by_site_the_listed_objects_tell() {
    let mut stats = factory();
    let sites = stats.filter("=factory::staff::Employee").sites(&SnapshotKey::Number(2)).unwrap();
    assert!(!sites.classes[0].counted);
    assert_eq!((sites.classes[0].sites[0].live, sites.classes[0].live), (2, 1000));
    check(
        |out| sites.write_text(out),
        expect![[r#"
        SITES  after load (0.412s)
                              live  share      bytes  share
          Employee            1000         195.3 KiB  not counted by site; below are those listed one by one
            src/main.rs:12:9     2  0.2 %      400 B  0.2 %

         share: of the live objects of the class, and of their bytes
    "#]],
    );
}

#[test]
fn the_oldest_objects_come_first_and_what_is_not_known_is_said() {
    let oldest = places().oldest(&SnapshotKey::LAST).unwrap();
    check(
        |out| oldest.write_text(out),
        expect![[r#"
            OLDEST  after load (60.000s), 3 objects shown
                               age  bytes
              Employee #7  58.000s      -  src/hire.rs:12:9
              Employee #9  57.500s      -  src/hire.rs:12:9
              Factory #1         -  300 B
              of Employee, the 2 oldest of 1000 are known
              of Factory, 1 of 3 are known, by their rows; others may be older
              of Order, none of 2 is known
              of Point, none of 12 is known
        "#]],
    );
    let oldest = places().limit(Limit::count(1)).oldest(&SnapshotKey::LAST).unwrap();
    assert_eq!(oldest.objects.iter().map(|object| object.record.serial).collect::<Vec<_>>(), [7]);
}

#[test]
fn classes_are_listed_over_the_whole_run() {
    check(
        |out| factory().classes().write_text(out),
        expect![[r#"
        CLASSES  3 classes, 3 shown, over 3 snapshots, before (0.102s) .. 1.900s
                           live  first  peak  created  dropped     bytes     first       peak
          Order<Employee>     1      1     1        1        0   1.2 MiB   1.2 MiB    1.2 MiB
          Employee          499      0  1000     1000      501  97.5 KiB       0 B  195.3 KiB
          Factory             1      1     1        1        0  40.1 KiB  40.1 KiB   40.1 KiB
    "#]],
    );
    check(
        |out| factory().filter("Nobody").classes().write_text(out),
        expect![[r#"
        CLASSES  0 classes, 0 shown, over 3 snapshots, before (0.102s) .. 1.900s
          no class is one of "Nobody"; the summary shows the classes
    "#]],
    );
    check(
        |out| places().limit(Limit::count(3)).classes().write_text(out),
        expect![[r#"
        CLASSES  4 classes, 3 shown, over 1 snapshot
                    live  first  peak  created  dropped      bytes      first       peak
          Employee  1000   1000  1000        0        0  195.3 KiB  195.3 KiB  195.3 KiB
          Factory      3      3     3        0        0      900 B      900 B      900 B
          Order        2      2     2        0        0       20 B       20 B       20 B
    "#]],
    );
    let empty = Stats::new(session(), Vec::new());
    check(
        |out| empty.classes().write_text(out),
        expect![[r#"
        CLASSES  0 classes, 0 shown, over 0 snapshots
          no snapshot was taken: take one with create_snapshot(label), then print again
    "#]],
    );
}

#[test]
fn a_class_filter_is_a_part_of_a_name_or_the_whole_of_it() {
    let mut stats = factory();
    let mut matching = |filter: ClassFilter| stats.filter(filter).classes().matching;
    assert_eq!(matching("Employee".into()), 2);
    assert_eq!(matching("=factory::staff::Employee".into()), 1);
    assert_eq!(matching("=Employee".into()), 0);
    assert_eq!(matching("".into()), 3);
}

proptest! {
    #[test]
    fn all_sites_of_a_class_add_up_to_its_objects(
        rows in proptest::collection::vec((0..4_u32, 0..3_u8, 0..100_u64, 0..10_000_u64), 0..30),
    ) {
        let mut class = ClassRow::new("a");
        for (line, trace, live, bytes) in rows {
            let trace = (trace > 0).then(|| Trace::new(vec![frame("f", u32::from(trace))]));
            class.sites.push(site_row((line > 0).then_some(line), trace, live, bytes));
            (class.live, class.bytes) = (class.live + live, class.bytes + bytes);
        }
        let (live, bytes) = (class.live, class.bytes);
        let mut taken = Snapshot::new("", at(0), Duration::ZERO);
        taken.classes.push(class);
        let stats = Stats::new(Session::new(at(0), 1), vec![Arc::new(taken)]);
        let sites = stats.sites(&SnapshotKey::LAST).unwrap();
        for class in &sites.classes {
            prop_assert_eq!(class.sites.iter().map(|site| site.live).sum::<u64>(), live);
            prop_assert_eq!(class.sites.iter().filter_map(|site| site.bytes).sum::<u64>(), bytes);
            for site in class.sites.iter().filter(|site| !site.traces.is_empty()) {
                prop_assert_eq!(site.traces.iter().map(|trace| trace.live).sum::<u64>(), site.live);
                let mut traces: Vec<_> = site.traces.iter().map(|share| &share.trace).collect();
                traces.sort();
                traces.dedup();
                prop_assert_eq!(traces.len(), site.traces.len(), "equal traces are one");
            }
        }
        prop_assert_eq!(sites.classes.len(), usize::from(live > 0));
        prop_assert_eq!(&sites.query, &Query::default());
    }
}
