//! Forks at every moment: the child does with trackers what it likes, and the process that forks is not held up.
//!
//! The moments are those at which a thread allocates: there it can be stopped, whatever it holds.

#![cfg(all(target_os = "linux", feature = "track"))]
#![allow(clippy::unwrap_used, reason = "a test that panics has failed, which is what it is for")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use classtracker::stats::Snapshot;
use classtracker::{
    ClassTracker, DeepSizeOf, Inventory, MonitorError, MonitorOptions, TrackOptions, Trackable, Tracked,
    live_instances, set_global_tracker,
};

/// Stops threads that asked for it.
struct Stopping;

#[global_allocator]
static ALLOCATOR: Stopping = Stopping;

thread_local! {
    /// After how many blocks this thread is stopped; 0: never.
    static LEFT: Cell<u64> = const { Cell::new(0) };
    static TAKEN: Cell<u64> = const { Cell::new(0) };
}

static STOPPED: AtomicBool = AtomicBool::new(false);
static GO_ON: AtomicBool = AtomicBool::new(false);

// SAFETY: the system's allocator does the work.
unsafe impl GlobalAlloc for Stopping {
    // Safety: as the trait says.
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        TAKEN.set(TAKEN.get() + 1);
        let left = LEFT.get();
        if left > 0 {
            LEFT.set(left - 1);
            if left == 1 {
                STOPPED.store(true, Ordering::SeqCst);
                while !GO_ON.load(Ordering::SeqCst) {
                    thread::sleep(Duration::from_millis(1));
                }
            }
        }
        // SAFETY: the caller's promise.
        unsafe { System.alloc(layout) }
    }

    // Safety: as the trait says.
    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise.
        unsafe { System.dealloc(block, layout) }
    }
}

#[derive(DeepSizeOf, Clone, Default)]
struct Thing(String);

#[derive(DeepSizeOf, Clone, Default)]
struct Item {
    tracked: Trackable<Item>,
}

/// What nothing takes that is not held up: the fork itself may take a while on a busy machine, or under a sanitizer.
const SLOW: Duration = Duration::from_secs(8);

/// One test at a time: a fork copies all threads' doings.
fn alone() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What a fork gave.
struct Forked {
    /// How long the process was held up that forked.
    held_up: Duration,
    /// What the child ended with, if it came to its end.
    code: Option<i32>,
}

/// Forks while another thread that does `work` is stopped at its `block`-th block, and lets it go on after `stopped_for`, or once the child has
/// ended. `None` if it needs no more blocks than that.
fn fork_while(
    block: u64,
    stopped_for: Option<Duration>,
    work: impl FnOnce() + Send,
    child: impl FnOnce() -> i32,
) -> Option<Forked> {
    STOPPED.store(false, Ordering::SeqCst);
    GO_ON.store(false, Ordering::SeqCst);
    thread::scope(|scope| {
        let other = scope.spawn(move || {
            LEFT.set(block);
            work();
            LEFT.set(0);
        });
        while !STOPPED.load(Ordering::SeqCst) {
            if other.is_finished() {
                return None;
            }
            thread::yield_now();
        }
        if let Some(patience) = stopped_for {
            scope.spawn(move || {
                thread::sleep(patience);
                GO_ON.store(true, Ordering::SeqCst);
            });
        }
        let start = Instant::now();
        // SAFETY: the child uses an allocator that is made for it, does what this crate promises to work there, and leaves by `_exit`.
        let forked = match unsafe { libc::fork() } {
            0 => {
                // SAFETY: a system call.
                unsafe { libc::alarm(20) };
                let code = child();
                // SAFETY: a system call.
                unsafe { libc::_exit(code) }
            }
            -1 => panic!("{}", std::io::Error::last_os_error()),
            child => {
                let held_up = start.elapsed();
                let mut status = 0;
                // SAFETY: the child is ours, and the status a place to write to.
                assert_eq!(unsafe { libc::waitpid(child, &raw mut status, 0) }, child);
                Forked { held_up, code: libc::WIFEXITED(status).then(|| libc::WEXITSTATUS(status)) }
            }
        };
        GO_ON.store(true, Ordering::SeqCst);
        Some(forked)
    })
}

/// All that a program does with trackers.
fn everything(tracker: &ClassTracker, inventory: &Inventory, dir: &Path) {
    static ROUND: AtomicU64 = AtomicU64::new(0);
    let round = ROUND.fetch_add(1, Ordering::Relaxed);
    let options = TrackOptions::new().name(format!("kind {round}"));
    #[cfg(feature = "backtrace")]
    let options = options.trace(classtracker::Trace::Stack);
    tracker.track_class_with::<Thing>(options);
    let mut things: Vec<_> = (0..20).map(|number| Tracked::new(Thing(format!("{number}")))).collect();
    Tracked::set_bundle(&things[0], "bundle");
    tracker.track_object_with(&things[1], TrackOptions::new().name(format!("object {round}")));
    inventory.set_listing::<Thing>(true);
    let path = dir.join(format!("{}-{round}.ctdump", std::process::id()));
    let monitor = tracker.monitor(MonitorOptions::new().stream_to(path).keep_last(3)).unwrap();
    things.push(Tracked::new(Thing::default()));
    drop((things, Item::default()));
    tracker.create_snapshot(round);
    monitor.finish().unwrap();
    inventory.report("*").unwrap();
    inventory.set_listing::<Thing>(false);
}

/// The same in a child; 0 if all went well, else what did not.
fn in_child(tracker: &ClassTracker, inventory: &Inventory, kept: &[Tracked<Thing>], dir: &Path) -> i32 {
    let before = live_instances("Thing").unwrap().remove(0).instances.len();
    let new: Vec<_> = (0..300).map(|number| (Tracked::new(Thing(number.to_string())), Item::default())).collect();
    let found = live_instances("Thing").unwrap().remove(0).instances.len();
    drop(new);
    let text = format!("{}", tracker.create_snapshot("in the child").classes.len());
    let live: u64 = tracker.snapshots().last().unwrap().classes.iter().map(|row| row.live).sum();
    let object = Arc::new(1_u8);
    tracker.track_object(&object);
    tracker.set_keep_last(10);
    tracker.stop_periodic_snapshots();
    let _ = tracker.monitor_status();
    let lost = tracker.monitor_status().last_error.is_some_and(|error| matches!(*error, MonitorError::LostInFork));
    inventory.set_listing::<Item>(true);
    let listed = inventory.report("*").is_ok();
    // A tracker, a monitor and a dump of its own.
    let own = ClassTracker::new();
    everything(&own, inventory, dir);
    everything(tracker, inventory, dir);
    own.start_periodic_snapshots(Duration::from_millis(1));
    while own.monitor_status().snapshots_taken == 0 {
        thread::sleep(Duration::from_millis(1));
    }
    drop((own, text));
    let checks = [before >= kept.len(), found == before + 300, live >= kept.len() as u64, !lost, listed];
    checks.iter().position(|fine| !fine).map_or(0, |place| place as i32 + 1)
}

#[test]
fn a_child_does_what_it_likes_wherever_another_thread_was() {
    let _turn = alone();
    let dir = tempfile::tempdir().unwrap();
    let tracker = ClassTracker::new();
    tracker.track_class::<Thing>();
    let inventory = Arc::new(Inventory::new());
    set_global_tracker(Some(inventory.clone()));
    let kept: Vec<_> = (0..100).map(|number| Tracked::new(Thing(number.to_string()))).collect();
    everything(&tracker, &inventory, dir.path());
    let before = TAKEN.get();
    everything(&tracker, &inventory, dir.path());
    let blocks = TAKEN.get() - before;
    // So many moments of all, each time others.
    const MOMENTS: u64 = 40;
    let seed = u64::from(std::process::id());
    let (mut forks, mut waited, mut slowest) = (0, 0, Duration::ZERO);
    for moment in 0..MOMENTS {
        let block = 1 + (moment * blocks + seed * 7919 % blocks) / MOMENTS;
        let stopped_for = Duration::from_millis(30);
        let work = || everything(&tracker, &inventory, dir.path());
        let child = || in_child(&tracker, &inventory, &kept, dir.path());
        let Some(forked) = fork_while(block, Some(stopped_for), work, child) else { continue };
        forks += 1;
        assert_eq!(
            forked.code,
            Some(0),
            "at block {block} of {blocks} (none: it did not come to its end in 20 seconds)"
        );
        waited += u32::from(forked.held_up > stopped_for / 2);
        slowest = slowest.max(forked.held_up);
    }
    // Some rounds need a few blocks less than the one that was counted.
    assert!(forks >= MOMENTS * 3 / 4, "{forks} of {MOMENTS} moments came");
    println!("{blocks} blocks; {waited} of {forks} forks waited for a lock, {slowest:?} at most");
    set_global_tracker(None);
}

/// The rows of what is tracked.
fn things(snapshot: &Snapshot) -> Vec<(&str, u64)> {
    let tracked = snapshot.classes.iter().filter(|row| !row.by_value);
    tracked.map(|row| (&*row.class, row.live)).collect()
}

/// The lock of the tracker is held for longer than a fork waits.
#[test]
fn what_another_thread_holds_for_ever_is_lost_to_the_child_which_is_told() {
    let _turn = alone();
    let tracker = ClassTracker::new();
    tracker.track_class::<Thing>();
    let (thing, other) = (Tracked::new(Thing::default()), Arc::new(String::from("one more")));
    let child = || {
        let start = Instant::now();
        let first = tracker.create_snapshot("in the child");
        let told = tracker.monitor_status().last_error.is_some_and(|error| matches!(*error, MonitorError::LostInFork));
        tracker.track_class::<Thing>();
        let second = tracker.create_snapshot("again");
        let quick = start.elapsed() < Duration::from_secs(5);
        let alive = |snapshot: &Snapshot| things(snapshot).iter().map(|(_, live)| live).sum::<u64>();
        let checks = [things(&first).is_empty(), told, alive(&second) == 1, quick];
        checks.iter().position(|fine| !fine).map_or(0, |place| place as i32 + 1)
    };
    let work = || {
        tracker.track_object(&other);
    };
    let forked = fork_while(1, None, work, child).unwrap();
    assert_eq!(forked.code, Some(0));
    assert!(forked.held_up >= Duration::from_secs(1) && forked.held_up < SLOW, "{:?}", forked.held_up);
    // Nothing is lost to this process.
    let snapshot = tracker.create_snapshot("in the parent");
    assert_eq!(things(&snapshot), [("alloc::string::String", 1), ("fork::Thing", 1)]);
    drop((thing, other));
}

/// As above for every other lock under which something is allocated: those of the registry are among them, whose child may be stuck.
#[test]
fn the_process_that_forks_is_held_up_for_a_second_at_most() {
    struct New<const N: usize>;
    impl<const N: usize> classtracker::Inspect for New<N> {
        fn inspect(&self, _walk: &mut classtracker::Walk<'_>) {}
    }
    fn of_a_new_class<const N: usize>() {
        drop(Tracked::new(New::<N>));
    }

    let _turn = alone();
    drop(Tracked::new(Thing::default()));
    let inventory = Inventory::new();
    let works: [(&str, &(dyn Fn() + Sync)); 3] = [
        ("a new class", &of_a_new_class::<1>),
        ("a list of objects", &|| inventory.set_listing::<Thing>(true)),
        ("an inventory's report", &|| drop(inventory.report("*"))),
    ];
    for (name, work) in works {
        for block in 1..4 {
            let Some(forked) = fork_while(block, None, work, || 0) else {
                assert!(block > 1, "{name} allocates nothing");
                break;
            };
            assert_eq!(forked.code, Some(0), "{name}, block {block}");
            assert!(forked.held_up < SLOW, "{name}, block {block}: {:?}", forked.held_up);
        }
    }
}
