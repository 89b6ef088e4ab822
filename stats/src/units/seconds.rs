use std::fmt;
use std::time::Duration;

use super::pad;

/// A length of time, shown in seconds: `0.412s`.
///
/// Width, fill and alignment work as for numbers; the precision is the number of decimals (3 by default).
///
/// ```
/// use classtracker_stats::Seconds;
/// use std::time::Duration;
///
/// assert_eq!(Seconds(Duration::from_millis(412)).to_string(), "0.412s");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, serde::Serialize)]
pub struct Seconds(
    /// The length of time.
    #[serde(serialize_with = "crate::json::seconds")]
    pub Duration,
);

impl fmt::Display for Seconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let decimals = f.precision().unwrap_or(3);
        pad::number(f, &format!("{:.decimals$}s", self.0.as_secs_f64()))
    }
}

#[cfg(test)]
mod tests {
    use super::Seconds;
    use std::time::Duration;

    #[test]
    fn seconds_have_three_decimals_unless_told() {
        let time = Seconds(Duration::from_micros(61_234_567));
        assert_eq!(time.to_string(), "61.235s");
        assert_eq!(format!("{time:>9.1}|"), "    61.2s|");
        assert_eq!(Seconds(Duration::ZERO).to_string(), "0.000s");
    }
}
