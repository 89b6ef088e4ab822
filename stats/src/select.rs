//! Which snapshots a question is about.

mod range;

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use thiserror::Error;

use crate::text::{counted, printable};
use crate::{Moment, Snapshot, Stats};
pub use range::{SnapshotRange, SnapshotRangeError};

/// One of several snapshots: by its number or by its label.
///
/// As text, a whole number is a number: 1 is the first snapshot, -1 the last, -2 the one before it. All else is a label,
/// and so is whatever stands behind a `=`, which is the way to name the label `2`, or the empty one.
///
/// ```
/// use classtracker_stats::{Moment, SnapshotKey};
/// use std::time::Duration;
///
/// let labels = ["before", "load", "load"];
/// let moments = labels.map(|label| Moment::new(label, Duration::ZERO));
/// let find = |text: &str| text.parse::<SnapshotKey>().unwrap().find(&moments);
/// assert_eq!((find("before"), find("-1"), find("2")), (Ok(0), Ok(2), Ok(1)));
/// assert_eq!(
///     find("load").unwrap_err().to_string(),
///     "2 snapshots have the label \"load\": name one by its number, 2 or 3",
/// );
/// assert_eq!(find("4").unwrap_err().to_string(), "no snapshot 4: there are 3 snapshots");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum SnapshotKey {
    /// By number, from 1; negative from the end, the last one being -1.
    Number(i64),
    /// The only one with exactly this label.
    Label(String),
}

impl SnapshotKey {
    /// The first snapshot.
    pub const FIRST: Self = Self::Number(1);
    /// The last snapshot.
    pub const LAST: Self = Self::Number(-1);

    /// The index, from 0, of the snapshot among those with these moments.
    ///
    /// # Errors
    /// [`SnapshotKeyError`] if none is meant, or more than one.
    pub fn find(&self, moments: &[Moment]) -> Result<usize, SnapshotKeyError> {
        let snapshots = moments.len();
        match self {
            Self::Number(number) => {
                let index = match *number {
                    1.. => usize::try_from(number - 1).ok(),
                    0 => None,
                    _ => usize::try_from(number.unsigned_abs()).ok().and_then(|back| snapshots.checked_sub(back)),
                };
                let found = index.filter(|index| *index < snapshots);
                found.ok_or(SnapshotKeyError::NoSuchNumber { number: *number, snapshots })
            }
            Self::Label(label) => {
                let labelled = moments.iter().enumerate().filter(|(_, moment)| moment.label == *label);
                let numbers: Vec<usize> = labelled.map(|(index, _)| index + 1).collect();
                match numbers[..] {
                    [number] => Ok(number - 1),
                    [] => {
                        let mut labels = Vec::new();
                        for moment in moments.iter().filter(|moment| !moment.label.is_empty()) {
                            if !labels.contains(&moment.label) && labels.len() < MOST_LABELS {
                                labels.push(moment.label.clone());
                            }
                        }
                        Err(SnapshotKeyError::UnknownLabel { label: label.clone(), snapshots, labels })
                    }
                    _ => Err(SnapshotKeyError::AmbiguousLabel { label: label.clone(), numbers }),
                }
            }
        }
    }
}

/// How many labels an error names.
const MOST_LABELS: usize = 10;

impl FromStr for SnapshotKey {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(match (text.strip_prefix('='), text.parse()) {
            (Some(label), _) => Self::Label(label.to_owned()),
            (None, Ok(number)) => Self::Number(number),
            (None, Err(_)) => Self::Label(text.to_owned()),
        })
    }
}

/// As it is read: `2`, `after load`, `=2`.
impl fmt::Display for SnapshotKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => number.fmt(f),
            Self::Label(label) if label.is_empty() || label.starts_with('=') || label.parse::<i64>().is_ok() => {
                write!(f, "={}", printable(label))
            }
            Self::Label(label) => f.write_str(&printable(label)),
        }
    }
}

/// A [`SnapshotKey`] that means no snapshot, or several.
///
/// ```
/// use classtracker_stats::{SnapshotKey, SnapshotKeyError, Stats};
///
/// let stats = Stats::load("docs/factory.ctdump")?;
/// let error = SnapshotKey::Number(9).find(&stats.moments()).unwrap_err();
/// assert!(matches!(error, SnapshotKeyError::NoSuchNumber { number: 9, snapshots: 8 }));
/// # Ok::<(), classtracker_stats::DumpError>(())
/// ```
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SnapshotKeyError {
    /// There are fewer snapshots, or the number is 0.
    #[error("no snapshot {number}: there {}", there_are(*snapshots))]
    NoSuchNumber {
        /// The number.
        number: i64,
        /// How many snapshots there are.
        snapshots: usize,
    },
    /// No snapshot has the label.
    #[error("no snapshot has the label {label:?}: {}", known(*snapshots, labels))]
    UnknownLabel {
        /// The label.
        label: String,
        /// How many snapshots there are.
        snapshots: usize,
        /// The first labels that there are, each once.
        labels: Vec<String>,
    },
    /// Several snapshots have the label.
    #[error("{} snapshots have the label {label:?}: name one by its number, {}", numbers.len(), either(numbers))]
    AmbiguousLabel {
        /// The label.
        label: String,
        /// Their numbers, from 1.
        numbers: Vec<usize>,
    },
}

fn there_are(snapshots: usize) -> String {
    let are = if snapshots == 1 { "is" } else { "are" };
    format!("{are} {}", counted(snapshots as u64, "snapshot", "snapshots"))
}

fn known(snapshots: usize, labels: &[String]) -> String {
    if labels.is_empty() {
        return format!("there {}, without any label", there_are(snapshots));
    }
    let labels: Vec<String> = labels.iter().map(|label| format!("{label:?}")).collect();
    let more = if labels.len() == MOST_LABELS { ", …" } else { "" };
    format!("there {}, labelled {}{more}", there_are(snapshots), labels.join(", "))
}

/// `2 or 3`; of many the first and the last.
fn either(numbers: &[usize]) -> String {
    match numbers {
        [before @ .., last] if before.len() < 5 => {
            let before: Vec<String> = before.iter().map(ToString::to_string).collect();
            format!("{} or {last}", before.join(", "))
        }
        [first, .., last] => format!("from {first} to {last}"),
        _ => String::new(),
    }
}

impl Stats {
    /// The moments of all snapshots, which tell them apart.
    ///
    /// ```
    /// use classtracker_stats::Stats;
    ///
    /// let moments = Stats::load("docs/factory.ctdump")?.moments();
    /// assert_eq!((moments.len(), moments[0].label.as_str()), (8, "start"));
    /// # Ok::<(), classtracker_stats::DumpError>(())
    /// ```
    #[must_use]
    pub fn moments(&self) -> Vec<Moment> {
        self.snapshots().iter().map(|snapshot| Moment::of(snapshot)).collect()
    }

    /// The snapshot of this number or label.
    ///
    /// # Errors
    /// [`SnapshotKeyError`] if none is meant, or more than one.
    ///
    /// ```
    /// use classtracker_stats::{Session, Snapshot, SnapshotKey, Stats};
    /// use std::{sync::Arc, time::Duration};
    ///
    /// let now = chrono::Utc::now();
    /// let snapshot = Arc::new(Snapshot::new("after load", now, Duration::ZERO));
    /// let stats = Stats::new(Session::new(now, 1), vec![snapshot]);
    /// assert_eq!(stats.snapshot(&"after load".parse()?)?.elapsed, Duration::ZERO);
    /// assert_eq!(
    ///     stats.snapshot(&"load".parse()?).unwrap_err().to_string(),
    ///     "no snapshot has the label \"load\": there is 1 snapshot, labelled \"after load\"",
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn snapshot(&self, key: &SnapshotKey) -> Result<&Arc<Snapshot>, SnapshotKeyError> {
        let index = key.find(&self.moments())?;
        Ok(&self.snapshots()[index])
    }

    /// The same with only some of the snapshots: those from one to another, both included.
    ///
    /// What an earlier snapshot knew is then not known: an object that was listed only before is not listed.
    ///
    /// # Errors
    /// [`SnapshotRangeError`] if an end means no snapshot or several, or if the range ends before it begins.
    ///
    /// ```
    /// use classtracker_stats::{Session, Snapshot, Stats};
    /// use std::{sync::Arc, time::Duration};
    ///
    /// let now = chrono::Utc::now();
    /// let taken = ["start", "load", "evict"].map(|label| Arc::new(Snapshot::new(label, now, Duration::ZERO)));
    /// let stats = Stats::new(Session::new(now, 1), taken.to_vec());
    /// assert_eq!(stats.select(&"load..".parse()?)?.snapshots().len(), 2);
    /// assert_eq!(stats.select(&"-1".parse()?)?.snapshots()[0].label, "evict");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn select(&self, range: &SnapshotRange) -> Result<Self, SnapshotRangeError> {
        let range = range.find(&self.moments())?;
        let mut selected = self.clone();
        selected.retain(range);
        Ok(selected)
    }
}
