//! The file form of a session: a header, then frames that each stand for themselves.
//!
//! `FORMAT.md`, beside this crate's manifest, describes the layout byte by byte. A dump is written a snapshot at a time
//! by [`DumpWriter`] and read a snapshot at a time by [`DumpReader`]; [`Stats::dump`] and [`Stats::load`] do all at once.
//!
//! - A program that writes while it runs takes a [`DumpFile`]; who looks on meanwhile, [`DumpReader::follow`].
//! - Questions to classes alone are read with [`Objects::Skip`]; those to many objects, with a [`CompactReader`].
//! - Of a dump that is cut or damaged, [`Damage::PassOver`] gives all that can still be read; [`check`] says what is lost.
//!
//! What is read is not trusted. Whatever the bytes, reading them gives snapshots or a [`DumpError`], never a panic, and
//! takes no more memory than a small multiple of the bytes that are really there.

mod check;
mod codec;
mod column;
mod compact;
mod compress;
mod decode;
mod details;
mod encode;
mod error;
mod file;
mod follow;
mod frame;
mod frames;
mod live;
mod lost;
mod options;
mod pack;
mod packed;
mod packed_row;
mod pushed;
mod reader;
mod records;
mod referents;
mod rows;
mod tables;
mod wire;
mod writer;

use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;

pub use check::{CheckReport, check, check_stream};
pub use compact::{CompactReader, CompactSnapshot};
pub use error::{Action, DumpError, Part};
pub(crate) use file::replace;
pub use follow::GrowingFile;
pub use live::DumpFile;
pub use lost::Lost;
pub use options::{Compression, Damage, Ending, Objects, ReadOptions, WriteOptions};
pub use packed::{PackedIter, PackedObject, PackedObjects};
pub use reader::DumpReader;
pub use writer::DumpWriter;

use crate::Stats;

/// The first bytes of a dump. They are chosen to be damaged by whatever takes the file for text: a byte over 127, both
/// kinds of line end, the end-of-file character of DOS.
///
/// ```
/// use classtracker_stats::dump;
///
/// let bytes = std::fs::read("docs/factory.ctdump")?;
/// assert!(bytes.starts_with(&dump::MAGIC));
/// # Ok::<(), std::io::Error>(())
/// ```
pub const MAGIC: [u8; 8] = *b"\x89CTD\r\n\x1a\n";

/// The version of the layout that this crate writes, and the latest that it reads.
///
/// ```
/// use classtracker_stats::{DumpReader, dump};
///
/// let bytes = std::fs::read("docs/factory.ctdump")?;
/// assert_eq!(DumpReader::new(&bytes[..])?.version(), dump::VERSION);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub const VERSION: u16 = 2;

/// The oldest version of the layout that this crate reads.
///
/// ```
/// use classtracker_stats::dump;
///
/// // The version stands behind the magic.
/// let version = |bytes: &[u8]| u16::from_le_bytes([bytes[8], bytes[9]]);
/// let bytes = std::fs::read("docs/factory.ctdump")?;
/// assert!((dump::OLDEST_VERSION..=dump::VERSION).contains(&version(&bytes)));
/// # Ok::<(), std::io::Error>(())
/// ```
pub const OLDEST_VERSION: u16 = 1;

/// The longest payload that a frame may have, in bytes.
///
/// ```
/// use classtracker_stats::dump;
///
/// assert_eq!(dump::MAX_PAYLOAD, 1024 * 1024 * 1024);
/// ```
pub const MAX_PAYLOAD: u32 = 1 << 30;

impl Stats {
    /// Writes all snapshots to a file.
    ///
    /// The file appears whole or not at all: it is written under a temporary name in the same directory, synced to the
    /// disk and renamed. After an error, what was at `path` before is as it was. A file that is replaced passes its
    /// permissions on; a symbolic link stays, and what it points to is replaced. What is no regular file (a pipe,
    /// `/dev/stdout`) is written to as it is. A process that is killed meanwhile leaves a file `.ctdump-….tmp` behind.
    ///
    /// How objects are to be listed is not part of the dump.
    ///
    /// # Errors
    /// [`DumpError::Io`] when the file can't be made, written or renamed, [`DumpError::FrameTooLong`] for a snapshot that
    /// takes more than [`MAX_PAYLOAD`] bytes, [`DumpError::Locked`] if a [`DumpFile`] is being written there.
    ///
    /// ```
    /// # let dir = tempfile::tempdir()?;
    /// # let path = dir.path().join("factory.ctdump");
    /// use classtracker_stats::{Session, Stats};
    ///
    /// let stats = Stats::new(Session::new(chrono::Utc::now(), 1), Vec::new());
    /// stats.dump(&path)?;
    /// assert_eq!(Stats::load(&path)?.session(), stats.session());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn dump(&self, path: impl AsRef<Path>) -> Result<(), DumpError> {
        self.dump_with(path, &WriteOptions::default())
    }

    /// As [`dump`](Self::dump), for a dump that is written as the options say.
    ///
    /// ```
    /// # let dir = tempfile::tempdir()?;
    /// # let path = dir.path().join("factory.ctdump");
    /// use classtracker_stats::dump::WriteOptions;
    /// use classtracker_stats::Stats;
    ///
    /// let stats = Stats::load("docs/factory.ctdump")?;
    /// stats.dump_with(&path, &WriteOptions::default())?;
    /// assert_eq!(Stats::load(&path)?.snapshots(), stats.snapshots());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As [`dump`](Self::dump).
    pub fn dump_with(&self, path: impl AsRef<Path>, options: &WriteOptions) -> Result<(), DumpError> {
        let path = path.as_ref();
        let failed = |action, error| match action {
            Action::Lock => DumpError::Locked { path: None },
            action => DumpError::io(action, 0, error),
        };
        replace(path, failed, |out| self.write_with(out, options)).map_err(|error| error.in_file(path))
    }

    /// Writes all snapshots as a dump, each frame with one call of `write_all`.
    ///
    /// ```
    /// use classtracker_stats::Stats;
    ///
    /// let stats = Stats::load("docs/factory.ctdump")?;
    /// let mut bytes = Vec::new();
    /// stats.write_to(&mut bytes)?;
    /// assert_eq!(Stats::read_from(&bytes[..])?.snapshots(), stats.snapshots());
    /// # Ok::<(), classtracker_stats::DumpError>(())
    /// ```
    ///
    /// # Errors
    /// As [`dump`](Self::dump); a part of the dump may then be written.
    pub fn write_to(&self, out: impl Write) -> Result<(), DumpError> {
        self.write_with(out, &WriteOptions::default())
    }

    /// The same as the options say.
    ///
    /// ```
    /// use classtracker_stats::dump::WriteOptions;
    /// use classtracker_stats::Stats;
    ///
    /// let stats = Stats::load("docs/factory.ctdump")?;
    /// let mut bytes = Vec::new();
    /// stats.write_with(&mut bytes, &WriteOptions::default())?;
    /// assert_eq!(Stats::read_from(&bytes[..])?.snapshots(), stats.snapshots());
    /// # Ok::<(), classtracker_stats::DumpError>(())
    /// ```
    ///
    /// # Errors
    /// As [`write_to`](Self::write_to).
    pub fn write_with(&self, out: impl Write, options: &WriteOptions) -> Result<(), DumpError> {
        let mut writer = DumpWriter::with(out, self.session(), options)?;
        for snapshot in self.snapshots() {
            writer.write(snapshot)?;
        }
        writer.finish()?;
        Ok(())
    }

    /// Reads a dump from a file.
    ///
    /// # Errors
    /// [`DumpError`], which names the path, and the byte at which the file is not what it should be. To get at the whole
    /// snapshots of a dump that is cut or damaged further on, use [`DumpReader`].
    pub fn load(path: impl AsRef<Path>) -> Result<Self, DumpError> {
        let path = path.as_ref();
        File::open(path)
            .map_err(|error| DumpError::io(Action::Open, 0, error))
            .and_then(Self::read_from)
            .map_err(|error| error.in_file(path))
    }

    /// Reads a dump from a file as the options say, and gives what is lost of it: with [`Damage::PassOver`], all that can still be
    /// read of a dump that is cut or damaged anywhere.
    ///
    /// # Errors
    /// As [`load`](Self::load). With [`Damage::PassOver`], only for what is no dump of a known version, is cut or damaged before the
    /// first snapshot could begin, or can't be read from the disk.
    ///
    /// ```
    /// # let dir = tempfile::tempdir()?;
    /// # let path = dir.path().join("cut.ctdump");
    /// use classtracker_stats::dump::{Damage, ReadOptions};
    /// use classtracker_stats::{DumpFile, Session, Snapshot, Stats};
    /// use std::{sync::Arc, time::Duration};
    ///
    /// let start = chrono::Utc::now();
    /// let mut file = DumpFile::create(&path, &Session::new(start, 1))?;
    /// file.write(&Arc::new(Snapshot::new("first", start, Duration::ZERO)))?;
    /// drop(file); // killed before it could end the dump
    ///
    /// let mut options = ReadOptions::default();
    /// options.damage = Damage::PassOver;
    /// let (stats, lost) = Stats::load_with(&path, &options)?;
    /// assert_eq!((stats.snapshots().len(), lost.len()), (1, 1));
    /// assert!(lost[0].to_string().contains("the dump is cut after 1 whole snapshot"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn load_with(path: impl AsRef<Path>, options: &ReadOptions) -> Result<(Self, Vec<Lost>), DumpError> {
        let path = path.as_ref();
        let file = File::open(path).map_err(|error| DumpError::io(Action::Open, 0, error));
        let read = file.and_then(|file| Self::read_with(file, options));
        let (stats, lost) = read.map_err(|error| error.in_file(path))?;
        Ok((stats, lost.into_iter().map(|lost| lost.in_file(path)).collect()))
    }

    /// The same from a stream.
    ///
    /// ```
    /// use std::fs::File;
    /// use classtracker_stats::dump::{Objects, ReadOptions};
    /// use classtracker_stats::Stats;
    ///
    /// let mut options = ReadOptions::default();
    /// options.objects = Objects::Skip;
    /// let (stats, lost) = Stats::read_with(File::open("docs/factory.ctdump")?, &options)?;
    /// assert_eq!((stats.snapshots().len(), lost.len()), (8, 0));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As [`load_with`](Self::load_with), without a path.
    pub fn read_with(input: impl Read, options: &ReadOptions) -> Result<(Self, Vec<Lost>), DumpError> {
        let mut reader = DumpReader::with(input, options)?;
        let snapshots = reader.by_ref().collect::<Result<_, _>>()?;
        Ok((Self::new(reader.session().clone(), snapshots), reader.into_lost()))
    }

    /// Reads a dump from a stream, to its end.
    ///
    /// ```
    /// use std::fs::File;
    /// use classtracker_stats::Stats;
    ///
    /// let stats = Stats::read_from(File::open("docs/factory.ctdump")?)?;
    /// assert_eq!(stats.snapshots().len(), 8);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As [`load`](Self::load), without a path.
    pub fn read_from(input: impl Read) -> Result<Self, DumpError> {
        let mut reader = DumpReader::new(input)?;
        let snapshots = reader.by_ref().collect::<Result<_, _>>()?;
        Ok(Self::new(reader.session().clone(), snapshots))
    }
}
