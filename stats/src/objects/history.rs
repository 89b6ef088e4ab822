use std::io;
use std::sync::Arc;

use thiserror::Error;

use super::collect::Collected;
use super::{ObjectEntry, folded};
use crate::names::ClassNames;
use crate::text::counted;
use crate::{Moment, Names, Query, Snapshot};

/// One object from birth to end: the answer to [`Stats::object`](crate::Stats::object).
///
/// ```
/// use classtracker_stats::Stats;
///
/// let history = Stats::load("docs/factory.ctdump")?.object(1)?;
/// let sizes: Vec<_> = history.object.sizes.iter().map(|size| size.bytes).collect();
/// assert_eq!((history.moments.len(), &sizes[..2]), (8, &[200, 264][..]));
/// let mut text = Vec::new();
/// history.write_text(&mut text)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct ObjectHistory {
    /// All snapshots, in the order in which they were taken.
    pub moments: Vec<Moment>,
    /// The object.
    pub object: ObjectEntry,
}

/// No snapshot lists an object of this serial.
///
/// ```
/// use classtracker_stats::Stats;
///
/// let unknown = Stats::load("docs/factory.ctdump")?.object(17).unwrap_err();
/// assert_eq!((unknown.serial, unknown.listed, unknown.folded), (17, 3, 82));
/// # Ok::<(), classtracker_stats::DumpError>(())
/// ```
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "no object #{serial} is listed: the snapshots list {}{}",
    counted(*listed as u64, "object", "objects"), and_folded(*folded)
)]
pub struct UnknownObject {
    /// The serial.
    pub serial: u64,
    /// How many objects the snapshots list.
    pub listed: usize,
    /// How many live objects of one snapshot, of that which has the most of them, only their classes' rows count.
    pub folded: u64,
}

fn and_folded(folded: u64) -> String {
    match folded {
        0 => String::new(),
        more => format!(", and only count {more} more"),
    }
}

/// Why an object could not be written.
///
/// ```
/// use classtracker_stats::{ObjectError, Stats};
///
/// let error = Stats::load("docs/factory.ctdump")?.write_object(&mut Vec::new(), 17).unwrap_err();
/// assert!(matches!(error, ObjectError::Unknown(unknown) if unknown.serial == 17));
/// # Ok::<(), classtracker_stats::DumpError>(())
/// ```
#[non_exhaustive]
#[derive(Debug, Error)]
pub enum ObjectError {
    /// There is no such object.
    #[error(transparent)]
    Unknown(#[from] UnknownObject),
    /// The output refused it.
    #[error("can't write the object: {0}")]
    Io(#[from] io::Error),
}

impl ObjectHistory {
    pub(crate) fn new(snapshots: &[Arc<Snapshot>], serial: u64, names: Names) -> Result<Self, UnknownObject> {
        let collected = Collected::of(snapshots, |other| other == serial);
        let Some(object) = collected.objects.first() else {
            let folded = folded(snapshots, &Query::default()).into_iter().map(|folded| folded.objects);
            let listed = Collected::new(snapshots).objects.len();
            return Err(UnknownObject { serial, listed, folded: folded.max().unwrap_or(0) });
        };
        let classes = snapshots.iter().flat_map(|snapshot| &snapshot.classes).map(|row| &row.class);
        let names = ClassNames::new(names, classes.chain([&object.record.class]).collect());
        Ok(Self {
            moments: snapshots.iter().map(|snapshot| Moment::of(snapshot)).collect(),
            object: object.entry(&collected.rows, &names),
        })
    }
}
