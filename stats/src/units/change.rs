use std::fmt;

use super::{Bytes, pad};

/// By how many bytes something grew or shrank, shown with its sign: `+1.5 KiB`, `-3 B`, `0 B`.
///
/// Width, fill, alignment and precision work as for [`Bytes`].
///
/// ```
/// use classtracker_stats::BytesChange;
///
/// assert_eq!(BytesChange::between(1000, 2536).to_string(), "+1.5 KiB");
/// assert_eq!(BytesChange::between(3, 0), BytesChange(-3));
/// assert_eq!(format!("{:>8}|", BytesChange(0)), "     0 B|");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, serde::Serialize)]
pub struct BytesChange(
    /// The bytes; below 0 for what shrank.
    pub i64,
);

impl BytesChange {
    /// The change from `before` to `after`; it stops at what an `i64` holds.
    #[must_use]
    pub fn between(before: u64, after: u64) -> Self {
        Self(change(before, after))
    }
}

impl fmt::Display for BytesChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = match self.0 {
            ..0 => "-",
            0 => "",
            _ => "+",
        };
        let decimals = f.precision().unwrap_or(1);
        pad::number(f, &format!("{sign}{:.decimals$}", Bytes(self.0.unsigned_abs())))
    }
}

/// From `before` to `after`, as far as an `i64` reaches.
pub(crate) fn change(before: u64, after: u64) -> i64 {
    let change = i128::from(after) - i128::from(before);
    change.clamp(i64::MIN.into(), i64::MAX.into()) as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_stops_at_the_ends_of_its_type() {
        assert_eq!(BytesChange::between(0, u64::MAX), BytesChange(i64::MAX));
        assert_eq!(BytesChange::between(u64::MAX, 0), BytesChange(i64::MIN));
        assert_eq!(BytesChange(i64::MIN).to_string(), "-8.0 EiB");
        assert_eq!(format!("{:.0}", BytesChange(-2048)), "-2 KiB");
    }
}
