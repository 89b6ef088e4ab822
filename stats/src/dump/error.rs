use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

use super::{MAGIC, OLDEST_VERSION, VERSION};

/// Why a dump could not be written or read.
///
/// `offset` is the byte of the dump at which the part named begins; `path` is `None` for a stream.
///
/// ```
/// use classtracker_stats::Stats;
///
/// let error = Stats::read_from(&b"hello world"[..]).unwrap_err();
/// assert_eq!(error.offset(), 0);
/// assert_eq!(
///     error.to_string(),
///     r#"byte 0: not a dump: expected it to begin with "\x89CTD\r\n\x1a\n", found "hello wo""#,
/// );
/// ```
#[non_exhaustive]
#[derive(Debug, Error)]
pub enum DumpError {
    /// The system refused to open, read, make, write or rename a file.
    #[error("{}can't {action}: {error}", Place(path.as_deref(), action.place(*offset)))]
    Io {
        /// The file.
        path: Option<PathBuf>,
        /// How far reading or writing had come; 0 for the other actions.
        offset: u64,
        /// What was refused.
        action: Action,
        /// The system's reason.
        error: io::Error,
    },
    /// Another writer, in this process or another, has the file open: two never write into one.
    #[error("{}another process is writing to this file", Place(path.as_deref(), None))]
    Locked {
        /// The file.
        path: Option<PathBuf>,
    },
    /// Something is in the file already, which would be lost.
    #[error("{}the file is not empty: it holds {found}", Place(path.as_deref(), None))]
    NotEmpty {
        /// The file.
        path: Option<PathBuf>,
        /// What it holds, as far as can be told.
        found: String,
    },
    /// It does not begin as a dump does.
    #[error(
        "{}not a dump: expected it to begin with \"{}\", found \"{}\"",
        Place(path.as_deref(), Some(*offset)), MAGIC.escape_ascii(), found.escape_ascii()
    )]
    NotADump {
        /// The file.
        path: Option<PathBuf>,
        /// Always 0.
        offset: u64,
        /// Its first bytes, as many as there should be.
        found: Vec<u8>,
    },
    /// Its layout is of a version that this crate does not know.
    #[error("{}unsupported version: expected {OLDEST_VERSION} to {expected}, found {found}", Place(path.as_deref(), Some(*offset)))]
    UnsupportedVersion {
        /// The file.
        path: Option<PathBuf>,
        /// Where the version stands.
        offset: u64,
        /// The latest version that can be read.
        expected: u16,
        /// The version that stands there.
        found: u16,
    },
    /// It ends too early. The program may have been killed while it wrote, or the file was not copied whole.
    #[error(
        "{}the dump is cut after {}: expected {expected} bytes of {part}, found {found}",
        Place(path.as_deref(), Some(*offset)), whole(*snapshots)
    )]
    Cut {
        /// The file.
        path: Option<PathBuf>,
        /// Where the part that is cut begins.
        offset: u64,
        /// The part that is cut.
        part: Part,
        /// How many bytes the part should have.
        expected: u64,
        /// How many it has.
        found: u64,
        /// How many snapshots before it are whole; [`DumpReader`](crate::DumpReader) gives them.
        snapshots: u64,
    },
    /// A frame is not what was written: its checksum differs.
    #[error(
        "{}frame is damaged: expected checksum {expected:08x}, found {found:08x}",
        Place(path.as_deref(), Some(*offset))
    )]
    Checksum {
        /// The file.
        path: Option<PathBuf>,
        /// Where the frame begins.
        offset: u64,
        /// The checksum that was written with the frame.
        expected: u32,
        /// The checksum of what is there now.
        found: u32,
    },
    /// A frame's payload is longer than any may be.
    #[error(
        "{}frame is too long: expected at most {expected} bytes, found {found}",
        Place(path.as_deref(), Some(*offset))
    )]
    FrameTooLong {
        /// The file.
        path: Option<PathBuf>,
        /// Where the frame begins.
        offset: u64,
        /// The longest that a payload may be, in bytes.
        expected: u64,
        /// How long this one is, or claims to be, in bytes.
        found: u64,
    },
    /// A frame of another kind than should come here, or of none that is known.
    #[error(
        "{}unexpected frame: expected {expected}, found kind {found}",
        Place(path.as_deref(), Some(*offset))
    )]
    UnexpectedFrame {
        /// The file.
        path: Option<PathBuf>,
        /// Where the frame begins.
        offset: u64,
        /// The kinds of frames that can come here.
        expected: &'static str,
        /// The kind of this one.
        found: u8,
    },
    /// A frame is as it was written, but its payload is not laid out as its kind asks for.
    #[error("{}undecodable payload: {what}: expected {expected}, found {found}", Place(path.as_deref(), Some(*offset)))]
    Undecodable {
        /// The file.
        path: Option<PathBuf>,
        /// Where the payload begins.
        offset: u64,
        /// The part of the payload.
        what: &'static str,
        /// What should be there.
        expected: String,
        /// What is there.
        found: String,
    },
    /// A frame is compressed, and this crate was built without its feature `compression`.
    #[error(
        "{}the snapshot is compressed: to read it takes the feature \"compression\" of classtracker-stats",
        Place(path.as_deref(), Some(*offset))
    )]
    Compressed {
        /// The file.
        path: Option<PathBuf>,
        /// Where the payload begins.
        offset: u64,
    },
    /// A frame refers to something that no frame so far has brought.
    #[error(
        "{}bad reference to {what}: expected one below {expected}, found {found}",
        Place(path.as_deref(), Some(*offset))
    )]
    BadReference {
        /// The file.
        path: Option<PathBuf>,
        /// Where the payload begins.
        offset: u64,
        /// What is referred to.
        what: &'static str,
        /// How many there are to refer to.
        expected: u64,
        /// The number that is referred to.
        found: u64,
    },
    /// The end frame counts other snapshots than there were: some are missing, or there twice.
    #[error("{}wrong number of snapshots: expected {expected}, found {found}", Place(path.as_deref(), Some(*offset)))]
    SnapshotCount {
        /// The file.
        path: Option<PathBuf>,
        /// Where the end frame begins.
        offset: u64,
        /// How many snapshots were written.
        expected: u64,
        /// How many snapshots were read.
        found: u64,
    },
    /// More bytes follow the end frame.
    #[error("{}expected the end of the dump, found more bytes", Place(path.as_deref(), Some(*offset)))]
    TrailingBytes {
        /// The file.
        path: Option<PathBuf>,
        /// Where the dump should end.
        offset: u64,
    },
}

impl DumpError {
    pub(super) fn io(action: Action, offset: u64, error: io::Error) -> Self {
        Self::Io { path: None, offset, action, error }
    }

    pub(super) fn version(offset: u64, found: u16) -> Self {
        Self::UnsupportedVersion { path: None, offset, expected: VERSION, found }
    }

    /// The same error, of a dump that stands in this file.
    ///
    /// ```
    /// use std::path::Path;
    /// use classtracker_stats::{DumpError, Stats};
    ///
    /// let error = Stats::read_from(&b"no dump at all"[..]).unwrap_err();
    /// assert_eq!(error.path(), None);
    /// let error = error.in_file("a.ctdump");
    /// assert!(matches!(error, DumpError::NotADump { .. }));
    /// assert_eq!((error.path(), error.offset()), (Some(Path::new("a.ctdump")), 0));
    /// ```
    #[must_use]
    pub fn in_file(mut self, file: impl Into<PathBuf>) -> Self {
        match &mut self {
            Self::Io { path, .. }
            | Self::Locked { path }
            | Self::NotEmpty { path, .. }
            | Self::NotADump { path, .. }
            | Self::UnsupportedVersion { path, .. }
            | Self::Cut { path, .. }
            | Self::Checksum { path, .. }
            | Self::FrameTooLong { path, .. }
            | Self::UnexpectedFrame { path, .. }
            | Self::Undecodable { path, .. }
            | Self::Compressed { path, .. }
            | Self::BadReference { path, .. }
            | Self::SnapshotCount { path, .. }
            | Self::TrailingBytes { path, .. } => *path = Some(file.into()),
        }
        self
    }

    /// The file; `None` for a stream.
    #[must_use]
    pub fn path(&self) -> Option<&Path> {
        match self {
            Self::Io { path, .. }
            | Self::Locked { path }
            | Self::NotEmpty { path, .. }
            | Self::NotADump { path, .. }
            | Self::UnsupportedVersion { path, .. }
            | Self::Cut { path, .. }
            | Self::Checksum { path, .. }
            | Self::FrameTooLong { path, .. }
            | Self::UnexpectedFrame { path, .. }
            | Self::Undecodable { path, .. }
            | Self::Compressed { path, .. }
            | Self::BadReference { path, .. }
            | Self::SnapshotCount { path, .. }
            | Self::TrailingBytes { path, .. } => path.as_deref(),
        }
    }

    /// The byte of the dump at which the part begins that the error is about.
    #[must_use]
    pub fn offset(&self) -> u64 {
        match self {
            Self::Locked { .. } | Self::NotEmpty { .. } => 0,
            Self::Io { offset, .. }
            | Self::NotADump { offset, .. }
            | Self::UnsupportedVersion { offset, .. }
            | Self::Cut { offset, .. }
            | Self::Checksum { offset, .. }
            | Self::FrameTooLong { offset, .. }
            | Self::UnexpectedFrame { offset, .. }
            | Self::Undecodable { offset, .. }
            | Self::Compressed { offset, .. }
            | Self::BadReference { offset, .. }
            | Self::SnapshotCount { offset, .. }
            | Self::TrailingBytes { offset, .. } => *offset,
        }
    }
}

/// What a [`DumpError::Io`] was refused.
///
/// ```
/// use classtracker_stats::dump::Action;
/// use classtracker_stats::{DumpError, Stats};
///
/// let error = Stats::load("docs/missing.ctdump").unwrap_err();
/// assert!(matches!(error, DumpError::Io { action: Action::Open, .. }));
/// ```
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// Opening the file.
    Open,
    /// Reading from it.
    Read,
    /// Making the temporary file beside it.
    Create,
    /// Locking it, so that nobody else writes to it.
    Lock,
    /// Writing to it.
    Write,
    /// Giving the temporary file its name.
    Rename,
}

impl Action {
    /// The offset where it means something: before a file is open, it has no bytes.
    fn place(self, offset: u64) -> Option<u64> {
        matches!(self, Self::Read | Self::Write).then_some(offset)
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Open => "open",
            Self::Read => "read",
            Self::Create => "create a temporary file beside it",
            Self::Lock => "lock",
            Self::Write => "write",
            Self::Rename => "rename the temporary file",
        })
    }
}

/// The part of a dump that a [`DumpError::Cut`] is about.
///
/// ```
/// use classtracker_stats::dump::Part;
/// use classtracker_stats::{DumpError, Stats};
///
/// let bytes = std::fs::read("docs/factory.ctdump")?;
/// let error = Stats::read_from(&bytes[..5]).unwrap_err();
/// assert!(matches!(error, DumpError::Cut { part: Part::FileHeader, .. }));
/// # Ok::<(), std::io::Error>(())
/// ```
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Part {
    /// Magic and version.
    FileHeader,
    /// A frame's length, checksum and kind. A dump that ends between two frames lacks that of its end frame.
    FrameHeader,
    /// What a frame holds.
    Payload,
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::FileHeader => "the file header",
            Self::FrameHeader => "a frame header",
            Self::Payload => "a frame's payload",
        })
    }
}

fn whole(snapshots: u64) -> String {
    match snapshots {
        1 => "1 whole snapshot".to_owned(),
        _ => format!("{snapshots} whole snapshots"),
    }
}

/// `factory.ctdump: byte 12: `, or without the path for a stream.
struct Place<'a>(Option<&'a Path>, Option<u64>);

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(path) = self.0 {
            write!(f, "{}: ", path.display())?;
        }
        if let Some(offset) = self.1 {
            write!(f, "byte {offset}: ")?;
        }
        Ok(())
    }
}
