//! Dumps taken apart and put together again by hand.

use std::ops::Range;

/// Where a frame is in a dump.
pub(crate) struct Frame {
    pub(crate) start: usize,
    pub(crate) end: usize,
    kind: u8,
}

impl Frame {
    pub(crate) fn payload(&self) -> Range<usize> {
        self.start + 9..self.end
    }
}

pub(crate) fn frames(dump: &[u8]) -> impl Iterator<Item = Frame> {
    let mut start = 10;
    std::iter::from_fn(move || {
        let length = dump.get(start..start + 4)?;
        let length = u32::from_le_bytes(length.try_into().unwrap());
        let end = start + 9 + length as usize;
        let kind = dump[start + 8];
        let frame = Frame { start, end, kind };
        start = end;
        Some(frame)
    })
}

/// A frame with a right checksum.
pub(crate) fn frame(kind: u8, payload: &[u8]) -> Vec<u8> {
    let body = [&[kind], payload].concat();
    let length = u32::try_from(payload.len()).unwrap();
    [&length.to_le_bytes(), &crc32fast::hash(&body).to_le_bytes(), &body[..]].concat()
}

/// The dump with another payload in this frame.
pub(crate) fn rebuilt(dump: &[u8], frame: &Frame, change: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
    let mut payload = dump[frame.payload()].to_vec();
    change(&mut payload);
    let frame_bytes = self::frame(frame.kind, &payload);
    [&dump[..frame.start], &frame_bytes, &dump[frame.end..]].concat()
}
