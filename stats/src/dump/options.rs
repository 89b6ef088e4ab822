/// How a dump is to be read.
///
/// ```
/// use classtracker_stats::dump::{Damage, Objects, ReadOptions};
///
/// let mut options = ReadOptions::default();
/// options.objects = Objects::Skip;
/// options.damage = Damage::PassOver;
/// ```
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct ReadOptions {
    /// What to do with the rows of single objects.
    pub objects: Objects,
    /// What to do where the dump is damaged.
    pub damage: Damage,
    /// What the end of the input means.
    pub ending: Ending,
}

/// How a dump is to be written.
///
/// ```
/// use classtracker_stats::dump::{Compression, WriteOptions};
///
/// assert_eq!(WriteOptions::default().compression, Compression::None);
/// ```
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct WriteOptions {
    /// Whether snapshots are compressed.
    pub compression: Compression,
}

/// Whether the snapshots of a dump are compressed, each by itself. Any reader with the feature `compression` tells for itself.
///
/// See [`WriteOptions`] for an example.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Compression {
    /// They are not.
    #[default]
    None,
    /// By LZ4, where that makes them shorter: mostly to less than half, at some hundred megabytes a second.
    #[cfg(feature = "compression")]
    Lz4,
}

/// What a [`DumpReader`](crate::DumpReader) does with the rows of single objects.
///
/// See [`ReadOptions`] for an example.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Objects {
    /// They are read: [`Snapshot::objects`](crate::Snapshot::objects).
    #[default]
    Read,
    /// They are passed over unread, which takes neither time nor memory; the snapshots list none. Whatever is about classes is
    /// there all the same.
    Skip,
}

/// What a reader does where a dump is cut or damaged.
///
/// See [`ReadOptions`] for an example.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Damage {
    /// The reader gives the snapshots before it, then the error, then nothing more.
    #[default]
    Stop,
    /// The reader goes on with the next snapshot that refers to nothing before it, if there is one, and keeps account of
    /// [what is lost](crate::DumpReader::lost). Errors are left to what can't be read at all.
    PassOver,
}

/// What the end of the input means to a reader.
///
/// ```
/// use classtracker_stats::dump::{Ending, ReadOptions};
/// use classtracker_stats::Stats;
///
/// let mut bytes = std::fs::read("docs/factory.ctdump")?;
/// bytes.truncate(bytes.len() - 10);
/// assert!(Stats::read_from(&bytes[..]).is_err(), "it is cut");
/// let mut options = ReadOptions::default();
/// options.ending = Ending::MayGrow;
/// assert_eq!(Stats::read_with(&bytes[..], &options)?.0.snapshots().len(), 8);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Ending {
    /// It is the end of the dump: if the end frame is missing, the dump is cut.
    #[default]
    Final,
    /// The dump may still be growing: it is read up to its last whole frame, and what is missing is no fault.
    MayGrow,
}
