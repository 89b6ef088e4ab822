use std::fmt;
use std::time::Duration;

use crate::text::printable;
use crate::{Seconds, Snapshot};

/// What tells one snapshot from the others in a text: `after load (0.412s)`, or `0.412s` without a label.
///
/// ```
/// use classtracker_stats::{Moment, Stats};
/// use std::time::Duration;
///
/// assert_eq!(Moment::new("after load", Duration::from_millis(412)).to_string(), "after load (0.412s)");
/// let stats = Stats::load("docs/factory.ctdump")?;
/// let moment = Moment::of(&stats.snapshots()[0]);
/// assert_eq!((moment.label.as_str(), moment.elapsed), ("start", Duration::from_secs(1)));
/// # Ok::<(), classtracker_stats::DumpError>(())
/// ```
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Moment {
    /// The snapshot's label; may be empty.
    pub label: String,
    /// When it was taken, from the session's start on.
    #[serde(serialize_with = "crate::json::seconds")]
    pub elapsed: Duration,
}

impl Moment {
    /// The moment of a snapshot with this label, taken that long after the session's start.
    #[must_use]
    pub fn new(label: impl Into<String>, elapsed: Duration) -> Self {
        Self { label: label.into(), elapsed }
    }

    /// The moment at which `snapshot` was taken.
    #[must_use]
    pub fn of(snapshot: &Snapshot) -> Self {
        Self { label: snapshot.label.clone(), elapsed: snapshot.elapsed }
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let elapsed = Seconds(self.elapsed);
        if self.label.is_empty() { write!(f, "{elapsed}") } else { write!(f, "{} ({elapsed})", printable(&self.label)) }
    }
}

#[cfg(test)]
mod tests {
    use super::Moment;
    use std::time::Duration;

    fn check(label: &str, text: &str) {
        let moment = Moment { label: label.to_owned(), elapsed: Duration::from_millis(1234) };
        assert_eq!(moment.to_string(), text);
    }

    #[test]
    fn the_label_stands_before_the_time_if_there_is_one() {
        check("alpha", "alpha (1.234s)");
        check("", "1.234s");
        check("two\nlines", "two\\nlines (1.234s)");
    }
}
