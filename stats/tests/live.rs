//! A dump's file that grows: one writer, readers at any moment, whole after each snapshot.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed, which is what it is for")]

mod support;

use std::fs;
use std::sync::Arc;

use classtracker_stats::{DumpError, DumpFile, DumpReader, ObjectRow, Snapshot, Stats};
use expect_test::expect;
use support::everything::everything;
use support::{dumped, object, session, snapshot};

fn whole(path: &std::path::Path) -> Vec<Arc<Snapshot>> {
    let file = fs::File::open(path).unwrap();
    DumpReader::new(file).unwrap().map_while(Result::ok).collect()
}

#[test]
fn a_file_can_be_read_after_each_snapshot_and_is_the_dump_in_the_end() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("live.ctdump");
    let stats = everything();
    let mut file = DumpFile::create(&path, stats.session()).unwrap();
    for (written, snapshot) in stats.snapshots().iter().enumerate() {
        assert_eq!(whole(&path), stats.snapshots()[..written]);
        file.write(snapshot).unwrap();
        assert_eq!(file.bytes(), fs::metadata(&path).unwrap().len());
    }
    assert_eq!((file.snapshots(), file.path()), (3, path.as_path()));
    let error = Stats::load(&path).unwrap_err();
    assert!(matches!(error, DumpError::Cut { snapshots: 3, .. }), "{error}");
    file.finish().unwrap();
    assert_eq!(fs::read(&path).unwrap(), dumped(&stats));
}

#[test]
fn two_writers_never_write_into_one_file() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("live.ctdump");
    let mut first = DumpFile::create(&path, &session()).unwrap();
    for second in [DumpFile::create(&path, &session()), DumpFile::replace(&path, &session())] {
        let error = second.unwrap_err();
        assert!(matches!(error, DumpError::Locked { .. }), "{error}");
        assert_eq!(error.to_string(), format!("{}: another process is writing to this file", path.display()));
    }
    first.write(&everything().snapshots()[0]).unwrap();
    first.finish().unwrap();
    assert_eq!(Stats::load(&path).unwrap().snapshots().len(), 1);
}

#[cfg(unix)]
#[test]
fn a_dump_at_once_does_not_take_the_place_of_one_that_is_being_written() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("live.ctdump");
    let mut file = DumpFile::create(&path, &session()).unwrap();
    let error = everything().dump(&path).unwrap_err();
    assert!(matches!(error, DumpError::Locked { .. }), "{error}");
    assert_eq!(error.path(), Some(path.as_path()));
    file.write(&everything().snapshots()[0]).unwrap();
    file.finish().unwrap();
    assert_eq!(Stats::load(&path).unwrap().snapshots().len(), 1);
    everything().dump(&path).unwrap();
    assert_eq!(Stats::load(&path).unwrap().snapshots().len(), 3);
}

#[test]
fn what_an_earlier_run_has_left_is_refused_or_replaced_but_never_mixed_into() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("left.ctdump");
    let check = |found: expect_test::Expect| {
        let before = fs::read(&path).unwrap();
        let error = DumpFile::create(&path, &session()).unwrap_err();
        assert_eq!(error.path(), Some(path.as_path()));
        found.assert_eq(&error.to_string().replace(&path.display().to_string(), "PATH"));
        assert_eq!(fs::read(&path).unwrap(), before);
    };
    // As a killed process leaves it.
    drop(DumpFile::create(&path, &session()).unwrap());
    check(expect![
        "PATH: the file is not empty: it holds the dump of factory, process 4711, started 2027-01-15 08:00:00 UTC"
    ]);
    fs::write(&path, "a letter").unwrap();
    check(expect!["PATH: the file is not empty: it holds something that is not a dump"]);
    fs::write(&path, &dumped(&everything())[..20]).unwrap();
    check(expect!["PATH: the file is not empty: it holds a dump that can't be read"]);

    let mut file = DumpFile::replace(&path, &session()).unwrap();
    file.write(&everything().snapshots()[0]).unwrap();
    file.finish().unwrap();
    assert_eq!(Stats::load(&path).unwrap().snapshots(), &everything().snapshots()[..1]);

    fs::write(&path, "").unwrap();
    DumpFile::create(&path, &session()).unwrap().finish().unwrap();
    assert_eq!(Stats::load(&path).unwrap().snapshots(), []);
}

#[test]
fn a_file_that_can_not_be_made_is_an_error_with_its_path() {
    let dir = tempfile::tempdir().unwrap();
    for path in [dir.path().join("missing/a.ctdump"), dir.path().to_owned()] {
        let error = DumpFile::create(&path, &session()).unwrap_err();
        assert!(matches!(error, DumpError::Io { .. }), "{error}");
        assert_eq!(error.path(), Some(path.as_path()));
    }
}

/// Names that only a snapshot brings that failed must come with the next one.
#[cfg(unix)]
mod full_disk {
    use super::*;
    use std::process::Command;

    /// Set in the child that streams to the path in it.
    const CHILD: &str = "CLASSTRACKER_TEST_STREAM_TO";

    fn small(millis: u64) -> Arc<Snapshot> {
        let mut small = snapshot("small", millis);
        small.objects.push(ObjectRow::new(Arc::new(object(1, "app::Small", 0)), millis));
        Arc::new(small)
    }

    /// What the child does; without its variable, nothing.
    #[test]
    fn child_streams_where_it_is_told() {
        let Some(path) = std::env::var_os(CHILD) else {
            return;
        };
        let mut large = snapshot("large", 2);
        for serial in 0..100_000 {
            let record = Arc::new(object(serial, if serial == 1 { "app::Small" } else { "app::Large" }, 0));
            large.objects.push(ObjectRow::new(record, serial * 7919));
        }
        let mut file = DumpFile::create(&path, &session()).unwrap();
        let large = Arc::new(large);
        assert!(matches!(file.write(&large), Err(DumpError::Io { .. })));
        file.write(&small(1)).unwrap();
        for _ in 0..2 {
            let error = file.write(&large).unwrap_err();
            assert!(matches!(error, DumpError::Io { .. }), "{error}");
            assert_eq!(fs::metadata(&path).unwrap().len(), file.bytes());
        }
        file.write(&small(3)).unwrap();
        file.finish().unwrap();
    }

    #[test]
    fn a_full_disk_costs_the_snapshot_that_does_not_fit_and_no_other() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("live.ctdump");
        // The limit stands for the disk: so many blocks of 512 or 1024 bytes.
        let output = Command::new("sh")
            .arg("-c")
            .arg(r#"trap "" XFSZ; ulimit -f 100; exec "$0" --exact full_disk::child_streams_where_it_is_told --nocapture"#)
            .arg(std::env::current_exe().unwrap())
            .env(CHILD, &path)
            .output()
            .unwrap();
        assert!(output.status.success(), "{output:?}");
        assert_eq!(Stats::load(&path).unwrap().snapshots(), [small(1), small(3)]);
    }
}
