//! In which order, and how many of them, objects are listed.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed, which is what it is for")]

mod support;

use std::sync::Arc;
use std::time::Duration;

use classtracker_stats::{Fate, Limit, ObjectRecord, ObjectRow, Query, Session, Snapshot, SortKey, Stats};
use support::{at, class, session, snapshot};

/// Objects 1 to 5 over three snapshots, of which the second has the largest total.
///
/// | serial | class   | birth | repr | sizes      | death |
/// | ------ | ------- | ----- | ---- | ---------- | ----- |
/// | 1      | z::Cat  | 30    | b    | 50 10 40   | –     |
/// | 2      | a::Dog  | –     | –    | 50 20 –    | 3     |
/// | 3      | b::Ant  | 10    | a    | 90 – –     | 2     |
/// | 4      | a::Dog  | 20    | a    | – 20 20    | –     |
/// | 5      | y::Cat  | 30    | –    | – 70 –     | –     |
fn zoo() -> Stats {
    let record = |serial, class: &str, birth: Option<u64>, repr: Option<&str>| {
        let mut record = ObjectRecord::new(serial, class, 8);
        record.birth = birth.map(Duration::from_millis);
        record.repr = repr.map(Into::into);
        Arc::new(record)
    };
    let objects = [
        record(1, "z::Cat", Some(30), Some("b")),
        record(2, "a::Dog", None, None),
        record(3, "b::Ant", Some(10), Some("a")),
        record(4, "a::Dog", Some(20), Some("a")),
        record(5, "y::Cat", Some(30), None),
    ];
    let sizes = [
        [Some(50), Some(50), Some(90), None, None],
        [Some(10), Some(20), None, Some(20), Some(70)],
        [Some(40), None, None, Some(20), None],
    ];
    let gone = [vec![], vec![3], vec![2, 3]];
    let mut snapshots = Vec::new();
    for (index, (sizes, gone)) in sizes.into_iter().zip(gone).enumerate() {
        let mut one = snapshot("", 100 * (index as u64 + 1));
        // Totals as a snapshot has them: with what is not listed.
        let total = [1_000, 2_000, 2_000][index];
        one.classes.push(class("a::Dog", &[total]));
        one.gone = gone;
        for (object, bytes) in objects.iter().zip(sizes) {
            one.objects.extend(bytes.map(|bytes| ObjectRow::new(Arc::clone(object), bytes)));
        }
        snapshots.push(Arc::new(one));
    }
    Stats::new(session(), snapshots)
}

fn serials(stats: &Stats) -> Vec<u64> {
    let list = stats.objects(stats.query());
    list.objects.iter().map(|object| object.record.serial).collect()
}

fn check(keys: &[SortKey], expected: [u64; 5]) {
    let mut stats = zoo();
    assert_eq!(serials(stats.sort_by(keys)), expected, "{keys:?}");
    let reversed: Vec<u64> = expected.into_iter().rev().collect();
    assert_eq!(serials(stats.reverse()), reversed, "{keys:?} reversed");
    assert_eq!(serials(stats.reverse()), expected, "{keys:?} reversed twice");
}

#[test]
fn without_a_key_objects_are_sorted_by_serial() {
    check(&[], [1, 2, 3, 4, 5]);
}

#[test]
fn sizes_sort_the_largest_first_and_all_else_ascending_with_the_absent_last() {
    check(&[SortKey::Serial], [1, 2, 3, 4, 5]);
    check(&[SortKey::Class], [2, 4, 3, 5, 1]);
    check(&[SortKey::Name], [3, 1, 5, 2, 4]);
    check(&[SortKey::Birth], [3, 4, 1, 5, 2]);
    check(&[SortKey::Death], [3, 2, 1, 4, 5]);
    check(&[SortKey::Size], [3, 5, 1, 2, 4]);
    check(&[SortKey::Repr], [3, 4, 1, 2, 5]);
}

#[test]
fn tsize_is_the_size_in_the_first_snapshot_with_the_largest_total() {
    check(&[SortKey::TSize], [5, 2, 4, 1, 3]);
}

#[test]
fn later_keys_break_the_ties_of_earlier_ones() {
    check(&[SortKey::Name, SortKey::Class], [3, 5, 1, 2, 4]);
    check(&[SortKey::Name, SortKey::Birth], [3, 1, 5, 4, 2]);
    check(&[SortKey::Repr, SortKey::Size], [3, 4, 1, 5, 2]);
}

#[test]
fn sorting_again_undoes_a_reversal() {
    let mut stats = zoo();
    stats.reverse().sort_by(&[SortKey::Size]);
    assert_eq!(serials(&stats), [3, 5, 1, 2, 4]);
}

#[test]
fn the_filter_comes_before_the_limit() {
    let mut stats = zoo();
    stats.filter("Cat");
    assert_eq!(serials(&stats), [1, 5]);
    assert_eq!(serials(stats.limit(Limit::try_from(0.5).unwrap())), [1]);
    assert_eq!(serials(stats.limit(Limit::try_from(0.001).unwrap())), [1]);
    assert_eq!(serials(stats.limit(Limit::count(9))), [1, 5]);
    assert_eq!(serials(stats.filter("").limit(Limit::count(3))), [1, 2, 3]);
    assert_eq!(serials(stats.limit(None)), [1, 2, 3, 4, 5]);
    assert_eq!(serials(stats.filter("no such class")), []);
}

#[test]
fn an_object_dies_by_the_first_snapshot_that_found_it_dead() {
    let list = zoo().objects(&Query::default());
    let fates: Vec<Fate> = list.objects.iter().map(|object| object.fate).collect();
    let dead_by =
        |snapshot: usize| Fate::DeadBy { snapshot, elapsed: Duration::from_millis(100 * (snapshot as u64 + 1)) };
    assert_eq!(fates, [Fate::Live, dead_by(2), dead_by(1), Fate::Live, Fate::NotListed]);
}

#[test]
fn the_answer_says_how_much_it_leaves_out() {
    let mut query = Query::default();
    query.class = "Dog".into();
    query.limit = Some(Limit::count(1));
    let stats = zoo();
    let list = stats.objects(&query);
    assert_eq!((list.total, list.matching, list.objects.len()), (5, 2, 1));
    assert_eq!(list.folded, []);

    let mut folding = Snapshot::clone(&stats.snapshots()[0]);
    folding.classes[0].live = 10;
    folding.classes[0].listed = 3;
    let stats = Stats::new(Session::new(at(0), 1), vec![Arc::new(folding)]);
    assert_eq!(stats.objects(&query).folded[0].objects, 7);
    query.class = "Cat".into();
    assert_eq!(stats.objects(&query).folded, []);
}
