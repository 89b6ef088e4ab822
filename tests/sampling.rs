//! Large collections of plain elements, of which a bounded part is looked at: how exact their sizes stay.

#[path = "accuracy/measure.rs"]
mod measure;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::time::Instant;

use classtracker::{Inspect, deep_size_of};
use measure::{Report, error_of};

/// More than are all looked at.
const MANY: u64 = 300_000;

/// Numbers in no order, each once.
fn scattered(count: u64) -> impl Iterator<Item = u64> {
    (0..count).map(|number| number.wrapping_mul(0x9E37_79B9_7F4A_7C15))
}

/// The error in thousandths of the bytes that are live.
fn error_in_thousandths<T: Inspect>(make: impl FnOnce() -> T) -> i64 {
    let (error, live) = error_of(make);
    assert!(live > 1_000_000, "{live} bytes are not large");
    error * 1000 / live
}

#[test]
fn large_hash_tables_of_plain_elements_are_exact_before_and_after_removals() {
    let mut report = Report::default();
    for count in [MANY, 2 * MANY] {
        report.exact("HashMap", || scattered(count).map(|key| (key, key)).collect::<HashMap<_, _>>());
        report.exact("HashSet", || scattered(count).collect::<HashSet<_>>());
        report.exact("HashMap, grown", || {
            let mut map = HashMap::new();
            map.extend(scattered(count).map(|key| (key, 1_u8)));
            map
        });
        // Down to a table that is still sampled, and to one that is not.
        for kept in [MANY - 20_000, 100_000, 1000] {
            report.exact("HashMap, after removals", || {
                let mut map: HashMap<_, _> = scattered(count).map(|key| (key, key)).collect();
                scattered(count - kept).for_each(|key| assert!(map.remove(&key).is_some()));
                map
            });
        }
        report.exact("HashSet, churned", || {
            let mut set: HashSet<_> = scattered(count).collect();
            for key in 0..count {
                set.remove(&key.wrapping_mul(0x9E37_79B9_7F4A_7C15));
                set.insert(key.wrapping_mul(3));
            }
            set
        });
    }
    report.finish(14);
}

#[test]
fn large_trees_of_plain_elements_are_off_by_two_hundredths_at_most() {
    // In order all nodes but the last are alike, and in no order a sample of both ends shows the average.
    let grown_in_order = error_in_thousandths(|| {
        let mut map = BTreeMap::new();
        map.extend((0..MANY).map(|key| (key, key)));
        map
    });
    let collected = error_in_thousandths(|| (0..MANY).map(|key| (key, key)).collect::<BTreeMap<_, _>>());
    let scattered_keys = error_in_thousandths(|| {
        let mut set = BTreeSet::new();
        set.extend(scattered(2 * MANY));
        set
    });
    let after_removals = error_in_thousandths(|| {
        let mut map: BTreeMap<_, _> = scattered(4 * MANY).map(|key| (key, 1_u8)).collect();
        map.retain(|key, _| key % 3 == 0);
        map
    });
    for error in [grown_in_order, collected, scattered_keys, after_removals] {
        assert!(error.abs() <= 20, "{grown_in_order}, {collected}, {scattered_keys}, {after_removals} thousandths");
    }
}

#[test]
fn a_large_collection_of_plain_elements_costs_no_full_walk() {
    // Ten times as large, and not ten times the work; the bound is generous, for a busy machine.
    let tree = |count: u64| (0..count).collect::<BTreeSet<_>>();
    let (small, large) = (tree(260_000), tree(2_600_000));
    let least = |tree: &BTreeSet<u64>| {
        let times = (0..20).map(|_| {
            let start = Instant::now();
            std::hint::black_box(deep_size_of(tree));
            start.elapsed()
        });
        times.min().expect("it ran")
    };
    let (small, large) = (least(&small), least(&large));
    assert!(large < 3 * small, "{large:?} for ten times as many elements as take {small:?}");
}
