use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// How many objects a listing shows: a count, or a share of those that match.
///
/// A number below 1 is a share, of which at least one object is shown if there is any; a whole number is a count.
///
/// ```
/// use classtracker_stats::Limit;
///
/// let ten: Limit = "10".parse()?;
/// let fifth = Limit::try_from(0.2)?;
/// assert_eq!((ten.of(1000), ten.of(3)), (10, 3));
/// assert_eq!((fifth.of(1000), fifth.of(3), fifth.of(0)), (200, 1, 0));
/// assert_eq!(
///     "-1".parse::<Limit>().unwrap_err().to_string(),
///     "bad limit \"-1\": expected a whole number of objects, or a share of them between 0 and 1",
/// );
/// # Ok::<(), classtracker_stats::LimitError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct Limit(Kind);

/// Serializes as the number that it is written as.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
#[serde(untagged)]
enum Kind {
    Count(usize),
    /// Between 0 and 1, both excluded.
    Share(f64),
}

impl Limit {
    /// At most `objects` objects.
    ///
    /// ```
    /// use classtracker_stats::Limit;
    ///
    /// assert_eq!(Limit::count(10), "10".parse()?);
    /// # Ok::<(), classtracker_stats::LimitError>(())
    /// ```
    #[must_use]
    pub const fn count(objects: usize) -> Self {
        Self(Kind::Count(objects))
    }

    /// How many of `objects` objects this lets through. A share is rounded down, to no less than one.
    #[must_use]
    pub fn of(self, objects: usize) -> usize {
        match self.0 {
            Kind::Count(count) => count.min(objects),
            // A hair more than the product: 0.29 of 100 is 28.999… in floating point.
            Kind::Share(share) => ((objects as f64 * share + 1e-9) as usize).clamp(objects.min(1), objects),
        }
    }
}

impl From<usize> for Limit {
    fn from(objects: usize) -> Self {
        Self::count(objects)
    }
}

impl TryFrom<f64> for Limit {
    type Error = LimitError;

    fn try_from(number: f64) -> Result<Self, LimitError> {
        if number > 0.0 && number < 1.0 {
            Ok(Self(Kind::Share(number)))
        } else if number >= 0.0 && number.is_finite() && number.fract() == 0.0 {
            // Beyond what a usize holds, the conversion stops at the largest: there is no such list.
            Ok(Self::count(number as usize))
        } else {
            Err(LimitError { found: number.to_string() })
        }
    }
}

impl FromStr for Limit {
    type Err = LimitError;

    fn from_str(text: &str) -> Result<Self, LimitError> {
        if let Ok(objects) = text.parse() {
            return Ok(Self::count(objects));
        }
        let bad = || LimitError { found: text.to_owned() };
        let number: f64 = text.parse().map_err(|_| bad())?;
        Self::try_from(number).map_err(|_| bad())
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Kind::Count(count) => fmt::Display::fmt(&count, f),
            Kind::Share(share) => fmt::Display::fmt(&share, f),
        }
    }
}

/// A number that is no [`Limit`]: negative, not a number, or above 1 and not whole.
///
/// ```
/// use classtracker_stats::Limit;
///
/// assert_eq!("-1".parse::<Limit>().unwrap_err().found, "-1");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("bad limit {found:?}: expected a whole number of objects, or a share of them between 0 and 1")]
pub struct LimitError {
    /// What was given.
    pub found: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_whole_number_is_a_count() {
        for text in ["0", "1", "1.0", "17", "1e3"] {
            let limit: Limit = text.parse().unwrap();
            assert_eq!(limit, Limit::count(text.parse::<f64>().unwrap() as usize));
        }
        assert_eq!(Limit::count(0).of(5), 0);
        assert_eq!(Limit::count(7).of(5), 5);
    }

    #[test]
    fn a_number_below_one_is_a_share_of_at_least_one_object() {
        let share = |text: &str, objects| text.parse::<Limit>().unwrap().of(objects);
        assert_eq!(share("0.5", 4), 2);
        assert_eq!(share("0.5", 3), 1);
        assert_eq!(share("0.29", 100), 29);
        assert_eq!(share("0.000001", 100), 1);
        assert_eq!(share("0.999999999", 1), 1);
        assert_eq!(share("0.5", 0), 0);
    }

    #[test]
    fn anything_else_is_an_error_that_says_what_was_given() {
        for text in ["", "-1", "-0.5", "NaN", "inf", "-inf", "1.5", "ten", "10 %"] {
            let error = text.parse::<Limit>().unwrap_err();
            assert_eq!(error.found, text);
        }
        for number in [-1.0, f64::NAN, f64::INFINITY, 1.5] {
            assert!(Limit::try_from(number).is_err());
        }
    }
}
