//! Lists of numbers, packed one after the other: seven bits a byte, the lowest first, the top bit set while more follow.

use std::time::Duration;

use super::decode::Bad;

/// How far `value` is from `base`, either way. Both are below 2^127.
pub(super) fn zigzag(value: u128, base: u128) -> u128 {
    let delta = value.cast_signed() - base.cast_signed();
    ((delta << 1) ^ (delta >> 127)).cast_unsigned()
}

/// Empties a buffer that is filled again and again. One that was long once does not keep its memory for ever.
pub(super) fn clear(buffer: &mut Vec<u8>) {
    const ANYWAY: usize = 4 << 10;
    let enough = 2 * buffer.len() + ANYWAY;
    buffer.clear();
    if buffer.capacity() > enough {
        buffer.shrink_to(enough);
    }
}

/// A list of numbers that is being packed.
#[derive(Default)]
pub(super) struct Column(pub(super) Vec<u8>);

impl Column {
    pub(super) fn clear(&mut self) {
        clear(&mut self.0);
    }

    pub(super) fn push(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.0.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.0.push(value as u8);
    }

    /// A number that may take more than 64 bits. Others take the same bytes as by [`push`](Self::push).
    pub(super) fn push_wide(&mut self, mut value: u128) {
        while value >= 0x80 {
            self.0.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.0.push(value as u8);
    }

    /// How far `value` is from `base`, either way.
    pub(super) fn push_delta(&mut self, value: u64, base: u64) {
        let delta = value.wrapping_sub(base).cast_signed();
        self.push(((delta << 1) ^ (delta >> 63)).cast_unsigned());
    }

    /// A number that may be absent.
    pub(super) fn push_optional(&mut self, value: Option<u64>) {
        self.push_wide(value.map_or(0, |value| u128::from(value) + 1));
    }

    /// A text: its length in bytes, then its bytes.
    pub(super) fn push_text(&mut self, text: &str) {
        self.push(text.len() as u64);
        self.0.extend_from_slice(text.as_bytes());
    }

    /// A text that may be absent: 0, or its length plus one and its bytes.
    pub(super) fn push_optional_text(&mut self, text: Option<&str>) {
        match text {
            None => self.push(0),
            Some(text) => {
                self.push(text.len() as u64 + 1);
                self.0.extend_from_slice(text.as_bytes());
            }
        }
    }
}

/// A packed list that is being read. Every value is checked; nothing is allocated.
pub(super) struct Values<'a> {
    rest: &'a [u8],
    what: &'static str,
}

impl<'a> Values<'a> {
    /// The values of `packed`, which errors call `what`.
    pub(super) fn new(packed: &'a [u8], what: &'static str) -> Self {
        Self { rest: packed, what }
    }

    /// How many numbers are left, if they are numbers.
    pub(super) fn count(&self) -> usize {
        self.rest.iter().filter(|byte| **byte < 0x80).count()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    pub(super) fn next(&mut self) -> Result<u64, Bad> {
        let mut value = 0_u64;
        let mut shift = 0;
        loop {
            let byte = self.byte()?;
            let bits = u64::from(byte & 0x7F);
            if shift == 63 && bits > 1 {
                return Err(self.bad("a number of 64 bits", "more"));
            }
            value |= bits << shift;
            if byte < 0x80 {
                return Ok(value);
            }
            shift += 7;
            if shift > 63 {
                return Err(self.bad("a number of 64 bits", "more"));
            }
        }
    }

    pub(super) fn next_wide(&mut self) -> Result<u128, Bad> {
        let mut value = 0_u128;
        let mut shift = 0;
        loop {
            let byte = self.byte()?;
            let bits = u128::from(byte & 0x7F);
            if shift == 126 && bits > 3 {
                return Err(self.bad("a number of 128 bits", "more"));
            }
            value |= bits << shift;
            if byte < 0x80 {
                return Ok(value);
            }
            shift += 7;
            if shift > 126 {
                return Err(self.bad("a number of 128 bits", "more"));
            }
        }
    }

    pub(super) fn next_delta(&mut self, base: u64) -> Result<u64, Bad> {
        let zigzag = self.next()?;
        let delta = (zigzag >> 1) ^ (zigzag & 1).wrapping_neg();
        Ok(base.wrapping_add(delta))
    }

    pub(super) fn next_optional(&mut self) -> Result<Option<u64>, Bad> {
        match self.next_wide()? {
            0 => Ok(None),
            above => match u64::try_from(above - 1) {
                Ok(value) => Ok(Some(value)),
                Err(_) => Err(self.bad("a number of 64 bits", "more")),
            },
        }
    }

    pub(super) fn next_u32(&mut self) -> Result<u32, Bad> {
        let value = self.next()?;
        u32::try_from(value).map_err(|_| self.bad("a number of 32 bits", value))
    }

    pub(super) fn next_text(&mut self) -> Result<&'a str, Bad> {
        let length = self.next()?;
        self.text(length)
    }

    pub(super) fn next_optional_text(&mut self) -> Result<Option<&'a str>, Bad> {
        match self.next()? {
            0 => Ok(None),
            above => self.text(above - 1).map(Some),
        }
    }

    /// The duration that is so far from `base` nanoseconds as [`zigzag`] says.
    pub(super) fn duration(&self, zigzag: u128, base: u128) -> Result<Duration, Bad> {
        const NANOS: u128 = 1_000_000_000;
        let delta = (zigzag >> 1) ^ (zigzag & 1).wrapping_neg();
        let nanos = base.wrapping_add(delta);
        let seconds = u64::try_from(nanos / NANOS).map_err(|_| self.bad("seconds of 64 bits", "more"))?;
        Ok(Duration::new(seconds, (nanos % NANOS) as u32))
    }

    /// A count of values that are to follow, if so many can: each takes a byte.
    pub(super) fn checked_count(&self, count: u64) -> Result<usize, Bad> {
        let fits = usize::try_from(count).ok().filter(|count| *count <= self.rest.len());
        fits.ok_or_else(|| self.bad(format!("{count} more numbers"), format!("{} bytes", self.rest.len())))
    }

    /// That nothing is left.
    pub(super) fn finish(self) -> Result<(), Bad> {
        match self.rest.len() {
            0 => Ok(()),
            rest => Err(self.bad("the end of the list", format!("{rest} bytes more"))),
        }
    }

    fn byte(&mut self) -> Result<u8, Bad> {
        let Some((byte, rest)) = self.rest.split_first() else {
            return Err(self.bad("another number", "the end of the list"));
        };
        self.rest = rest;
        Ok(*byte)
    }

    fn text(&mut self, length: u64) -> Result<&'a str, Bad> {
        let split = usize::try_from(length).ok().and_then(|length| self.rest.split_at_checked(length));
        let Some((text, rest)) = split else {
            return Err(self.bad(format!("a text of {length} bytes"), format!("{} bytes", self.rest.len())));
        };
        self.rest = rest;
        str::from_utf8(text).map_err(|error| self.bad("a text in UTF-8", error))
    }

    /// What is wrong with these values.
    pub(super) fn bad(&self, expected: impl ToString, found: impl ToString) -> Bad {
        Bad::layout(self.what, expected, found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn packed(fill: impl FnOnce(&mut Column)) -> Vec<u8> {
        let mut column = Column::default();
        fill(&mut column);
        column.0
    }

    proptest! {
        #[test]
        fn what_is_packed_is_read_back(a: u64, b: u64, wide: u128, optional: Option<u64>, text: String, other: Option<String>) {
            let bytes = packed(|column| {
                column.push(a);
                column.push_delta(a, b);
                column.push_wide(wide);
                column.push_optional(optional);
                column.push_text(&text);
                column.push_optional_text(other.as_deref());
            });
            let mut values = Values::new(&bytes, "test");
            prop_assert_eq!(values.next().ok(), Some(a));
            prop_assert_eq!(values.next_delta(b).ok(), Some(a));
            prop_assert_eq!(values.next_wide().ok(), Some(wide));
            prop_assert_eq!(values.next_optional().ok(), Some(optional));
            prop_assert_eq!(values.next_text().ok(), Some(text.as_str()));
            prop_assert_eq!(values.next_optional_text().ok(), Some(other.as_deref()));
            prop_assert!(values.finish().is_ok());
        }

        #[test]
        fn any_bytes_are_read_without_a_panic(bytes: Vec<u8>) {
            for read in [
                |values: &mut Values<'_>| values.next().is_ok(),
                |values: &mut Values<'_>| values.next_wide().is_ok(),
                |values: &mut Values<'_>| values.next_delta(7).is_ok(),
                |values: &mut Values<'_>| values.next_optional().is_ok(),
                |values: &mut Values<'_>| values.next_u32().is_ok(),
                |values: &mut Values<'_>| values.next_text().is_ok(),
                |values: &mut Values<'_>| values.next_optional_text().is_ok(),
            ] {
                let mut values = Values::new(&bytes, "test");
                while read(&mut values) {}
            }
        }
    }

    #[test]
    fn the_largest_numbers_take_as_many_bytes_as_the_format_says() {
        assert_eq!(packed(|column| column.push(127)), [127]);
        assert_eq!(packed(|column| column.push(128)), [0x80, 1]);
        assert_eq!(packed(|column| column.push(u64::MAX)).len(), 10);
        assert_eq!(packed(|column| column.push_wide(u128::MAX)).len(), 19);
        assert_eq!(packed(|column| column.push_delta(3, 4)), [1]);
        assert_eq!(packed(|column| column.push_delta(4, 3)), [2]);
        assert_eq!(packed(|column| column.push_delta(0, u64::MAX)), [2]);
    }

    #[test]
    fn a_number_with_too_many_bits_is_an_error() {
        let too_large = [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 2];
        assert!(Values::new(&too_large, "test").next().is_err());
        assert!(Values::new(&[0xFF; 30], "test").next().is_err());
        assert!(Values::new(&[0xFF; 30], "test").next_wide().is_err());
    }

    #[test]
    fn numbers_are_counted_without_being_read() {
        let bytes = packed(|column| (0..1000).for_each(|number| column.push(number * 1000)));
        assert_eq!(Values::new(&bytes, "test").count(), 1000);
    }
}
