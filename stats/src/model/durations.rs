use std::time::Duration;

/// How many objects were how old, or lived how long: a histogram whose classes double in width.
///
/// Class 0 is everything below [`UNIT`](Self::UNIT) (1/1024 s, about a millisecond); class *n* is from 2ⁿ⁻¹ units to below 2ⁿ.
///
/// ```
/// use classtracker_stats::Durations;
/// use std::time::Duration;
///
/// let mut ages = Durations::default();
/// ages.add(Duration::from_millis(300));
/// ages.add(Duration::from_millis(400));
/// let (from, below, count) = ages.iter().find(|(_, _, count)| *count > 0).unwrap();
/// assert_eq!((from, below, count), (Duration::from_millis(250), Duration::from_millis(500), 2));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize)]
pub struct Durations {
    /// How many in each class; what lies beyond the last is 0. At most [`CLASSES`](Self::CLASSES).
    pub counts: Vec<u64>,
}

impl Durations {
    /// The width of the first two classes.
    pub const UNIT: Duration = Duration::from_nanos(976_562);
    /// How many classes there are at most. The last one holds whatever is longer, too.
    pub const CLASSES: usize = 42;

    /// The class of a duration.
    ///
    /// ```
    /// use classtracker_stats::Durations;
    /// use std::time::Duration;
    ///
    /// assert_eq!(Durations::class_of(Duration::ZERO), 0);
    /// assert_eq!(Durations::class_of(Duration::from_secs(1)), 11);
    /// ```
    #[must_use]
    pub fn class_of(duration: Duration) -> usize {
        // Whole seconds are 2¹⁰ units each: what is below them cannot change the class of what has some.
        let (units, shift) = match duration.as_secs() {
            0 => ((u64::from(duration.subsec_nanos()) << 10) / 1_000_000_000, 0),
            seconds => (seconds, 10),
        };
        ((u64::BITS - units.leading_zeros()) as usize + shift).min(Self::CLASSES - 1)
    }

    /// Where a class begins.
    ///
    /// ```
    /// use classtracker_stats::Durations;
    /// use std::time::Duration;
    ///
    /// assert_eq!(Durations::start_of(11), Duration::from_secs(1));
    /// assert_eq!(Durations::start_of(12), Duration::from_secs(2));
    /// ```
    #[must_use]
    pub fn start_of(class: usize) -> Duration {
        match class {
            0 => Duration::ZERO,
            _ => {
                let nanos = (1_u128 << (class - 1).min(Self::CLASSES)) * 1_000_000_000 / 1024;
                Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
            }
        }
    }

    /// Counts one more.
    pub fn add(&mut self, duration: Duration) {
        let class = Self::class_of(duration);
        if self.counts.len() <= class {
            self.counts.resize(class + 1, 0);
        }
        self.counts[class] += 1;
    }

    /// How many were counted (at most `u64::MAX`).
    ///
    /// ```
    /// use classtracker_stats::Durations;
    /// use std::time::Duration;
    ///
    /// let mut ages = Durations::default();
    /// ages.add(Duration::from_secs(1));
    /// ages.add(Duration::from_secs(60));
    /// assert_eq!(ages.count(), 2);
    /// ```
    #[must_use]
    pub fn count(&self) -> u64 {
        self.counts.iter().fold(0, |sum, count| sum.saturating_add(*count))
    }

    /// Each class up to the last that is not empty: where it begins, where the next one begins, how many are in it. (The
    /// last of [`CLASSES`](Self::CLASSES) has no end: whatever is longer is counted there.)
    pub fn iter(&self) -> impl Iterator<Item = (Duration, Duration, u64)> {
        let length = self.counts.iter().rposition(|count| *count > 0).map_or(0, |last| last + 1);
        let classes = self.counts.iter().take(length).enumerate();
        classes.map(|(class, count)| (Self::start_of(class), Self::start_of(class + 1), *count))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_lies_in_its_class() {
        for nanos in [0, 1, 976_561, 976_563, 1_953_126, 999_999_999, 1_000_000_000, 86_400_000_000_000, u64::MAX] {
            let duration = Duration::from_nanos(nanos);
            let class = Durations::class_of(duration);
            assert!(Durations::start_of(class) <= duration, "{duration:?} in {class}");
            assert!(
                duration < Durations::start_of(class + 1) || class == Durations::CLASSES - 1,
                "{duration:?} in {class}"
            );
        }
    }
}
