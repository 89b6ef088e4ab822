//! Monitoring: where snapshots go, what ends it, and what must not harm the program.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed, which is what it is for")]

#[path = "conformance/process.rs"]
mod process;

use std::path::Path;
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use classtracker::stats::{DumpReader, Snapshot, Stats};
use classtracker::{
    ClassTracker, DeepSizeOf, MonitorError, MonitorOptions, TrackOptions, Tracked, Watermark, WatermarkStep,
};

fn labels(snapshots: &[Arc<Snapshot>]) -> Vec<&str> {
    snapshots.iter().map(|snapshot| snapshot.label.as_str()).collect()
}

#[track_caller]
fn wait_until(what: &str, mut is_so: impl FnMut() -> bool) {
    let end = Instant::now() + Duration::from_secs(20);
    while !is_so() {
        assert!(Instant::now() < end, "{what} took more than 20 seconds");
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// The snapshots of a dump that may not be ended.
fn whole_snapshots(path: &Path) -> Vec<Arc<Snapshot>> {
    let reader = DumpReader::new(std::fs::File::open(path).unwrap()).unwrap();
    reader.map_while(Result::ok).collect()
}

#[test]
fn every_snapshot_is_in_the_dump_as_soon_as_it_is_taken() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("run.ctdump");
    let tracker = ClassTracker::new();
    tracker.create_snapshot("before");
    let monitor = tracker.monitor(MonitorOptions::new().stream_to(&path).keep_last(2)).unwrap();
    for number in 1..=5 {
        let snapshot = tracker.create_snapshot(number);
        assert_eq!(whole_snapshots(&path).last(), Some(&snapshot));
    }
    assert_eq!(labels(&tracker.snapshots()), ["4", "5"]);
    let status = monitor.status();
    assert_eq!((status.snapshots_forgotten, status.snapshots_written, status.snapshots_unwritten), (4, 5, 0));
    monitor.finish().unwrap();
    let stats = Stats::load(&path).unwrap();
    assert_eq!(labels(stats.snapshots()), ["1", "2", "3", "4", "5", "end"]);
    assert_eq!(stats.session().process_id, std::process::id());
    tracker.create_snapshot("after");
    assert_eq!(Stats::load(&path).unwrap().snapshots().len(), 6);
}

#[test]
fn the_guard_ends_the_dump_even_when_its_function_panics() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("run.ctdump");
    let tracker = ClassTracker::new();
    let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        let _monitor = tracker.monitor(MonitorOptions::new().stream_to(&path)).unwrap();
        tracker.create_snapshot("before");
        panic!("of the program");
    }));
    assert!(result.is_err());
    assert_eq!(labels(Stats::load(&path).unwrap().snapshots()), ["before", "end"]);
}

#[test]
fn the_end_of_the_tracker_ends_its_monitoring() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("run.ctdump");
    let tracker = ClassTracker::new();
    let monitor = tracker.monitor(MonitorOptions::new().period(Duration::from_secs(3600)).stream_to(&path)).unwrap();
    wait_until("the first snapshot", || tracker.snapshots().len() == 1);
    drop(tracker);
    assert_eq!(labels(Stats::load(&path).unwrap().snapshots()), ["", "end"]);
    monitor.finish().unwrap();
}

#[test]
fn a_tracker_has_one_monitor_at_a_time() {
    let tracker = ClassTracker::new();
    let first = tracker.monitor(MonitorOptions::new()).unwrap();
    let second = tracker.monitor(MonitorOptions::new());
    assert!(matches!(second, Err(MonitorError::AlreadyMonitored)), "{second:?}");
    drop(first);
    let third = tracker.monitor(MonitorOptions::new().no_last_snapshot()).unwrap();
    drop(third);
    assert_eq!(labels(&tracker.snapshots()), ["end"]);
}

#[test]
fn a_dump_that_cannot_be_begun_is_an_error_and_leaves_nothing_running() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("no such folder").join("run.ctdump");
    let tracker = ClassTracker::new();
    let options = MonitorOptions::new().period(Duration::from_millis(1)).stream_to(&path);
    let error = tracker.monitor(options).unwrap_err().to_string();
    assert!(error.starts_with(&format!("{}: can't ", path.display())), "{error}");
    std::thread::sleep(Duration::from_millis(20));
    assert_eq!((tracker.snapshots().len(), tracker.monitor_status().period), (0, None));
    tracker.monitor(MonitorOptions::new()).unwrap().finish().unwrap();
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_costs_the_dump_and_nothing_else() {
    let tracker = ClassTracker::new();
    let error = tracker.monitor(MonitorOptions::new().stream_to("/dev/full")).unwrap_err();
    assert!(matches!(error, MonitorError::Dump(_)), "{error}");
    assert!(error.to_string().contains("No space left on device"), "{error}");
    assert_eq!(tracker.create_snapshot("goes on").label, "goes on");
}

#[test]
#[cfg(target_os = "linux")]
fn growing_memory_takes_labelled_snapshots_by_itself() {
    const STEP: usize = 32 << 20;

    let tracker = ClassTracker::new();
    let watermark = Watermark::new(WatermarkStep::Bytes(STEP as u64)).check_every(Duration::from_millis(1)).at_most(2);
    let monitor = tracker.monitor(MonitorOptions::new().watermark(watermark)).unwrap();
    wait_until("the first mark", || monitor.status().watermark_bytes.is_some());
    let mut hoard = Vec::new();
    for count in 1..=2 {
        hoard.push(vec![1_u8; STEP * 3 / 2]);
        wait_until("the snapshot", || tracker.snapshots().len() == count);
    }
    hoard.push(vec![1_u8; STEP * 3 / 2]);
    wait_until("the one passed over", || monitor.status().watermarks_passed_over > 0);
    let snapshots = tracker.snapshots();
    assert_eq!(snapshots.len(), 2);
    assert!(snapshots.iter().all(|snapshot| snapshot.label.starts_with("resident ")), "{:?}", labels(&snapshots));
    let resident: Vec<_> = snapshots.iter().map(|snapshot| snapshot.process.resident_bytes.unwrap()).collect();
    assert!(resident[0] + STEP as u64 / 2 < resident[1], "{resident:?}");
    monitor.finish().unwrap();
    drop(hoard);
}

#[test]
fn a_snapshot_may_stop_the_monitor_that_takes_it() {
    #[derive(DeepSizeOf)]
    struct Thing(u8);

    static TRACKER: LazyLock<ClassTracker> = LazyLock::new(ClassTracker::new);

    let tracker = &*TRACKER;
    tracker.track_class_with(TrackOptions::new().size_with(|thing: &Thing| {
        TRACKER.stop_periodic_snapshots();
        usize::from(thing.0)
    }));
    let thing = Tracked::new(Thing(1));
    let start = Instant::now();
    tracker.start_periodic_snapshots(Duration::from_millis(1));
    wait_until("the only snapshot", || tracker.snapshots().len() == 1);
    std::thread::sleep(Duration::from_millis(20));
    assert_eq!(tracker.snapshots().len(), 1);
    assert!(start.elapsed() < Duration::from_secs(5), "nobody waited for itself");
    drop(thing);
}

#[test]
fn the_last_table_is_written_when_monitoring_ends() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("summary.txt");
    std::fs::write(&path, "of an earlier run").unwrap();
    let tracker = ClassTracker::new();
    drop(tracker.monitor(MonitorOptions::new().summary_to(&path)).unwrap());
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.starts_with("SUMMARY  1 snapshot") && text.contains(" end ("), "{text}");
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1, "nothing else is left there");

    let nowhere = dir.path().join("no such folder").join("summary.txt");
    let error = tracker.monitor(MonitorOptions::new().summary_to(&nowhere)).unwrap().finish().unwrap_err();
    assert!(error.to_string().starts_with(&format!("{}: can't write the summary: ", nowhere.display())), "{error}");
}

#[test]
fn a_dump_that_is_there_already_is_not_overwritten_unless_that_is_said() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("run.ctdump");
    let tracker = ClassTracker::new();
    let options = MonitorOptions::new().stream_to(&path);
    tracker.monitor(options.clone()).unwrap().finish().unwrap();
    let error = tracker.monitor(options.clone()).unwrap_err().to_string();
    assert!(error.starts_with(&format!("{}: the file is not empty", path.display())), "{error}");
    assert_eq!(Stats::load(&path).unwrap().snapshots().len(), 1);
    tracker.create_snapshot("not in it");
    tracker.monitor(options.replace_dump().no_last_snapshot()).unwrap().finish().unwrap();
    assert_eq!(Stats::load(&path).unwrap().snapshots().len(), 0);
}

/// Runs the body of a test in a process of its own, in which writing beyond a limit is an error and no signal.
#[cfg(target_os = "linux")]
fn with_limited_files(test: &str, body: impl FnOnce()) {
    const LIMITED: &str = "CLASSTRACKER_TEST_LIMITED";
    if std::env::var_os(LIMITED).is_some() {
        return body();
    }
    let output = std::process::Command::new("sh")
        .args(["-c", "trap '' XFSZ; exec \"$0\" \"$@\""])
        .arg(std::env::current_exe().unwrap())
        .args([test, "--exact", "--nocapture", "--test-threads=1"])
        .env(LIMITED, "")
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && text.contains("1 passed"), "{test}:\n{text}");
}

#[test]
#[cfg(target_os = "linux")]
fn a_disk_that_fills_up_costs_the_snapshots_that_do_not_fit() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

    with_limited_files("a_disk_that_fills_up_costs_the_snapshots_that_do_not_fit", || {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("run.ctdump");
        let tracker = ClassTracker::new();
        let monitor = tracker.monitor(MonitorOptions::new().stream_to(&path).keep_last(1)).unwrap();
        tracker.create_snapshot("fits");
        let limits = getrlimit(Resource::Fsize);
        let length = std::fs::metadata(&path).unwrap().len();
        setrlimit(Resource::Fsize, Rlimit { current: Some(length + 5), ..limits }).unwrap();
        for _ in 0..3 {
            tracker.create_snapshot("does not fit");
        }
        let status = monitor.status();
        assert_eq!((status.snapshots_written, status.snapshots_unwritten), (1, 3));
        let error = status.last_error.unwrap().to_string();
        assert!(error.starts_with(&format!("{}: byte {length}: can't write: ", path.display())), "{error}");
        assert_eq!(std::fs::metadata(&path).unwrap().len(), length, "no part of them is left");
        setrlimit(Resource::Fsize, limits).unwrap();
        tracker.create_snapshot("fits again");
        assert!(monitor.finish().is_err(), "snapshots are missing");
        assert_eq!(labels(Stats::load(&path).unwrap().snapshots()), ["fits", "fits again", "end"]);
    });
}

#[test]
#[cfg(target_os = "linux")]
fn in_a_forked_child_nothing_is_waited_for_and_nothing_is_written() {
    process::alone("in_a_forked_child_nothing_is_waited_for_and_nothing_is_written", || {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("run.ctdump");
        let tracker = ClassTracker::new();
        let options = MonitorOptions::new().period(Duration::from_secs(3600)).stream_to(&path);
        let monitor = tracker.monitor(options).unwrap();
        wait_until("the first snapshot", || monitor.status().snapshots_written == 1);
        // Let the thread fall asleep: a fork copies locks as they are.
        std::thread::sleep(Duration::from_millis(50));
        let start = Instant::now();
        // SAFETY: the child does nothing that needs another thread, and ends without returning.
        match unsafe { libc::fork() } {
            0 => {
                tracker.create_snapshot("in the child");
                let told = matches!(monitor.last_error().as_deref(), Some(MonitorError::Forked { .. }));
                tracker.stop_periodic_snapshots();
                let _ = monitor.finish();
                drop(tracker);
                let quick = start.elapsed() < Duration::from_secs(5);
                // SAFETY: it takes a number.
                unsafe { libc::_exit(i32::from(!(told && quick))) }
            }
            child => {
                let pid = rustix::process::Pid::from_raw(child).unwrap();
                let ended = rustix::process::waitpid(Some(pid), rustix::process::WaitOptions::empty()).unwrap();
                assert_eq!(ended.unwrap().1.exit_status(), Some(0));
            }
        }
        tracker.create_snapshot("in the parent");
        monitor.finish().unwrap();
        assert_eq!(labels(Stats::load(&path).unwrap().snapshots()), ["", "in the parent", "end"]);
    });
}

#[test]
#[cfg(target_os = "linux")]
fn while_the_monitor_waits_for_a_disk_the_program_does_not() {
    let dir = tempfile::tempdir().unwrap();
    // A pipe that nobody reads stands for a disk that hangs.
    let path = dir.path().join("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
    let tracker = ClassTracker::new();
    let objects: Vec<_> = (0..300).map(Arc::new).collect();
    for object in &objects {
        tracker.track_object_with(object, TrackOptions::new().name(format!("object {object}")));
    }
    let options = MonitorOptions::new().period(Duration::from_millis(1)).stream_to(&path).no_last_snapshot();
    let monitor = tracker.monitor(options).unwrap();
    let mut before = 0;
    wait_until("filling the pipe", || {
        std::thread::sleep(Duration::from_secs(1));
        let written = monitor.status().snapshots_written;
        written > 0 && std::mem::replace(&mut before, written) == written
    });

    let (stop, stopped) = std::sync::mpsc::channel::<()>();
    let reader = std::thread::spawn(move || {
        // Should the program be stuck, this lets it go on, too late.
        let _ = stopped.recv_timeout(Duration::from_secs(10));
        let mut pipe = std::fs::File::open(path).unwrap();
        std::io::copy(&mut pipe, &mut std::io::sink()).unwrap();
    });
    let start = Instant::now();
    for number in 0..100 {
        tracker.create_snapshot(number);
    }
    assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
    stop.send(()).unwrap();
    // A pipe cannot be made to last, which is told; all else ends as it should.
    assert!(matches!(&*monitor.finish().unwrap_err(), MonitorError::Dump(_)));
    let status = tracker.monitor_status();
    assert!(status.snapshots_written > 0 && status.snapshots_unwritten > 0, "only so many wait: {status:?}");
    drop(tracker);
    reader.join().unwrap();
}

#[test]
#[cfg(target_os = "linux")]
fn the_rest_goes_on_when_periodic_snapshots_are_stopped_and_started() {
    let tracker = ClassTracker::new();
    let never = Watermark::new(WatermarkStep::Bytes(u64::MAX)).check_every(Duration::from_millis(1));
    let options = MonitorOptions::new().period(Duration::from_millis(1)).watermark(never).no_last_snapshot();
    let monitor = tracker.monitor(options).unwrap();
    wait_until("the first snapshots", || tracker.snapshots().len() > 2);
    tracker.stop_periodic_snapshots();
    let stopped = tracker.snapshots().len();
    wait_until("the mark", || monitor.status().watermark_bytes.is_some());
    std::thread::sleep(Duration::from_millis(50));
    assert_eq!((tracker.snapshots().len(), monitor.status().period), (stopped, None));
    tracker.start_periodic_snapshots(Duration::from_millis(1));
    wait_until("more snapshots", || tracker.snapshots().len() > stopped + 2);
    monitor.finish().unwrap();
    let status = tracker.monitor_status();
    assert_eq!((status.period, status.watermark_bytes), (None, None), "the end is the end of all");
}
