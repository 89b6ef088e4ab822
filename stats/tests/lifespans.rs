//! How old objects are, how long they lived, and how their number changed.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed, which is what it is for")]

mod support;

use std::io;
use std::sync::Arc;
use std::time::Duration;

use classtracker_stats::{ClassRow, Durations, History, HistoryEvent, Limit, SnapshotKey, Stats};
use expect_test::{Expect, expect};
use support::{class, session, snapshot};

fn check(write: impl FnOnce(&mut Vec<u8>) -> io::Result<()>, expected: Expect) {
    let mut text = Vec::new();
    write(&mut text).unwrap();
    let text = String::from_utf8(text).unwrap();
    for line in text.lines() {
        assert_eq!(line, line.trim_end(), "a line ends in blanks");
    }
    expected.assert_eq(&text);
}

fn durations(seconds: &[(f64, u64)]) -> Option<Durations> {
    let mut durations = Durations::default();
    for (seconds, count) in seconds {
        for _ in 0..*count {
            durations.add(Duration::from_secs_f64(*seconds));
        }
    }
    Some(durations)
}

fn aged() -> Stats {
    let mut taken = snapshot("after load", 60_000);
    let mut employees = class("app::Employee", &[100; 110]);
    employees.ages = durations(&[(0.01, 3), (0.3, 100), (0.9, 1), (5000.0, 6)]);
    employees.lifetimes = durations(&[(100.0, 1), (1e6, 2), (1e14, 1)]);
    let mut orders = class("app::Order", &[5; 2]);
    orders.ages = durations(&[(0.0, 2)]);
    orders.lifetimes = Some(Durations::default());
    taken.classes = vec![employees, class("app::Factory", &[1]), orders];
    Stats::new(session(), vec![Arc::new(taken)])
}

#[test]
fn ages_are_shown_as_bars() {
    let ages = aged().ages(&SnapshotKey::LAST).unwrap();
    check(
        |out| ages.write_text(out),
        expect![[r#"
            AGES  of live objects, in after load (60.000s)
              Employee             110
                   8 ms .. 16 ms     3    2.7 %  █
                      …
                 250 ms .. 500 ms  100   90.9 %  ██████████████████████████████
                 500 ms .. 1 s       1    0.9 %  █
                      …
                 68 min .. 2.3 h     6    5.5 %  ██
              Order                  2
                    0 s .. 1 ms      2  100.0 %  ██████████████████████████████
              not recorded for 1 class: TrackOptions::ages asks for it, of objects in a `Tracked`
        "#]],
    );
    let ages = aged().limit(Limit::count(1)).ages(&SnapshotKey::LAST).unwrap();
    assert_eq!((ages.classes.len(), ages.matching, ages.not_counted), (1, 2, 1));
    let bars = &ages.classes[0].bars;
    assert_eq!(bars.iter().map(|bar| bar.objects).sum::<u64>(), ages.classes[0].objects);
    assert!(bars.windows(2).all(|pair| pair[0].below == Some(pair[1].from)), "bars stand side by side");
}

#[test]
fn lifetimes_are_shown_as_bars_and_the_last_one_has_no_end() {
    let lifetimes = aged().lifetimes(&SnapshotKey::LAST).unwrap();
    check(
        |out| lifetimes.write_text(out),
        expect![[r#"
            LIFETIMES  of objects that had died, by after load (60.000s)
              Employee             4
                   64 s .. 2 min   1  25.0 %  ███████████████
                      …
                  6.1 d .. 12.1 d  2  50.0 %  ██████████████████████████████
                      …
                12427.6 d or more  1  25.0 %  ███████████████
              Order                0
              not recorded for 1 class: TrackOptions::lifetimes asks for it, of objects in a `Tracked`
        "#]],
    );
}

#[test]
fn where_nobody_asked_for_ages_it_says_so() {
    let mut stats = aged();
    let ages = stats.filter("Factory").ages(&SnapshotKey::LAST).unwrap();
    check(
        |out| ages.write_text(out),
        expect![[r#"
            AGES  of live objects, in after load (60.000s)
              not recorded for 1 class: TrackOptions::ages asks for it, of objects in a `Tracked`
        "#]],
    );
    let none = stats.filter("Nobody").lifetimes(&SnapshotKey::LAST).unwrap();
    check(
        |out| none.write_text(out),
        expect![[r#"
            LIFETIMES  of objects that had died, by after load (60.000s)
              no class is tracked, or none that was asked for
        "#]],
    );
}

/// Pympler's example: create, create, create, drop, drop, create, drop, drop; more snapshots follow, with changes lost.
#[test]
fn a_history_is_told_change_by_change() {
    let history = |start: u64, lives: &[u64], lost| {
        let mut history = History::default();
        let event = |(index, &live)| HistoryEvent { at: Duration::from_millis(start + 10 * index as u64), live };
        history.events = lives.iter().enumerate().map(event).collect();
        history.lost = lost;
        Some(history)
    };
    let long: Vec<u64> = (0..250).map(|number| 100 + number % 2).collect();
    let histories = [
        history(100, &[1, 2, 3, 2, 1, 2, 1, 0], 0),
        history(300, &[4, 5], 3),
        history(400, &long, 0),
        history(10_000, &[], 0),
    ];
    let taken = histories.into_iter().enumerate().map(|(number, history)| {
        let mut taken = snapshot(if number == 0 { "first" } else { "" }, 200 + 200 * number as u64);
        let mut row = ClassRow::new("app::Employee");
        row.history = history;
        taken.classes.push(row);
        taken.classes.push(class("app::Factory", &[1]));
        Arc::new(taken)
    });
    let stats = Stats::new(session(), taken.collect());
    let histories = stats.histories();
    assert_eq!((histories.len(), histories[0].lost(), histories[0].events().count()), (1, 3, 260));
    let mut text = Vec::new();
    histories[0].write_text(&mut text).unwrap();
    let text = String::from_utf8(text).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    expect![[r#"
        HISTORY  Employee, 260 changes, 3 more lost for want of room
          0.100s    1
          0.110s    2  +1
          0.120s    3  +1
          0.130s    2  -1
          0.140s    1  -1
          0.150s    2  +1
          0.160s    1  -1
          0.170s    0  -1
          first (0.200s)  snapshot
          3 changes lost
          0.300s    4
          0.310s    5  +1
          0.400s  snapshot
          150 changes not shown
          1.900s  100  -1
          1.910s  101  +1
          1.920s  100  -1"#]]
    .assert_eq(&lines[..18].join("\n"));
    assert_eq!(lines.len(), 1 + 8 + 1 + 1 + 2 + 1 + 1 + 100 + 1 + 1);
}
