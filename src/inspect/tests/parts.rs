//! The named parts of objects, and of all objects of a row.

use super::companies::{self, Company, company, person};
use crate::inspect::{Part, Referents, Sizer, SizerOptions};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

type Found = Vec<(u64, Vec<Part>)>;

/// The parts of each company, with its deep size.
fn parts(companies: &[Company], levels: u32, order: impl Iterator<Item = usize>) -> Vec<(u64, Vec<Part>)> {
    rows(companies, levels, order, |_| 0, |_| 0).0
}

/// The same, and the parts of each row: `row` tells which one a company belongs to, `walk` which of three walks comes to it.
fn rows(
    companies: &[Company],
    levels: u32,
    order: impl Iterator<Item = usize>,
    row: impl Fn(usize) -> usize,
    walk: impl Fn(usize) -> usize,
) -> (Found, Vec<Vec<Part>>) {
    let order: Vec<_> = order.collect();
    let trees = || -> Vec<_> { companies.iter().map(|_| Some(Box::new(Referents::new()))).collect() };
    let mut found = vec![(0, Vec::new()); companies.len()];
    let mut walks = Vec::new();
    for number in 0..3 {
        walks.push(Sizer::run(SizerOptions::default(), |sizer| {
            let mut trees = trees();
            let mut held = Vec::new();
            for (stretch, &at) in (0..).zip(&order).filter(|(_, at)| walk(**at) == number) {
                let serial = at as u64;
                let mut tree = trees[row(at)].take();
                tree.as_mut().expect("it was put back").set_stretch(stretch);
                sizer.set_referents(tree);
                let measured = sizer.detailed(serial, &companies[at], levels);
                if measured.claims {
                    held.push((at, measured.bytes, sizer.hold(serial).expect("names were asked for")));
                } else {
                    found[at] = (measured.bytes, sizer.parts());
                }
                trees[row(at)] = sizer.set_referents(None);
            }
            (trees, held, sizer.leave())
        }));
    }
    Sizer::run(SizerOptions::default(), |sizer| {
        let mut trees = trees();
        let mut held = Vec::new();
        for (theirs, waiting, met) in walks {
            let blocks = sizer.absorb(met);
            let parts: Vec<_> = trees
                .iter_mut()
                .zip(&theirs)
                .map(|(tree, theirs)| tree.as_mut().unwrap().absorb(theirs.as_ref().expect("it was put back")))
                .collect();
            held.extend(waiting.into_iter().map(|(at, bytes, mut held)| {
                held.renumber(&parts[row(at)], &blocks);
                (at, bytes, held)
            }));
        }
        trees.iter_mut().flatten().for_each(|tree| tree.put_in_order());
        let shares = sizer.settle();
        for (at, own, held) in held {
            let deep = own + shares.get(at as u64).map_or(0, |share| share.bytes);
            let tree = trees[row(at)].as_mut().expect("it was put back");
            tree.resume(&held, deep, &shares);
            found[at] = (deep, tree.of_object());
        }
        for (at, (_, parts)) in found.iter_mut().enumerate() {
            trees[row(at)].as_ref().expect("it was put back").sort(parts);
        }
        (found, trees.iter().flatten().map(|tree| tree.of_all()).collect())
    })
}

proptest! {
    #[test]
    fn the_parts_add_up_to_the_deep_size_at_every_level(
        known in prop::collection::vec(0u8..20, 0..5),
        companies in prop::collection::vec((prop::collection::vec(0u8..20, 0..5), any::<bool>()), 1..5),
        levels in 1u32..6,
        walks in prop::collection::vec(0usize..3, 5),
    ) {
        let (_handles, companies, _name) = companies::companies(known, &companies);
        let plain = Sizer::run(SizerOptions::default(), |sizer| {
            let own: Vec<_> = companies.iter().zip(0..).map(|(company, serial)| sizer.object(serial, company)).collect();
            let shares = sizer.settle();
            own.iter().zip(0..).map(|(own, serial)| own.bytes + shares.get(serial).map_or(0, |share| share.bytes)).collect::<Vec<_>>()
        });
        let found = parts(&companies, levels, 0..companies.len());
        for ((deep, parts), plain) in found.iter().zip(&plain) {
            prop_assert_eq!(deep, plain, "with names as without");
            let direct: u64 = parts.iter().filter(|part| part.level == 1).map(|part| part.bytes).sum();
            prop_assert_eq!(direct, *deep);
            for (at, part) in parts.iter().enumerate() {
                prop_assert!(part.level <= levels && part.flat_bytes <= part.bytes);
                let inner = parts[at + 1..].iter().take_while(|next| next.level > part.level);
                let inner: u64 = inner.filter(|next| next.level == part.level + 1).map(|next| next.bytes).sum();
                prop_assert!(inner <= part.bytes, "{:?} has parts of {inner} bytes", part);
            }
        }
        let sorted = |mut found: Found| {
            found.iter_mut().for_each(|(_, parts)| parts.sort_by_key(|part| (part.level, part.name, part.bytes)));
            found
        };
        let reversed = parts(&companies, levels, (0..companies.len()).rev());
        prop_assert_eq!(sorted(reversed), sorted(found.clone()), "whatever the order");
        let row = rows(&companies, levels, 0..companies.len(), |_| 0, |_| 0).1.remove(0);
        let sum = |parts: &mut dyn Iterator<Item = &Part>| {
            let mut sums = BTreeMap::<_, (u64, u64, u64)>::new();
            for part in parts {
                let sum = sums.entry((part.level, part.name)).or_default();
                *sum = (sum.0 + part.count, sum.1 + part.flat_bytes, sum.2 + part.bytes);
            }
            sums
        };
        prop_assert_eq!(
            sum(&mut row.iter()),
            sum(&mut found.iter().flat_map(|(_, parts)| parts)),
            "the row's parts are those of its objects"
        );
        let apart = rows(&companies, levels, 0..companies.len(), |at| at, |_| 0).0;
        prop_assert_eq!(sorted(apart), sorted(found.clone()), "whatever else is in the row");
        let (split, split_rows) = rows(&companies, levels, 0..companies.len(), |_| 0, |at| walks[at]);
        prop_assert_eq!(&split, &found, "by however many walks, in the same order");
        prop_assert_eq!(sum(&mut split_rows[0].iter()), sum(&mut row.iter()));
    }
}

#[test]
fn parts_of_all_elements_are_merged_by_name() {
    let name: Arc<str> = Arc::from("four");
    let friend = Arc::new(Mutex::new(person(3, &[])));
    let companies = [company(&[2, 4], &[friend], &name, None)];
    let (deep, parts) = parts(&companies, 3, 0..1).remove(0);
    let names: Vec<_> = parts.iter().map(|part| (part.level, part.name, part.count)).collect();
    assert_eq!(
        names,
        [
            (1, "name", 1),
            (1, "people", 1),
            (2, "elements", 2),
            (3, "name", 2),
            (3, "company", 2),
            (3, "friends", 2),
            (1, "by_name", 1),
            (2, "keys", 1),
            (2, "values", 1),
            (3, "name", 1),
            (3, "company", 1),
            (3, "friends", 1),
            (1, "kind", 1),
            (2, "Small", 1),
        ]
    );
    assert_eq!(parts[3].bytes, 2 * size_of::<String>() as u64 + 6);
    assert_eq!(deep, parts.iter().filter(|part| part.level == 1).map(|part| part.bytes).sum::<u64>());
}
