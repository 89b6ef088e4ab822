use clap::Args;
use classtracker_stats::Names;

/// How an answer is written.
#[derive(Debug, Args)]
pub(crate) struct Form {
    /// Name classes by their full paths, not only as much of them as tells them apart.
    #[arg(long)]
    full_names: bool,

    /// Write the answer as JSON: sizes in bytes, times in seconds, shares as parts of 1, what is absent as null.
    #[arg(long)]
    pub(crate) json: bool,
}

impl Form {
    pub(crate) fn names(&self) -> Names {
        if self.full_names { Names::Full } else { Names::Short }
    }
}
