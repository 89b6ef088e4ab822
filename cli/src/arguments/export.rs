use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::{OfClass, Source};

const EXAMPLES: &str = "\
Examples:
  classtracker export factory.ctdump --format ndjson | jq '.classes | map(.bytes) | add'
  classtracker export factory.ctdump --format csv --output factory.csv
  classtracker export factory.ctdump --format csv --table objects --class Employee --snapshots -1

Numbers are exact, in bytes and nanoseconds. What is not known is null in JSON and empty in CSV.
Nothing but the snapshot at hand is held in memory.";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Export {
    #[command(flatten)]
    pub(crate) source: Source,

    /// json: one document; ndjson: a line for each snapshot; csv: a table.
    #[arg(long, value_enum, value_name = "FORMAT", default_value = "json", hide_possible_values = true)]
    pub(crate) format: Format,

    /// With JSON: list objects one by one as well.
    #[arg(long, conflicts_with = "table")]
    pub(crate) objects: bool,

    /// With CSV: the rows of the table, which are snapshots, classes, sites, census or objects [default: classes].
    #[arg(long, value_enum, value_name = "ROWS", hide_possible_values = true)]
    pub(crate) table: Option<Table>,

    /// With CSV: write texts as they are. Without it, those that a spreadsheet would take for a formula (they begin with
    /// =, +, -, @, a tab or a line end) have an apostrophe before them.
    #[arg(long)]
    pub(crate) raw_text: bool,

    #[command(flatten)]
    pub(crate) of: OfClass,

    /// Write to this file, which appears whole or not at all.
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

/// How a dump is exported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    Json,
    Ndjson,
    Csv,
}

/// What the rows of a table are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Table {
    /// A row for each snapshot.
    Snapshots,
    /// A row for each class in each snapshot.
    Classes,
    /// A row for each place where objects of a class were made, in each snapshot.
    Sites,
    /// A row for each type whose values were counted, in each snapshot.
    Census,
    /// A row for each object in each snapshot.
    Objects,
}
