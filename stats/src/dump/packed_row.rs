//! One row in some bytes: a byte that says what is as in the row before, then what is not. Only ever read by who wrote it.

use std::time::Duration;

use super::column::{Column, zigzag};

/// What is kept of an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Row {
    pub(super) serial: u64,
    pub(super) class: u32,
    pub(super) bytes: u64,
    pub(super) unread: bool,
    pub(super) birth: Option<Duration>,
    pub(super) site: Option<u32>,
    pub(super) trace: Option<u32>,
}

const UNREAD: u8 = 1;
/// The serial is the next one.
const NEXT_SERIAL: u8 = 1 << 1;
const SAME_CLASS: u8 = 1 << 2;
const SAME_BYTES: u8 = 1 << 3;
const SAME_BIRTH: u8 = 1 << 4;
const SAME_SITE: u8 = 1 << 5;
const SAME_TRACE: u8 = 1 << 6;

/// Packs rows one after the other.
#[derive(Default)]
pub(super) struct Packer {
    column: Column,
    before: Row,
}

impl Packer {
    pub(super) fn push(&mut self, row: Row) {
        let before = std::mem::replace(&mut self.before, row);
        let bits = [
            (UNREAD, row.unread),
            (NEXT_SERIAL, row.serial == before.serial.wrapping_add(1)),
            (SAME_CLASS, row.class == before.class),
            (SAME_BYTES, row.bytes == before.bytes),
            (SAME_BIRTH, row.birth == before.birth),
            (SAME_SITE, row.site == before.site),
            (SAME_TRACE, row.trace == before.trace),
        ];
        let head = bits.into_iter().fold(0, |head, (bit, set)| if set { head | bit } else { head });
        let column = &mut self.column;
        column.0.push(head);
        if head & NEXT_SERIAL == 0 {
            column.push_delta(row.serial, before.serial);
        }
        if head & SAME_CLASS == 0 {
            column.push(row.class.into());
        }
        if head & SAME_BYTES == 0 {
            column.push(row.bytes);
        }
        if head & SAME_BIRTH == 0 {
            column.push_wide(row.birth.map_or(0, |birth| zigzag(birth.as_nanos(), nanos(before.birth)) + 1));
        }
        if head & SAME_SITE == 0 {
            column.push(row.site.map_or(0, |site| u64::from(site) + 1));
        }
        if head & SAME_TRACE == 0 {
            column.push(row.trace.map_or(0, |trace| u64::from(trace) + 1));
        }
    }

    /// The rows so far. The next one begins anew.
    pub(super) fn take(&mut self) -> &[u8] {
        self.before = Row::default();
        &self.column.0
    }

    pub(super) fn clear(&mut self) {
        self.column.0.clear();
    }
}

/// How far packed rows were read.
#[derive(Clone, Copy, Default)]
pub(super) struct Place {
    at: usize,
    before: Row,
}

impl Place {
    /// The next of the rows in `packed`, of which there must be one.
    pub(super) fn next(&mut self, packed: &[u8]) -> Row {
        let mut values = Unchecked(&packed[self.at..]);
        let head = values.byte();
        let mut row = self.before;
        row.unread = head & UNREAD != 0;
        row.serial = match head & NEXT_SERIAL {
            0 => row.serial.wrapping_add_signed(unzigzag(values.next().into()) as i64),
            _ => row.serial.wrapping_add(1),
        };
        if head & SAME_CLASS == 0 {
            row.class = values.next() as u32;
        }
        if head & SAME_BYTES == 0 {
            row.bytes = values.next();
        }
        if head & SAME_BIRTH == 0 {
            let before = nanos(row.birth).cast_signed();
            row.birth = values.next_wide().checked_sub(1).map(|delta| duration(before + unzigzag(delta)));
        }
        if head & SAME_SITE == 0 {
            row.site = values.next().checked_sub(1).map(|site| site as u32);
        }
        if head & SAME_TRACE == 0 {
            row.trace = values.next().checked_sub(1).map(|trace| trace as u32);
        }
        self.at = packed.len() - values.0.len();
        self.before = row;
        row
    }
}

fn nanos(birth: Option<Duration>) -> u128 {
    birth.map_or(0, |birth| birth.as_nanos())
}

fn duration(nanos: i128) -> Duration {
    const NANOS: u128 = 1_000_000_000;
    let nanos = nanos.cast_unsigned();
    Duration::new((nanos / NANOS) as u64, (nanos % NANOS) as u32)
}

fn unzigzag(zigzag: u128) -> i128 {
    ((zigzag >> 1) ^ (zigzag & 1).wrapping_neg()).cast_signed()
}

/// Numbers that were packed here and so are sound. Behind the last one there are zeros.
struct Unchecked<'a>(&'a [u8]);

impl Unchecked<'_> {
    fn byte(&mut self) -> u8 {
        match self.0.split_first() {
            Some((byte, rest)) => {
                self.0 = rest;
                *byte
            }
            None => 0,
        }
    }

    fn next(&mut self) -> u64 {
        let mut value = 0;
        let mut shift = 0;
        loop {
            let byte = self.byte();
            value |= u64::from(byte & 0x7F) << shift;
            shift += 7;
            if byte < 0x80 || shift > 63 {
                return value;
            }
        }
    }

    fn next_wide(&mut self) -> u128 {
        let mut value = 0;
        let mut shift = 0;
        loop {
            let byte = self.byte();
            value |= u128::from(byte & 0x7F) << shift;
            shift += 7;
            if byte < 0x80 || shift > 126 {
                return value;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn any_row() -> impl Strategy<Value = Row> {
        let few = |most: u64| prop_oneof![0..most, any::<u64>()];
        let number = || prop_oneof![Just(None), (0..3_u32).prop_map(Some), any::<u32>().prop_map(Some)];
        let birth = prop_oneof![Just(None), Just(Some(Duration::from_secs(1))), any::<Duration>().prop_map(Some)];
        let row = (few(20), 0..3_u32, few(3), any::<bool>(), birth, number(), number());
        row.prop_map(|(serial, class, bytes, unread, birth, site, trace)| Row {
            serial,
            class,
            bytes,
            unread,
            birth,
            site,
            trace,
        })
    }

    proptest! {
        #[test]
        fn rows_that_are_packed_are_read_back(rows in proptest::collection::vec(any_row(), 0..20)) {
            let mut packer = Packer::default();
            rows.iter().for_each(|row| packer.push(*row));
            let packed = packer.take();
            let mut place = Place::default();
            for row in &rows {
                prop_assert_eq!(place.next(packed), *row);
            }
            prop_assert_eq!(place.at, packed.len());
        }
    }

    #[test]
    fn an_object_like_the_one_before_takes_a_byte() {
        let mut packer = Packer::default();
        for serial in 0..100 {
            packer.push(Row { serial, class: 7, bytes: 300, ..Row::default() });
        }
        assert_eq!(packer.take().len(), 100 + 4);
    }
}
