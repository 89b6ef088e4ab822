use std::io::Read;
use std::sync::Arc;

use super::decode::{self, Bad, Decoder};
use super::error::{Action, DumpError, Part};
use super::{MAGIC, frame};
use crate::{Session, Snapshot};

/// Reads a dump a snapshot at a time.
///
/// It is an iterator over the snapshots: of a dump that is cut or damaged, it gives all those before the fault, then the
/// error, then nothing more. It holds the names of classes, the sites, the last snapshot and one frame.
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
    input: R,
    version: u16,
    decoder: Decoder,
    session: Session,
    payload: Vec<u8>,
    /// Where the next frame begins.
    offset: u64,
    snapshots: u64,
    done: bool,
}

impl<R: Read> DumpReader<R> {
    /// Reads the header of a dump and its session.
    ///
    /// # Errors
    /// [`DumpError`] when what comes is no dump of a known version, or is cut or damaged already here.
    pub fn new(mut input: R) -> Result<Self, DumpError> {
        let version = read_file_header(&mut input)?;
        let mut offset = FILE_HEADER as u64;
        let mut payload = Vec::new();
        let kind = frame::read(&mut input, &mut payload, offset, 0)?;
        if kind != frame::SESSION {
            return Err(unexpected(offset, "a session (1)", kind));
        }
        let session = decode::session(&payload).map_err(|bad| explain(bad, offset))?;
        offset += frame_length(&payload);
        Ok(Self { input, version, decoder: Decoder::default(), session, payload, offset, snapshots: 0, done: false })
    }

    /// The session that the snapshots are of.
    #[must_use]
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// The version of the dump's layout.
    #[must_use]
    pub fn version(&self) -> u16 {
        self.version
    }

    /// Where the next frame begins, in bytes from the start of the dump: all before it was whole.
    #[must_use]
    pub fn offset(&self) -> u64 {
        self.offset
    }

    fn read_next(&mut self) -> Result<Option<Arc<Snapshot>>, DumpError> {
        let offset = self.offset;
        match frame::read(&mut self.input, &mut self.payload, offset, self.snapshots)? {
            kind if self.is_snapshot(kind) => {
                if kind & frame::ANEW != 0 {
                    self.decoder = Decoder::default();
                }
                let decoded = self.decoder.snapshot(self.version, &self.payload);
                let snapshot = decoded.map_err(|bad| explain(bad, offset))?;
                self.offset += frame_length(&self.payload);
                self.snapshots += 1;
                Ok(Some(snapshot))
            }
            frame::END => {
                let expected = decode::end(&self.payload).map_err(|bad| explain(bad, offset))?;
                let found = self.snapshots;
                if found != expected {
                    return Err(DumpError::SnapshotCount { path: None, offset, expected, found });
                }
                self.offset += frame_length(&self.payload);
                self.check_end()?;
                Ok(None)
            }
            kind => Err(unexpected(offset, "a snapshot (2) or the end (3)", kind)),
        }
    }

    fn is_snapshot(&self, kind: u8) -> bool {
        kind == frame::SNAPSHOT || (self.version > 1 && kind == frame::SNAPSHOT | frame::ANEW)
    }

    fn check_end(&mut self) -> Result<(), DumpError> {
        let offset = self.offset;
        match frame::fill(&mut self.input, &mut [0]) {
            Ok(0) => Ok(()),
            Ok(_) => Err(DumpError::TrailingBytes { path: None, offset }),
            Err(error) => Err(DumpError::io(Action::Read, offset, error)),
        }
    }
}

impl<R: Read> Iterator for DumpReader<R> {
    type Item = Result<Arc<Snapshot>, DumpError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.done {
            return None;
        }
        let next = self.read_next().transpose();
        self.done = !matches!(next, Some(Ok(_)));
        next
    }
}

/// The length of magic and version.
const FILE_HEADER: usize = MAGIC.len() + 2;

/// Checks magic and version, and gives the version.
fn read_file_header(input: &mut impl Read) -> Result<u16, DumpError> {
    let mut header = [0; FILE_HEADER];
    let found = frame::fill(input, &mut header).map_err(|error| DumpError::io(Action::Read, 0, error))?;
    let begins = &header[..found.min(MAGIC.len())];
    if !MAGIC.starts_with(begins) {
        let found = begins.to_vec();
        return Err(DumpError::NotADump { path: None, offset: 0, found });
    }
    if found < FILE_HEADER {
        return Err(DumpError::Cut {
            path: None,
            offset: 0,
            part: Part::FileHeader,
            expected: FILE_HEADER as u64,
            found: found as u64,
            snapshots: 0,
        });
    }
    let version = u16::from_le_bytes([header[FILE_HEADER - 2], header[FILE_HEADER - 1]]);
    if !(super::OLDEST_VERSION..=super::VERSION).contains(&version) {
        return Err(DumpError::version(MAGIC.len() as u64, version));
    }
    Ok(version)
}

fn frame_length(payload: &[u8]) -> u64 {
    (frame::HEADER + payload.len()) as u64
}

fn unexpected(offset: u64, expected: &'static str, found: u8) -> DumpError {
    DumpError::UnexpectedFrame { path: None, offset, expected, found }
}

/// What is wrong with the payload of the frame at `frame`.
fn explain(bad: Bad, frame: u64) -> DumpError {
    let path = None;
    let offset = frame + frame::HEADER as u64;
    match bad {
        Bad::Layout { what, expected, found } => DumpError::Undecodable { path, offset, what, expected, found },
        Bad::Reference { what, expected, found } => DumpError::BadReference { path, offset, what, expected, found },
    }
}
