use std::fmt;

use super::pad;

/// A share, shown in percent: `Percent(0.011)` is `1.1 %`.
///
/// A share that is more than nothing never reads as nothing: it is shown as `<0.1 %`. Width, fill and alignment work as
/// for numbers; the precision is the number of decimals (1 by default).
///
/// ```
/// use classtracker_stats::Percent;
///
/// assert_eq!(Percent::of(1, 4).map(|share| share.to_string()), Some("25.0 %".to_owned()));
/// assert_eq!(Percent::of(1, 0), None);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Default, serde::Serialize)]
pub struct Percent(
    /// The share; 1 is the whole.
    pub f64,
);

impl Percent {
    /// `part` of `whole`; `None` when the whole is 0.
    #[must_use]
    pub fn of(part: u64, whole: u64) -> Option<Self> {
        (whole > 0).then(|| Self(part as f64 / whole as f64))
    }
}

impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let decimals = f.precision().unwrap_or(1);
        let percent = self.0 * 100.0;
        let least = 0.1_f64.powi(i32::try_from(decimals).unwrap_or(i32::MAX));
        if percent > 0.0 && percent < least {
            pad::number(f, &format!("<{least:.decimals$} %"))
        } else {
            pad::number(f, &format!("{percent:.decimals$} %"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Percent;

    #[test]
    fn a_share_is_shown_in_percent() {
        assert_eq!(Percent(0.0).to_string(), "0.0 %");
        assert_eq!(Percent(1.0).to_string(), "100.0 %");
        assert_eq!(Percent(0.0534).to_string(), "5.3 %");
        assert_eq!(format!("{:>9.2}|", Percent(0.5)), "  50.00 %|");
    }

    #[test]
    fn more_than_nothing_never_reads_as_nothing() {
        assert_eq!(Percent(0.000_01).to_string(), "<0.1 %");
        assert_eq!(format!("{:.0}", Percent(0.004)), "<1 %");
        assert_eq!(Percent(0.001).to_string(), "0.1 %");
    }

    #[test]
    fn there_is_no_share_of_nothing() {
        assert_eq!(Percent::of(0, 0), None);
        assert_eq!(Percent::of(5, 0), None);
        assert_eq!(Percent::of(0, 5), Some(Percent(0.0)));
    }
}
