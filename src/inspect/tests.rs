//! A walk over many objects: shared blocks, locks, depth, panics. Exact sizes are checked against the allocator elsewhere.

use super::{Inspect, Measured, Sizer, SizerOptions, Walk, deep_size_of};
use proptest::prelude::*;
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::{Arc, Mutex, RwLock};
use std::thread;
use std::time::{Duration, Instant};

fn measure<T: Inspect + ?Sized>(value: &T) -> Measured {
    Sizer::run(SizerOptions::default(), |sizer| sizer.object(1, value))
}

/// An object of a few handles to nodes that have handles to nodes.
struct Node {
    size: usize,
    next: RefCell<Vec<Rc<Node>>>,
}

impl Inspect for Node {
    fn inspect(&self, walk: &mut Walk<'_>) {
        walk.heap(self.size);
        for next in &*self.next.borrow() {
            let address = Rc::as_ptr(next).cast();
            walk.shared(address, 0, |walk| Node::inspect(next, walk));
        }
    }
}

proptest! {
    /// Against the definition: a block belongs to the lowest serial that reaches it, and is shared if two reach it.
    #[test]
    fn shared_blocks_are_charged_to_the_lowest_serial_whatever_the_order(
        edges in prop::collection::vec((0usize..12, 0usize..12), 0..40),
        objects in prop::collection::vec(prop::collection::vec(0usize..12, 0..4), 1..8)
            .prop_flat_map(|objects| Just(objects.into_iter().enumerate().collect::<Vec<_>>()).prop_shuffle()),
        separate in prop::option::of(0usize..12),
        rows in prop::collection::vec(0u32..4, 8),
        walks in prop::collection::vec(0usize..3, 8),
    ) {
        let nodes: Vec<_> = (0..12).map(|n| Rc::new(Node { size: 1 << n, next: RefCell::default() })).collect();
        for &(from, to) in &edges {
            nodes[from].next.borrow_mut().push(Rc::clone(&nodes[to]));
        }
        let mut reachers: BTreeMap<usize, BTreeSet<u64>> = BTreeMap::new();
        for (serial, handles) in &objects {
            let mut stack = handles.clone();
            while let Some(node) = stack.pop() {
                if Some(node) != separate && reachers.entry(node).or_default().insert(*serial as u64) {
                    stack.extend(edges.iter().filter(|(from, _)| *from == node).map(|(_, to)| to));
                }
            }
        }
        let mut expected: BTreeMap<u64, (u64, u64)> = BTreeMap::new();
        for (node, serials) in &reachers {
            let share = expected.entry(*serials.first().expect("reached")).or_default();
            share.0 += 1 << node;
            share.1 += if serials.len() > 1 { 1 << node } else { 0 };
        }
        let mut expected_rows = [0; 5];
        for (row, expected) in (0..).zip(&mut expected_rows) {
            let reaches = |serials: &BTreeSet<u64>| serials.iter().any(|&serial| rows[serial as usize] == row);
            let shared = reachers.iter().filter(|(_, serials)| serials.len() > 1 && reaches(serials));
            *expected = shared.map(|(node, _)| 1 << node).sum::<u64>();
        }
        // Several walks, each over some of the objects, that are put together in the end.
        let mut claimants = BTreeSet::new();
        let met: Vec<_> = (0..3)
            .map(|walk| {
                Sizer::run(SizerOptions::default(), |sizer| {
                    if let Some(node) = separate {
                        sizer.separate(Rc::as_ptr(&nodes[node]).cast());
                    }
                    for (serial, handles) in objects.iter().filter(|(serial, _)| walks[*serial] == walk) {
                        let next = RefCell::new(handles.iter().map(|&node| Rc::clone(&nodes[node])).collect());
                        sizer.set_row(rows[*serial]);
                        let measured = sizer.object(*serial as u64, &Node { size: 0, next });
                        assert_eq!(measured.bytes, size_of::<Node>() as u64);
                        if measured.claims {
                            claimants.insert(*serial as u64);
                        }
                    }
                    sizer.leave()
                })
            })
            .collect();
        let found = Sizer::run(SizerOptions::default(), |sizer| {
            met.into_iter().for_each(|met| _ = sizer.absorb(met));
            sizer.settle()
        });
        let found_rows = std::array::from_fn(|row| found.shared_bytes(row as u32));
        let found: BTreeMap<_, _> = found.iter().map(|share| (share.serial, (share.bytes, share.shared))).collect();
        prop_assert_eq!(&found, &expected);
        prop_assert_eq!(found_rows, expected_rows);
        prop_assert!(expected.keys().all(|serial| claimants.contains(serial)), "who is charged had claimed");
        for node in &nodes {
            node.next.borrow_mut().clear();
        }
    }
}

#[test]
fn rows_that_come_by_turns_count_a_block_once_each() {
    let texts: Vec<_> = (0..100).map(|_| Arc::new("text".to_owned())).collect();
    let block = 16 + size_of::<String>() as u64 + 4;
    let shares = Sizer::run(SizerOptions::default(), |sizer| {
        for serial in 0..10_000 {
            sizer.set_row(serial as u32 % 3);
            sizer.object(serial, &Arc::clone(&texts[serial as usize % 100]));
        }
        sizer.settle()
    });
    assert_eq!([0, 1, 2, 3].map(|row| shares.shared_bytes(row)), [100 * block, 100 * block, 100 * block, 0]);
}

#[test]
fn a_held_lock_is_unread_after_a_bounded_wait() {
    let lock = Mutex::new("text".to_owned());
    let guard = lock.lock().unwrap();
    let start = Instant::now();
    assert_eq!(measure(&lock), Measured { bytes: size_of_val(&lock) as u64, unread: true, claims: false });
    assert!(start.elapsed() < Duration::from_secs(5));
    drop(guard);
    assert_eq!(measure(&lock), Measured { bytes: size_of_val(&lock) as u64 + 4, unread: false, claims: false });

    let lock = RwLock::new(vec![1u8; 3]);
    let reader = lock.read().unwrap();
    assert!(!measure(&lock).unread);
    drop(reader);
    let _writer = lock.write().unwrap();
    assert!(measure(&lock).unread);
}

#[test]
fn many_held_locks_cost_no_more_than_a_few() {
    let locks: Vec<_> = (0..5_000).map(|_| parking_lot::Mutex::new(1u8)).collect();
    let guards: Vec<_> = locks.iter().map(|lock| lock.lock()).collect();
    let start = Instant::now();
    assert!(measure(&locks).unread);
    assert!(start.elapsed() < Duration::from_secs(5));
    drop(guards);
}

#[test]
fn a_lock_that_is_held_for_a_moment_is_waited_for() {
    let lock = Mutex::new("text".to_owned());
    // Another thread has the lock nearly all the time, but not for long.
    let done = std::sync::atomic::AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            while !done.load(std::sync::atomic::Ordering::Relaxed) {
                drop(lock.lock());
                thread::yield_now();
            }
        });
        let read = (0..100).filter(|_| !measure(&lock).unread).count();
        done.store(true, std::sync::atomic::Ordering::Relaxed);
        assert!(read >= 90, "{read} of 100");
    });
}

#[test]
fn a_poisoned_lock_is_read() {
    let lock = Arc::new(Mutex::new("text".to_owned()));
    let other = Arc::clone(&lock);
    let _ = thread::spawn(move || {
        let _guard = other.lock();
        panic!("with the lock in hand");
    })
    .join();
    assert!(lock.is_poisoned());
    assert_eq!(measure(&*lock), Measured { bytes: size_of_val(&*lock) as u64 + 4, unread: false, claims: false });
}

#[test]
fn a_mutably_borrowed_cell_is_unread() {
    let cell = RefCell::new("text".to_owned());
    let borrow = cell.borrow_mut();
    assert!(measure(&cell).unread);
    drop(borrow);
    assert!(!measure(&cell).unread);
}

#[test]
fn a_list_of_a_million_boxes_is_walked_to_its_end() {
    struct Node(Option<Box<Node>>);
    impl Inspect for Node {
        fn inspect(&self, walk: &mut Walk<'_>) {
            walk.field("next", &self.0);
        }
    }

    let mut list = Node(None);
    for _ in 0..1_000_000 {
        list = Node(Some(Box::new(list)));
    }
    // On the small stack of a snapshot's thread.
    let (bytes, list) = thread::spawn(move || (deep_size_of(&list), list)).join().unwrap();
    assert_eq!(bytes, 1_000_001 * size_of::<Node>());
    let mut rest = list.0;
    while let Some(mut node) = rest {
        rest = node.0.take();
    }
}

#[test]
fn a_panic_costs_one_object() {
    struct Bomb;
    impl Inspect for Bomb {
        fn inspect(&self, walk: &mut Walk<'_>) {
            walk.shared(std::ptr::from_ref(self).cast(), 1, |_| panic!("in a user's impl"));
        }
    }

    let shared = Arc::new("text".to_owned());
    let holder = || (Arc::clone(&shared), 1u8);
    Sizer::run(SizerOptions::default(), |sizer| {
        let before = sizer.object(1, &holder());
        assert!(sizer.object(2, &Bomb).unread);
        let after = sizer.object(3, &holder());
        assert_eq!((before.bytes, before.unread, before.claims), (after.bytes, after.unread, !after.claims));
        let block = 16 + size_of::<String>() as u64 + 4;
        let shares = sizer.settle();
        assert_eq!(shares.get(1).map(|share| (share.bytes, share.shared)), Some((block, block)));
        assert_eq!(shares.get(3), None);
    });
}

#[test]
fn who_waits_for_a_long_walk_is_let_go_once_for_an_object() {
    let calls = Rc::new(Cell::new(0));
    let count = Rc::clone(&calls);
    let pace: Rc<dyn Fn()> = Rc::new(move || count.set(count.get() + 1));
    Sizer::run(SizerOptions { pace: Some(pace), ..SizerOptions::default() }, |sizer| {
        sizer.object(1, &vec!["x".to_owned(); 100]);
        sizer.object(2, &vec![1u8; 1_000_000]);
        assert_eq!(calls.get(), 0);
        sizer.object(3, &vec![vec!["x".to_owned(); 1_000]; 10]);
        assert_eq!(calls.get(), 1);
        sizer.object(4, &vec!["x".to_owned(); 100_000]);
        assert_eq!(calls.get(), 2);
    });
}

mod parts {
    use super::*;
    use crate::DeepSizeOf;
    use crate::inspect::{Part, Referents};
    use std::collections::HashMap;

    #[derive(DeepSizeOf)]
    struct Company {
        name: Arc<str>,
        people: Vec<Person>,
        by_name: HashMap<String, Arc<Mutex<Person>>>,
        kind: Kind,
    }

    #[derive(DeepSizeOf)]
    struct Person {
        name: String,
        company: Arc<str>,
        friends: Vec<Arc<Mutex<Person>>>,
    }

    #[derive(DeepSizeOf)]
    enum Kind {
        Small,
        Large { parts: Vec<Company> },
    }

    fn person(name: u8, friends: &[Arc<Mutex<Person>>]) -> Person {
        Person { name: "x".repeat(name.into()), company: Arc::from("company"), friends: friends.to_vec() }
    }

    fn company(people: &[u8], known: &[Arc<Mutex<Person>>], name: &Arc<str>, inner: Option<Company>) -> Company {
        Company {
            name: Arc::clone(name),
            people: people.iter().map(|&name| person(name, &known[..usize::from(name) % (known.len() + 1)])).collect(),
            by_name: known.iter().enumerate().map(|(key, person)| (key.to_string(), Arc::clone(person))).collect(),
            kind: inner.map_or(Kind::Small, |inner| Kind::Large { parts: vec![inner] }),
        }
    }

    /// The parts of each company, with its deep size.
    fn parts(companies: &[Company], levels: u32, order: impl Iterator<Item = usize>) -> Vec<(u64, Vec<Part>)> {
        rows(companies, levels, order, |_| 0, |_| 0).0
    }

    type Found = Vec<(u64, Vec<Part>)>;

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
                    let measured = sizer.detailed_or_panic(serial, &companies[at], levels);
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
            let mut handles: Vec<Arc<Mutex<Person>>> = Vec::new();
            for name in known {
                let next = person(name, &handles);
                handles.push(Arc::new(Mutex::new(next)));
            }
            let name: Arc<str> = Arc::from("company");
            let companies: Vec<_> = companies
                .iter()
                .map(|(people, nested)| {
                    let inner = nested.then(|| company(people, &handles, &name, None));
                    company(people, &handles, &name, inner)
                })
                .collect();
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
                    _ => sizer.detailed_or_panic(serial as u64, &companies[serial], levels).bytes,
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

    type Row = (&'static str, u64, u64);

    proptest! {
        #[test]
        fn the_census_and_what_lies_in_no_value_add_up_to_the_bytes_walked(
            known in prop::collection::vec(0u8..20, 0..5),
            companies in prop::collection::vec((prop::collection::vec(0u8..20, 0..5), any::<bool>()), 1..5),
            levels in 0u32..6,
            walks in prop::collection::vec(0usize..3, 5),
        ) {
            let mut handles: Vec<Arc<Mutex<Person>>> = Vec::new();
            for name in known {
                let next = person(name, &handles);
                handles.push(Arc::new(Mutex::new(next)));
            }
            let name: Arc<str> = Arc::from("company");
            let companies: Vec<_> = companies
                .iter()
                .map(|(people, nested)| {
                    let inner = nested.then(|| company(people, &handles, &name, None));
                    company(people, &handles, &name, inner)
                })
                .collect();
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
}
