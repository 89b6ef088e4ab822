//! A dump's file appears whole or not at all.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test that panics has failed, which is what it is for")]

mod support;

use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use classtracker_stats::{DumpError, ObjectRow, Stats, dump};
use support::{dumped, factory, object, session, snapshot};

/// Set in the child that dumps to the path in it.
const CHILD: &str = "CLASSTRACKER_TEST_DUMP_TO";

fn names(dir: &Path) -> Vec<OsString> {
    dir.read_dir().unwrap().map(|entry| entry.unwrap().file_name()).collect()
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

/// Larger than the 512 or 1024 bytes that `ulimit -f 1` leaves.
fn large() -> Stats {
    let mut large = snapshot("large", 1);
    for serial in 0..1000 {
        let record = Arc::new(object(serial, "app::Employee", 0));
        large.objects.push(ObjectRow::new(record, serial * 7919));
    }
    Stats::new(session(), vec![Arc::new(large)])
}

/// What the child does; without its variable, nothing.
#[test]
fn child_dumps_where_it_is_told() {
    let Some(path) = std::env::var_os(CHILD) else {
        return;
    };
    let error = large().dump(&path).unwrap_err();
    assert!(matches!(error, DumpError::Io { action: dump::Action::Write, .. }), "{error}");
    assert_eq!(error.path(), Some(Path::new(&path)));
}

#[test]
fn a_full_disk_is_an_error_and_leaves_the_old_file_whole() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("old.ctdump");
    factory().dump(&path).unwrap();

    // The limit stands for the disk. Its signal would kill the child before the write could fail.
    let status = Command::new("sh")
        .arg("-c")
        .arg(r#"trap "" XFSZ; ulimit -f 1; exec "$0" --exact child_dumps_where_it_is_told --nocapture"#)
        .arg(std::env::current_exe().unwrap())
        .env(CHILD, &path)
        .output()
        .unwrap();
    assert!(status.status.success(), "{status:?}");
    assert_eq!(fs::read(&path).unwrap(), dumped(&factory()));
    assert_eq!(names(dir.path()), ["old.ctdump"]);
}

#[test]
fn a_directory_that_is_missing_or_in_the_way_is_an_error() {
    let dir = tempfile::tempdir().unwrap();
    for path in [dir.path().join("missing/a.ctdump"), dir.path().to_owned()] {
        let error = factory().dump(&path).unwrap_err();
        assert!(matches!(error, DumpError::Io { .. }), "{error}");
        assert_eq!(error.path(), Some(path.as_path()));
    }
    assert!(names(dir.path()).is_empty());
}

#[test]
fn a_new_file_may_be_read_by_whom_any_new_file_may() {
    let dir = tempfile::tempdir().unwrap();
    let plain = dir.path().join("plain");
    fs::File::create(&plain).unwrap();
    let path = dir.path().join("new.ctdump");
    factory().dump(&path).unwrap();
    assert_eq!(mode(&path), mode(&plain));
}

#[test]
fn a_file_that_is_replaced_passes_its_permissions_on() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("old.ctdump");
    fs::write(&path, "old").unwrap();
    for permissions in [0o600, 0o664] {
        fs::set_permissions(&path, PermissionsExt::from_mode(permissions)).unwrap();
        factory().dump(&path).unwrap();
        assert_eq!(mode(&path), permissions);
    }
}

#[test]
fn a_link_stays_and_what_it_leads_to_is_replaced() {
    let dir = tempfile::tempdir().unwrap();
    let real = dir.path().join("real.ctdump");
    fs::write(&real, "old").unwrap();
    let link = dir.path().join("latest.ctdump");
    symlink(&real, &link).unwrap();
    factory().dump(&link).unwrap();
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(fs::read(&real).unwrap(), dumped(&factory()));
}

#[test]
fn a_device_is_written_to_and_not_replaced() {
    factory().dump("/dev/null").unwrap();
    assert!(!fs::metadata("/dev/null").unwrap().is_file());
}
