//! Frame after frame of a dump that is read, and what is passed over of one that is damaged.

use std::io::{self, Read};

use super::decode::{self, Bad};
use super::error::{Action, DumpError, Part};
use super::options::{Damage, Ending, ReadOptions};
use super::{Lost, MAGIC, OLDEST_VERSION, VERSION, compress, frame};
use crate::Session;

/// The length of magic and version.
const FILE_HEADER: usize = MAGIC.len() + 2;

/// A dump, a frame at a time.
pub(super) struct Frames<R> {
    input: R,
    pub(super) version: u16,
    pub(super) session: Session,
    pub(super) payload: Vec<u8>,
    /// The same as it is in the dump, if it is compressed there; otherwise room for it.
    compressed: Vec<u8>,
    /// How long the frame is.
    length: u64,
    /// Where the frame begins whose payload this is.
    start: u64,
    /// Where the next frame begins.
    pub(super) offset: u64,
    /// How many snapshots were read.
    pub(super) snapshots: u64,
    /// How many frames were whole, those that could not be used included.
    pub(super) frames: u64,
    /// Whether the end frame was read.
    pub(super) ended: bool,
    done: bool,
    damage: Damage,
    ending: Ending,
    /// Whether frames are passed over until one begins anew.
    searching: bool,
    pub(super) lost: Vec<Lost>,
}

impl<R: Read> Frames<R> {
    /// Reads the header of a dump and its session.
    pub(super) fn new(mut input: R, options: &ReadOptions) -> Result<Self, DumpError> {
        let version = read_file_header(&mut input)?;
        let offset = FILE_HEADER as u64;
        let mut payload = Vec::new();
        let kind = frame::read(&mut input, &mut payload, offset, 0)?;
        if kind != frame::SESSION {
            return Err(unexpected(offset, "a session (1)", kind));
        }
        let session = decode::session(&payload).map_err(|bad| explain(bad, offset))?;
        Ok(Self {
            input,
            version,
            session,
            start: offset,
            offset: offset + frame_length(&payload),
            length: frame_length(&payload),
            payload,
            compressed: Vec::new(),
            snapshots: 0,
            frames: 1,
            ended: false,
            done: false,
            damage: options.damage,
            ending: options.ending,
            searching: false,
            lost: Vec::new(),
        })
    }

    /// Reads up to the next snapshot's payload, and says whether that one begins anew; `None` after the last one.
    ///
    /// After an error there is nothing more.
    pub(super) fn next(&mut self) -> Result<Option<Found>, DumpError> {
        while !self.done {
            let found = self.next_frame();
            if !matches!(found, Ok(Some(_))) {
                self.done = true;
            }
            match found? {
                Some(Found::Nothing) => {}
                found => return Ok(found),
            }
        }
        Ok(None)
    }

    /// The payload that was read last is not what it should be.
    pub(super) fn undecodable(&mut self, bad: Bad) -> Result<(), DumpError> {
        let lost = self.lose(explain(bad, self.start), self.length);
        self.done = lost.is_err();
        lost
    }

    fn next_frame(&mut self) -> Result<Option<Found>, DumpError> {
        self.start = self.offset;
        match frame::read(&mut self.input, &mut self.payload, self.offset, self.snapshots) {
            Ok(kind) => {
                self.length = frame_length(&self.payload);
                self.offset += self.length;
                self.frames += 1;
                self.whole(kind)
            }
            Err(error) => self.not_whole(error),
        }
    }

    /// What to do with a frame that is as it was written.
    fn whole(&mut self, kind: u8) -> Result<Option<Found>, DumpError> {
        let flags = if self.version > 1 { frame::ANEW | frame::COMPRESSED } else { 0 };
        if kind & !flags == frame::SNAPSHOT {
            let anew = kind & frame::ANEW != 0;
            if self.searching && !anew {
                self.pass_over();
                return Ok(Some(Found::Nothing));
            }
            if kind & frame::COMPRESSED != 0 {
                std::mem::swap(&mut self.payload, &mut self.compressed);
                let decompressed = compress::decompress(&self.compressed, &mut self.payload);
                self.compressed.clear();
                self.compressed.shrink_to(frame::KEPT);
                if let Err(bad) = decompressed {
                    self.undecodable(bad)?;
                    return Ok(Some(Found::Nothing));
                }
            }
            self.searching = false;
            return Ok(Some(if anew { Found::Anew } else { Found::Next }));
        }
        if kind == frame::END {
            return self.end();
        }
        self.lose(unexpected(self.start, "a snapshot (2) or the end (3)", kind), self.length)?;
        Ok(Some(Found::Nothing))
    }

    fn not_whole(&mut self, error: DumpError) -> Result<Option<Found>, DumpError> {
        match &error {
            DumpError::Cut { .. } if self.ending == Ending::MayGrow => Ok(None),
            DumpError::Cut { offset, found, .. } => {
                let bytes = offset + found - self.start;
                self.lose(error, bytes)?;
                Ok(None)
            }
            // The payload was read, so the next frame comes now, unless the length is what is damaged.
            DumpError::Checksum { .. } => {
                let length = frame_length(&self.payload);
                self.lose(error, length)?;
                self.offset += length;
                Ok(Some(Found::Nothing))
            }
            DumpError::FrameTooLong { .. } if self.damage == Damage::PassOver => {
                let rest = frame::HEADER as u64 + self.drain()?;
                self.lose(error, rest)?;
                Ok(None)
            }
            _ => Err(error),
        }
    }

    fn end(&mut self) -> Result<Option<Found>, DumpError> {
        let expected = match decode::end(&self.payload) {
            Ok(expected) => expected,
            Err(bad) => {
                self.undecodable(bad)?;
                return Ok(None);
            }
        };
        let found = self.snapshots;
        if found != expected && self.lost.is_empty() {
            self.lose(DumpError::SnapshotCount { path: None, offset: self.start, expected, found }, 0)?;
        }
        self.ended = true;
        // What may be behind it is another part.
        self.searching = false;
        if self.ending == Ending::Final {
            self.start = self.offset;
            let bytes = match self.damage {
                Damage::Stop => {
                    let read = frame::fill(&mut self.input, &mut [0]);
                    read.map_err(|error| DumpError::io(Action::Read, self.offset, error))? as u64
                }
                Damage::PassOver => self.drain()?,
            };
            if bytes > 0 {
                self.lose(DumpError::TrailingBytes { path: None, offset: self.offset }, bytes)?;
            }
        }
        Ok(None)
    }

    /// Passes over what can't be used, if that is wanted; otherwise it is an error.
    fn lose(&mut self, error: DumpError, bytes: u64) -> Result<(), DumpError> {
        if self.damage == Damage::Stop {
            self.offset = self.start;
            return Err(error);
        }
        // The first cause is what counts: what follows may well come of it.
        match self.lost.last_mut() {
            Some(lost) if self.searching => lost.bytes += bytes,
            _ => self.lost.push(Lost { offset: self.start, bytes, frames: 0, snapshots: self.snapshots, error }),
        }
        self.searching = true;
        Ok(())
    }

    /// Passes over a whole frame that refers to what is lost.
    fn pass_over(&mut self) {
        if let Some(lost) = self.lost.last_mut() {
            lost.bytes += self.length;
            lost.frames += 1;
        }
    }

    /// How long all that was read is.
    pub(super) fn bytes(&self) -> u64 {
        // What is lost at the end lies behind the last whole frame.
        self.lost.last().map_or(0, |lost| lost.offset + lost.bytes).max(self.offset)
    }

    /// Reads to the end, and says how many bytes came.
    fn drain(&mut self) -> Result<u64, DumpError> {
        let read = io::copy(&mut self.input, &mut io::sink());
        read.map_err(|error| DumpError::io(Action::Read, self.offset, error))
    }
}

/// What a frame is to the reader of snapshots.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Found {
    /// A snapshot that refers to nothing before it.
    Anew,
    /// A snapshot that may refer to those before.
    Next,
    /// Nothing that can be used.
    Nothing,
}

/// Checks magic and version, and gives the version.
fn read_file_header(input: &mut impl Read) -> Result<u16, DumpError> {
    let mut header = [0; FILE_HEADER];
    let mut found = 0;
    while found < FILE_HEADER {
        let more = match input.read(&mut header[found..]) {
            Ok(0) => break,
            Ok(more) => more,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(DumpError::io(Action::Read, 0, error)),
        };
        found += more;
        // At once: of a file that may grow, what is missing might never come.
        let begins = &header[..found.min(MAGIC.len())];
        if !MAGIC.starts_with(begins) {
            let found = begins.to_vec();
            return Err(DumpError::NotADump { path: None, offset: 0, found });
        }
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
    if !(OLDEST_VERSION..=VERSION).contains(&version) {
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
        #[cfg(not(feature = "compression"))]
        Bad::Compressed => DumpError::Compressed { path, offset },
    }
}
