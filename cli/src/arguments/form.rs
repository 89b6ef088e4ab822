use clap::Args;
use classtracker_stats::{ByteUnits, Names, TextOptions};

/// How an answer is written.
#[derive(Debug, Args)]
pub(crate) struct Form {
    /// Name classes by their full paths, not only as much of them as tells them apart.
    #[arg(long)]
    full_names: bool,

    /// Write sizes in bytes, exactly, instead of in KiB, MiB and so on.
    #[arg(long)]
    bytes: bool,

    /// Write the answer as JSON: sizes in bytes, times in seconds, shares as parts of 1, what is absent as null.
    #[arg(long)]
    pub(crate) json: bool,
}

impl Form {
    pub(crate) fn names(&self) -> Names {
        if self.full_names { Names::Full } else { Names::Short }
    }

    /// How to write text for a place of so many columns.
    pub(crate) fn text(&self, columns: Option<usize>) -> TextOptions {
        let mut options = TextOptions::default();
        options.bytes = if self.bytes { ByteUnits::Exact } else { ByteUnits::Largest };
        options.columns = columns;
        options
    }
}
