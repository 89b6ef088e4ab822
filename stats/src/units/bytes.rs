use std::fmt;

use super::pad;
use crate::{ByteUnits, TextOptions};

/// A number of bytes, shown in the largest unit of 1024 that leaves a whole part.
///
/// Below 1024 it is shown exactly, and so is all if [`TextOptions`] say so. Width, fill and alignment work as for numbers (right by default); the precision is
/// the number of decimals (1 by default).
///
/// ```
/// use classtracker_stats::Bytes;
///
/// assert_eq!(Bytes(200).to_string(), "200 B");
/// assert_eq!(Bytes(41_062).to_string(), "40.1 KiB");
/// assert_eq!(format!("{:>10.2}|", Bytes(1_300_000_000)), "  1.21 GiB|");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, serde::Serialize)]
pub struct Bytes(
    /// The bytes.
    pub u64,
);

const UNITS: [&str; 6] = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];

impl fmt::Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 < 1024 || TextOptions::current().bytes == ByteUnits::Exact {
            return pad::number(f, &format!("{} B", self.0));
        }
        let decimals = f.precision().unwrap_or(1);
        let mut value = self.0 as f64 / 1024.0;
        let mut text = format!("{value:.decimals$}");
        let mut unit = UNITS[0];
        for larger in &UNITS[1..] {
            // What is printed decides, not the value: 1023.99 KiB must read "1.0 MiB", not "1024.0 KiB".
            if !text.starts_with("1024") && value < 1024.0 {
                break;
            }
            value /= 1024.0;
            text = format!("{value:.decimals$}");
            unit = larger;
        }
        pad::number(f, &format!("{text} {unit}"))
    }
}

impl From<u64> for Bytes {
    fn from(bytes: u64) -> Self {
        Self(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::Bytes;

    fn check(bytes: u64, text: &str) {
        assert_eq!(Bytes(bytes).to_string(), text);
    }

    #[test]
    fn below_1024_the_bytes_are_exact() {
        check(0, "0 B");
        check(1, "1 B");
        check(1023, "1023 B");
    }

    #[test]
    fn larger_numbers_take_the_largest_unit_with_a_whole_part() {
        check(1024, "1.0 KiB");
        check(1 << 20, "1.0 MiB");
        check(1 << 30, "1.0 GiB");
        check(1 << 40, "1.0 TiB");
        check(1 << 50, "1.0 PiB");
        check(1 << 60, "1.0 EiB");
        check(200_090, "195.4 KiB");
        check(u64::MAX, "16.0 EiB");
    }

    #[test]
    fn what_rounds_up_to_1024_moves_to_the_next_unit() {
        check((1 << 20) - 1, "1.0 MiB");
        check((1 << 30) - 1, "1.0 GiB");
        check(1023 * 1024, "1023.0 KiB");
    }

    #[test]
    fn width_fill_alignment_and_precision_are_honoured() {
        let bytes = Bytes(1536);
        assert_eq!(format!("{bytes:10}|"), "   1.5 KiB|");
        assert_eq!(format!("{bytes:<10}|"), "1.5 KiB   |");
        assert_eq!(format!("{bytes:^10}|"), " 1.5 KiB  |");
        assert_eq!(format!("{bytes:*>10}|"), "***1.5 KiB|");
        assert_eq!(format!("{bytes:.0}|"), "2 KiB|");
        assert_eq!(format!("{bytes:12.3}|"), "   1.500 KiB|");
        assert_eq!(format!("{:6.3}|", Bytes(7)), "   7 B|");
        assert_eq!(format!("{bytes:2}|"), "1.5 KiB|");
    }
}
