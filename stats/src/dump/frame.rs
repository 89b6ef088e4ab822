//! Frames: a length, a checksum, a kind, a payload.

use std::io::{self, Read};

use serde::Serialize;

use super::codec;
use super::error::{Action, DumpError, Part};
use super::{MAGIC, MAX_PAYLOAD};

pub(super) const SESSION: u8 = 1;
pub(super) const SNAPSHOT: u8 = 2;
pub(super) const END: u8 = 3;
/// Stands before a snapshot that begins anew, to be found by those who have lost their way. From version 2 on.
pub(super) const MARK: u8 = 4;

/// Set in the kind of a snapshot that refers to nothing in frames before it. From version 2 on.
pub(super) const ANEW: u8 = 0x40;
/// Set in the kind of a snapshot whose payload is compressed. From version 2 on.
pub(super) const COMPRESSED: u8 = 0x80;

/// Length (4), checksum (4), kind (1).
pub(super) const HEADER: usize = 9;

/// A buffer of so many bytes is kept from frame to frame, however short they are.
pub(super) const KEPT: usize = 64 << 10;

/// Replaces `frame` by the frame of this kind and value, which is to be written at `offset`.
pub(super) fn build(frame: &mut Vec<u8>, kind: u8, value: &impl Serialize, offset: u64) -> Result<(), DumpError> {
    frame.clear();
    frame.resize(HEADER, 0);
    codec::encode(value, frame).map_err(|error| DumpError::io(Action::Write, offset, io::Error::other(error)))?;
    checked_length((frame.len() - HEADER) as u64, offset)?;
    finish(frame, kind, offset)
}

/// The frame that marks where one can begin to read: always the same, and like nothing else that is in a dump.
pub(super) fn mark() -> [u8; HEADER + MAGIC.len()] {
    let mut mark = [0; HEADER + MAGIC.len()];
    mark[HEADER..].copy_from_slice(&MAGIC);
    mark[8] = MARK;
    let checksum = crc32fast::hash(&mark[8..]);
    mark[..4].copy_from_slice(&(MAGIC.len() as u32).to_le_bytes());
    mark[4..8].copy_from_slice(&checksum.to_le_bytes());
    mark
}

/// Compresses the payload of a frame, if that makes it shorter. `spare` is room for it.
#[cfg(feature = "compression")]
pub(super) fn compress(frame: &mut Vec<u8>, spare: &mut Vec<u8>, offset: u64) -> Result<(), DumpError> {
    let kind = frame[8];
    if super::compress::compress(&frame[HEADER..], spare) {
        frame.truncate(HEADER);
        frame.extend_from_slice(spare);
        finish(frame, kind | COMPRESSED, offset)?;
    }
    Ok(())
}

/// Gives a frame its header.
fn finish(frame: &mut [u8], kind: u8, offset: u64) -> Result<(), DumpError> {
    let length = checked_length((frame.len() - HEADER) as u64, offset)?;
    frame[8] = kind;
    let checksum = crc32fast::hash(&frame[8..]);
    frame[..4].copy_from_slice(&length.to_le_bytes());
    frame[4..8].copy_from_slice(&checksum.to_le_bytes());
    Ok(())
}

/// A frame that is read.
#[derive(Default)]
pub(super) struct Frame {
    header: [u8; HEADER],
    /// How much of the header is there.
    filled: usize,
    pub(super) payload: Vec<u8>,
}

impl Frame {
    pub(super) fn kind(&self) -> u8 {
        self.header[8]
    }

    /// How much of it was read.
    pub(super) fn length(&self) -> u64 {
        (self.filled + self.payload.len()) as u64
    }

    /// What of the header was read.
    pub(super) fn header(&self) -> &[u8] {
        &self.header[..self.filled]
    }

    /// Reads the next frame. `snapshots` were read before it. After an error, this is what there was.
    pub(super) fn read(&mut self, input: &mut impl Read, offset: u64, snapshots: u64) -> Result<(), DumpError> {
        let cut = |part, offset, expected: usize, found: usize| DumpError::Cut {
            path: None,
            offset,
            part,
            expected: expected as u64,
            found: found as u64,
            snapshots,
        };
        self.payload.clear();
        self.filled = 0;
        self.filled = fill(input, &mut self.header).map_err(|error| DumpError::io(Action::Read, offset, error))?;
        if self.filled < HEADER {
            return Err(cut(Part::FrameHeader, offset, HEADER, self.filled));
        }
        let [l0, l1, l2, l3, c0, c1, c2, c3, kind] = self.header;
        let length = checked_length(u32::from_le_bytes([l0, l1, l2, l3]).into(), offset)?;
        let expected = u32::from_le_bytes([c0, c1, c2, c3]);

        // One long frame is no reason to keep so much for many short ones.
        let needed = 2 * length as usize + KEPT;
        if self.payload.capacity() > needed {
            self.payload.shrink_to(needed);
        }
        // The length may be a lie: the buffer grows with what really comes.
        let start = offset + HEADER as u64;
        let read = input.take(length.into()).read_to_end(&mut self.payload);
        let found = read.map_err(|error| DumpError::io(Action::Read, start, error))?;
        if found < length as usize {
            return Err(cut(Part::Payload, start, length as usize, found));
        }
        let mut checksum = crc32fast::Hasher::new();
        checksum.update(&[kind]);
        checksum.update(&self.payload);
        let found = checksum.finalize();
        if found != expected {
            return Err(DumpError::Checksum { path: None, offset, expected, found });
        }
        Ok(())
    }
}

/// Reads until `buffer` is full or the input ends, and gives the number of bytes read.
pub(super) fn fill(input: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match input.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

fn checked_length(length: u64, offset: u64) -> Result<u32, DumpError> {
    match u32::try_from(length) {
        Ok(length) if length <= MAX_PAYLOAD => Ok(length),
        _ => Err(DumpError::FrameTooLong { path: None, offset, expected: MAX_PAYLOAD.into(), found: length }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_is_read_back() {
        let mut frame = Vec::new();
        build(&mut frame, END, &7_u64, 0).unwrap();
        assert_eq!(frame.len(), HEADER + 1);
        let mut read = Frame::default();
        read.read(&mut frame.as_slice(), 0, 0).unwrap();
        assert_eq!((read.kind(), read.length(), &read.payload[..]), (END, frame.len() as u64, &[7][..]));
    }

    #[test]
    fn no_frame_is_longer_than_the_limit() {
        assert_eq!(checked_length(MAX_PAYLOAD.into(), 5).unwrap(), MAX_PAYLOAD);
        for length in [u64::from(MAX_PAYLOAD) + 1, u64::MAX] {
            let error = checked_length(length, 5).unwrap_err();
            assert!(matches!(error, DumpError::FrameTooLong { offset: 5, found, .. } if found == length));
        }
    }
}
