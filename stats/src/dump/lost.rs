use std::fmt;
use std::path::PathBuf;

use serde::{Serialize, Serializer};

use super::DumpError;

/// A part of a dump that can't be used.
///
/// ```
/// use classtracker_stats::dump::{Damage, ReadOptions};
/// use classtracker_stats::Stats;
///
/// let mut bytes = std::fs::read("docs/factory.ctdump")?;
/// bytes.truncate(bytes.len() - 10);
/// let mut options = ReadOptions::default();
/// options.damage = Damage::PassOver;
/// let (_, lost) = Stats::read_with(&bytes[..], &options)?;
/// assert_eq!((lost[0].offset, lost[0].bytes, lost[0].snapshots), (bytes.len() as u64, 0, 8));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[non_exhaustive]
#[derive(Debug, Serialize)]
pub struct Lost {
    /// Where it begins, in bytes from the start of the dump.
    pub offset: u64,
    /// How long it is, in bytes: up to the next snapshot that refers to nothing before it, or the end.
    pub bytes: u64,
    /// How many snapshots in it are whole, but refer to what is damaged.
    pub frames: u64,
    /// How many snapshots before it were read.
    pub snapshots: u64,
    /// What is wrong with its first byte, or the frame that begins there.
    #[serde(serialize_with = "text")]
    pub error: DumpError,
}

impl Lost {
    /// The same, of a dump that stands in this file.
    ///
    /// ```
    /// use classtracker_stats::dump;
    ///
    /// let bytes = std::fs::read("docs/factory.ctdump")?;
    /// let report = dump::check_stream(&bytes[..bytes.len() - 10])?;
    /// for lost in report.lost {
    ///     assert!(lost.in_file("factory.ctdump").to_string().starts_with("factory.ctdump: byte "));
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn in_file(mut self, file: impl Into<PathBuf>) -> Self {
        self.error = self.error.in_file(file);
        self
    }
}

impl fmt::Display for Lost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.error)?;
        match self.bytes {
            0 => {}
            1 => write!(f, "; 1 byte from byte {} on can't be used", self.offset)?,
            bytes => write!(f, "; {bytes} bytes from byte {} on can't be used", self.offset)?,
        }
        match self.frames {
            0 => Ok(()),
            1 => f.write_str(", 1 whole snapshot among them"),
            frames => write!(f, ", {frames} whole snapshots among them"),
        }
    }
}

fn text<S: Serializer>(error: &DumpError, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(error)
}
