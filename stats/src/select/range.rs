use std::fmt;
use std::ops::Range;
use std::str::FromStr;

use thiserror::Error;

use super::{SnapshotKey, SnapshotKeyError};
use crate::Moment;

/// Some snapshots in a row, named by the first and the last of them. The default is all.
///
/// As text: `2..5`, `load..-1`, `load..`, `..evict`, or a single snapshot, `load`. The text is divided at its first `..`;
/// a label that has one can only be given as a [`SnapshotKey`].
///
/// ```
/// use classtracker_stats::{Moment, SnapshotRange};
/// use std::time::Duration;
///
/// let moments = ["start", "load", "evict"].map(|label| Moment::new(label, Duration::ZERO));
/// let find = |text: &str| text.parse::<SnapshotRange>().unwrap().find(&moments);
/// assert_eq!((find("load.."), find("..2"), find("load")), (Ok(1..3), Ok(0..2), Ok(1..2)));
/// assert_eq!(
///     find("evict..load").unwrap_err().to_string(),
///     "no snapshot is in evict..load: it is from 3 to 2",
/// );
/// ```
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct SnapshotRange {
    /// The first; `None` for the first of all.
    pub first: Option<SnapshotKey>,
    /// The last, which is included; `None` for the last of all.
    pub last: Option<SnapshotKey>,
}

impl SnapshotRange {
    /// From one snapshot to another, both included.
    #[must_use]
    pub fn new(first: impl Into<Option<SnapshotKey>>, last: impl Into<Option<SnapshotKey>>) -> Self {
        Self { first: first.into(), last: last.into() }
    }

    /// The indices, from 0, of these snapshots among those with these moments. Where there is no snapshot at all and no end
    /// was named, that is none.
    ///
    /// # Errors
    /// [`SnapshotRangeError`] if an end means no snapshot or several, or if the range ends before it begins.
    pub fn find(&self, moments: &[Moment]) -> Result<Range<usize>, SnapshotRangeError> {
        let first = self.first.as_ref().map_or(Ok(0), |key| key.find(moments))?;
        let end = self.last.as_ref().map_or(Ok(moments.len()), |key| key.find(moments).map(|last| last + 1))?;
        if first < end || (self.first.is_none() && self.last.is_none()) {
            Ok(first..end)
        } else {
            Err(SnapshotRangeError::Reversed { range: self.clone(), first: first + 1, last: end })
        }
    }
}

impl FromStr for SnapshotRange {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let end = |text: &str| if text.is_empty() { Ok(None) } else { text.parse().map(Some) };
        match text.split_once("..") {
            Some((first, last)) => Ok(Self { first: end(first)?, last: end(last)? }),
            None => {
                let only: SnapshotKey = text.parse()?;
                Ok(Self { first: Some(only.clone()), last: Some(only) })
            }
        }
    }
}

/// As it is read: `2..5`, `load..`.
impl fmt::Display for SnapshotRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(first) = &self.first {
            write!(f, "{first}")?;
            if self.last.as_ref() == Some(first) {
                return Ok(());
            }
        }
        f.write_str("..")?;
        self.last.as_ref().map_or(Ok(()), |last| write!(f, "{last}"))
    }
}

/// A [`SnapshotRange`] that is none.
///
/// ```
/// use classtracker_stats::{SnapshotRange, SnapshotRangeError, Stats};
///
/// let stats = Stats::load("docs/factory.ctdump")?;
/// let error = "5..2".parse::<SnapshotRange>()?.find(&stats.moments()).unwrap_err();
/// assert!(matches!(error, SnapshotRangeError::Reversed { first: 5, last: 2, .. }));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SnapshotRangeError {
    /// An end means no snapshot, or several.
    #[error(transparent)]
    Key(#[from] SnapshotKeyError),
    /// The last snapshot was taken before the first.
    #[error("no snapshot is in {range}: it is from {first} to {last}")]
    Reversed {
        /// What was given.
        range: SnapshotRange,
        /// The number of its first snapshot, from 1.
        first: usize,
        /// The number of its last snapshot, from 1.
        last: usize,
    },
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_range_prints_as_it_is_read() {
        for text in ["..", "2..5", "load..", "..-1", "=2..3", "load", "=.."] {
            let range: SnapshotRange = text.parse().unwrap();
            assert_eq!(range.to_string(), text);
            assert_eq!(range.to_string().parse(), Ok(range));
        }
    }

    #[test]
    fn all_of_nothing_is_nothing_and_a_part_of_it_an_error() {
        assert_eq!(SnapshotRange::default().find(&[]), Ok(0..0));
        let first: SnapshotRange = "1..".parse().unwrap();
        assert_eq!(first.find(&[]).unwrap_err().to_string(), "no snapshot 1: there are 0 snapshots");
    }

    #[test]
    fn numbers_from_the_end_stop_at_the_first() {
        let moments = ["a", "b"].map(|label| Moment::new(label, Duration::ZERO));
        let find = |number| SnapshotKey::Number(number).find(&moments);
        assert_eq!((find(-1), find(-2), find(1), find(2)), (Ok(1), Ok(0), Ok(0), Ok(1)));
        for number in [0, 3, -3, i64::MIN, i64::MAX] {
            assert!(matches!(find(number), Err(SnapshotKeyError::NoSuchNumber { snapshots: 2, .. })), "{number}");
        }
    }
}
