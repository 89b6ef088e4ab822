//! The flags and what they mean.

use std::ffi::OsString;
use std::path::PathBuf;

pub(crate) const HELP: &str = "\
Usage: source_cache [DIR] [--leak] [--rounds N] [--dump FILE]

  DIR          load the .rs files below it, but for hidden folders and `target` [default: this repository]
  --leak       do not tell the symbol index of evictions, so that evicted files stay alive
  --rounds N   evict half of the files and load them again so many times [default: 1, with --leak 4]
  --dump FILE  write the snapshots there, for the command `classtracker`
";

pub(crate) struct Arguments {
    pub(crate) dir: PathBuf,
    pub(crate) leak: bool,
    pub(crate) rounds: u32,
    pub(crate) dump: Option<PathBuf>,
}

/// Why there is nothing to run.
pub(crate) enum Usage {
    Help,
    Wrong(String),
}

impl Arguments {
    pub(crate) fn parse(words: impl Iterator<Item = OsString>) -> Result<Self, Usage> {
        let mut words = words;
        let mut dir = None;
        let mut leak = false;
        let mut rounds = None;
        let mut dump = None;
        while let Some(word) = words.next() {
            match word.to_str() {
                Some("-h" | "--help") => return Err(Usage::Help),
                Some("--leak") => leak = true,
                Some("--rounds") => {
                    let number = words.next().and_then(|word| word.to_str()?.parse().ok());
                    let Some(number) = number.filter(|number| *number > 0) else {
                        return Err(Usage::Wrong("--rounds needs a whole number, at least 1".into()));
                    };
                    rounds = Some(number);
                }
                Some("--dump") => {
                    let Some(file) = words.next() else {
                        return Err(Usage::Wrong("--dump needs a FILE".into()));
                    };
                    dump = Some(PathBuf::from(file));
                }
                Some(flag) if flag.starts_with('-') => {
                    return Err(Usage::Wrong(format!("unknown flag {flag}")));
                }
                _ if dir.is_some() => return Err(Usage::Wrong("more than one DIR".into())),
                _ => dir = Some(PathBuf::from(word)),
            }
        }
        let dir = dir.unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
        // Growth is told from six snapshots on.
        let rounds = rounds.unwrap_or(if leak { 4 } else { 1 });
        Ok(Self { dir, leak, rounds, dump })
    }
}
