//! What `print_summary` shows.

mod support;

use std::sync::Arc;

use classtracker_stats::{
    AllocatorMemory, AllocatorSource, CensusRow, ClassRow, Names, ObjectRow, Referent, Stats, SummaryBuilder, Tracking,
};
use expect_test::{Expect, expect};
use support::{class, factory, session, snapshot, summary};

fn check(stats: &Stats, expected: Expect) {
    let text = summary(stats);
    for line in text.lines() {
        assert_eq!(line, line.trim_end(), "a line ends in blanks");
    }
    expected.assert_eq(&text);
}

fn check_one(change: impl FnOnce(&mut classtracker_stats::Snapshot), expected: Expect) {
    let mut one = snapshot("one", 412);
    change(&mut one);
    check(&Stats::new(session(), vec![Arc::new(one)]), expected);
}

#[test]
fn every_snapshot_has_a_row_for_every_class_and_absent_is_not_nothing() {
    check(
        &factory(),
        expect![[r#"
            SUMMARY  3 snapshots, 3 classes                                             share of: resident memory
             before (0.102s)      live  created  dropped      bytes    shared   average   largest   share  unread
              Employee               0        0        0        0 B       0 B         -         -   0.0 %       0
              Factory                1        1        0   40.1 KiB       0 B  40.1 KiB  40.1 KiB   1.1 %       0
              Order<Employee>        -  not tracked yet
              total                  1        1        0   40.1 KiB         -  40.1 KiB  40.1 KiB   1.1 %       0
              process: resident 3.6 MiB, virtual 12.1 MiB; tracker's overhead 120.1 KiB
              not explained: 3.4 MiB (95.6 % of resident), besides 40.1 KiB tracked and the overhead

             after load (0.412s)  live  created  dropped      bytes    shared   average   largest   share  unread
              Employee            1000     1000        0  195.3 KiB       0 B     200 B     200 B   5.3 %       0
              Factory                1        1        0   40.1 KiB     512 B  40.1 KiB  40.1 KiB   1.1 %       0
              Order<Employee>        -  not tracked yet
              total               1001     1001        0  235.4 KiB         -     241 B  40.1 KiB   6.4 %       0
              process: resident 3.6 MiB, virtual 12.1 MiB; tracker's overhead 120.1 KiB
              not explained: 3.2 MiB (90.3 % of resident), besides 235.4 KiB tracked and the overhead

             1.900s               live  created  dropped      bytes    shared   average   largest   share  unread
              Employee             499     1000      501   97.5 KiB       0 B     200 B     200 B   2.7 %       1
              Factory                1        1        0   40.1 KiB       0 B  40.1 KiB  40.1 KiB   1.1 %       0
              Order<Employee>        1        1        0    1.2 MiB  40.1 KiB   1.2 MiB   1.2 MiB  34.7 %       0
              total                501     1002      501    1.4 MiB         -   2.8 KiB   1.2 MiB  38.4 %       1
              process: resident 3.6 MiB, virtual 12.1 MiB; tracker's overhead 120.1 KiB
              not explained: 2.1 MiB (58.3 % of resident), besides 1.4 MiB tracked and the overhead

             shared: what other tracked objects reach as well; it is charged once, maybe to another class
             unread: objects of which something could not be read; their bytes are a lower bound

            CENSUS  values inside tracked objects, by type; their bytes without those of other types here
             before (0.102s)      count      bytes  average
              no value of a type that derives DeepSizeOf was seen

             after load (0.412s)  count      bytes  average
              Skill                3000  145.5 KiB     50 B
              Address                 2      144 B     72 B
              total                3002  145.6 KiB     50 B

             1.900s               count      bytes  average
              not counted
        "#]],
    );
}

#[test]
fn full_names_are_shown_on_request() {
    let mut stats = factory();
    stats.names(Names::Full);
    check(
        &stats,
        expect![[r#"
            SUMMARY  3 snapshots, 3 classes                                                                   share of: resident memory
             before (0.102s)                            live  created  dropped      bytes    shared   average   largest   share  unread
              factory::Factory                             1        1        0   40.1 KiB       0 B  40.1 KiB  40.1 KiB   1.1 %       0
              factory::Order<factory::staff::Employee>     -  not tracked yet
              factory::staff::Employee                     0        0        0        0 B       0 B         -         -   0.0 %       0
              total                                        1        1        0   40.1 KiB         -  40.1 KiB  40.1 KiB   1.1 %       0
              process: resident 3.6 MiB, virtual 12.1 MiB; tracker's overhead 120.1 KiB
              not explained: 3.4 MiB (95.6 % of resident), besides 40.1 KiB tracked and the overhead

             after load (0.412s)                        live  created  dropped      bytes    shared   average   largest   share  unread
              factory::Factory                             1        1        0   40.1 KiB     512 B  40.1 KiB  40.1 KiB   1.1 %       0
              factory::Order<factory::staff::Employee>     -  not tracked yet
              factory::staff::Employee                  1000     1000        0  195.3 KiB       0 B     200 B     200 B   5.3 %       0
              total                                     1001     1001        0  235.4 KiB         -     241 B  40.1 KiB   6.4 %       0
              process: resident 3.6 MiB, virtual 12.1 MiB; tracker's overhead 120.1 KiB
              not explained: 3.2 MiB (90.3 % of resident), besides 235.4 KiB tracked and the overhead

             1.900s                                     live  created  dropped      bytes    shared   average   largest   share  unread
              factory::Factory                             1        1        0   40.1 KiB       0 B  40.1 KiB  40.1 KiB   1.1 %       0
              factory::Order<factory::staff::Employee>     1        1        0    1.2 MiB  40.1 KiB   1.2 MiB   1.2 MiB  34.7 %       0
              factory::staff::Employee                   499     1000      501   97.5 KiB       0 B     200 B     200 B   2.7 %       1
              total                                      501     1002      501    1.4 MiB         -   2.8 KiB   1.2 MiB  38.4 %       1
              process: resident 3.6 MiB, virtual 12.1 MiB; tracker's overhead 120.1 KiB
              not explained: 2.1 MiB (58.3 % of resident), besides 1.4 MiB tracked and the overhead

             shared: what other tracked objects reach as well; it is charged once, maybe to another class
             unread: objects of which something could not be read; their bytes are a lower bound

            CENSUS  values inside tracked objects, by type; their bytes without those of other types here
             before (0.102s)         count      bytes  average
              no value of a type that derives DeepSizeOf was seen

             after load (0.412s)     count      bytes  average
              factory::staff::Skill   3000  145.5 KiB     50 B
              factory::Address           2      144 B     72 B
              total                   3002  145.6 KiB     50 B

             1.900s                  count      bytes  average
              not counted
        "#]],
    );
}

#[test]
fn without_a_snapshot_there_is_a_hint() {
    check(
        &Stats::new(session(), Vec::new()),
        expect![[r#"
        SUMMARY  0 snapshots, 0 classes
          no snapshot was taken: take one with create_snapshot(label), then print again
    "#]],
    );
}

#[test]
fn without_a_class_there_is_a_hint() {
    check_one(
        |_| {},
        expect![[r#"
            SUMMARY  1 snapshot, 0 classes              share of: resident memory
             one (0.412s)  live  created  dropped  bytes  average  largest  share
              no class is tracked: track_class::<T>() or track_object(&object), then take a snapshot
              process: resident 3.6 MiB, virtual 12.1 MiB; tracker's overhead 120.1 KiB
              not explained: 3.5 MiB (96.7 % of resident), besides 0 B tracked and the overhead
        "#]],
    );
}

#[test]
fn a_total_of_zero_divides_nothing() {
    check_one(
        |one| {
            one.classes.push(class("app::Employee", &[]));
            one.process.resident_bytes = Some(0);
        },
        expect![[r#"
            SUMMARY  1 snapshot, 1 class                share of: resident memory
             one (0.412s)  live  created  dropped  bytes  average  largest  share
              Employee        0        0        0    0 B        -        -      -
              total           0        0        0    0 B        -        -      -
              no tracked object was alive: of a tracked class, the objects held in a Tracked<T> are seen
              process: resident 0 B, virtual 12.1 MiB; tracker's overhead 120.1 KiB
              0 B tracked and the overhead are 120.1 KiB more than resident: not all is in that memory
        "#]],
    );
}

#[test]
fn when_resident_memory_is_unknown_shares_are_of_the_tracked_bytes() {
    check_one(
        |one| {
            one.process = classtracker_stats::ProcessMemory::default();
            one.classes.push(class("app::A", &[100, 200]));
            one.classes.push(class("app::B", &[100]));
        },
        expect![[r#"
            SUMMARY  1 snapshot, 2 classes                  share of: tracked bytes
             one (0.412s)  live  created  dropped  bytes  average  largest    share
              A               2        2        0  300 B    150 B    200 B   75.0 %
              B               1        1        0  100 B    100 B    100 B   25.0 %
              total           3        3        0  400 B    133 B    200 B  100.0 %
              process: resident unknown, virtual unknown; tracker's overhead 120.1 KiB
        "#]],
    );
}

#[test]
fn a_class_that_is_not_tracked_any_more_is_told_from_one_that_is_not_yet() {
    let mut first = snapshot("first", 1);
    first.classes.push(class("app::A", &[100]));
    let mut second = snapshot("second", 2);
    second.classes.push(class("app::B", &[100]));
    check(
        &Stats::new(session(), vec![Arc::new(first), Arc::new(second)]),
        expect![[r#"
            SUMMARY  2 snapshots, 2 classes                 share of: resident memory
             first (0.001s)   live  created  dropped  bytes  average  largest   share
              A                  1        1        0  100 B    100 B    100 B  <0.1 %
              B                  -  not tracked yet
              total              1        1        0  100 B    100 B    100 B  <0.1 %
              process: resident 3.6 MiB, virtual 12.1 MiB; tracker's overhead 120.1 KiB
              not explained: 3.5 MiB (96.7 % of resident), besides 100 B tracked and the overhead

             second (0.002s)  live  created  dropped  bytes  average  largest   share
              A                  -  no longer tracked
              B                  1        1        0  100 B    100 B    100 B  <0.1 %
              total              1        1        0  100 B    100 B    100 B  <0.1 %
              process: resident 3.6 MiB, virtual 12.1 MiB; tracker's overhead 120.1 KiB
              not explained: 3.5 MiB (96.7 % of resident), besides 100 B tracked and the overhead
        "#]],
    );
}

#[test]
fn a_long_label_does_not_push_the_numbers_away_and_nothing_breaks_the_lines() {
    let mut one = snapshot(&format!("after\n{}", "a long while ".repeat(5)), 412);
    one.classes.push(class("the\tbig cache", &[100]));
    check(
        &Stats::new(session(), vec![Arc::new(one)]),
        expect![[r#"
            SUMMARY  1 snapshot, 1 class                    share of: resident memory
             after\na long while a long while a long while a long while a long while  (0.412s)
                              live  created  dropped  bytes  average  largest   share
              the\tbig cache     1        1        0  100 B    100 B    100 B  <0.1 %
              total              1        1        0  100 B    100 B    100 B  <0.1 %
              process: resident 3.6 MiB, virtual 12.1 MiB; tracker's overhead 120.1 KiB
              not explained: 3.5 MiB (96.7 % of resident), besides 100 B tracked and the overhead
        "#]],
    );
}

#[test]
fn sums_that_overflow_stop_at_the_largest() {
    check_one(
        |one| {
            for name in ["a", "b"] {
                let mut row = class(name, &[u64::MAX]);
                row.live = u64::MAX;
                row.created = u64::MAX;
                one.classes.push(row);
            }
        },
        expect![[r#"
            SUMMARY  1 snapshot, 2 classes                                                             share of: resident memory
             one (0.412s)                  live               created  dropped     bytes  average   largest                share
              a            18446744073709551615  18446744073709551615        0  16.0 EiB      1 B  16.0 EiB  491913175298921.4 %
              b            18446744073709551615  18446744073709551615        0  16.0 EiB      1 B  16.0 EiB  491913175298921.4 %
              total        18446744073709551615  18446744073709551615        0  16.0 EiB      1 B  16.0 EiB  491913175298921.4 %
              process: resident 3.6 MiB, virtual 12.1 MiB; tracker's overhead 120.1 KiB
              16.0 EiB tracked and the overhead are 8.0 EiB more than resident: not all is in that memory
        "#]],
    );
}

#[test]
fn rows_of_one_name_are_added_up_rather_than_hidden() {
    check_one(
        |one| {
            one.classes.push(class("app::A", &[100, 300]));
            one.classes.push(class("app::A", &[200]));
        },
        expect![[r#"
            SUMMARY  1 snapshot, 1 class                 share of: resident memory
             one (0.412s)  live  created  dropped  bytes  average  largest   share
              A               3        3        0  600 B    200 B    300 B  <0.1 %
              total           3        3        0  600 B    200 B    300 B  <0.1 %
              process: resident 3.6 MiB, virtual 12.1 MiB; tracker's overhead 120.1 KiB
              not explained: 3.5 MiB (96.7 % of resident), besides 600 B tracked and the overhead
        "#]],
    );
}

#[test]
fn shared_bytes_have_a_column_where_there_are_any() {
    check_one(
        |one| {
            one.classes.push(class("app::A", &[100, 300]));
            let mut sharing = class("app::B", &[200]);
            sharing.shared_bytes = 5_000;
            one.classes.push(sharing);
        },
        expect![[r#"
            SUMMARY  1 snapshot, 2 classes                        share of: resident memory
             one (0.412s)  live  created  dropped  bytes   shared  average  largest   share
              A               2        2        0  400 B      0 B    200 B    300 B  <0.1 %
              B               1        1        0  200 B  4.9 KiB    200 B    200 B  <0.1 %
              total           3        3        0  600 B        -    200 B    300 B  <0.1 %
              process: resident 3.6 MiB, virtual 12.1 MiB; tracker's overhead 120.1 KiB
              not explained: 3.5 MiB (96.7 % of resident), besides 600 B tracked and the overhead

             shared: what other tracked objects reach as well; it is charged once, maybe to another class
        "#]],
    );
}

#[test]
fn the_census_shows_the_largest_types_and_the_rest_as_one() {
    check_one(
        |one| {
            one.classes.push(class("a::Entry", &[100]));
            let row = |name: &str, count: u64| CensusRow::new(name, count, 100 * count);
            let mut census = vec![row("a::Entry", 1), row("b::Entry", 700), CensusRow::new("c::Unit", 3, 0)];
            census.extend((0..22).map(|number| row(&format!("a::Type{number}"), 5 + number / 3)));
            one.census = Some(census);
        },
        expect![[r#"
            SUMMARY  1 snapshot, 1 class                 share of: resident memory
             one (0.412s)  live  created  dropped  bytes  average  largest   share
              Entry           1        1        0  100 B    100 B    100 B  <0.1 %
              total           1        1        0  100 B    100 B    100 B  <0.1 %
              process: resident 3.6 MiB, virtual 12.1 MiB; tracker's overhead 120.1 KiB
              not explained: 3.5 MiB (96.7 % of resident), besides 100 B tracked and the overhead

            CENSUS  values inside tracked objects, by type; their bytes without those of other types here
             one (0.412s)   count     bytes  average
              b::Entry        700  68.4 KiB    100 B
              Type21           12   1.2 KiB    100 B
              Type18           11   1.1 KiB    100 B
              Type19           11   1.1 KiB    100 B
              Type20           11   1.1 KiB    100 B
              Type15           10    1000 B    100 B
              Type16           10    1000 B    100 B
              Type17           10    1000 B    100 B
              Type12            9     900 B    100 B
              Type13            9     900 B    100 B
              Type14            9     900 B    100 B
              Type10            8     800 B    100 B
              Type11            8     800 B    100 B
              Type9             8     800 B    100 B
              Type6             7     700 B    100 B
              Type7             7     700 B    100 B
              Type8             7     700 B    100 B
              Type3             6     600 B    100 B
              Type4             6     600 B    100 B
              Type5             6     600 B    100 B
              5 types more     19   1.6 KiB     84 B
              total           884  86.0 KiB    100 B
        "#]],
    );
}

#[test]
fn a_census_that_fits_is_shown_whole_and_absent_is_not_empty() {
    let census = |census: Option<Vec<CensusRow>>, label: &str| {
        let mut one = snapshot(label, 1);
        one.census = census;
        Arc::new(one)
    };
    let rows = (0..21).map(|number| CensusRow::new(format!("T{number}"), u64::MAX, u64::MAX)).collect();
    let snapshots =
        vec![census(None, "none"), census(Some(Vec::new()), &"a long while ".repeat(5)), census(Some(rows), "all")];
    check(
        &Stats::new(session(), snapshots),
        expect![[r#"
            SUMMARY  3 snapshots, 0 classes              share of: resident memory
             none (0.001s)  live  created  dropped  bytes  average  largest  share
              no class is tracked: track_class::<T>() or track_object(&object), then take a snapshot
              process: resident 3.6 MiB, virtual 12.1 MiB; tracker's overhead 120.1 KiB
              not explained: 3.5 MiB (96.7 % of resident), besides 0 B tracked and the overhead

             a long while a long while a long while a long while a long while  (0.001s)
                            live  created  dropped  bytes  average  largest  share
              no class is tracked: track_class::<T>() or track_object(&object), then take a snapshot
              process: resident 3.6 MiB, virtual 12.1 MiB; tracker's overhead 120.1 KiB
              not explained: 3.5 MiB (96.7 % of resident), besides 0 B tracked and the overhead

             all (0.001s)   live  created  dropped  bytes  average  largest  share
              no class is tracked: track_class::<T>() or track_object(&object), then take a snapshot
              process: resident 3.6 MiB, virtual 12.1 MiB; tracker's overhead 120.1 KiB
              not explained: 3.5 MiB (96.7 % of resident), besides 0 B tracked and the overhead

            CENSUS  values inside tracked objects, by type; their bytes without those of other types here
             none (0.001s)                 count     bytes  average
              not counted

             a long while a long while a long while a long while a long while  (0.001s)
                                           count     bytes  average
              no value of a type that derives DeepSizeOf was seen

             all (0.001s)                  count     bytes  average
              T0            18446744073709551615  16.0 EiB      1 B
              T1            18446744073709551615  16.0 EiB      1 B
              T10           18446744073709551615  16.0 EiB      1 B
              T11           18446744073709551615  16.0 EiB      1 B
              T12           18446744073709551615  16.0 EiB      1 B
              T13           18446744073709551615  16.0 EiB      1 B
              T14           18446744073709551615  16.0 EiB      1 B
              T15           18446744073709551615  16.0 EiB      1 B
              T16           18446744073709551615  16.0 EiB      1 B
              T17           18446744073709551615  16.0 EiB      1 B
              T18           18446744073709551615  16.0 EiB      1 B
              T19           18446744073709551615  16.0 EiB      1 B
              T2            18446744073709551615  16.0 EiB      1 B
              T20           18446744073709551615  16.0 EiB      1 B
              T3            18446744073709551615  16.0 EiB      1 B
              T4            18446744073709551615  16.0 EiB      1 B
              T5            18446744073709551615  16.0 EiB      1 B
              T6            18446744073709551615  16.0 EiB      1 B
              T7            18446744073709551615  16.0 EiB      1 B
              T8            18446744073709551615  16.0 EiB      1 B
              T9            18446744073709551615  16.0 EiB      1 B
              total         18446744073709551615  16.0 EiB      1 B
        "#]],
    );
}

#[test]
fn a_name_longer_than_any_line_is_no_panic() {
    let mut one = snapshot(&"label".repeat(20_000), 1);
    let mut row = class(&"class".repeat(20_000), &[100]);
    row.referents = vec![Referent::new("part".repeat(20_000), 1, 1, 100, 100)];
    one.census = Some(vec![CensusRow::new("type".repeat(20_000), 1, 1)]);
    let mut object = ObjectRow::new(Arc::new(support::object(1, &row.class, 0)), 100);
    object.referents = row.referents.clone().into();
    one.classes.push(row);
    one.objects.push(object);
    let stats = Stats::new(session(), vec![Arc::new(one)]);
    for text in [summary(&stats), support::annotated(&stats), support::objects(&stats), support::object_text(&stats, 1)]
    {
        assert!(text.len() > 100_000);
    }
}

#[test]
fn what_is_only_counted_has_no_size() {
    let points = |live| {
        let mut row = ClassRow::new("app::Point");
        (row.live, row.created, row.flat_bytes, row.by_value) = (live, live + 2, 16 * live, true);
        row.dropped = 2;
        row
    };
    check_one(
        |one| one.classes.extend([class("app::A", &[100, 200]), points(12)]),
        expect![[r#"
            SUMMARY  1 snapshot, 2 classes               share of: resident memory
             one (0.412s)  live  created  dropped  bytes  average  largest   share
              A               2        2        0  300 B    150 B    200 B  <0.1 %
              Point          12       14        2      -        -        -       -  only counted, 192 B flat
              total          14       16        2  300 B    150 B    200 B  <0.1 %
              process: resident 3.6 MiB, virtual 12.1 MiB; tracker's overhead 120.1 KiB
              not explained: 3.5 MiB (96.7 % of resident), besides 300 B tracked and the overhead

             only counted: values where they stand; what they own is not known, and no part of any total
        "#]],
    );
    check_one(
        |one| one.classes.push(points(12)),
        expect![[r#"
            SUMMARY  1 snapshot, 1 class                share of: resident memory
             one (0.412s)  live  created  dropped  bytes  average  largest  share
              Point          12       14        2      -        -        -      -  only counted, 192 B flat
              total          12       14        2      -        -        -      -
              process: resident 3.6 MiB, virtual 12.1 MiB; tracker's overhead 120.1 KiB
              not explained: 3.5 MiB (96.7 % of resident), besides 0 B tracked and the overhead

             only counted: values where they stand; what they own is not known, and no part of any total
        "#]],
    );
}

#[test]
fn memory_that_nothing_explains_is_shown_and_so_is_too_much_of_it() {
    check_one(
        |one| {
            one.classes.push(class("app::A", &[1_000_000]));
            let mut allocator = AllocatorMemory::new(AllocatorSource::Glibc, 1_500_000);
            allocator.live_blocks = Some(1234);
            allocator.held_bytes = Some(2_000_000);
            one.process.allocator = Some(allocator);
            one.process.proportional_bytes = Some(3_000_000);
        },
        expect![[r#"
            SUMMARY  1 snapshot, 1 class                         share of: resident memory
             one (0.412s)  live  created  dropped      bytes    average    largest   share
              A               1        1        0  976.6 KiB  976.6 KiB  976.6 KiB  26.7 %
              total           1        1        0  976.6 KiB  976.6 KiB  976.6 KiB  26.7 %
              process: resident 3.6 MiB (shared pages divided: 2.9 MiB), virtual 12.1 MiB; tracker's overhead 120.1 KiB
              allocator (glibc): 1.4 MiB live in 1234 blocks, 1.9 MiB held from the system
              not explained: 368.2 KiB (25.1 % of the allocator's live), besides 976.6 KiB tracked and the overhead
        "#]],
    );
    check_one(
        |one| {
            one.classes.push(class("app::A", &[1_000_000]));
            one.process.allocator = Some(AllocatorMemory::new(AllocatorSource::Counting, 900_000));
        },
        expect![[r#"
            SUMMARY  1 snapshot, 1 class                         share of: resident memory
             one (0.412s)  live  created  dropped      bytes    average    largest   share
              A               1        1        0  976.6 KiB  976.6 KiB  976.6 KiB  26.7 %
              total           1        1        0  976.6 KiB  976.6 KiB  976.6 KiB  26.7 %
              process: resident 3.6 MiB, virtual 12.1 MiB; tracker's overhead 120.1 KiB
              allocator (counted): 878.9 KiB live
              976.6 KiB tracked and the overhead are 217.8 KiB more than the allocator's live: not all is in that memory
        "#]],
    );
}

#[test]
fn where_nothing_was_tracked_it_says_so() {
    check_one(
        |one| one.tracking = Tracking::CompiledOut,
        expect![[r#"
            SUMMARY  1 snapshot, 0 classes              share of: resident memory
             one (0.412s)  live  created  dropped  bytes  average  largest  share
              tracking was compiled out: no object is known; build with the feature `track`
              process: resident 3.6 MiB, virtual 12.1 MiB; tracker's overhead 120.1 KiB
        "#]],
    );
    check_one(
        |one| {
            one.classes.push(class("app::A", &[100]));
            one.tracking = Tracking::SwitchedOff;
        },
        expect![[r#"
            SUMMARY  1 snapshot, 1 class                 share of: resident memory
             one (0.412s)  live  created  dropped  bytes  average  largest   share
              A               1        1        0  100 B    100 B    100 B  <0.1 %
              total           1        1        0  100 B    100 B    100 B  <0.1 %
              tracking was switched off: objects made meanwhile are missing
              process: resident 3.6 MiB, virtual 12.1 MiB; tracker's overhead 120.1 KiB
              not explained: 3.5 MiB (96.7 % of resident), besides 100 B tracked and the overhead
        "#]],
    );
}

#[test]
fn a_summary_put_together_snapshot_by_snapshot_reads_the_same() {
    let stats = factory();
    let mut builder = SummaryBuilder::new(Names::Short);
    for snapshot in stats.snapshots() {
        builder.add(snapshot);
    }
    let mut text = Vec::new();
    builder.finish().write_text(&mut text).unwrap();
    assert_eq!(String::from_utf8(text).unwrap(), summary(&stats));
}

#[test]
fn answers_can_be_formatted() {
    let stats = factory();
    assert_eq!(stats.summary().to_string(), summary(&stats));
    assert!(format!("{}", stats.growth()).starts_with("GROWTH  "));
}
