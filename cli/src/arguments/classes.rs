use std::str::FromStr;

use clap::Args;
use classtracker_stats::ClassFilter;

/// Which classes a question is about.
#[derive(Debug, Args)]
pub(crate) struct OfClass {
    /// Only classes with this in their full names; the one with exactly this name after a =; those that match a regular
    /// expression between slashes.
    #[arg(long, value_name = "CLASS", value_parser = ClassFilter::from_str)]
    #[arg(default_value = "", hide_default_value = true)]
    pub(crate) class: ClassFilter,
}
