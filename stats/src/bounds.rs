use std::fmt;
use std::ops::Add;

/// A number of objects that is known only to lie between two numbers, or exactly if these are the same.
///
/// Shown as `12`, or as `10..12`.
///
/// ```
/// use classtracker_stats::Bounds;
///
/// let bounds = Bounds::new(10, 12);
/// assert_eq!((bounds.exact(), bounds.to_string()), (None, "10..12".to_owned()));
/// assert_eq!(Bounds::exactly(7).exact(), Some(7));
/// ```
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, serde::Serialize)]
pub struct Bounds {
    /// It is no less than this.
    pub at_least: u64,
    /// It is no more than this.
    pub at_most: u64,
}

impl Bounds {
    /// Between two numbers; exactly the second if the first is larger.
    #[must_use]
    pub fn new(at_least: u64, at_most: u64) -> Self {
        Self { at_least: at_least.min(at_most), at_most }
    }

    /// Exactly this number.
    #[must_use]
    pub fn exactly(number: u64) -> Self {
        Self::new(number, number)
    }

    /// The number, if it is known.
    #[must_use]
    pub fn exact(self) -> Option<u64> {
        (self.at_least == self.at_most).then_some(self.at_most)
    }

    /// What is left of `whole` without it.
    pub(crate) fn left_of(self, whole: u64) -> Self {
        Self::new(whole.saturating_sub(self.at_most), whole.saturating_sub(self.at_least))
    }
}

/// Sums stop at the largest number.
impl Add for Bounds {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self::new(self.at_least.saturating_add(other.at_least), self.at_most.saturating_add(other.at_most))
    }
}

impl fmt::Display for Bounds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.exact() {
            Some(number) => f.pad(&number.to_string()),
            None => f.pad(&format!("{}..{}", self.at_least, self.at_most)),
        }
    }
}
