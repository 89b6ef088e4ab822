//! `CountingAlloc` as the allocator of a program: it counts to the byte, on any threads, at any time of their lives.
//!
//! What is counted is the whole process', so there is no harness: its threads allocate too. The tests run one after the other.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed, which is what it is for")]

use std::alloc::{GlobalAlloc, Layout};
use std::cell::RefCell;
use std::collections::VecDeque;
use std::hint::black_box;
use std::sync::Mutex;
use std::sync::mpsc::{channel, sync_channel};
use std::time::Duration;

use classtracker::stats::{AllocatorSource, Stats};
use classtracker::{ClassTracker, CountingAlloc, DeepSizeOf, MemoryOptions, MonitorOptions, Tracked, process_memory};

#[global_allocator]
static ALLOCATOR: CountingAlloc = CountingAlloc::new();

const TESTS: &[(&str, fn())] = &[
    ("blocks_count_as_they_were_asked_for", blocks_count_as_they_were_asked_for),
    ("a_block_that_another_thread_frees_is_freed", a_block_that_another_thread_frees_is_freed),
    ("blocks_outlive_two_thousand_threads_that_made_them", blocks_outlive_two_thousand_threads_that_made_them),
    ("destructors_of_thread_locals_count_too", destructors_of_thread_locals_count_too),
    ("what_is_read_while_others_allocate_is_never_too_little", what_is_read_while_others_allocate_is_never_too_little),
    ("the_counted_allocator_is_what_snapshots_show", the_counted_allocator_is_what_snapshots_show),
    ("a_month_of_snapshots_takes_no_more_memory_than_a_day", a_month_of_snapshots_takes_no_more_memory_than_a_day),
    ("any_allocator_can_be_counted", any_allocator_can_be_counted),
];

/// The arguments that are no flags choose tests by parts of their names, as those of a harness would.
fn main() {
    let filters: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    for (name, test) in TESTS {
        if filters.is_empty() || filters.iter().any(|filter| name.contains(filter.as_str())) {
            println!("test {name} ...");
            test();
        }
    }
}

/// Live bytes and blocks.
fn live() -> (u64, u64) {
    let live = CountingAlloc::live().unwrap();
    (live.live_bytes, live.live_blocks.unwrap())
}

/// What `work` adds to them.
fn added<R>(work: impl FnOnce() -> R) -> (i64, i64, R) {
    let (bytes, blocks) = live();
    let result = work();
    let (bytes_now, blocks_now) = live();
    (bytes_now.wrapping_sub(bytes) as i64, blocks_now.wrapping_sub(blocks) as i64, result)
}

fn blocks_count_as_they_were_asked_for() {
    let (bytes, blocks, vec) = added(|| Vec::<u8>::with_capacity(1001));
    assert_eq!((bytes, blocks), (1001, 1));
    let (bytes, blocks, zeros) = added(|| vec![0_u64; 100]);
    assert_eq!((bytes, blocks), (800, 1));
    let (bytes, blocks, vec) = added(move || {
        let mut vec = vec;
        vec.reserve_exact(5000);
        vec
    });
    assert_eq!((bytes, blocks), (3999, 0), "moved to a larger block");
    let (bytes, blocks, ()) = added(move || drop((vec, zeros)));
    assert_eq!((bytes, blocks), (-5800, -2));
}

fn a_block_that_another_thread_frees_is_freed() {
    const LET_THE_OTHER_WAIT: usize = 1000;
    // With a place each: ThreadSanitizer does not see what a channel without one orders.
    let (to, from) = sync_channel::<Vec<u8>>(1);
    let (done, wait) = sync_channel::<()>(1);
    let thread = std::thread::spawn(move || {
        for block in from {
            if block.len() == LET_THE_OTHER_WAIT {
                std::thread::sleep(Duration::from_millis(1));
            }
            drop(block);
            done.send(()).unwrap();
        }
    });
    // What the channels themselves take is taken the first time that a side waits, and each side has to have waited in both of them.
    for round in 0..20 {
        if round % 2 == 0 {
            std::thread::sleep(Duration::from_millis(1));
        }
        to.send(vec![1; LET_THE_OTHER_WAIT]).unwrap();
        if round % 4 < 2 {
            std::thread::sleep(Duration::from_millis(2));
        }
        wait.recv().unwrap();
    }
    let (bytes, blocks, ()) = added(|| {
        for size in 1..100 {
            to.send(vec![1; size]).unwrap();
            wait.recv().unwrap();
        }
    });
    assert_eq!((bytes, blocks), (0, 0));
    drop(to);
    thread.join().unwrap();
}

fn blocks_outlive_two_thousand_threads_that_made_them() {
    fn round(kept: &mut Vec<Vec<u8>>) {
        let threads: Vec<_> = (0..100).map(|_| std::thread::spawn(|| vec![1_u8; 1000])).collect();
        kept.extend(threads.into_iter().map(|thread| thread.join().unwrap()));
    }

    let mut kept = Vec::with_capacity(2000);
    // What comes with the first threads and stays is not counted.
    round(&mut kept);
    kept.clear();
    let (bytes, blocks, ()) = added(|| (0..20).for_each(|_| round(&mut kept)));
    assert_eq!((bytes, blocks), (2_000_000, 2000));
    let (bytes, blocks, ()) = added(|| kept.clear());
    assert_eq!((bytes, blocks), (-2_000_000, -2000));
}

fn destructors_of_thread_locals_count_too() {
    static KEPT: Mutex<Vec<Vec<u8>>> = Mutex::new(Vec::new());

    struct Last(Vec<u8>);

    impl Drop for Last {
        fn drop(&mut self) {
            // One block goes, another comes, and a thread-local that nobody has used yet comes to life and ends.
            self.0 = Vec::new();
            KEPT.lock().unwrap().push(vec![1; 777]);
            LATE.with_borrow_mut(|late| *late = vec![1; 50]);
        }
    }

    thread_local! {
        static LAST: RefCell<Option<Last>> = const { RefCell::new(None) };
        static LATE: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
    }

    fn thread() {
        std::thread::spawn(|| LAST.with_borrow_mut(|last| *last = Some(Last(vec![1; 100])))).join().unwrap();
    }

    KEPT.lock().unwrap().reserve(100);
    thread();
    let (bytes, blocks, ()) = added(|| (0..50).for_each(|_| thread()));
    assert_eq!((bytes, blocks), (50 * 777, 50));
}

fn what_is_read_while_others_allocate_is_never_too_little() {
    const HELD: u64 = 10_000_000;

    let held = black_box(vec![1_u8; HELD as usize]);
    let (to, from) = channel::<Vec<u8>>();
    let (stop, stopped) = sync_channel::<()>(1);
    let makes = std::thread::spawn(move || {
        // Rounds, so that the queue stays short.
        while stopped.try_recv().is_err() {
            (0..64).for_each(|size| to.send(vec![1; 1 + size]).unwrap());
            std::thread::yield_now();
        }
    });
    let frees = std::thread::spawn(move || from.into_iter().for_each(drop));
    let least = (0..50_000).map(|_| live().0).min().unwrap();
    stop.send(()).unwrap();
    makes.join().unwrap();
    frees.join().unwrap();
    assert!(least >= HELD, "{least}");
    drop(held);
}

fn the_counted_allocator_is_what_snapshots_show() {
    let tracker = ClassTracker::new();
    tracker.track_class::<Vec<u8>>();
    // Even where glibc could be asked: the count is exact.
    tracker.set_memory(MemoryOptions::new().glibc());
    let object = Tracked::new(vec![1_u8; 100_000]);
    let snapshot = tracker.create_snapshot("");
    let allocator = snapshot.process.allocator.unwrap();
    assert_eq!(allocator.source, AllocatorSource::Counting);
    assert!(allocator.live_bytes >= snapshot.tracked_bytes() + snapshot.overhead_bytes / 2, "{snapshot:?}");
    let now = process_memory(MemoryOptions::new()).allocator.unwrap();
    assert!(now.live_bytes.abs_diff(allocator.live_bytes) < 100_000, "{now:?} {allocator:?}");
    drop(object);
}

fn a_month_of_snapshots_takes_no_more_memory_than_a_day() {
    #[derive(DeepSizeOf)]
    struct Request {
        path: String,
    }

    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("run.ctdump");
    let tracker = ClassTracker::new();
    tracker.track_class::<Request>();
    let options = MonitorOptions::new().stream_to(&path).keep_last(5);
    let monitor = tracker.monitor(options).unwrap();
    let mut requests = VecDeque::new();
    // Objects come and go, of which each is listed by some snapshots.
    let mut run = |snapshots: usize| {
        for number in 0..snapshots {
            for _ in 0..3 {
                requests.push_back(Tracked::new(Request { path: format!("/{number:08}") }));
            }
            while requests.len() > 20 {
                requests.pop_front();
            }
            tracker.create_snapshot(format!("{number:08}"));
        }
    };
    run(500);
    let (bytes, blocks, ()) = added(|| run(5000));
    assert!(bytes < 10_000 && blocks < 100, "{bytes} bytes, {blocks} blocks");
    let status = monitor.status();
    assert_eq!((status.snapshots_written, status.snapshots_forgotten), (5500, 5495));
    let mut summary = Vec::new();
    tracker.stats().write_summary(&mut summary).unwrap();
    let summary = String::from_utf8(summary).unwrap();
    assert!(summary.starts_with("SUMMARY  5 snapshots (5495 before not kept), 1 class"), "{summary}");
    monitor.finish().unwrap();
    assert_eq!(Stats::load(&path).unwrap().snapshots().len(), 5501);
}

fn any_allocator_can_be_counted() {
    /// Has nothing left.
    struct Empty;

    // SAFETY: no block is ever given.
    unsafe impl GlobalAlloc for Empty {
        // Safety: as the trait says.
        unsafe fn alloc(&self, _: Layout) -> *mut u8 {
            std::ptr::null_mut()
        }
        // Safety: as the trait says.
        unsafe fn dealloc(&self, _: *mut u8, _: Layout) {}
    }

    let empty = CountingAlloc::around(Empty);
    let layout = Layout::new::<[u64; 100]>();
    let (bytes, blocks, ()) = added(|| {
        // SAFETY: the layout is not of size zero.
        assert!(unsafe { empty.alloc(layout) }.is_null());
        // SAFETY: as above.
        assert!(unsafe { empty.alloc_zeroed(layout) }.is_null());
    });
    assert_eq!((bytes, blocks), (0, 0), "what was not given does not count");
}
