//! What dumps cost: bytes, time, and the memory that questions to a large one take.
//!
//! Prints `name <tab> value <tab> bound <tab> ok|over`.

#![allow(clippy::unwrap_used, reason = "a bench that panics has failed")]

#[path = "../../benches/report/mod.rs"]
mod report;

mod dump {
    pub(crate) mod large;
    pub(crate) mod sample;
}

use std::time::Instant;

use classtracker_stats::Stats;
use dump::{large, sample};
use report::report;

const RUNS: usize = 15;

fn main() {
    if large::child() {
        return;
    }
    small();
    large::run();
}

/// 100,000 objects in each of ten snapshots.
fn small() {
    let stats = sample::stats(100_000, 10);
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("bench.ctdump");
    report("dump 100 k objects × 10 snapshots, s", 0.1, times(|| stats.dump(&path).unwrap()));
    let bytes = path.metadata().unwrap().len();
    report("dump 100 k objects × 10 snapshots, MB", 4.0, vec![bytes as f64 / 1e6]);
    #[cfg(feature = "compression")]
    compressed(&stats, &dir.path().join("compressed.ctdump"));
    report("load 100 k objects × 10 snapshots, s", 0.1, times(|| Stats::load(&path).unwrap()));
    let summary = || {
        let mut text = Vec::new();
        stats.write_summary(&mut text).unwrap();
        text
    };
    report("summary of 100 k objects × 10 snapshots, s", 0.05, times(summary));
}

#[cfg(feature = "compression")]
fn compressed(stats: &Stats, path: &std::path::Path) {
    use classtracker_stats::dump::{Compression, WriteOptions};

    let mut options = WriteOptions::default();
    options.compression = Compression::Lz4;
    report("dump of the same, compressed, s", 0.1, times(|| stats.dump_with(path, &options).unwrap()));
    report("dump of the same, compressed, MB", 2.0, vec![path.metadata().unwrap().len() as f64 / 1e6]);
    report("load of the same, compressed, s", 0.1, times(|| Stats::load(path).unwrap()));
}

fn times<T>(run: impl Fn() -> T) -> Vec<f64> {
    let time = || {
        let start = Instant::now();
        let result = run();
        let took = start.elapsed().as_secs_f64();
        drop(result);
        took
    };
    (0..RUNS).map(|_| time()).collect()
}
