//! Limits that users set: how much may something grow.

use std::fmt;
use std::str::FromStr;

use classtracker_stats::{Bytes, Percent};

/// By how much bytes may grow.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum GrowthLimit {
    /// By this share of what they were.
    Share(Percent),
    /// By so many.
    Bytes(Bytes),
}

impl GrowthLimit {
    /// Whether growing from `before` by `change` is too much. Whatever comes of nothing grows by more than any share.
    pub(crate) fn is_exceeded(self, before: u64, change: i64) -> bool {
        let Ok(grown) = u64::try_from(change) else {
            return false;
        };
        match self {
            Self::Share(share) => grown > 0 && grown as f64 > share.0 * before as f64,
            Self::Bytes(Bytes(bytes)) => grown > bytes,
        }
    }
}

impl fmt::Display for GrowthLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Share(share) => share.fmt(f),
            Self::Bytes(bytes) => bytes.fmt(f),
        }
    }
}

const UNITS: [(&str, u64); 9] = [
    ("kib", 1 << 10),
    ("mib", 1 << 20),
    ("gib", 1 << 30),
    ("kb", 1_000),
    ("mb", 1_000_000),
    ("gb", 1_000_000_000),
    ("b", 1),
    ("k", 1 << 10),
    ("m", 1 << 20),
];

impl FromStr for GrowthLimit {
    type Err = BadLimit;

    fn from_str(text: &str) -> Result<Self, BadLimit> {
        let bad = || BadLimit { found: text.to_owned() };
        let number = |text: &str| -> Result<f64, BadLimit> {
            let number: f64 = text.trim().parse().map_err(|_| bad())?;
            if number.is_finite() && number >= 0.0 { Ok(number) } else { Err(bad()) }
        };
        if let Some(percent) = text.strip_suffix('%') {
            return Ok(Self::Share(Percent(number(percent)? / 100.0)));
        }
        let lower = text.to_ascii_lowercase();
        let with_unit = UNITS.iter().find_map(|(unit, factor)| Some((lower.strip_suffix(unit)?, *factor)));
        if let Some((size, factor)) = with_unit {
            return Ok(Self::Bytes(Bytes((number(size)? * factor as f64) as u64)));
        }
        // A bare number would leave open which of the two it is.
        match text.parse() {
            Ok(0) => Ok(Self::Bytes(Bytes(0))),
            _ => Err(bad()),
        }
    }
}

/// A text that is no limit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BadLimit {
    found: String,
}

impl fmt::Display for BadLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "bad limit {:?}: expected a share, like 5%, or a size with its unit, like 10MiB", self.found)
    }
}

impl std::error::Error for BadLimit {}

#[cfg(test)]
mod tests {
    use super::*;

    fn limit(text: &str) -> GrowthLimit {
        text.parse().unwrap()
    }

    #[test]
    fn a_limit_is_a_share_or_a_size() {
        assert_eq!(limit("5%"), GrowthLimit::Share(Percent(0.05)));
        assert_eq!(limit("2.5 %"), GrowthLimit::Share(Percent(0.025)));
        assert_eq!(limit("10MiB"), GrowthLimit::Bytes(Bytes(10 << 20)));
        assert_eq!(limit("1.5 kb"), GrowthLimit::Bytes(Bytes(1500)));
        assert_eq!(limit("64 B"), GrowthLimit::Bytes(Bytes(64)));
        assert_eq!(limit("0"), GrowthLimit::Bytes(Bytes(0)));
    }

    #[test]
    fn anything_else_is_none() {
        for text in ["", "%", "5", "-5%", "NaN%", "inf%", "ten", "MiB", "-1B", "5 apples"] {
            assert!(text.parse::<GrowthLimit>().is_err(), "{text}");
        }
    }

    #[test]
    fn growth_up_to_the_limit_is_fine() {
        assert!(!limit("5%").is_exceeded(1000, 50));
        assert!(limit("5%").is_exceeded(1000, 51));
        assert!(!limit("5%").is_exceeded(1000, -500));
        assert!(!limit("0%").is_exceeded(0, 0));
        assert!(limit("500%").is_exceeded(0, 1));
        assert!(!limit("1KiB").is_exceeded(0, 1024));
        assert!(limit("1KiB").is_exceeded(0, 1025));
    }
}
