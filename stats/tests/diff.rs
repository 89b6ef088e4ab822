//! What changed between two snapshots.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed, which is what it is for")]

mod support;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use classtracker_stats::{
    ClassDiff, ClassRow, Diff, DiffBuilder, DiffOptions, ObjectRecord, ObjectRow, Runs, Snapshot, SnapshotKey, Stats,
};
use expect_test::{Expect, expect};
use proptest::prelude::*;
use support::{class, factory, session, snapshot};

fn text(diff: &Diff) -> String {
    let mut text = Vec::new();
    diff.write_text(&mut text).unwrap();
    let text = String::from_utf8(text).unwrap();
    for line in text.lines() {
        assert_eq!(line, line.trim_end(), "a line ends in blanks");
    }
    text
}

fn check(stats: &Stats, before: i64, after: i64, expected: Expect) {
    let diff = stats.diff(&SnapshotKey::Number(before), &SnapshotKey::Number(after)).unwrap();
    expected.assert_eq(&text(&diff));
}

/// A class of which the snapshot lists all objects, or none.
fn counted(name: &str, created: u64, dropped: u64, bytes: u64) -> ClassRow {
    let mut row = ClassRow::new(name);
    (row.created, row.dropped, row.live, row.bytes) = (created, dropped, created - dropped, bytes);
    row
}

#[test]
fn what_is_folded_is_bounded_and_what_is_listed_is_known() {
    check(
        &factory(),
        2,
        3,
        expect![[r#"
        DIFF  after load (0.412s) .. 1.900s, 1.488s apart
                           live  change  new  dead  survived     bytes     change   of new  of dead  growth
          Order<Employee>     1      +1    1     0         0   1.2 MiB   +1.2 MiB  1.2 MiB      0 B     0 B  not tracked before
          Employee          499    -501    0   501       499  97.5 KiB  -97.9 KiB      0 B        -       -
          Factory             1       0    0     0         1  40.1 KiB       +4 B      0 B      0 B    +4 B
          total             501    -500    1   501       500   1.4 MiB   +1.1 MiB  1.2 MiB        -       -
          tracked bytes: +497.7 % of the 235.4 KiB before
          process: resident 3.6 MiB .. 3.6 MiB (0 B)

         new, dead: since the first; growth: of the objects that survived
         of classes with -, those objects that are listed: 0 new (0 B), 1 dead (200 B), 1 survived (-152 B), 0 unclear

        OBJECTS  the largest changes among listed objects
                                   before     after    change
          Order<Employee> #1002       new   1.2 MiB  +1.2 MiB
          Employee #3               200 B      dead    -200 B
          Employee #2               200 B      48 B    -152 B
          Factory #1             40.1 KiB  40.1 KiB      +4 B
    "#]],
    );
}

#[test]
fn a_class_that_comes_brings_new_objects() {
    check(
        &factory(),
        1,
        -1,
        expect![[r#"
        DIFF  before (0.102s) .. 1.900s, 1.798s apart
                           live  change  new  dead  survived     bytes     change    of new  of dead  growth
          Order<Employee>     1      +1    1     0         0   1.2 MiB   +1.2 MiB   1.2 MiB      0 B     0 B  not tracked before
          Employee          499    +499  499     0         0  97.5 KiB  +97.5 KiB  97.5 KiB      0 B     0 B
          Factory             1       0    0     0         1  40.1 KiB       +4 B       0 B      0 B    +4 B
          total             501    +500  500     0         1   1.4 MiB   +1.3 MiB   1.3 MiB      0 B    +4 B
          tracked bytes: +3409.0 % of the 40.1 KiB before
          process: resident 3.6 MiB .. 3.6 MiB (0 B)

         new, dead: since the first; growth: of the objects that survived

        OBJECTS  the largest changes among listed objects
                                   before     after    change
          Order<Employee> #1002       new   1.2 MiB  +1.2 MiB
          Employee #2                 new      48 B     +48 B
          Factory #1             40.1 KiB  40.1 KiB      +4 B
    "#]],
    );
}

#[test]
fn backwards_nothing_is_made_up() {
    check(
        &factory(),
        3,
        2,
        expect![[r#"
            DIFF  1.900s .. after load (0.412s), backwards
                               live  change       new    dead  survived      bytes     change  of new  of dead  growth
              Order<Employee>     -      -1         -       -         -          -   -1.2 MiB       -        -       -  no longer tracked
              Employee         1000    +501  501..999  0..498    1..499  195.3 KiB  +97.9 KiB       -        -       -
              Factory             1       0         0       0         1   40.1 KiB       -4 B     0 B      0 B    -4 B
              total            1001    +500         -       -         -  235.4 KiB   -1.1 MiB       -        -       -
              tracked bytes: -83.3 % of the 1.4 MiB before
              process: resident 3.6 MiB .. 3.6 MiB (0 B)

             new, dead: since the first; growth: of the objects that survived
             n..m: no less than n, no more than m; objects that were made and died in between look like others
             of classes with -, those objects that are listed: 0 new (0 B), 0 dead (0 B), 1 survived (+152 B), 1 unclear

            OBJECTS  the largest changes among listed objects
                             before     after  change
              Employee #2      48 B     200 B  +152 B
              Factory #1   40.1 KiB  40.1 KiB    -4 B
        "#]],
    );
}

#[test]
fn a_snapshot_compared_with_itself_shows_no_change() {
    check(
        &factory(),
        2,
        2,
        expect![[r#"
        DIFF  after load (0.412s) .. after load (0.412s), 0.000s apart
                 live  change  new  dead  survived      bytes  change  of new  of dead  growth
          total  1001       0    0     0      1001  235.4 KiB     0 B     0 B      0 B     0 B
          2 classes without any change
          tracked bytes: 0.0 % of the 235.4 KiB before
          process: resident 3.6 MiB .. 3.6 MiB (0 B)

         new, dead: since the first; growth: of the objects that survived
    "#]],
    );
}

#[test]
fn a_class_that_went_leaves_open_what_became_of_its_objects() {
    let mut before = snapshot("before", 100);
    before.classes.push(class("app::Gone", &[100, 200]));
    before.classes.push(class("app::Stays", &[10]));
    let mut after = snapshot("after", 200);
    after.classes.push(class("app::Stays", &[30]));
    after.process.resident_bytes = Some(3_800_000);
    let stats = Stats::new(session(), vec![Arc::new(before), Arc::new(after)]);
    check(
        &stats,
        1,
        2,
        expect![[r#"
        DIFF  before (0.100s) .. after (0.200s), 0.100s apart
                 live  change  new  dead  survived  bytes  change  of new  of dead  growth
          Gone      -      -2    -     -         -      -  -300 B       -        -       -  no longer tracked
          Stays     1       0    0     0         1   30 B   +20 B     0 B      0 B   +20 B
          total     1      -2    -     -         -   30 B  -280 B       -        -       -
          tracked bytes: -90.3 % of the 310 B before
          process: resident 3.6 MiB .. 3.6 MiB (+48.8 KiB)

         new, dead: since the first; growth: of the objects that survived
    "#]],
    );
}

#[test]
fn of_different_runs_only_classes_are_compared() {
    let stats = factory();
    let mut options = DiffOptions::default();
    options.runs = Runs::Different;
    let mut builder = DiffBuilder::new(&stats.snapshots()[0], &stats.snapshots()[2], options);
    builder.objects(&stats.snapshots()[0].objects, &stats.snapshots()[2].objects);
    let diff = builder.finish();
    assert!(diff.classes.iter().all(|class| class.fates.is_none() && class.created.is_none()));
    expect![[r#"
        DIFF  before (0.102s) .. 1.900s, of different runs
                           live  change  new  dead  survived     bytes     change  of new  of dead  growth
          Order<Employee>     1      +1    -     -         -   1.2 MiB   +1.2 MiB       -        -       -  not tracked before
          Employee          499    +499    -     -         -  97.5 KiB  +97.5 KiB       -        -       -
          Factory             1       0    -     -         -  40.1 KiB       +4 B       -        -       -
          total             501    +500    -     -         -   1.4 MiB   +1.3 MiB       -        -       -
          tracked bytes: +3409.0 % of the 40.1 KiB before
          process: resident 3.6 MiB .. 3.6 MiB (0 B)

         objects of different runs can't be told from each other: only classes are compared
    "#]].assert_eq(&text(&diff));
}

#[test]
fn objects_that_are_only_counted_have_no_bytes() {
    let row = |created, dropped| {
        let mut row = counted("app::Point", created, dropped, 0);
        (row.by_value, row.flat_bytes) = (true, 16 * row.live);
        row
    };
    let mut before = snapshot("before", 100);
    before.classes.push(row(10, 0));
    let mut after = snapshot("after", 200);
    after.classes.push(row(25, 3));
    let stats = Stats::new(session(), vec![Arc::new(before), Arc::new(after)]);
    let diff = stats.diff(&SnapshotKey::FIRST, &SnapshotKey::LAST).unwrap();
    let points = &diff.classes[0];
    assert_eq!((points.bytes_change, points.live_change), (None, 12));
    let fates = points.fates.unwrap();
    assert_eq!((fates.new.to_string(), fates.dead.to_string()), ("12..15".to_owned(), "0..3".to_owned()));
    assert_eq!(fates.short_lived.unwrap().to_string(), "0..3");
    check(
        &stats,
        1,
        2,
        expect![[r#"
            DIFF  before (0.100s) .. after (0.200s), 0.100s apart
                     live  change     new  dead  survived  bytes  change  of new  of dead  growth
              Point    22     +12  12..15  0..3     7..10      -       -       -        -       -
              total    22     +12  12..15  0..3     7..10    0 B     0 B     0 B      0 B     0 B
              process: resident 3.6 MiB .. 3.6 MiB (0 B)

             new, dead: since the first; growth: of the objects that survived
             n..m: no less than n, no more than m; objects that were made and died in between look like others
        "#]],
    );
}

#[test]
fn an_object_listed_only_after_is_told_by_its_birth_and_by_its_serial() {
    let row = |serial, birth, bytes| {
        let mut record = ObjectRecord::new(serial, "app::A", 8);
        record.birth = Some(Duration::from_millis(birth));
        ObjectRow::new(Arc::new(record), bytes)
    };
    // Three of ten are listed before; after, one older than one of these, one born long before, one about then, one since.
    let mut before = snapshot("before", 1000);
    before.classes.push(counted("app::A", 10, 0, 1000));
    before.classes[0].listed = 1;
    before.objects.push(row(5, 10, 100));
    let mut after = snapshot("after", 2000);
    after.classes.push(counted("app::A", 12, 2, 1200));
    after.classes[0].listed = 4;
    after.objects.extend([row(4, 995, 1), row(6, 500, 2), row(7, 995, 4), row(8, 1500, 8)]);
    after.gone.push(5);
    let stats = Stats::new(session(), vec![Arc::new(before), Arc::new(after)]);
    let diff = stats.diff(&SnapshotKey::FIRST, &SnapshotKey::LAST).unwrap();
    let fates = diff.classes[0].fates.unwrap();
    assert_eq!((fates.listed.new, fates.listed.new_bytes, fates.listed.dead, fates.listed.unclear), (1, 8, 1, 3));
    // Two were made, two died; one of the dead is old for sure, one of those that live is new for sure.
    assert_eq!((fates.new.to_string(), fates.dead.to_string()), ("1..2".to_owned(), "1..2".to_owned()));
    let largest: Vec<_> = diff.objects.iter().map(|object| (object.serial, object.bytes_change())).collect();
    assert_eq!(largest, [(5, -100), (8, 8)]);
}

#[test]
fn counts_that_begin_anew_tell_nothing_and_hostile_ones_do_no_harm() {
    let mut before = snapshot("before", 1);
    before.classes.push(counted("a", 100, 50, u64::MAX));
    let mut after = snapshot("after", 2);
    after.classes.push(counted("a", 10, 0, 0));
    let mut huge = counted("b", u64::MAX, 0, u64::MAX);
    huge.dropped = u64::MAX;
    after.classes.extend([huge.clone(), huge]);
    let stats = Stats::new(session(), vec![Arc::new(before), Arc::new(after)]);
    let diff = stats.diff(&SnapshotKey::FIRST, &SnapshotKey::LAST).unwrap();
    let a = diff.classes.iter().find(|class| &*class.class == "a").unwrap();
    assert_eq!((a.created, a.fates.unwrap().short_lived), (None, None));
    assert_eq!(a.fates.unwrap().survived.to_string(), "0..10");
    text(&diff);
}

/// What really happened to the objects of one class.
#[derive(Debug, Clone)]
struct Life {
    /// Alive before, with its size then.
    before: Option<u64>,
    /// Alive after, with its size then. Neither: made and dropped in between.
    after: Option<u64>,
    listed_before: bool,
    listed_after: bool,
    /// Whether its birth is known.
    birth: bool,
}

fn life() -> impl Strategy<Value = Life> {
    let size = || proptest::option::of(0..10_000_u64);
    (size(), size(), any::<bool>(), any::<bool>(), any::<bool>()).prop_map(
        |(before, after, listed_before, listed_after, birth)| Life {
            before,
            after,
            listed_before,
            listed_after,
            birth,
        },
    )
}

fn snapshots(lives: &[(u8, Life)], listing: [bool; 2]) -> (Snapshot, Snapshot) {
    let mut before = snapshot("before", 1000);
    let mut after = snapshot("after", 2000);
    let mut rows: BTreeMap<u8, [ClassRow; 2]> = BTreeMap::new();
    // Those alive before have the lower serials.
    let (old, new): (Vec<_>, Vec<_>) = lives.iter().partition(|(_, life)| life.before.is_some());
    for (index, (class, life)) in old.into_iter().chain(new).enumerate() {
        let name = format!("class{class}");
        let rows = rows.entry(*class).or_insert_with(|| [ClassRow::new(&*name), ClassRow::new(&*name)]);
        let mut record = ObjectRecord::new(index as u64 + 1, &*name, 8);
        let birth = if life.before.is_some() { 500 } else { 1500 };
        record.birth = life.birth.then_some(Duration::from_millis(birth));
        let record = Arc::new(record);
        let old = life.before.is_some();
        rows[0].created += u64::from(old);
        rows[1].created += 1;
        rows[1].dropped += u64::from(life.after.is_none());
        let listed = [life.listed_before || listing[0], life.listed_after || listing[1]];
        for ((row, snapshot), (bytes, listed)) in
            rows.iter_mut().zip([&mut before, &mut after]).zip([life.before, life.after].into_iter().zip(listed))
        {
            if let Some(bytes) = bytes {
                row.live += 1;
                row.bytes += bytes;
                if listed {
                    row.listed += 1;
                    snapshot.objects.push(ObjectRow::new(Arc::clone(&record), bytes));
                }
            }
        }
        if old && life.after.is_none() && listed[0] {
            after.gone.push(record.serial);
        }
    }
    for [one, two] in rows.into_values() {
        before.classes.push(one);
        after.classes.push(two);
    }
    (before, after)
}

/// New, dead, survived, short-lived, and the bytes of the first two with the growth of the third.
fn truth<'a>(lives: impl Iterator<Item = &'a Life>) -> ([u64; 4], u64, u64, i64) {
    lives.fold(([0; 4], 0, 0, 0), |(mut objects, new, dead, growth), life| {
        let (place, new, dead, growth) = match (life.before, life.after) {
            (None, Some(after)) => (0, new + after, dead, growth),
            (Some(before), None) => (1, new, dead + before, growth),
            (Some(before), Some(after)) => (2, new, dead, growth + after as i64 - before as i64),
            (None, None) => (3, new, dead, growth),
        };
        objects[place] += 1;
        (objects, new, dead, growth)
    })
}

fn holds(class: &ClassDiff, lives: &[&Life], exact: bool) -> Result<(), TestCaseError> {
    let (objects, new_bytes, dead_bytes, growth_bytes) = truth(lives.iter().copied());
    let fates = class.fates.unwrap();
    let bounds = [fates.new, fates.dead, fates.survived, fates.short_lived.unwrap()];
    for (bounds, truth) in bounds.into_iter().zip(objects) {
        prop_assert!(bounds.at_least <= truth && truth <= bounds.at_most, "{truth} in {bounds}");
        prop_assert!(!exact || bounds.exact().is_some(), "{bounds}");
    }
    let (before, after) = (class.before.unwrap(), class.after.unwrap());
    prop_assert_eq!(before.live + fates.new.at_least - fates.dead.at_least, after.live);
    prop_assert_eq!(before.live + fates.new.at_most - fates.dead.at_most, after.live);
    prop_assert_eq!(fates.new_bytes.unwrap_or(new_bytes), new_bytes);
    prop_assert_eq!(fates.dead_bytes.unwrap_or(dead_bytes), dead_bytes);
    prop_assert_eq!(fates.growth_bytes.unwrap_or(growth_bytes), growth_bytes);
    prop_assert!(!exact || fates.is_exact());
    if let (Some(new), Some(dead), Some(growth)) = (fates.new_bytes, fates.dead_bytes, fates.growth_bytes) {
        prop_assert_eq!(new as i64 - dead as i64 + growth, class.bytes_change.unwrap(), "parts add up");
    }
    Ok(())
}

proptest! {
    #[test]
    fn the_truth_lies_within_the_bounds_and_the_parts_add_up(
        lives in proptest::collection::vec((0..3_u8, life()), 0..40),
        listing in any::<[bool; 2]>(),
    ) {
        let (before, after) = snapshots(&lives, listing);
        let exact = listing == [true; 2];
        let stats = Stats::new(session(), vec![Arc::new(before), Arc::new(after)]);
        let diff = stats.diff(&SnapshotKey::FIRST, &SnapshotKey::LAST).unwrap();
        for class in &diff.classes {
            let lives: Vec<&Life> =
                lives.iter().filter(|(number, _)| format!("class{number}") == *class.class).map(|(_, life)| life).collect();
            holds(class, &lives, exact)?;
        }
        let all: Vec<&Life> = lives.iter().map(|(_, life)| life).collect();
        holds(&diff.total, &all, exact)?;
        for object in &diff.objects {
            let changed = object.before_bytes.unwrap_or(0) != object.after_bytes.unwrap_or(0);
            prop_assert!(changed);
        }
        text(&diff);
    }
}
