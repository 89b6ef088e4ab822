use clap::Args;

use super::{Form, OfClass, Source};

const EXAMPLES: &str = "\
Examples:
  classtracker growth factory.ctdump
  classtracker growth factory.ctdump --snapshots warm.. --fail     for a script
  classtracker growth factory.ctdump --class Cache

What grows is told from waves and chance by the order of all pairs of snapshots, after a warm-up
that is found by itself. It takes six snapshots at least.";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Growth {
    #[command(flatten)]
    pub(crate) source: Source,

    #[command(flatten)]
    pub(crate) of: OfClass,

    /// End with 3 if any of the classes grows, and with 1 if there is none of those asked for.
    #[arg(long)]
    pub(crate) fail: bool,

    #[command(flatten)]
    pub(crate) form: Form,
}
