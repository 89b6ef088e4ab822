use std::path::PathBuf;

use clap::Args;
use classtracker_stats::SnapshotKey;

use super::{DumpFile, Form};
use crate::limits::GrowthLimit;

const EXAMPLES: &str = "\
Examples:
  classtracker diff factory.ctdump                           the first snapshot with the last
  classtracker diff factory.ctdump loaded -1                 the one labelled loaded with the last
  classtracker diff old.ctdump --with new.ctdump             the last snapshots of two runs
  classtracker diff factory.ctdump warm end --fail-on-growth 5%

A snapshot is meant by its number from 1, from -1 back, or its label; =7 is the one labelled 7.";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Diff {
    #[command(flatten)]
    pub(crate) dump: DumpFile,

    /// The snapshot before [default: the first; the last, with another dump].
    #[arg(value_name = "BEFORE", allow_hyphen_values = true)]
    pub(crate) before: Option<SnapshotKey>,

    /// The snapshot after [default: the last].
    #[arg(value_name = "AFTER", allow_hyphen_values = true)]
    pub(crate) after: Option<SnapshotKey>,

    /// The snapshot after is one of this dump, which may be of another run: then only classes are compared.
    #[arg(long, value_name = "FILE")]
    pub(crate) with: Option<PathBuf>,

    /// End with 3 if all tracked bytes together grew by more than this: a share, like 5%, or a size, like 10MiB.
    #[arg(long, value_name = "LIMIT")]
    pub(crate) fail_on_growth: Option<GrowthLimit>,

    /// How many objects to list that changed most.
    #[arg(long, value_name = "NUMBER", default_value_t = 10)]
    pub(crate) objects: usize,

    #[command(flatten)]
    pub(crate) form: Form,
}
