//! The byte layout is what it was when each version was made.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed, which is what it is for")]

mod support;

use std::path::Path;

use classtracker_stats::{Stats, dump};
use expect_test::expect;
use support::everything::everything;
use support::{dumped, factory, objects, summary};

const V1: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/v1.ctdump");
const V2: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/v2.ctdump");

#[test]
fn can_read_v1() {
    let stats = Stats::load(V1).unwrap();
    assert_eq!(stats.session(), factory().session());
    assert_eq!(stats.snapshots(), factory().snapshots());
    assert_eq!(summary(&stats), summary(&factory()));
    assert_eq!(objects(&stats), objects(&factory()));
}

#[test]
fn can_read_v2() {
    let stats = Stats::load(V2).unwrap();
    assert_eq!(stats.session(), everything().session());
    assert_eq!(stats.snapshots(), everything().snapshots());
}

/// A new version has a fixture of its own; this one is made once and never changed.
#[test]
fn writes_v2_byte_for_byte() {
    assert_eq!(dump::VERSION, 2);
    if std::env::var_os("UPDATE_EXPECT").is_some() && !Path::new(V2).exists() {
        std::fs::write(V2, dumped(&everything())).unwrap();
    }
    assert_eq!(std::fs::read(V2).unwrap(), dumped(&everything()));
}

/// The smallest dump, to be compared with `FORMAT.md` by eye.
#[test]
fn a_session_without_a_snapshot_takes_these_bytes() {
    let bytes = dumped(&Stats::new(support::session(), Vec::new()));
    let text: Vec<String> = bytes.chunks(16).map(|line| format!("{line:02x?}\n")).collect();
    expect![[r#"
        [89, 43, 54, 44, 0d, 0a, 1a, 0a, 02, 00, 16, 00, 00, 00, 4a, 2a]
        [98, ad, 01, fc, 00, a4, 93, d6, fc, 80, b2, e6, 0e, fb, 67, 12]
        [01, 07, 66, 61, 63, 74, 6f, 72, 79, 01, 00, 00, 00, 3c, 41, f4]
        [6a, 03, 00]
    "#]]
    .assert_eq(&text.concat());
}
