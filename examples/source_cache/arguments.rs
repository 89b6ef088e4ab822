//! The flags and what they mean.

use std::ffi::OsString;
use std::path::PathBuf;

pub(crate) const HELP: &str = "\
Usage: source_cache [DIR] [--leak] [--dump FILE]

  DIR          load the .rs files below it, but for hidden folders and `target` [default: this repository]
  --leak       do not tell the symbol index of evictions, so that evicted files stay alive
  --dump FILE  write the snapshots there, for the command `classtracker`
";

pub(crate) struct Arguments {
    pub(crate) dir: PathBuf,
    pub(crate) leak: bool,
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
        let mut dump = None;
        while let Some(word) = words.next() {
            match word.to_str() {
                Some("-h" | "--help") => return Err(Usage::Help),
                Some("--leak") => leak = true,
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
        Ok(Self { dir, leak, dump })
    }
}
