use std::path::PathBuf;

use clap::Args;
use classtracker_stats::SnapshotRange;

/// A dump that a command reads.
#[derive(Debug, Args)]
pub(crate) struct DumpFile {
    /// The dump; - for the standard input.
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,

    /// End with 0 even if the dump is cut or damaged: what is lost is said all the same.
    #[arg(long)]
    pub(crate) allow_cut: bool,
}

/// A dump that a command reads, and what of it.
#[derive(Debug, Args)]
pub(crate) struct Source {
    #[command(flatten)]
    pub(crate) dump: DumpFile,

    /// Only these snapshots: 3, -1 for the last, a label, or a range like 2..5, start..-2, ..3, with both of its ends; =7
    /// is the label 7.
    #[arg(long, value_name = "RANGE", allow_hyphen_values = true)]
    pub(crate) snapshots: Option<SnapshotRange>,
}
