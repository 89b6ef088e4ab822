use std::io::{self, Write};
use std::sync::Arc;

use super::encode::Encoder;
use super::error::{Action, DumpError};
use super::wire::{EndWire, SessionWire};
use super::{MAGIC, VERSION, frame};
use crate::{Session, Snapshot};

/// Writes a dump a snapshot at a time, as they are taken.
///
/// Each frame is one `write_all`, so a file needs no buffer around it, and a process that is killed loses at most the
/// frame in flight. What was written earlier is referred to, not repeated; for that the writer remembers the names of
/// classes, the sites, and the last snapshot.
///
/// ```
/// use classtracker_stats::{DumpReader, DumpWriter, Session, Snapshot};
/// use std::{sync::Arc, time::Duration};
///
/// let start = chrono::Utc::now();
/// let snapshot = Arc::new(Snapshot::new("first", start, Duration::ZERO));
/// let mut writer = DumpWriter::new(Vec::new(), &Session::new(start, 1))?;
/// writer.write(&snapshot)?;
/// let bytes = writer.finish()?;
///
/// let read: Vec<_> = DumpReader::new(&bytes[..])?.collect::<Result<_, _>>()?;
/// assert_eq!(read, [snapshot]);
/// # Ok::<(), classtracker_stats::DumpError>(())
/// ```
pub struct DumpWriter<W> {
    out: W,
    encoder: Encoder,
    frame: Vec<u8>,
    offset: u64,
    snapshots: u64,
    /// Set while a frame is being written: if it stays, the dump ends in a part of one.
    broken: bool,
}

impl<W: Write> DumpWriter<W> {
    /// Begins a dump: writes its header and the session.
    ///
    /// # Errors
    /// [`DumpError::Io`] with what `out` gives.
    pub fn new(out: W, session: &Session) -> Result<Self, DumpError> {
        let mut writer =
            Self { out, encoder: Encoder::default(), frame: Vec::new(), offset: 0, snapshots: 0, broken: false };
        writer.frame.extend(MAGIC);
        writer.frame.extend(VERSION.to_le_bytes());
        writer.send()?;
        let session = SessionWire {
            started: session.started.into(),
            process_id: session.process_id,
            program: session.program.as_deref(),
        };
        frame::build(&mut writer.frame, frame::SESSION, &session, writer.offset)?;
        writer.send()?;
        Ok(writer)
    }

    /// Appends a snapshot.
    ///
    /// # Errors
    /// [`DumpError::Io`] with what the output gives, [`DumpError::FrameTooLong`] for a snapshot of more than
    /// [`MAX_PAYLOAD`](super::MAX_PAYLOAD) bytes. After either, nothing more can be written.
    pub fn write(&mut self, snapshot: &Arc<Snapshot>) -> Result<(), DumpError> {
        self.check_whole()?;
        // The encoder takes what it refers to as written, so a frame that was not leaves nothing to go on with.
        self.broken = true;
        let wire = self.encoder.encode(snapshot);
        frame::build(&mut self.frame, frame::SNAPSHOT, &wire, self.offset)?;
        self.send()?;
        self.snapshots += 1;
        Ok(())
    }

    /// Ends the dump and gives the output back, flushed. A dump that is not ended reads as cut.
    ///
    /// # Errors
    /// [`DumpError::Io`] with what the output gives, now or when a snapshot was written.
    pub fn finish(mut self) -> Result<W, DumpError> {
        self.check_whole()?;
        let end = EndWire { snapshots: self.snapshots };
        frame::build(&mut self.frame, frame::END, &end, self.offset)?;
        self.send()?;
        self.out.flush().map_err(|error| DumpError::io(Action::Write, self.offset, error))?;
        Ok(self.out)
    }

    fn send(&mut self) -> Result<(), DumpError> {
        self.broken = true;
        self.out.write_all(&self.frame).map_err(|error| DumpError::io(Action::Write, self.offset, error))?;
        self.offset += self.frame.len() as u64;
        self.broken = false;
        self.frame.clear();
        Ok(())
    }

    fn check_whole(&self) -> Result<(), DumpError> {
        if self.broken {
            let error = io::Error::other("the frame before could not be written");
            return Err(DumpError::io(Action::Write, self.offset, error));
        }
        Ok(())
    }
}
