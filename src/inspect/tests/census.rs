//! The values of derived types, counted wherever they are.

use super::companies::{self, Company, Kind, Person};
use crate::DeepSizeOf;
use crate::inspect::{Inspect, Referents, Sizer, SizerOptions, Walk};
use proptest::prelude::*;
use std::cell::Cell;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex};

type Row = (&'static str, u64, u64);

/// What a census says after a walk in this order, and the bytes walked, shared blocks included.
fn census(companies: &[Company], levels: u32, order: impl Iterator<Item = usize>) -> (Vec<Row>, u64) {
    census_by(companies, levels, order, |_| 0)
}

/// The same by three walks: `walk` tells which of them comes to a company.
fn census_by(
    companies: &[Company],
    levels: u32,
    order: impl Iterator<Item = usize>,
    walk: impl Fn(usize) -> usize,
) -> (Vec<Row>, u64) {
    let order: Vec<_> = order.collect();
    let mut bytes = 0;
    let mut size = |sizer: &mut Sizer<'_>, number| {
        sizer.set_others(true);
        sizer.set_referents(Some(Box::new(Referents::new())));
        for &serial in order.iter().filter(|at| walk(**at) == number) {
            bytes += match levels {
                0 => sizer.object(serial as u64, &companies[serial]).bytes,
                _ => sizer.detailed(serial as u64, &companies[serial], levels).bytes,
            };
        }
    };
    let run = |work: &mut dyn FnMut(&mut Sizer<'_>)| {
        Sizer::run(SizerOptions::default(), |sizer| {
            sizer.count_values();
            work(sizer);
        });
    };
    let mut met = Vec::new();
    for number in [1, 2] {
        run(&mut |sizer| {
            size(sizer, number);
            met.push(sizer.leave());
        });
    }
    let mut result = (Vec::new(), 0);
    run(&mut |sizer| {
        size(sizer, 0);
        sizer.set_others(false);
        met.drain(..).for_each(|met| _ = sizer.absorb(met));
        result = (sizer.census(), sizer.settle().iter().map(|share| share.bytes).sum::<u64>());
    });
    (result.0, bytes + result.1)
}

proptest! {
    #[test]
    fn the_census_and_what_lies_in_no_value_add_up_to_the_bytes_walked(
        known in prop::collection::vec(0u8..20, 0..5),
        companies in prop::collection::vec((prop::collection::vec(0u8..20, 0..5), any::<bool>()), 1..5),
        levels in 0u32..6,
        walks in prop::collection::vec(0usize..3, 5),
    ) {
        let (handles, companies, _name) = companies::companies(known, &companies);
        let (rows, walked) = census(&companies, levels, 0..companies.len());
        // Each handle's counters and lock, and the shared name.
        let header = 16 + size_of::<Mutex<Person>>() - size_of::<Person>();
        let in_none = handles.len() * header + 24;
        prop_assert_eq!(rows.iter().map(|(_, _, bytes)| bytes).sum::<u64>() + in_none as u64, walked);
        let count = |name: &str| {
            rows.iter().find(|row| row.0.ends_with(name)).map_or(0, |&(_, count, _)| count as usize)
        };
        let inner = |company: &Company| match &company.kind {
            Kind::Small => 0,
            Kind::Large { parts } => parts[0].people.len(),
        };
        let nested = companies.iter().filter(|company| matches!(company.kind, Kind::Large { .. })).count();
        prop_assert_eq!(count("::Company"), companies.len() + nested);
        prop_assert_eq!(count("::Kind"), companies.len() + nested);
        let people: usize = companies.iter().map(|company| company.people.len() + inner(company)).sum();
        prop_assert_eq!(count("::Person"), people + handles.len());
        prop_assert_eq!(census(&companies, 0, (0..companies.len()).rev()).0, rows.clone(), "whatever the order");
        prop_assert_eq!(census_by(&companies, levels, 0..companies.len(), |at| walks[at]), (rows, walked), "by three");
    }
}

#[test]
fn collections_are_passed_over_in_a_census_where_no_element_can_be_counted() {
    use std::ops::Range;
    use std::task::Poll;

    #[derive(crate::DeepSizeOf)]
    struct Plain(#[allow(dead_code, reason = "only sized")] u8);

    fn may_be_counted<T: Inspect>() -> bool {
        assert!(T::owns_nothing());
        T::holds_counted_values()
    }

    assert!(may_be_counted::<Plain>() && may_be_counted::<(u8, Option<Plain>)>());
    assert!(may_be_counted::<Result<u8, Plain>>() && may_be_counted::<std::cell::OnceCell<Plain>>());
    assert!(!may_be_counted::<Result<u8, Option<u16>>>() && !may_be_counted::<std::cell::OnceCell<u8>>());
    assert!(!may_be_counted::<(Range<u8>, Poll<()>)>() && !may_be_counted::<Cell<Plain>>());
}

#[test]
fn values_that_own_nothing_are_counted_too_and_bytes_are_those_of_the_innermost() {
    #[derive(DeepSizeOf, PartialEq, Eq, Hash, PartialOrd, Ord, Clone, Copy)]
    struct Point(u32, u32);

    #[derive(DeepSizeOf)]
    struct Shape {
        points: Vec<Point>,
        ends: [Option<Point>; 3],
        names: HashMap<Point, u16>,
        order: BTreeMap<u8, (u8, Point)>,
        boxed: Box<[Point]>,
        pair: Arc<(Point, Point)>,
        plain: Vec<u64>,
    }

    let [a, b, c] = [1, 2, 3].map(|at| Point(at, at));
    let mut points = Vec::with_capacity(10);
    points.extend([a, b]);
    let shape = Shape {
        points,
        ends: [Some(a), None, Some(b)],
        names: HashMap::from([(a, 1), (b, 2), (c, 3)]),
        order: BTreeMap::from([(1, (1, a))]),
        boxed: Box::from([a, b, c, a]),
        pair: Arc::new((a, b)),
        plain: vec![1; 100],
    };
    Sizer::run(SizerOptions::default(), |sizer| {
        let unasked = sizer.object(1, &shape);
        assert_eq!(sizer.census(), []);
        sizer.count_values();
        let measured = sizer.object(1, &shape);
        assert_eq!(measured, unasked);
        let points = 2 + 2 + 3 + 1 + 4 + 2;
        let bytes = points * size_of::<Point>() as u64;
        assert_eq!(
            sizer.census().iter().map(|&(_, count, bytes)| (count, bytes)).collect::<Vec<_>>(),
            [(1, measured.bytes - bytes), (points, bytes)]
        );
        assert_eq!(sizer.census(), [], "taken out");
    });
}

#[test]
fn a_panic_leaves_the_census_in_order() {
    #[derive(DeepSizeOf)]
    struct Outer(String, Inner, Bomb);
    #[derive(DeepSizeOf)]
    struct Inner(String);
    struct Bomb(bool);
    impl Inspect for Bomb {
        fn inspect(&self, _walk: &mut Walk<'_>) {
            assert!(self.0, "in a user's impl");
        }
    }

    let value = |calm| Outer("text".to_owned(), Inner("x".to_owned()), Bomb(calm));
    Sizer::run(SizerOptions::default(), |sizer| {
        sizer.count_values();
        assert!(sizer.object(1, &value(false)).unread);
        let measured = sizer.object(2, &value(true));
        let inner = size_of::<Inner>() as u64 + 1;
        let found: Vec<_> = sizer.census().iter().map(|&(_, count, bytes)| (count, bytes)).collect();
        assert_eq!(found, [(2, 2 * inner), (1, measured.bytes - inner)]);
    });
}
