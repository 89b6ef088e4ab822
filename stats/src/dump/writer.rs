use std::fmt;
use std::io::{self, Write};
use std::sync::Arc;

use super::column::clear;
use super::encode::Encoder;
use super::error::{Action, DumpError};
use super::wire::{EndWire, SessionWire};
use super::{Compression, MAGIC, VERSION, WriteOptions, frame};
use crate::{Session, Snapshot};

/// Writes a dump a snapshot at a time, as they are taken.
///
/// Each frame is one `write_all` (the first one with the header before it), so a file needs no buffer around it, and a process that is killed loses at most the
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
    #[cfg(feature = "compression")]
    spare: Vec<u8>,
    options: WriteOptions,
    offset: u64,
    snapshots: u64,
    anew: Anew,
    /// Set while a frame is being written: if it stays, the dump ends in a part of one.
    broken: bool,
}

impl<W: Write> DumpWriter<W> {
    /// Begins a dump: writes its header and the session.
    ///
    /// # Errors
    /// [`DumpError::Io`] with what `out` gives.
    pub fn new(out: W, session: &Session) -> Result<Self, DumpError> {
        Self::with(out, session, &WriteOptions::default())
    }

    /// Begins a dump that is written as the options say.
    ///
    /// ```
    /// use classtracker_stats::dump::WriteOptions;
    /// use classtracker_stats::{DumpWriter, Session};
    ///
    /// let session = Session::new(chrono::Utc::now(), std::process::id());
    /// let options = WriteOptions::default();
    /// # #[cfg(feature = "compression")]
    /// # let options = {
    /// #     let mut options = options;
    /// #     options.compression = classtracker_stats::dump::Compression::Lz4;
    /// #     options
    /// # };
    /// let writer = DumpWriter::with(Vec::new(), &session, &options)?;
    /// assert!(!writer.finish()?.is_empty());
    /// # Ok::<(), classtracker_stats::DumpError>(())
    /// ```
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn with(out: W, session: &Session, options: &WriteOptions) -> Result<Self, DumpError> {
        let mut writer = Self {
            out,
            encoder: Encoder::default(),
            frame: Vec::new(),
            #[cfg(feature = "compression")]
            spare: Vec::new(),
            options: *options,
            offset: 0,
            snapshots: 0,
            anew: Anew::default(),
            broken: false,
        };
        let session = SessionWire {
            started: session.started.into(),
            process_id: session.process_id,
            program: session.program.as_deref(),
        };
        frame::build(&mut writer.frame, frame::SESSION, &session, writer.offset)?;
        // Both with one write: a file that has anything at all says whose it is.
        writer.frame.splice(..0, MAGIC.into_iter().chain(VERSION.to_le_bytes()));
        writer.send()?;
        Ok(writer)
    }

    /// Appends a snapshot.
    ///
    /// # Errors
    /// [`DumpError::Io`] with what the output gives, [`DumpError::FrameTooLong`] for a snapshot of more than
    /// [`MAX_PAYLOAD`](super::MAX_PAYLOAD) bytes. After the first, the dump may end in a part of a frame, and nothing more
    /// can be written; after the second, the dump goes on without this snapshot.
    pub fn write(&mut self, snapshot: &Arc<Snapshot>) -> Result<(), DumpError> {
        self.check_whole()?;
        let anew = self.anew.is_due(self.encoder.len());
        if anew {
            self.encoder.forget();
        }
        let kind = if anew { frame::SNAPSHOT | frame::ANEW } else { frame::SNAPSHOT };
        let wire = self.encoder.encode(snapshot);
        let start = self.offset;
        let built = frame::build(&mut self.frame, kind, &wire, start);
        let whole = built.and_then(|()| self.compress()).map(|()| {
            // The first one needs no mark: it is where one begins to read anyway.
            if anew && self.snapshots > 0 {
                self.frame.splice(..0, frame::mark());
            }
        });
        match whole.and_then(|()| self.send()) {
            Ok(()) => self.encoder.commit(),
            Err(error) => {
                self.encoder.roll_back();
                if anew {
                    // Nothing is left that the next one could refer to.
                    self.anew = Anew::default();
                }
                return Err(error);
            }
        }
        self.anew.written(anew, self.offset - start);
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

    pub(super) fn out_mut(&mut self) -> &mut W {
        &mut self.out
    }

    /// How many snapshots are written.
    pub(super) fn snapshots(&self) -> u64 {
        self.snapshots
    }

    /// How many bytes are written.
    pub(super) fn offset(&self) -> u64 {
        self.offset
    }

    /// The output holds no part of a frame any more.
    pub(super) fn mend(&mut self) {
        self.broken = false;
    }

    fn compress(&mut self) -> Result<(), DumpError> {
        match self.options.compression {
            Compression::None => Ok(()),
            #[cfg(feature = "compression")]
            Compression::Lz4 => frame::compress(&mut self.frame, &mut self.spare, self.offset),
        }
    }

    fn send(&mut self) -> Result<(), DumpError> {
        self.broken = true;
        self.out.write_all(&self.frame).map_err(|error| DumpError::io(Action::Write, self.offset, error))?;
        self.offset += self.frame.len() as u64;
        self.broken = false;
        clear(&mut self.frame);
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

/// When a snapshot is to refer to nothing before it: the first one, and then so seldom that it adds a small share to the
/// dump. What is damaged costs the snapshots up to the next of these, and what is referred to does not grow for ever.
#[derive(Default)]
struct Anew {
    /// The length of the last such frame; 0 if there was none.
    length: u64,
    /// The length of all frames since.
    since: u64,
}

impl Anew {
    /// The frames between two such frames are at least so many times as long as the first of them.
    const TIMES: u64 = 16;
    /// More values than this are not kept to be referred to.
    const MOST_KNOWN: usize = 1 << 20;

    fn is_due(&self, known: usize) -> bool {
        self.length == 0 || self.since / Self::TIMES >= self.length || known > Self::MOST_KNOWN
    }

    fn written(&mut self, anew: bool, length: u64) {
        match anew {
            true => (self.length, self.since) = (length, 0),
            false => self.since += length,
        }
    }
}

impl<W> fmt::Debug for DumpWriter<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = f.debug_struct("DumpWriter");
        text.field("offset", &self.offset).field("snapshots", &self.snapshots).finish_non_exhaustive()
    }
}
