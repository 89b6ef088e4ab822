//! Frame after frame of a dump that is read, and what is passed over of one that is damaged.

use std::io::{self, Read};

use super::decode::{self, Bad};
use super::error::{Action, DumpError, Part};
use super::frame::{self, Frame};
use super::options::{Damage, Ending, ReadOptions};
use super::pushed::Pushed;
use super::{Lost, MAGIC, OLDEST_VERSION, VERSION, compress};
use crate::Session;

/// The length of magic and version.
const FILE_HEADER: usize = MAGIC.len() + 2;

/// A dump, a frame at a time.
pub(super) struct Frames<R> {
    input: Pushed<R>,
    pub(super) version: u16,
    pub(super) session: Session,
    frame: Frame,
    /// The payload of a snapshot that was compressed; otherwise room for it.
    decompressed: Vec<u8>,
    is_compressed: bool,
    /// Where the frame begins.
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
    /// The payload of the frame before, if that is damaged: perhaps its length is, and the next frame begins in it.
    suspect: Vec<u8>,
    /// How often a mark was looked for in what had been read.
    searches: u32,
    pub(super) lost: Vec<Lost>,
}

/// After so many searches for a mark, the rest is given up: each may read all that is left again.
const MOST_SEARCHES: u32 = 64;

impl<R: Read> Frames<R> {
    /// Reads the header of a dump and its session.
    pub(super) fn new(input: R, options: &ReadOptions) -> Result<Self, DumpError> {
        let mut input = Pushed::new(input);
        let version = read_file_header(&mut input)?;
        let offset = FILE_HEADER as u64;
        let mut frame = Frame::default();
        frame.read(&mut input, offset, 0)?;
        if frame.kind() != frame::SESSION {
            return Err(unexpected(offset, "a session (1)", frame.kind()));
        }
        let session = decode::session(&frame.payload).map_err(|bad| explain(bad, offset))?;
        Ok(Self {
            input,
            version,
            session,
            start: offset,
            offset: offset + frame.length(),
            frame,
            decompressed: Vec::new(),
            is_compressed: false,
            snapshots: 0,
            frames: 1,
            ended: false,
            done: false,
            damage: options.damage,
            ending: options.ending,
            searching: false,
            suspect: Vec::new(),
            searches: 0,
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
                self.stop_searching(self.offset);
            }
            match found? {
                Some(Found::Nothing) => {}
                found => return Ok(found),
            }
        }
        Ok(None)
    }

    /// The payload of the snapshot that was found.
    pub(super) fn payload(&self) -> &[u8] {
        if self.is_compressed { &self.decompressed } else { &self.frame.payload }
    }

    /// The payload that was read last is not what it should be.
    pub(super) fn undecodable(&mut self, bad: Bad) -> Result<(), DumpError> {
        let lost = self.lose(explain(bad, self.start));
        self.done = lost.is_err();
        lost
    }

    fn next_frame(&mut self) -> Result<Option<Found>, DumpError> {
        self.start = self.offset;
        let read = self.frame.read(&mut self.input, self.offset, self.snapshots);
        self.offset += self.frame.length();
        match read {
            Ok(()) => {
                self.frames += 1;
                self.suspect.clear();
                self.whole()
            }
            Err(error) => self.not_whole(error),
        }
    }

    /// What to do with a frame that is as it was written.
    fn whole(&mut self) -> Result<Option<Found>, DumpError> {
        let kind = self.frame.kind();
        let flags = if self.version > 1 { frame::ANEW | frame::COMPRESSED } else { 0 };
        match kind {
            frame::END => self.end(),
            frame::MARK if self.version > 1 && self.frame.payload == MAGIC => Ok(Some(Found::Nothing)),
            _ if kind & !flags == frame::SNAPSHOT => self.snapshot(kind),
            _ => {
                self.lose(unexpected(self.start, "a snapshot (2) or the end (3)", kind))?;
                Ok(Some(Found::Nothing))
            }
        }
    }

    fn snapshot(&mut self, kind: u8) -> Result<Option<Found>, DumpError> {
        let anew = kind & frame::ANEW != 0;
        if self.searching && !anew {
            if let Some(lost) = self.lost.last_mut() {
                lost.frames += 1;
            }
            return Ok(Some(Found::Nothing));
        }
        self.is_compressed = kind & frame::COMPRESSED != 0;
        if self.is_compressed {
            let decompressed = compress::decompress(&self.frame.payload, &mut self.decompressed);
            if let Err(bad) = decompressed {
                self.undecodable(bad)?;
                return Ok(Some(Found::Nothing));
            }
            // Not both are needed.
            self.frame.payload.clear();
            self.frame.payload.shrink_to(frame::KEPT);
        } else {
            self.decompressed = Vec::new();
        }
        self.stop_searching(self.start);
        Ok(Some(if anew { Found::Anew } else { Found::Next }))
    }

    fn not_whole(&mut self, error: DumpError) -> Result<Option<Found>, DumpError> {
        match &error {
            DumpError::Cut { .. } if self.ending == Ending::MayGrow => {
                self.offset = self.start;
                Ok(None)
            }
            DumpError::Checksum { .. } if !self.searching || self.suspect.is_empty() => {
                self.lose(error)?;
                // As a rule it is the payload that is damaged, and the next frame begins behind it.
                std::mem::swap(&mut self.suspect, &mut self.frame.payload);
                Ok(Some(Found::Nothing))
            }
            DumpError::Cut { .. } | DumpError::Checksum { .. } | DumpError::FrameTooLong { .. } => {
                self.lose(error)?;
                let found = self.find_mark()?;
                Ok(found.then_some(Found::Nothing))
            }
            _ => {
                self.offset = self.start;
                Err(error)
            }
        }
    }

    /// Goes to the next mark: it may be in what was read as a payload already.
    fn find_mark(&mut self) -> Result<bool, DumpError> {
        const PIECE: u64 = 64 << 10;
        let mark = frame::mark();
        let mut bytes = std::mem::take(&mut self.suspect);
        bytes.extend_from_slice(self.frame.header());
        bytes.append(&mut self.frame.payload);
        self.searches += 1;
        if self.searches > MOST_SEARCHES {
            self.offset += self.drain()?;
            return Ok(false);
        }
        loop {
            if let Some(place) = bytes.windows(mark.len()).position(|window| window == mark) {
                self.offset -= (bytes.len() - place) as u64;
                self.input.push_back(bytes.split_off(place));
                return Ok(true);
            }
            // The mark may have begun.
            bytes.drain(..bytes.len().saturating_sub(mark.len() - 1));
            let read = self.input.by_ref().take(PIECE).read_to_end(&mut bytes);
            let read = read.map_err(|error| DumpError::io(Action::Read, self.offset, error))?;
            self.offset += read as u64;
            if read == 0 {
                return Ok(false);
            }
        }
    }

    fn end(&mut self) -> Result<Option<Found>, DumpError> {
        let expected = match decode::end(&self.frame.payload) {
            Ok(expected) => expected,
            Err(bad) => {
                self.undecodable(bad)?;
                return Ok(Some(Found::Nothing));
            }
        };
        let found = self.snapshots;
        if found != expected && self.lost.is_empty() {
            self.lose(DumpError::SnapshotCount { path: None, offset: self.start, expected, found })?;
        }
        self.ended = true;
        self.stop_searching(self.start);
        if self.ending == Ending::Final {
            self.start = self.offset;
            let one = frame::fill(&mut self.input, &mut [0]);
            let one = one.map_err(|error| DumpError::io(Action::Read, self.offset, error))?;
            if one > 0 {
                self.lose(DumpError::TrailingBytes { path: None, offset: self.start })?;
                self.offset += one as u64 + self.drain()?;
            }
        }
        Ok(None)
    }

    /// Reads to the end, and says how many bytes came.
    fn drain(&mut self) -> Result<u64, DumpError> {
        let read = io::copy(&mut self.input, &mut io::sink());
        read.map_err(|error| DumpError::io(Action::Read, self.offset, error))
    }

    /// Passes over what can't be used, if that is wanted; otherwise it is an error.
    fn lose(&mut self, error: DumpError) -> Result<(), DumpError> {
        if self.damage == Damage::Stop {
            self.offset = self.start;
            return Err(error);
        }
        // The first cause is what counts: what follows may well come of it.
        if !self.searching {
            self.lost.push(Lost { offset: self.start, bytes: 0, frames: 0, snapshots: self.snapshots, error });
            self.searching = true;
        }
        Ok(())
    }

    /// What is lost ends here.
    fn stop_searching(&mut self, end: u64) {
        if std::mem::take(&mut self.searching)
            && let Some(lost) = self.lost.last_mut()
        {
            lost.bytes = end - lost.offset;
        }
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
