//! Several runs or processes side by side.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed, which is what it is for")]

mod support;

use std::sync::Arc;

use classtracker_stats::{ClassRow, Limit, Merged, MergedSummary, Query, Session, SnapshotKey, SortKey, Stats};
use expect_test::expect;
use support::{at, class, factory, snapshot};

fn text(summary: &MergedSummary) -> String {
    let mut text = Vec::new();
    summary.write_text(&mut text).unwrap();
    let text = String::from_utf8(text).unwrap();
    for line in text.lines() {
        assert_eq!(line, line.trim_end(), "a line ends in blanks");
    }
    text
}

/// The factory, a second process with a class of its own and one in common, and one that took no snapshot.
fn three() -> Merged {
    let mut taken = snapshot("after load", 500);
    taken.classes.push(class("factory::staff::Employee", &[300; 10]));
    let mut points = ClassRow::new("factory::Point");
    (points.live, points.created, points.by_value) = (7, 9, true);
    (points.dropped, points.flat_bytes) = (2, 112);
    taken.classes.push(points);
    let mut session = Session::new(at(3_600_000), 4712);
    session.program = Some("fact\u{1b}ory".into());
    let second = Stats::new(session, vec![Arc::new(taken)]);
    let third = Stats::new(Session::new(at(0), 1), Vec::new());
    Merged::new(vec![factory(), second, third]).unwrap()
}

#[test]
fn each_class_is_shown_for_all_and_for_each_process() {
    let summary = three().summary(&SnapshotKey::LAST, &Query::default()).unwrap();
    expect![[r#"
        MERGED  3 processes, 4 classes, 4 shown
          1: factory (4711), started 2027-01-15 08:00:00 UTC; 1.900s of 3 snapshots
             resident 3.6 MiB, tracked 1.4 MiB, tracker's overhead 120.1 KiB
          2: fact\u{1b}ory (4712), started 2027-01-15 09:00:00 UTC; after load (0.500s) of 1 snapshot
             resident 3.6 MiB, tracked 2.9 KiB, tracker's overhead 120.1 KiB
          3: unknown (1), started 2027-01-15 08:00:00 UTC; no snapshot was taken
                                     live  created  dropped      bytes    share
          Order<Employee>               1        1        0    1.2 MiB   90.0 %
            1: factory (4711)           1        1        0    1.2 MiB
          Employee                    509     1010      501  100.4 KiB    7.1 %
            1: factory (4711)         499     1000      501   97.5 KiB
            2: fact\u{1b}ory (4712)    10       10        0    2.9 KiB
          Factory                       1        1        0   40.1 KiB    2.8 %
            1: factory (4711)           1        1        0   40.1 KiB
          Point                         7        9        2          -
            2: fact\u{1b}ory (4712)     7        9        2          -
          total                       518     1021      503    1.4 MiB  100.0 %

         share: of the bytes tracked by all processes
    "#]]
    .assert_eq(&text(&summary));
    for class in &summary.classes {
        assert_eq!(class.parts.iter().map(|(_, part)| part.live).sum::<u64>(), class.all.live);
    }
    let bytes = summary.classes.iter().filter_map(|class| class.all.bytes);
    assert_eq!(Some(bytes.sum()), summary.total.all.bytes);
}

#[test]
fn the_filter_and_the_limit_are_of_classes_and_the_total_is_of_all() {
    let mut query = Query::default();
    query.class = "factory::".into();
    query.limit = Some(Limit::count(1));
    let summary = three().summary(&"after load".parse().unwrap(), &query).unwrap();
    expect![[r#"
        MERGED  3 processes, 3 classes, 1 shown
          1: factory (4711), started 2027-01-15 08:00:00 UTC; after load (0.412s) of 3 snapshots
             resident 3.6 MiB, tracked 235.4 KiB, tracker's overhead 120.1 KiB
          2: fact\u{1b}ory (4712), started 2027-01-15 09:00:00 UTC; after load (0.500s) of 1 snapshot
             resident 3.6 MiB, tracked 2.9 KiB, tracker's overhead 120.1 KiB
          3: unknown (1), started 2027-01-15 08:00:00 UTC; no snapshot was taken
                                     live  created  dropped      bytes    share
          Employee                   1010     1010        0  198.2 KiB   83.2 %
            1: factory (4711)        1000     1000        0  195.3 KiB
            2: fact\u{1b}ory (4712)    10       10        0    2.9 KiB
          and 2 classes more
          total                      1018     1020        2  238.3 KiB  100.0 %

         share: of the bytes tracked by all processes
    "#]]
    .assert_eq(&text(&summary));
}

#[test]
fn a_key_that_fits_one_process_alone_is_an_error_that_names_the_other() {
    let error = three().summary(&"before".parse().unwrap(), &Query::default()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "in process 2, no snapshot has the label \"before\": there is 1 snapshot, labelled \"after load\"",
    );
}

#[test]
fn one_run_counts_once() {
    let error = Merged::new(vec![three().runs()[1].clone(), factory(), factory()]).unwrap_err();
    assert_eq!(error.to_string(), "2 and 3 are of the same run: factory (4711), started 2027-01-15 08:00:00 UTC");
}

#[test]
fn objects_are_told_by_process_and_serial() {
    let merged = three();
    let mut query = Query::default();
    query.sort = vec![SortKey::Size];
    query.limit = Some(Limit::count(1));
    let objects = merged.objects(&query);
    let shown: Vec<_> =
        objects.iter().map(|(process, list)| (process.number, list.objects.len(), list.total)).collect();
    assert_eq!(shown, [(1, 1, 4), (2, 0, 0), (3, 0, 0)]);
    assert_eq!(merged.object("1#1002".parse().unwrap()).unwrap().object.record.serial, 1002);
    let error = |id: &str| merged.object(id.parse().unwrap()).unwrap_err().to_string();
    assert_eq!(
        error("2#1002"),
        "in process 2, no object #1002 is listed: the snapshots list 0 objects, and only count 7 more"
    );
    assert_eq!(error("0#1"), "no process 0: there are 3");
    assert_eq!(error("4#1"), "no process 4: there are 3");
}

#[test]
fn a_summary_from_which_processes_were_taken_is_still_written() {
    let mut summary = three().summary(&SnapshotKey::LAST, &Query::default()).unwrap();
    summary.processes.truncate(1);
    let text = text(&summary);
    assert!(text.lines().any(|line| line.trim_start().starts_with("2 ")), "by its number alone: {text}");
}
