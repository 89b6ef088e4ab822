use clap::Args;

use super::DumpFile;

const EXAMPLES: &str = "\
Examples:
  classtracker check factory.ctdump && echo whole
  classtracker check factory.ctdump --json";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Check {
    #[command(flatten)]
    pub(crate) dump: DumpFile,

    /// Write the answer as JSON.
    #[arg(long)]
    pub(crate) json: bool,
}
