//! Snapshots for which several threads walk, seen from outside: with many objects, while others come and go, inside programs that hold
//! locks or fork.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed, which is what it is for")]

#[path = "conformance/process.rs"]
mod process;

use std::cell::Cell;
use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, RwLock};
use std::thread::{self, ThreadId};
use std::time::{Duration, Instant};

use classtracker::stats::Snapshot;
use classtracker::{ClassTracker, DeepSizeOf, Detail, Inspect, TrackOptions, Tracked, Walk};

/// So many that other threads begin at once.
const MANY: u64 = 40_000;

fn snapshot_by(tracker: &ClassTracker, threads: usize) -> Arc<Snapshot> {
    tracker.set_snapshot_threads(threads);
    tracker.create_snapshot(threads)
}

/// Remembers which threads size it.
#[derive(Clone)]
struct Witness(Arc<parking_lot::Mutex<HashSet<ThreadId>>>);

impl Inspect for Witness {
    fn inspect(&self, _walk: &mut Walk<'_>) {
        self.0.lock().insert(thread::current().id());
    }
}

#[derive(DeepSizeOf)]
struct Session {
    id: u64,
    user: Arc<str>,
    cart: Arc<Mutex<HashMap<u64, String>>>,
    config: Arc<RwLock<Vec<String>>>,
    #[deep_size(skip)]
    _padding: [u8; 3],
}

#[test]
fn many_objects_that_share_much_are_measured_alike_by_one_two_and_three_threads() {
    let config = Arc::new(RwLock::new((0..1000).map(|line| format!("line {line}")).collect()));
    let users: Vec<Arc<str>> = (0..100).map(|user| format!("user {user}").into()).collect();
    let carts: Vec<_> = (0..MANY / 4)
        .map(|cart| Arc::new(Mutex::new((0..cart % 5).map(|item| (item, "x".repeat(item as usize))).collect())))
        .collect();
    let sessions: Vec<_> = (0..MANY)
        .map(|id| {
            Tracked::new(Session {
                id,
                user: Arc::clone(&users[(id % 100) as usize]),
                cart: Arc::clone(&carts[(id * 7 % (MANY / 4)) as usize]),
                config: Arc::clone(&config),
                _padding: [0; 3],
            })
        })
        .collect();
    let tracker = ClassTracker::new();
    let options = || TrackOptions::<Session>::new().detail(Detail::Largest(50)).ages(5);
    for options in [options(), options().resolution_level(2), options().detail(Detail::All).keep(true)] {
        tracker.detach_all();
        tracker.track_class_with(options);
        for census in [false, true] {
            tracker.set_census(census);
            let alone = snapshot_by(&tracker, 1);
            assert_eq!((alone.classes[0].live, alone.classes[0].unread), (MANY, 0));
            assert!(alone.classes[0].shared_bytes > 0);
            for threads in [2, 3, 1000] {
                let together = snapshot_by(&tracker, threads);
                let timeless = |snapshot: &Snapshot| {
                    let mut classes = snapshot.classes.clone();
                    let ages = classes[0].ages.take().map(|ages| ages.count());
                    (classes, ages)
                };
                // Not `assert_eq`: what it would print is long.
                assert!(timeless(&together) == timeless(&alone), "the rows, by {threads} threads");
                assert!(together.objects == alone.objects, "the objects, by {threads} threads");
                assert_eq!(together.census, alone.census, "by {threads} threads");
            }
        }
    }
    drop(sessions);
}

#[derive(DeepSizeOf)]
struct Item {
    id: u64,
    text: String,
    turn: Dropped,
}

/// Counts those that were dropped, by whichever thread.
struct Dropped(Arc<AtomicU64>);

impl Inspect for Dropped {
    fn inspect(&self, _walk: &mut Walk<'_>) {}
}

impl Drop for Dropped {
    fn drop(&mut self) {
        // Relaxed: it is read when the threads have ended.
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

#[test]
fn while_objects_come_and_go_every_snapshot_adds_up_and_no_object_is_lost() {
    let dropped = Arc::new(AtomicU64::new(0));
    let item =
        |id: u64| Tracked::new(Item { id, text: "x".repeat((id % 20) as usize), turn: Dropped(Arc::clone(&dropped)) });
    let stays: Vec<_> = (0..MANY).map(item).collect();
    let tracker = ClassTracker::new();
    tracker.track_class_with::<Item>(TrackOptions::new().ages(3).detail(Detail::Largest(10)));
    tracker.set_census(true);
    let over = AtomicBool::new(false);
    let made = thread::scope(|scope| {
        let churn = |seed: u64| {
            let mut mine = Vec::new();
            let mut made = 0;
            // Relaxed: a turn too many does no harm.
            while !over.load(Ordering::Relaxed) {
                mine.extend((0..100).map(|id| item(seed + id)));
                made += 100;
                if mine.len() > 3_000 {
                    // From between others, all over the pages.
                    let mut at = 0;
                    mine.retain(|_| {
                        at += 1;
                        at % 3 == 0
                    });
                }
            }
            made
        };
        let churning: Vec<_> = [1, 2].map(|seed| scope.spawn(move || churn(seed))).into();
        for turn in 0..30 {
            let snapshot = snapshot_by(&tracker, 1 + turn % 3);
            let row = &snapshot.classes[0];
            assert!(row.live >= MANY && row.live + row.dropped == row.created, "{row:?}");
            assert_eq!(row.unread, 0);
            assert_eq!(row.flat_bytes, row.live * size_of::<Item>() as u64);
            assert_eq!(row.sites.iter().map(|site| site.live).sum::<u64>(), row.live);
            assert_eq!(row.sites.iter().map(|site| site.bytes).sum::<u64>(), row.bytes);
            assert_eq!(row.ages.as_ref().unwrap().count(), row.live);
            let census = snapshot.census.as_ref().unwrap();
            let items = census.iter().find(|row| row.type_name.ends_with("::Item")).unwrap();
            assert_eq!((items.count, items.bytes), (row.live, row.bytes));
        }
        over.store(true, Ordering::Relaxed);
        churning.into_iter().map(|thread| thread.join().unwrap()).sum::<u64>()
    });
    let last = snapshot_by(&tracker, 3);
    let row = &last.classes[0];
    assert_eq!((row.live, row.created, row.dropped), (MANY, MANY + made, made));
    drop(stays);
    assert_eq!(snapshot_by(&tracker, 3).classes[0].live, 0);
    assert_eq!(dropped.load(Ordering::Relaxed), MANY + made, "each destructor ran, once");
}

#[test]
fn a_program_that_holds_locks_while_it_takes_a_snapshot_gets_it_soon() {
    #[derive(DeepSizeOf)]
    struct Guarded {
        own: Mutex<String>,
        shared: Arc<Mutex<String>>,
        free: Arc<Mutex<String>>,
    }
    let shared = Arc::new(Mutex::new("held".to_owned()));
    let free = Arc::new(Mutex::new("free".to_owned()));
    let guarded = |_| {
        let (shared, free) = (Arc::clone(&shared), Arc::clone(&free));
        Tracked::new(Guarded { own: Mutex::new("own".into()), shared, free })
    };
    let objects: Vec<_> = (0..MANY).map(guarded).collect();
    let tracker = ClassTracker::new();
    tracker.track_class::<Guarded>();
    let guard = shared.lock().unwrap();
    let owns: Vec<_> = objects.iter().take(500).map(|object| object.own.lock().unwrap()).collect();
    let alone = snapshot_by(&tracker, 1);
    let start = Instant::now();
    let together = snapshot_by(&tracker, 3);
    assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
    assert!(together.classes[0].unread == MANY && together.classes == alone.classes);
    drop((guard, owns));
    let open = snapshot_by(&tracker, 3);
    assert_eq!((open.classes[0].unread, open.classes[0].bytes), (0, alone.classes[0].bytes + 4 + 500 * 3));
}

#[test]
fn other_threads_help_with_few_objects_too_where_each_takes_long() {
    #[derive(DeepSizeOf)]
    struct Large {
        witness: Witness,
        turns: Turns,
    }
    struct Turns;
    impl Inspect for Turns {
        fn inspect(&self, _walk: &mut Walk<'_>) {
            thread::sleep(Duration::from_millis(1));
        }
    }
    let witness = Witness(Arc::default());
    let objects: Vec<_> = (0..400).map(|_| Tracked::new(Large { witness: witness.clone(), turns: Turns })).collect();
    let tracker = ClassTracker::new();
    tracker.track_class::<Large>();
    assert_eq!(snapshot_by(&tracker, 3).classes[0].live, 400);
    assert!(witness.0.lock().len() > 1, "one waits while others walk");
    drop(objects);
}

#[test]
fn monitoring_is_stopped_inside_a_sizing_on_any_thread_without_waiting_for_itself() {
    /// Stops the monitor's snapshots, in the midst of one.
    struct Stop(Arc<ClassTracker>, Arc<parking_lot::Mutex<Duration>>);
    impl Inspect for Stop {
        fn inspect(&self, _walk: &mut Walk<'_>) {
            let start = Instant::now();
            thread::sleep(Duration::from_micros(100));
            self.0.stop_periodic_snapshots();
            let mut longest = self.1.lock();
            *longest = start.elapsed().max(*longest);
        }
    }
    #[derive(DeepSizeOf)]
    struct Stopping {
        stop: Stop,
        witness: Witness,
    }
    let (tracker, longest, witness) = (Arc::new(ClassTracker::new()), Arc::default(), Witness(Arc::default()));
    tracker.track_class::<Stopping>();
    tracker.set_snapshot_threads(3);
    let stopping = |_| {
        let stop = Stop(Arc::clone(&tracker), Arc::clone(&longest));
        Tracked::new(Stopping { stop, witness: witness.clone() })
    };
    let objects: Vec<_> = (0..1_000).map(stopping).collect();
    tracker.start_periodic_snapshots(Duration::from_secs(3600));
    let start = Instant::now();
    while tracker.snapshots().is_empty() {
        assert!(start.elapsed() < Duration::from_secs(60), "the snapshot is taken");
        thread::sleep(Duration::from_millis(1));
    }
    assert!(witness.0.lock().len() > 1, "others helped");
    assert!(*longest.lock() < Duration::from_secs(5), "{longest:?}");
    assert_eq!(tracker.snapshots()[0].classes[0].unread, 0);
    drop(objects);
}

#[test]
#[cfg(target_os = "linux")]
fn a_child_that_is_forked_inside_a_sizing_walks_again_alone() {
    process::alone("a_child_that_is_forked_inside_a_sizing_walks_again_alone", || {
        thread_local! {
            /// Whether the next object that this thread sizes forks. (No lock: another thread might hold it at the fork.)
            static ASKED: Cell<bool> = const { Cell::new(false) };
        }
        /// Forks once it is told to, on the thread that takes the snapshot.
        struct Fork(Arc<AtomicU64>);
        impl Inspect for Fork {
            fn inspect(&self, _walk: &mut Walk<'_>) {
                if ASKED.take() {
                    // Let the others be in the midst of it.
                    thread::sleep(Duration::from_millis(5));
                    // SAFETY: the child needs no other thread, and ends without returning from the test.
                    let child = unsafe { libc::fork() };
                    // Relaxed: only this thread reads it.
                    self.0.store(u64::try_from(child).unwrap() + 1, Ordering::Relaxed);
                }
            }
        }
        #[derive(DeepSizeOf)]
        struct Forking {
            fork: Fork,
            text: String,
            shared: Arc<String>,
        }
        let forked = Arc::new(AtomicU64::new(0));
        let shared = Arc::new("shared".to_owned());
        let object = |_| {
            let fork = Fork(Arc::clone(&forked));
            Tracked::new(Forking { fork, text: "text".into(), shared: Arc::clone(&shared) })
        };
        let objects: Vec<_> = (0..MANY).map(object).collect();
        let tracker = ClassTracker::new();
        tracker.track_class_with::<Forking>(TrackOptions::new().keep(true));
        let before = snapshot_by(&tracker, 1);
        ASKED.set(true);
        let after = snapshot_by(&tracker, 3);
        let same = after.classes == before.classes && after.objects == before.objects;
        match forked.load(Ordering::Relaxed) {
            0 => panic!("nobody forked"),
            1 => {
                let again = snapshot_by(&tracker, 2).classes == before.classes;
                // SAFETY: it takes a number.
                unsafe { libc::_exit(i32::from(!(same && again))) }
            }
            child => {
                let pid = rustix::process::Pid::from_raw(child as i32 - 1).unwrap();
                let ended = rustix::process::waitpid(Some(pid), rustix::process::WaitOptions::empty()).unwrap();
                assert_eq!(ended.unwrap().1.exit_status(), Some(0), "the child's snapshot");
                assert!(same, "the parent's");
            }
        }
        drop(objects);
    });
}
