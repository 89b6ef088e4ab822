//! Which classes grow.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed, which is what it is for")]

mod support;

use std::f64::consts::TAU;
use std::sync::Arc;
use std::time::Duration;

use classtracker_stats::{ClassRow, Growth, GrowthBuilder, Names, Snapshot, Stats, Verdict};
use expect_test::expect;
use support::{factory, session, snapshot};

/// The same numbers every time.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// From 0 to 1.
    fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// From -1 to 1.
    fn noise(&mut self) -> f64 {
        self.share() * 2.0 - 1.0
    }
}

/// The verdict on a class with so many objects in each snapshot, one snapshot a second.
fn verdict(live: impl Iterator<Item = f64>) -> Verdict {
    let mut builder = GrowthBuilder::new(Names::Short);
    for (second, live) in live.enumerate() {
        let mut taken = snapshot("", 1000 * second as u64);
        let mut row = ClassRow::new("app::A");
        row.live = live.max(0.0).round() as u64;
        row.bytes = 100 * row.live;
        taken.classes.push(row);
        builder.add(&taken);
    }
    builder.finish().classes[0].verdict
}

const SNAPSHOTS: [u32; 3] = [30, 100, 300];

/// Asserts that of many runs of `series` (snapshots so far, snapshots in all, chance), at least this share gets one of the
/// verdicts.
fn check(least: f64, wanted: &[Verdict], snapshots: &[u32], series: impl Fn(f64, f64, &mut Random) -> f64) {
    const SEEDS: u64 = 20;
    for &snapshots in snapshots {
        let mut found = [0; 5];
        for seed in 0..SEEDS {
            let mut random = Random(seed * 1000 + u64::from(snapshots));
            let live = (0..snapshots).map(|second| series(f64::from(second), f64::from(snapshots), &mut random));
            found[verdict(live) as usize] += 1;
        }
        let right = wanted.iter().map(|verdict| found[*verdict as usize]).sum::<u32>();
        assert!(f64::from(right) >= least * SEEDS as f64, "{wanted:?} of {snapshots} snapshots: {found:?}");
    }
}

/// None of many runs is said to grow.
fn never_grows(snapshots: &[u32], series: impl Fn(f64, f64, &mut Random) -> f64) {
    check(1.0, &[Verdict::Plateaued, Verdict::Steady, Verdict::Shrinking], snapshots, series);
}

#[test]
fn noise_around_a_level_is_steady() {
    check(0.85, &[Verdict::Steady], &[8, 12], |_, _, random| 1000.0 + 100.0 * random.noise());
    check(0.95, &[Verdict::Steady], &SNAPSHOTS, |_, _, random| 1000.0 + 100.0 * random.noise());
    never_grows(&[6, 8, 12, 30, 100, 300], |_, _, random| 1000.0 + 100.0 * random.noise());
    never_grows(&SNAPSHOTS, |_, _, random| 1000.0 + if random.share() < 0.05 { 3000.0 } else { 50.0 * random.noise() });
    check(1.0, &[Verdict::Steady], &SNAPSHOTS, |_, _, _| 1000.0);
    check(1.0, &[Verdict::Steady], &SNAPSHOTS, |_, _, _| 0.0);
}

#[test]
fn traffic_in_waves_does_not_grow() {
    for period in [3.0, 7.0, 13.0, 25.0] {
        never_grows(&SNAPSHOTS, |time, _, random| 1000.0 + 300.0 * (time / period).fract() + 30.0 * random.noise());
    }
    for times in [1.5, 2.2, 2.9, 4.6] {
        never_grows(&SNAPSHOTS, |time, end, random| {
            1000.0 + 300.0 * (time / end * times).fract() + 30.0 * random.noise()
        });
        never_grows(&SNAPSHOTS, |time, end, random| {
            1000.0 + 300.0 * (time / end * times * TAU).sin() + 30.0 * random.noise()
        });
    }
}

#[test]
fn what_fills_up_and_stays_full_has_plateaued() {
    for share in [0.1, 0.2, 0.6] {
        check(0.9, &[Verdict::Plateaued], &SNAPSHOTS, |time, end, random| {
            (1000.0 / share * time / end).min(1000.0) + 50.0 * random.noise()
        });
    }
    check(1.0, &[Verdict::Plateaued], &SNAPSHOTS, |time, end, _| 1000.0 * (1.0 - (-10.0 * time / end).exp()));
}

#[test]
fn a_step_is_no_growth() {
    for at in [0.2, 0.4, 0.5, 0.75, 0.9] {
        never_grows(&SNAPSHOTS, |time, end, random| {
            1000.0 + if time / end > at { 1000.0 } else { 0.0 } + 50.0 * random.noise()
        });
    }
    for at in [0.2, 0.4, 0.75] {
        check(0.9, &[Verdict::Plateaued], &[100, 300], |time, end, random| {
            1000.0 + if time / end > at { 1000.0 } else { 0.0 } + 50.0 * random.noise()
        });
    }
}

#[test]
fn a_leak_grows_however_slowly_and_whatever_goes_on_around_it() {
    let grows = &[Verdict::Growing];
    check(1.0, grows, &[6, 8, 12, 30, 100, 300], |time, _, _| 1000.0 + time);
    check(0.85, grows, &SNAPSHOTS, |time, end, random| 1000.0 + 300.0 * time / end + 100.0 * random.noise());
    check(0.7, grows, &[100, 300], |time, end, random| 1000.0 + 100.0 * time / end + 100.0 * random.noise());
    check(0.95, grows, &SNAPSHOTS, |time, end, random| {
        1000.0 + 600.0 * time / end + 150.0 * (time / 7.0).fract() + 30.0 * random.noise()
    });
    check(0.95, grows, &SNAPSHOTS, |time, end, random| {
        1000.0 + 100.0 * (10.0 * time / end).floor() + 20.0 * random.noise()
    });
    check(0.9, grows, &SNAPSHOTS, |time, end, random| {
        (10_000.0 * time / end).min(1000.0) + 200.0 * time / end + 20.0 * random.noise()
    });
}

#[test]
fn what_falls_shrinks() {
    check(1.0, &[Verdict::Shrinking], &SNAPSHOTS, |time, end, random| {
        1000.0 - 500.0 * time / end + 50.0 * random.noise()
    });
}

#[test]
fn a_few_snapshots_are_too_few() {
    for snapshots in 1..6 {
        check(1.0, &[Verdict::TooFewSnapshots], &[snapshots], |time, _, _| 1000.0 * time);
    }
}

/// Three classes over ten minutes: one that leaks after a warm-up, one with noisy traffic, one that is only counted and
/// appears late.
fn leaking() -> Stats {
    let mut random = Random(1);
    let taken = (0..60_u64).map(|number| {
        let mut taken = snapshot("", 10_000 * number);
        let rows = [
            ("app::Leak", 100 * number.min(5) + 3 * number, 200),
            ("app::Traffic", 5_000 + random.next() % 900, 64),
            ("app::Point", number, 0),
        ];
        for (name, live, each) in rows {
            let mut row = ClassRow::new(name);
            (row.live, row.bytes, row.by_value) = (live, each * live, each == 0);
            if !row.by_value || number >= 40 {
                taken.classes.push(row);
            }
        }
        Arc::new(taken)
    });
    Stats::new(session(), taken.collect())
}

fn text(growth: &Growth) -> String {
    let mut text = Vec::new();
    growth.write_text(&mut text).unwrap();
    String::from_utf8(text).unwrap()
}

#[test]
fn the_leak_is_named_first() {
    let growth = leaking().growth();
    expect![[r#"
        GROWTH  2 of 3 classes are growing, over 60 snapshots in 590.000s
                   verdict      bytes     an hour  a snapshot   rising  live  an hour  a snapshot   rising  left out
          Leak     growing  132.2 KiB  +210.9 KiB      +600 B  100.0 %   677    +1080          +3  100.0 %         5
          Point    growing          -           -           -        -    59     +360          +1  100.0 %         0
          Traffic   steady  340.4 KiB   +42.0 KiB      +119 B   55.4 %  5446     +671       +1.87   55.4 %         0

         an hour, a snapshot: the median slope between any two snapshots after the warm-up
         rising: of all pairs of snapshots after the warm-up, those whose later one has more
         left out: the first snapshots of the class, as warm-up: the others lie closest to a line
    "#]]
    .assert_eq(&text(&growth));
    let leak = growth.growing().next().unwrap();
    assert_eq!((leak.objects.first, leak.objects.last, leak.objects.warm_up), (0, 677, 5));
    assert!((leak.objects.per_hour.unwrap() - 1080.0).abs() < 1.0);
    assert!((leak.bytes.as_ref().unwrap().per_snapshot.unwrap() - 600.0).abs() < 1.0);
}

#[test]
fn without_snapshots_or_classes_there_is_a_hint() {
    expect![[r#"
        GROWTH  0 of 0 classes are growing, over 0 snapshots in 0.000s
          no snapshot was taken: take one with create_snapshot(label), then print again
    "#]]
    .assert_eq(&text(&Stats::new(session(), Vec::new()).growth()));
    let empty = Arc::new(snapshot("empty", 5));
    expect![[r#"
        GROWTH  0 of 0 classes are growing, over 1 snapshot in 0.000s
          no class is tracked, or none that was asked for
    "#]]
    .assert_eq(&text(&Stats::new(session(), vec![empty]).growth()));
}

#[test]
fn many_snapshots_and_many_classes_are_thinned_and_that_is_said() {
    let mut builder = GrowthBuilder::new(Names::Short);
    for second in 0..1000_u64 {
        let mut taken = snapshot("", 1000 * second);
        for number in 0..30 {
            let mut row = ClassRow::new(format!("app::C{number:02}"));
            row.live = if number == 17 { 10 * second } else { 5 };
            row.bytes = row.live * 10;
            taken.classes.push(row);
        }
        builder.add(&taken);
    }
    let growth = builder.finish();
    assert_eq!((growth.snapshots, growth.averaged), (1000, 8));
    assert_eq!(growth.growing().map(|class| &*class.name).collect::<Vec<_>>(), ["C17"]);
    assert_eq!((growth.classes[0].objects.snapshots, growth.classes[0].objects.last), (1000, 9990));
    assert_eq!(growth.classes[0].objects.per_snapshot.map(f64::round), Some(10.0));
    let text = text(&growth);
    assert!(text.contains("  and 9 classes more, none of them growing\n"), "{text}");
    assert!(text.contains(" each 8 snapshots in a row were taken as one, by their average\n"), "{text}");
}

#[test]
fn times_that_do_not_rise_and_numbers_beyond_measure_do_no_harm() {
    let mut builder = GrowthBuilder::new(Names::Short);
    for number in 0..20_u64 {
        let mut taken: Snapshot = snapshot("", 0);
        taken.elapsed = if number % 2 == 0 { Duration::MAX } else { Duration::ZERO };
        let mut row = ClassRow::new("app::A");
        (row.live, row.bytes) = (u64::MAX - number, number);
        taken.classes.extend([row.clone(), row]);
        builder.add(&taken);
    }
    let growth = builder.finish();
    let class = &growth.classes[0];
    assert_eq!((class.verdict, class.objects.per_hour), (Verdict::Growing, None));
    assert_eq!(class.bytes.as_ref().unwrap().per_snapshot, Some(2.0), "two rows of one class count as one");
    text(&growth);
}

#[test]
fn too_few_snapshots_are_ranked_all_the_same() {
    let text = text(&factory().growth());
    expect![[r#"
        GROWTH  of 3 classes, the fastest first; 3 snapshots in 1.798s are too few to tell growth from chance
                           verdict     bytes     an hour  a snapshot  rising  live  an hour  a snapshot  rising  left out
          Employee         too few  97.5 KiB  +190.6 MiB   +48.7 KiB  66.7 %   499  +999110        +250  66.7 %         0
          Factory          too few  40.1 KiB    +7.8 KiB        +2 B  66.7 %     1        0           0   0.0 %         0
          Order<Employee>  too few   1.2 MiB           -           -       -     1        -           -       -         0

         an hour, a snapshot: the median slope between any two snapshots after the warm-up
         rising: of all pairs of snapshots after the warm-up, those whose later one has more
         left out: the first snapshots of the class, as warm-up: the others lie closest to a line
         too few: at least 6 snapshots are needed to tell growth from chance
    "#]].assert_eq(&text);
}
