//! A snapshot says the same by however many threads it is taken.
//!
//! In tests a stretch of the walk is a page, and other threads are started for two of them.

use std::collections::HashSet;
use std::sync::Arc;
use std::thread::{self, ThreadId};
use std::time::{Duration, Instant};

use classtracker_stats::Snapshot;
use parking_lot::Mutex;
use proptest::prelude::*;

use super::helpers::STACK_IN_TEST;
use crate::{ClassTracker, DeepSizeOf, Detail, Inspect, TrackOptions, Tracked, Walk};

/// The threads that were seen to size something.
static SEEN: Mutex<Option<HashSet<ThreadId>>> = Mutex::new(None);

/// Lets other threads go on where it is sized.
struct Turn;

impl Inspect for Turn {
    fn inspect(&self, _walk: &mut Walk<'_>) {
        if let Some(seen) = &mut *SEEN.lock() {
            seen.insert(thread::current().id());
        }
        thread::yield_now();
    }
}

/// Has these tests take turns: each counts threads.
fn one_at_a_time() -> impl Drop {
    static ONE: Mutex<()> = Mutex::new(());
    ONE.lock()
}

/// Runs `work`; how many threads sized something meanwhile.
fn threads_in<R>(work: impl FnOnce() -> R) -> (R, usize) {
    *SEEN.lock() = Some(HashSet::new());
    let result = work();
    (result, SEEN.lock().take().map_or(0, |seen| seen.len()))
}

/// Shared data: behind a lock, as most of it is.
#[derive(DeepSizeOf)]
struct Node {
    text: String,
    next: Vec<Arc<Mutex<Node>>>,
    kind: Kind,
}

#[derive(DeepSizeOf)]
enum Kind {
    Empty,
    Named { name: Arc<str> },
    Many(Vec<Leaf>),
}

#[derive(DeepSizeOf)]
struct Leaf {
    bytes: Vec<u8>,
}

#[derive(DeepSizeOf)]
struct Object {
    turn: Turn,
    text: String,
    nodes: Vec<Arc<Mutex<Node>>>,
    kind: Kind,
}

/// The same, of another class.
#[derive(DeepSizeOf)]
struct Other {
    object: Object,
    near: Option<Tracked<Object>>,
}

/// What a snapshot says that does not depend on when it was taken, line by line.
fn said(snapshot: &Snapshot) -> Vec<String> {
    let mut lines = Vec::new();
    for class in &snapshot.classes {
        let mut class = class.clone();
        // Objects grow older from one snapshot to the next.
        let ages = class.ages.take().map(|ages| ages.counts.iter().sum::<u64>());
        let referents = std::mem::take(&mut class.referents);
        lines.extend(referents.iter().map(|part| format!("{}: {part:?}", class.class)));
        lines.push(format!("{ages:?} {class:?}"));
    }
    lines.extend(snapshot.objects.iter().map(|row| format!("{row:?}")));
    lines.push(format!("{:?}", snapshot.census));
    lines
}

/// The first line that differs.
fn difference(one: &[String], other: &[String]) -> Option<(String, String)> {
    let none = || String::from("(no line)");
    let pairs = (0..one.len().max(other.len())).map(|at| (one.get(at), other.get(at)));
    let (one, other) = pairs.into_iter().find(|(one, other)| one != other)?;
    Some((one.cloned().unwrap_or_else(none), other.cloned().unwrap_or_else(none)))
}

/// What an object is made of: nodes that it reaches, length of its text, kind.
type Shape = (Vec<usize>, usize, usize);

fn shape(nodes: usize) -> impl Strategy<Value = Shape> {
    (prop::collection::vec(0..nodes, 0..4), 0usize..30, 0usize..5)
}

fn kind(number: usize, name: &Arc<str>) -> Kind {
    match number {
        0 | 1 => Kind::Empty,
        2 => Kind::Named { name: Arc::clone(name) },
        number => Kind::Many((0..number).map(|size| Leaf { bytes: vec![0; size] }).collect()),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn a_snapshot_says_the_same_by_any_number_of_threads(
        nodes in prop::collection::vec(shape(12), 12),
        objects in prop::collection::vec(shape(12), 200..500),
        levels in 0u32..4,
        most in 0usize..40,
        census in any::<bool>(),
        registered in 0usize..20,
    ) {
        let _turn = one_at_a_time();
        let name: Arc<str> = Arc::from("name");
        let shared: Vec<_> = nodes
            .iter()
            .map(|(_, text, number)| {
                Arc::new(Mutex::new(Node { text: "x".repeat(*text), next: Vec::new(), kind: kind(*number, &name) }))
            })
            .collect();
        for (node, (next, ..)) in shared.iter().zip(&nodes) {
            node.lock().next.extend(next.iter().map(|&next| Arc::clone(&shared[next])));
        }
        let object = |(nodes, text, number): &Shape| Object {
            turn: Turn,
            text: "x".repeat(*text),
            nodes: nodes.iter().map(|&node| Arc::clone(&shared[node])).collect(),
            kind: kind(*number, &name),
        };
        let tracked: Vec<_> = objects.iter().map(|shape| Tracked::new(object(shape))).collect();
        let others: Vec<_> = objects
            .iter()
            .zip(&tracked)
            .map(|(shape, near)| {
                let near = (shape.1 % 2 == 0).then(|| Tracked::clone(near));
                Tracked::new(Other { object: object(shape), near })
            })
            .collect();
        let own: Vec<_> = objects[..registered].iter().map(|shape| Arc::new(object(shape))).collect();

        let tracker = ClassTracker::new();
        tracker.set_census(census);
        let detail = Detail::Largest(most);
        tracker.track_class_with::<Object>(TrackOptions::new().resolution_level(levels).detail(detail).ages(3));
        tracker.track_class_with::<Other>(TrackOptions::new().detail(Detail::All).keep(true));
        for (number, own) in own.iter().enumerate() {
            let options = TrackOptions::new().name(["one", "other"][number % 2]).resolution_level(levels).ages(2);
            tracker.track_object_with(own, options);
        }
        let by = |threads| {
            tracker.set_snapshot_threads(threads);
            said(&tracker.create_snapshot(threads))
        };
        let alone = by(1);
        for threads in [2, 3, 2] {
            let (together, seen) = threads_in(|| by(threads));
            prop_assert_eq!(difference(&alone, &together), None, "alone, and by {} threads", threads);
            prop_assert!((1..=threads).contains(&seen));
        }
        shared.iter().for_each(|node| node.lock().next.clear());
        drop((tracked, others));
    }
}

/// So many that each thread finds some to do.
const MANY: usize = 2_000;

fn snapshot_by(tracker: &ClassTracker, threads: usize) -> Arc<Snapshot> {
    tracker.set_snapshot_threads(threads);
    tracker.create_snapshot("")
}

/// Takes as long as a large map, under a lock.
#[derive(DeepSizeOf)]
struct Slow {
    turn: Turn,
    pause: Pause,
    text: String,
}

struct Pause(Duration);

impl Inspect for Pause {
    fn inspect(&self, _walk: &mut Walk<'_>) {
        thread::sleep(self.0);
    }
}

#[derive(DeepSizeOf)]
struct User {
    slow: Arc<std::sync::Mutex<Slow>>,
    turn: Turn,
}

#[test]
fn threads_that_want_one_lock_do_not_take_it_for_one_that_is_held() {
    let _turn = one_at_a_time();
    let slow = Slow { turn: Turn, pause: Pause(Duration::from_millis(20)), text: "text".into() };
    let slow = Arc::new(std::sync::Mutex::new(slow));
    let users: Vec<_> = (0..MANY).map(|_| Tracked::new(User { slow: Arc::clone(&slow), turn: Turn })).collect();
    let tracker = ClassTracker::new();
    tracker.track_class::<User>();
    tracker.set_census(true);
    let alone = snapshot_by(&tracker, 1);
    let (together, seen) = threads_in(|| snapshot_by(&tracker, 3));
    assert!(seen > 1, "the others had their turn while the lock was held");
    assert_eq!((together.classes[0].unread, together.classes[0].live), (0, MANY as u64));
    assert_eq!(difference(&said(&alone), &said(&together)), None);
    drop(users);
}

#[test]
fn a_lock_that_is_held_for_ever_costs_every_number_of_threads_the_same() {
    let _turn = one_at_a_time();
    let slow = Slow { turn: Turn, pause: Pause(Duration::ZERO), text: "text".into() };
    let slow = Arc::new(std::sync::Mutex::new(slow));
    let users: Vec<_> = (0..MANY).map(|_| Tracked::new(User { slow: Arc::clone(&slow), turn: Turn })).collect();
    let locks: Vec<_> = (0..MANY).map(|_| Tracked::new(Mutex::new(String::from("text")))).collect();
    let tracker = ClassTracker::new();
    tracker.track_class_with::<User>(TrackOptions::new().resolution_level(2).ages(1));
    tracker.track_class::<Mutex<String>>();
    tracker.set_census(true);
    let guards: Vec<_> = locks.iter().map(|lock| lock.lock()).collect();
    let guard = slow.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let alone = snapshot_by(&tracker, 1);
    let start = Instant::now();
    let together = snapshot_by(&tracker, 3);
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
    assert!(together.classes.iter().all(|row| row.unread == MANY as u64));
    assert_eq!(difference(&said(&alone), &said(&together)), None);
    drop((guard, guards));
    assert!(snapshot_by(&tracker, 3).classes.iter().all(|row| row.unread == 0));
    drop(users);
}

#[test]
fn a_panic_on_any_thread_costs_one_object() {
    let _turn = one_at_a_time();
    #[derive(DeepSizeOf)]
    struct Fragile {
        bad: Bad,
        text: String,
        turn: Turn,
    }

    struct Bad(bool);

    impl Inspect for Bad {
        fn inspect(&self, walk: &mut Walk<'_>) {
            walk.heap(1);
            // Without the message of a panic, which nobody wants to read here.
            if self.0 {
                std::panic::resume_unwind(Box::new("bad"));
            }
        }
    }

    let object = |number| Fragile { bad: Bad(number % 100 == 7), text: "x".repeat(number), turn: Turn };
    let objects: Vec<_> = (0..MANY).map(|number| Tracked::new(object(number))).collect();
    let tracker = ClassTracker::new();
    tracker.track_class_with::<Fragile>(TrackOptions::new().resolution_level(1).detail(Detail::All));
    let alone = snapshot_by(&tracker, 1);
    assert_eq!((alone.classes[0].live, alone.classes[0].unread), (MANY as u64, MANY as u64 / 100));
    // On a busy machine the others may come when all is done.
    let by_several = (0..20).map(|_| threads_in(|| snapshot_by(&tracker, 3))).find(|(_, seen)| *seen > 1);
    let (together, _) = by_several.unwrap();
    assert_eq!(difference(&said(&alone), &said(&together)), None);
    drop(objects);
}

#[test]
fn a_snapshot_inside_a_sizing_asks_for_no_further_threads() {
    let _turn = one_at_a_time();
    #[derive(DeepSizeOf)]
    struct Outer {
        inner: Inner,
        turn: Turn,
    }

    /// Takes a snapshot when it is sized for the first time.
    struct Inner(Arc<ClassTracker>, Arc<Mutex<Vec<(ThreadId, usize)>>>);

    impl Inspect for Inner {
        fn inspect(&self, _walk: &mut Walk<'_>) {
            let (snapshot, seen) = (self.0.create_snapshot("inner"), thread::current().id());
            self.1.lock().push((seen, snapshot.classes[0].live as usize));
        }
    }

    #[derive(DeepSizeOf)]
    struct Plain {
        turn: Turn,
    }

    let plain: Vec<_> = (0..MANY).map(|_| Tracked::new(Plain { turn: Turn })).collect();
    let inner = Arc::new(ClassTracker::new());
    inner.track_class::<Plain>();
    inner.set_snapshot_threads(3);
    let taken = Arc::new(Mutex::new(Vec::new()));
    let outer = |_| Tracked::new(Outer { inner: Inner(Arc::clone(&inner), Arc::clone(&taken)), turn: Turn });
    let objects: Vec<_> = (0..300).map(outer).collect();
    let tracker = ClassTracker::new();
    tracker.track_class::<Outer>();
    let (snapshot, seen) = threads_in(|| snapshot_by(&tracker, 2));
    assert_eq!(snapshot.classes[0].live, 300);
    assert!((1..=2).contains(&seen), "{seen} threads");
    assert!(taken.lock().iter().all(|&(_, live)| live == MANY), "each of the inner ones saw all");
    drop((plain, objects));
}

#[test]
fn where_the_system_gives_no_thread_the_snapshot_is_taken_without() {
    let _turn = one_at_a_time();
    let objects: Vec<_> = (0..MANY).map(|_| Tracked::new((Turn, String::from("text")))).collect();
    let tracker = ClassTracker::new();
    tracker.track_class::<(Turn, String)>();
    STACK_IN_TEST.set(1 << 46);
    let (snapshot, seen) = threads_in(|| snapshot_by(&tracker, 3));
    STACK_IN_TEST.set(8 << 20);
    assert_eq!((snapshot.classes[0].live, snapshot.classes[0].unread, seen), (MANY as u64, 0, 1));
    drop(objects);
}
