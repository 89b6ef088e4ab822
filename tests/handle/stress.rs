//! Random operations on several threads, with walkers, against a naive model.
//!
//! The threads work in rounds. At the end of each, when all stand still, what the registry says is compared with what the handles
//! that there are say. In between, walkers read what they find and check that it is whole.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;

use classtracker::{ClassTracker, DeepSizeOf, Tracked, WeakTracked};
use parking_lot::Mutex;

const THREADS: u64 = 3;
const ROUNDS: u64 = 12;
const STEPS: u64 = 4000;
const PLACES: usize = 64;

/// Whole as long as the second is the first turned round.
#[derive(DeepSizeOf)]
struct Item(u64, u64, Box<u64>);

static VALUES: AtomicU64 = AtomicU64::new(0);
static MADE: AtomicU64 = AtomicU64::new(0);

impl Item {
    fn new(number: u64) -> Self {
        VALUES.fetch_add(1, Ordering::Relaxed);
        Self(number, !number, Box::new(number))
    }

    fn check(&self) {
        assert!(self.1 == !self.0 && *self.2 == self.0, "a value that is not whole");
    }

    fn set(&mut self, number: u64) {
        self.check();
        (self.0, self.1, *self.2) = (number, !number, number);
    }
}

impl Clone for Item {
    fn clone(&self) -> Self {
        self.check();
        MADE.fetch_add(1, Ordering::Relaxed);
        Self::new(self.0)
    }
}

impl Drop for Item {
    fn drop(&mut self) {
        self.check();
        (self.0, self.1) = (0, 0);
        VALUES.fetch_sub(1, Ordering::Relaxed);
    }
}

fn make(number: u64) -> Tracked<Item> {
    MADE.fetch_add(1, Ordering::Relaxed);
    Tracked::new(Item::new(number))
}

/// Numbers without an order, the same in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % end as u64) as usize
    }
}

/// Places that all threads take handles from and put them into.
#[derive(Default)]
struct Shared {
    strong: [Mutex<Option<Tracked<Item>>>; 8],
    weak: [Mutex<WeakTracked<Item>>; 8],
}

struct Worker<'s> {
    random: Random,
    own: Vec<Option<Tracked<Item>>>,
    shared: &'s Shared,
}

impl Worker<'_> {
    fn step(&mut self, number: u64) {
        let operation = self.random.below(16);
        let place = self.random.below(PLACES);
        let eighth = self.random.below(8);
        let handle = self.own[place].take();
        self.own[place] = match (operation, handle) {
            (0..=4, _) => Some(make(number)),
            (5, Some(handle)) => {
                let other = self.random.below(PLACES);
                self.own[other] = Some(handle.clone());
                Some(handle)
            }
            (6, handle) => swap(&self.shared.strong[eighth], handle),
            (7, Some(handle)) => {
                let old = swap(&self.shared.weak[eighth], Tracked::downgrade(&handle));
                drop(old);
                Some(handle)
            }
            (8, _) => {
                let weak = self.shared.weak[eighth].lock().clone();
                weak.upgrade()
            }
            (9, Some(mut handle)) => {
                if let Some(mut item) = Tracked::get_mut(&mut handle) {
                    item.set(number);
                }
                Some(handle)
            }
            (10, Some(mut handle)) => {
                Tracked::make_mut(&mut handle).set(number);
                Some(handle)
            }
            (11, Some(handle)) => match Tracked::try_unwrap(handle) {
                Ok(mut item) => {
                    item.set(number);
                    None
                }
                Err(handle) => Some(handle),
            },
            (12, Some(handle)) => {
                if let Some(mut item) = Tracked::into_inner(handle) {
                    item.set(number);
                }
                None
            }
            (13, _) if place < 4 => {
                let mut found = ClassTracker::new().instances::<Item>();
                found.iter().for_each(|item| item.check());
                (!found.is_empty()).then(|| found.swap_remove(eighth % found.len()))
            }
            (14, Some(handle)) => {
                handle.check();
                Some(handle)
            }
            _ => None,
        };
    }
}

fn swap<T>(place: &Mutex<T>, new: T) -> T {
    std::mem::replace(&mut *place.lock(), new)
}

/// Compares the registry with the handles that there are, while nothing moves.
fn compare(workers: &[Worker<'_>], shared: &Shared) {
    let mut expected: BTreeMap<u64, (u64, usize)> = BTreeMap::new();
    let places: Vec<_> = shared.strong.iter().map(|place| place.lock()).collect();
    let own = workers.iter().flat_map(|worker| &worker.own);
    for handle in places.iter().map(|place| &**place).chain(own).flatten() {
        expected.entry(Tracked::serial(handle).unwrap()).or_insert((handle.0, 0)).1 += 1;
    }
    let found = ClassTracker::new().instances::<Item>();
    let found: BTreeMap<u64, (u64, usize)> = found
        .iter()
        .map(|handle| (Tracked::serial(handle).unwrap(), (handle.0, Tracked::strong_count(handle) - 1)))
        .collect();
    assert_eq!(found, expected, "objects by serial: value, handles");
    let live = expected.len() as u64;
    let made = MADE.load(Ordering::Relaxed);
    assert_eq!(crate::counts::<Item>(), (live, made, made - live));
    assert_eq!(VALUES.load(Ordering::Relaxed), live);
}

#[test]
fn random_operations_agree_with_a_naive_model() {
    let shared = Shared::default();
    let mut workers: Vec<Worker<'_>> = (1..=THREADS)
        .map(|number| Worker { random: Random(number * 7919), own: vec![None; PLACES], shared: &shared })
        .collect();
    for round in 0..ROUNDS {
        let walking = AtomicBool::new(true);
        thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| {
                    let tracker = ClassTracker::new();
                    while walking.load(Ordering::Relaxed) {
                        tracker.track_class::<Item>();
                        let snapshot = tracker.create_snapshot("");
                        let row = &snapshot.classes[0];
                        assert!(row.dropped <= row.created, "{row:?}");
                        tracker.clear();
                        tracker.instances::<Item>().iter().for_each(|item| item.check());
                    }
                });
            }
            // A worker's thread ends with the round: its free slots and counts go to the others.
            let running: Vec<_> = workers
                .iter_mut()
                .map(|worker| scope.spawn(move || (0..STEPS).for_each(|step| worker.step(round * STEPS + step))))
                .collect();
            let ended: Vec<_> = running.into_iter().map(thread::ScopedJoinHandle::join).collect();
            walking.store(false, Ordering::Relaxed);
            ended.into_iter().for_each(|end| end.unwrap());
        });
        compare(&workers, &shared);
    }
    drop(workers);
    drop(shared);
    let made = MADE.load(Ordering::Relaxed);
    assert_eq!(crate::counts::<Item>(), (0, made, made));
    assert_eq!(VALUES.load(Ordering::Relaxed), 0);
}
