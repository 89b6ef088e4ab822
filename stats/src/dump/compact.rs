use std::io::Read;
use std::sync::Arc;

use super::decode::{Bad, Decoder};
use super::error::DumpError;
use super::frames::{Found, Frames};
use super::pack::PackedRows;
use super::packed::PackedObjects;
use super::{Lost, Objects, ReadOptions};
use crate::{Session, Snapshot};

/// Reads a dump a snapshot at a time, like a [`DumpReader`](super::DumpReader), but with its objects packed: some bytes for
/// each, where a row of the model takes 40 and its record more than 100.
///
/// It holds the packed objects of the last snapshot, as far as the one that is being read has not taken their place, and one frame.
/// A snapshot that one keeps is not copied, but is then held beside that: drop those that are not needed before reading on.
/// So ten million objects in each of two snapshots can be compared in some 200 MiB.
///
/// ```
/// use classtracker_stats::dump::CompactReader;
/// # use classtracker_stats::{ObjectRecord, ObjectRow, Session, Snapshot, Stats};
/// # use std::{sync::Arc, time::Duration};
/// # let start = chrono::Utc::now();
/// # let mut snapshot = Snapshot::new("first", start, Duration::ZERO);
/// # snapshot.objects.push(ObjectRow::new(Arc::new(ObjectRecord::new(17, "app::Employee", 48)), 200));
/// # let mut bytes = Vec::new();
/// # Stats::new(Session::new(start, 1), vec![Arc::new(snapshot)]).write_to(&mut bytes)?;
///
/// for snapshot in CompactReader::new(&bytes[..])? {
///     let snapshot = snapshot?;
///     let largest = snapshot.objects.iter().max_by_key(|object| object.bytes()).unwrap();
///     assert_eq!((largest.serial(), &**largest.class(), largest.bytes()), (17, "app::Employee", 200));
/// }
/// # Ok::<(), classtracker_stats::DumpError>(())
/// ```
pub struct CompactReader<R> {
    frames: Frames<R>,
    decoder: Decoder,
    rows: PackedRows,
    objects: Objects,
}

/// A snapshot of a [`CompactReader`].
#[non_exhaustive]
#[derive(Debug, Clone)]
pub struct CompactSnapshot {
    /// All of the snapshot but its objects: that list is empty.
    pub snapshot: Arc<Snapshot>,
    /// Its objects; none if they were to be passed over.
    pub objects: PackedObjects,
    /// Whether it is one that refers to nothing before it: numbers of classes begin anew with it.
    pub anew: bool,
}

impl<R: Read> CompactReader<R> {
    /// Reads the header of a dump and its session.
    ///
    /// # Errors
    /// As [`DumpReader::new`](super::DumpReader::new).
    pub fn new(input: R) -> Result<Self, DumpError> {
        Self::with(input, &ReadOptions::default())
    }

    /// Reads the header of a dump and its session; the rest will be read as the options say.
    ///
    /// ```
    /// use std::fs::File;
    /// use classtracker_stats::dump::{CompactReader, Damage, ReadOptions};
    ///
    /// let mut options = ReadOptions::default();
    /// options.damage = Damage::PassOver;
    /// let mut reader = CompactReader::with(File::open("docs/factory.ctdump")?, &options)?;
    /// assert_eq!(reader.session().program.as_deref(), Some("factory"));
    /// let objects = reader.by_ref().map(|snapshot| Ok(snapshot?.objects.len()));
    /// assert_eq!(objects.sum::<Result<u64, classtracker_stats::DumpError>>()?, 17);
    /// assert_eq!(reader.offset(), std::fs::metadata("docs/factory.ctdump")?.len());
    /// assert!(reader.lost().is_empty() && reader.into_lost().is_empty());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As [`new`](Self::new), whatever the options.
    pub fn with(input: R, options: &ReadOptions) -> Result<Self, DumpError> {
        let frames = Frames::new(input, options)?;
        Ok(Self { frames, decoder: Decoder::default(), rows: PackedRows::default(), objects: options.objects })
    }

    /// The session that the snapshots are of.
    #[must_use]
    pub fn session(&self) -> &Session {
        &self.frames.session
    }

    /// Where the next frame begins, in bytes from the start of the dump.
    #[must_use]
    pub fn offset(&self) -> u64 {
        self.frames.offset
    }

    /// As [`DumpReader::lost`](super::DumpReader::lost).
    #[must_use]
    pub fn lost(&self) -> &[Lost] {
        &self.frames.lost
    }

    /// The same, without the reader.
    #[must_use]
    pub fn into_lost(self) -> Vec<Lost> {
        self.frames.lost
    }

    pub(super) fn frames(&self) -> &Frames<R> {
        &self.frames
    }

    fn read_next(&mut self) -> Result<Option<CompactSnapshot>, DumpError> {
        while let Some(found) = self.frames.next()? {
            let anew = found == Found::Anew;
            if anew {
                (self.decoder, self.rows) = (Decoder::default(), PackedRows::default());
            }
            match self.decode(anew) {
                Ok(snapshot) => {
                    self.frames.snapshots += 1;
                    return Ok(Some(snapshot));
                }
                Err(bad) => self.frames.undecodable(bad)?,
            }
        }
        Ok(None)
    }

    fn decode(&mut self, anew: bool) -> Result<CompactSnapshot, Bad> {
        let (snapshot, objects) = self.decoder.snapshot(self.frames.version, self.frames.payload())?;
        let objects = match self.objects {
            Objects::Read => self.rows.read(&objects, &self.decoder.tables)?,
            Objects::Skip => PackedObjects::none(&self.decoder.tables),
        };
        Ok(CompactSnapshot { snapshot: Arc::new(snapshot), objects, anew })
    }
}

impl<R: Read> Iterator for CompactReader<R> {
    type Item = Result<CompactSnapshot, DumpError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.read_next().transpose()
    }
}
