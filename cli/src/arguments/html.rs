use std::path::PathBuf;

use clap::Args;
use classtracker_stats::html::Options;

use super::Source;

const EXAMPLES: &str = "\
Examples:
  classtracker html factory.ctdump                    writes factory.html beside it
  classtracker html factory.ctdump -o report.html
  classtracker html - < factory.ctdump > report.html";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Html {
    #[command(flatten)]
    pub(crate) source: Source,

    /// Write to this file, which appears whole or not at all; - for the standard output [default: the dump's name with
    /// .html, beside it].
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,

    /// How many of the largest objects of each class to list.
    #[arg(long, value_name = "NUMBER", default_value_t = Options::default().largest_objects)]
    pub(crate) objects: usize,

    /// Name classes by their full paths, not only as much of them as tells them apart.
    #[arg(long)]
    pub(crate) full_names: bool,
}
