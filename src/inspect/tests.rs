//! A walk over many objects: shared blocks, locks, depth, panics. Exact sizes are checked against the allocator elsewhere.

mod census;
mod companies;
mod parts;

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
