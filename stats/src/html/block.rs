use std::collections::HashMap;
use std::io::{self, Write};
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::DeflateEncoder;

use crate::text::printable;
use crate::{Site, Trace};

/// The largest number that a report holds; larger ones become this one, and the page shows it as "at least".
///
/// A script's numbers are exact up to 2⁵³, and a difference of two takes a bit more than either.
pub(super) const LARGEST: u64 = (1 << 52) - 1;

/// The longest text that a report holds, in characters; longer ones are cut, and end in `…`.
const LONGEST_TEXT: usize = 2000;

/// Numbers and texts, one behind the other, as the page's script reads them.
///
/// A number is written in groups of seven bits, the lowest first, each but the last with its top bit set. What may be
/// absent is 0, or one more than its number. A text is the number of its place in the list of texts at the block's head.
#[derive(Default)]
pub(super) struct Block {
    data: Vec<u8>,
    texts: Texts,
    traces: HashMap<Arc<Trace>, u64>,
    /// Numbers, which follow the texts at the block's head.
    trace_data: Vec<u8>,
}

#[derive(Default)]
struct Texts {
    places: HashMap<Box<str>, u64>,
    bytes: Vec<u8>,
    lengths: Vec<u8>,
}

impl Block {
    pub(super) fn number(&mut self, number: u64) {
        push(&mut self.data, number.min(LARGEST));
    }

    pub(super) fn count(&mut self, count: usize) {
        self.number(count as u64);
    }

    pub(super) fn flag(&mut self, flag: bool) {
        self.number(u64::from(flag));
    }

    pub(super) fn optional(&mut self, number: Option<u64>) {
        push(&mut self.data, optional(number));
    }

    /// A fraction, to some seven digits.
    pub(super) fn optional_real(&mut self, real: Option<f64>) {
        self.optional(real.map(|real| (real as f32).to_bits().into()));
    }

    /// A text; control characters are written as escapes.
    pub(super) fn text(&mut self, text: &str) {
        let place = self.texts.place(text);
        self.number(place);
    }

    pub(super) fn optional_text(&mut self, text: Option<&str>) {
        let place = text.map(|text| self.texts.place(text));
        self.optional(place);
    }

    pub(super) fn optional_site(&mut self, site: Option<&Arc<Site>>) {
        self.optional_text(site.map(ToString::to_string).as_deref());
    }

    /// A trace, by its place among the traces at the block's head.
    pub(super) fn optional_trace(&mut self, trace: Option<&Arc<Trace>>) {
        let place = trace.map(|trace| self.trace(trace));
        self.optional(place);
    }

    /// A column of numbers: each as its difference from the one before.
    pub(super) fn column(&mut self, numbers: impl IntoIterator<Item = u64>) {
        self.differences(numbers.into_iter().map(|number| number.min(LARGEST)));
    }

    /// A column of numbers that may be absent.
    pub(super) fn optional_column(&mut self, numbers: impl IntoIterator<Item = Option<u64>>) {
        self.differences(numbers.into_iter().map(optional));
    }

    pub(super) fn text_column<'a>(&mut self, texts: impl IntoIterator<Item = &'a str>) {
        texts.into_iter().for_each(|text| self.text(text));
    }

    fn differences(&mut self, numbers: impl Iterator<Item = u64>) {
        let mut before = 0;
        for number in numbers {
            let difference = number.wrapping_sub(before).cast_signed();
            push(&mut self.data, ((difference << 1) ^ (difference >> 63)).cast_unsigned());
            before = number;
        }
    }

    fn trace(&mut self, trace: &Arc<Trace>) -> u64 {
        if let Some(place) = self.traces.get(trace) {
            return *place;
        }
        let place = self.traces.len() as u64;
        self.traces.insert(Arc::clone(trace), place);
        push(&mut self.trace_data, u64::from(trace.cut));
        push(&mut self.trace_data, trace.frames.len() as u64);
        for frame in &trace.frames {
            push(&mut self.trace_data, self.texts.place(&frame.function));
            let site = frame.site.as_ref().map(|site| self.texts.place(&site.to_string()));
            push(&mut self.trace_data, optional(site));
        }
        place
    }

    /// Texts, traces, then what was written: compressed (raw deflate), in base64.
    pub(super) fn finish(self) -> io::Result<String> {
        let mut whole = Vec::with_capacity(self.texts.bytes.len() + self.data.len() + 1024);
        push(&mut whole, self.texts.places.len() as u64);
        whole.extend(&self.texts.lengths);
        whole.extend(&self.texts.bytes);
        push(&mut whole, self.traces.len() as u64);
        whole.extend(&self.trace_data);
        whole.extend(&self.data);
        Ok(STANDARD.encode(deflated(&whole)?))
    }
}

impl Texts {
    fn place(&mut self, text: &str) -> u64 {
        if let Some(place) = self.places.get(text) {
            return *place;
        }
        let place = self.places.len() as u64;
        let shown = printable(text);
        let shown: &str = match shown.char_indices().nth(LONGEST_TEXT) {
            Some((end, _)) => &format!("{}…", &shown[..end]),
            None => &shown,
        };
        push(&mut self.lengths, shown.len() as u64);
        self.bytes.extend(shown.as_bytes());
        self.places.insert(text.into(), place);
        place
    }
}

fn optional(number: Option<u64>) -> u64 {
    number.map_or(0, |number| number.min(LARGEST) + 1)
}

fn push(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

fn deflated(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut deflate = DeflateEncoder::new(Vec::with_capacity(bytes.len() / 2), Compression::new(7));
    deflate.write_all(bytes)?;
    deflate.finish()
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;
    use flate2::read::DeflateDecoder;

    fn unpacked(block: Block) -> Vec<u8> {
        let packed = STANDARD.decode(block.finish().unwrap()).unwrap();
        let mut bytes = Vec::new();
        DeflateDecoder::new(&packed[..]).read_to_end(&mut bytes).unwrap();
        bytes
    }

    #[test]
    fn numbers_stand_behind_texts_and_traces() {
        let mut block = Block::default();
        block.text("a");
        block.text("b\n");
        block.optional_text(Some("a"));
        block.number(300);
        block.optional(None);
        block.optional(Some(0));
        block.column([5, 7, 4]);
        assert_eq!(unpacked(block), [2, 1, 3, b'a', b'b', b'\\', b'n', 0, 0, 1, 1, 0xAC, 2, 0, 1, 10, 4, 5]);
    }

    #[test]
    fn no_number_is_larger_than_a_script_can_tell_apart() {
        let mut block = Block::default();
        block.optional_column([Some(u64::MAX), None, Some(u64::MAX)]);
        let bytes = unpacked(block);
        let largest_difference = [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x10];
        assert_eq!(bytes[2..10], largest_difference);
    }

    #[test]
    fn a_long_block_is_packed_whole() {
        let mut block = Block::default();
        let mut state = 1_u64;
        for _ in 0..100_000 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            block.number(state >> 32);
        }
        assert!(unpacked(block).len() > 400_000);
    }

    #[test]
    fn a_text_that_is_too_long_is_cut_between_characters() {
        let mut block = Block::default();
        block.text(&"ö".repeat(LONGEST_TEXT + 1));
        let bytes = unpacked(block);
        assert_eq!(bytes.len(), 1 + 2 + LONGEST_TEXT * 2 + '…'.len_utf8() + 2);
    }
}
