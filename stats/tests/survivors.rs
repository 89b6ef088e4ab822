//! Objects born between two snapshots that a third still sees.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed, which is what it is for")]

mod support;

use std::sync::Arc;
use std::time::Duration;

use classtracker_stats::{
    ClassRow, Frame, ObjectRecord, ObjectRow, Site, Snapshot, SnapshotKey, Stats, Survivors, Trace,
};
use expect_test::expect;
use proptest::prelude::*;
use support::{factory, session, snapshot};

fn text(survivors: &Survivors) -> String {
    let mut text = Vec::new();
    survivors.write_text(&mut text).unwrap();
    String::from_utf8(text).unwrap()
}

fn ask(stats: &Stats, keys: [i64; 3]) -> Survivors {
    let [after, before, alive] = keys.map(SnapshotKey::Number);
    stats.survivors(&after, &before, &alive).unwrap()
}

#[test]
fn what_is_folded_is_bounded() {
    expect![[r#"
        SURVIVORS  made in before (0.102s) .. after load (0.412s), alive in 1.900s
                              made  survived  of made  listed  bytes
          Employee            1000       499   49.9 %       1   48 B
            src/main.rs:12:9                                1   48 B

         listed, bytes: survivors with a row of their own, and what they take
    "#]]
    .assert_eq(&text(&ask(&factory(), [1, 2, 3])));
    expect![[r#"
        SURVIVORS  made in after load (0.412s) .. 1.900s, alive in 1.900s
                              made  survived  of made  listed    bytes
          Order<Employee>        -         1        -       1  1.2 MiB
            src/main.rs:12:9                                1  1.2 MiB

         listed, bytes: survivors with a row of their own, and what they take
    "#]]
    .assert_eq(&text(&ask(&factory(), [2, 3, 3])));
}

#[test]
fn snapshots_in_another_order_are_an_error() {
    let stats = factory();
    let error = |[after, before, alive]: [i64; 3]| {
        let key = SnapshotKey::Number;
        stats.survivors(&key(after), &key(before), &key(alive)).unwrap_err().to_string()
    };
    assert!(error([2, 1, 3]).starts_with("snapshots 2, 1 and 3 are not in order"), "{}", error([2, 1, 3]));
    assert!(error([1, 1, 3]).starts_with("snapshots 1, 1 and 3 are not in order"));
    assert!(error([1, 3, 2]).starts_with("snapshots 1, 3 and 2 are not in order"));
    assert_eq!(error([1, 2, 4]), "no snapshot 4: there are 3 snapshots");
}

#[derive(Debug, Clone)]
struct Life {
    /// Made before the first, the second or the third snapshot.
    made: usize,
    /// The first snapshot that does not see it any more.
    died: usize,
    listed: [bool; 3],
    birth: bool,
    line: u32,
}

fn life() -> impl Strategy<Value = Life> {
    (0..3_usize, 0..5_usize, any::<[bool; 3]>(), any::<bool>(), 1..4_u32)
        .prop_map(|(made, died, listed, birth, line)| Life { made, died, listed, birth, line })
}

fn taken(mut lives: Vec<Life>, listing: [bool; 3]) -> (Stats, u64) {
    lives.sort_by_key(|life| life.made);
    let mut snapshots = [1000, 2000, 3000].map(|millis| snapshot("", millis));
    let truth = lives.iter().filter(|life| life.made == 1 && life.died > 2).count() as u64;
    for (number, snapshot) in snapshots.iter_mut().enumerate() {
        let mut row = ClassRow::new("app::A");
        for (index, life) in lives.iter().enumerate().filter(|(_, life)| life.made <= number) {
            row.created += 1;
            if life.died <= number {
                row.dropped += 1;
                continue;
            }
            row.live += 1;
            if life.listed[number] || listing[number] {
                row.listed += 1;
                let mut record = ObjectRecord::new(index as u64 + 1, "app::A", 8);
                record.birth = life.birth.then(|| Duration::from_millis(500 + 1000 * life.made as u64));
                record.site = Some(Arc::new(Site { file: "a.rs".to_owned(), line: life.line, column: 1 }));
                let calls = vec![Frame::new("main").into()];
                record.trace = (life.line == 1).then(|| Arc::new(Trace::new(calls)));
                snapshot.objects.push(ObjectRow::new(Arc::new(record), 10));
            }
        }
        snapshot.classes.push(row);
    }
    let snapshots: Vec<Arc<Snapshot>> = snapshots.into_iter().map(Arc::new).collect();
    (Stats::new(session(), snapshots), truth)
}

#[test]
fn survivors_are_shown_by_class_and_site() {
    let life = |made, died, line| Life { made, died, listed: [true; 3], birth: true, line };
    let lives = vec![life(0, 3, 1), life(1, 3, 1), life(1, 3, 1), life(1, 2, 2), life(1, 4, 3), life(2, 3, 2)];
    let (stats, truth) = taken(lives, [true; 3]);
    assert_eq!(truth, 3);
    expect![[r#"
        SURVIVORS  made in 1.000s .. 2.000s, alive in 3.000s
                      made  survived  of made  listed  bytes
          A              4         3   75.0 %       3   30 B
            a.rs:1:1                                2   20 B
              main
            a.rs:3:1                                1   10 B

         listed, bytes: survivors with a row of their own, and what they take
    "#]]
    .assert_eq(&text(&ask(&stats, [1, 2, 3])));
}

proptest! {
    #[test]
    fn the_truth_lies_within_the_bounds(
        lives in proptest::collection::vec(life(), 0..30),
        listing in any::<[bool; 3]>(),
    ) {
        let (stats, truth) = taken(lives, listing);
        let survivors = ask(&stats, [1, 2, 3]);
        match &survivors.classes[..] {
            [] => prop_assert_eq!(truth, 0),
            [class] => {
                let bounds = class.survived;
                prop_assert!(bounds.at_least <= truth && truth <= bounds.at_most, "{truth} in {bounds}");
                prop_assert!(class.listed <= truth);
                prop_assert_eq!(class.sites.iter().map(|site| site.objects).sum::<u64>(), class.listed);
                prop_assert_eq!(class.listed_bytes, 10 * class.listed);
                if listing == [true; 3] {
                    prop_assert_eq!((bounds.exact(), class.listed, class.unclear), (Some(truth), truth, 0));
                }
            }
            _ => prop_assert!(false, "there is one class"),
        }
    }
}
