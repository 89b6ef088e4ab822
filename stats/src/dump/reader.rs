use std::io::Read;
use std::sync::Arc;

use super::decode::{Bad, Decoder};
use super::error::DumpError;
use super::frames::{Found, Frames};
use super::rows::Rows;
use super::{Lost, Objects, ReadOptions};
use crate::{Session, Snapshot};

/// Reads a dump a snapshot at a time.
///
/// It is an iterator over the snapshots: of a dump that is cut or damaged, it gives all those before the fault, then the
/// error, then nothing more; [`Damage::PassOver`](super::Damage) makes it go on. It holds the names of classes, the sites,
/// the last snapshot and one frame. Where object rows are not wanted, [`Objects::Skip`](super::Objects) leaves them out; where
/// they are and are many, a [`CompactReader`](super::CompactReader) takes a tenth of the memory.
///
/// ```
/// use classtracker_stats::{DumpError, DumpReader, DumpWriter, Session, Snapshot};
/// use std::{sync::Arc, time::Duration};
///
/// let start = chrono::Utc::now();
/// let mut bytes = Vec::new();
/// let mut writer = DumpWriter::new(&mut bytes, &Session::new(start, 1))?;
/// writer.write(&Arc::new(Snapshot::new("first", start, Duration::ZERO)))?;
/// drop(writer); // killed before it could end the dump
///
/// let mut reader = DumpReader::new(&bytes[..])?;
/// assert!(matches!(reader.next(), Some(Ok(snapshot)) if snapshot.label == "first"));
/// assert!(matches!(reader.next(), Some(Err(DumpError::Cut { snapshots: 1, .. }))));
/// assert!(reader.next().is_none());
/// # Ok::<(), DumpError>(())
/// ```
pub struct DumpReader<R> {
    frames: Frames<R>,
    decoder: Decoder,
    rows: Rows,
    objects: Objects,
}

impl<R: Read> DumpReader<R> {
    /// Reads the header of a dump and its session.
    ///
    /// # Errors
    /// [`DumpError`] when what comes is no dump of a known version, or is cut or damaged already here.
    pub fn new(input: R) -> Result<Self, DumpError> {
        Self::with(input, &ReadOptions::default())
    }

    /// Reads the header of a dump and its session; the rest will be read as the options say.
    ///
    /// ```
    /// use std::fs::File;
    /// use classtracker_stats::dump::{self, Objects, ReadOptions};
    /// use classtracker_stats::DumpReader;
    ///
    /// let mut options = ReadOptions::default();
    /// options.objects = Objects::Skip;
    /// let mut reader = DumpReader::with(File::open("docs/factory.ctdump")?, &options)?;
    /// assert_eq!((reader.session().process_id, reader.version()), (4711, dump::VERSION));
    /// for snapshot in reader.by_ref() {
    ///     let snapshot = snapshot?;
    ///     assert!(snapshot.classes.len() == 3 && snapshot.objects.is_empty());
    /// }
    /// assert_eq!(reader.offset(), std::fs::metadata("docs/factory.ctdump")?.len());
    /// assert!(reader.lost().is_empty() && reader.into_lost().is_empty());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As [`new`](Self::new), whatever the options.
    pub fn with(input: R, options: &ReadOptions) -> Result<Self, DumpError> {
        let frames = Frames::new(input, options)?;
        Ok(Self { frames, decoder: Decoder::default(), rows: Rows::default(), objects: options.objects })
    }

    /// The session that the snapshots are of.
    #[must_use]
    pub fn session(&self) -> &Session {
        &self.frames.session
    }

    /// The version of the dump's layout.
    #[must_use]
    pub fn version(&self) -> u16 {
        self.frames.version
    }

    /// Where the next frame begins, in bytes from the start of the dump: all before it was whole, or is [lost](Self::lost).
    #[must_use]
    pub fn offset(&self) -> u64 {
        self.frames.offset
    }

    /// What was passed over so far, with [`Damage::PassOver`](super::Damage); otherwise nothing.
    #[must_use]
    pub fn lost(&self) -> &[Lost] {
        &self.frames.lost
    }

    /// The same, without the reader.
    #[must_use]
    pub fn into_lost(self) -> Vec<Lost> {
        self.frames.lost
    }

    fn read_next(&mut self) -> Result<Option<Arc<Snapshot>>, DumpError> {
        while let Some(found) = self.frames.next()? {
            if found == Found::Anew {
                self.decoder = Decoder::default();
                self.rows.begin_anew();
            }
            match self.decode() {
                Ok(snapshot) => {
                    self.frames.snapshots += 1;
                    return Ok(Some(snapshot));
                }
                Err(bad) => self.frames.undecodable(bad)?,
            }
        }
        Ok(None)
    }

    fn decode(&mut self) -> Result<Arc<Snapshot>, Bad> {
        let (snapshot, objects) = self.decoder.snapshot(self.frames.version, self.frames.payload())?;
        match self.objects {
            Objects::Read => self.rows.read(snapshot, &objects, &self.decoder.tables),
            Objects::Skip => Ok(Arc::new(snapshot)),
        }
    }
}

impl<R: Read> Iterator for DumpReader<R> {
    type Item = Result<Arc<Snapshot>, DumpError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.read_next().transpose()
    }
}
