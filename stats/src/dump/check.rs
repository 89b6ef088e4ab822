use std::fs::File;
use std::io::Read;
use std::path::Path;

use serde::Serialize;

use super::compact::CompactReader;
use super::error::{Action, DumpError};
use super::{Damage, Lost, ReadOptions};
use crate::Session;

/// What a dump's file is worth: the answer to [`check`].
///
/// ```
/// use classtracker_stats::dump;
///
/// let report = dump::check("docs/factory.ctdump")?;
/// assert_eq!((report.snapshots, report.object_rows, report.is_whole()), (8, 17, true));
/// assert_eq!(report.session.program.as_deref(), Some("factory"));
/// # Ok::<(), classtracker_stats::DumpError>(())
/// ```
#[non_exhaustive]
#[derive(Debug, Serialize)]
pub struct CheckReport {
    /// The version of its layout.
    pub version: u16,
    /// The session that it is of.
    pub session: Session,
    /// How many snapshots can be read.
    pub snapshots: u64,
    /// How many frames are whole: the session's, snapshots, the end. Those that refer to what is lost count as well.
    pub frames: u64,
    /// How long the dump is, in bytes, what is lost included.
    pub bytes: u64,
    /// How many object rows the readable snapshots have in all.
    pub object_rows: u64,
    /// Whether it was ended by the program that wrote it. If not, and nothing is lost but the end frame, the program was killed,
    /// or is still writing.
    pub ended: bool,
    /// What can't be used, in order.
    pub lost: Vec<Lost>,
}

impl CheckReport {
    /// Whether the dump is all that was written: ended, and nothing is lost.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.ended && self.lost.is_empty()
    }
}

/// Reads a dump's file from end to end, and says what of it can be used.
///
/// Every frame is decoded, in the memory that a [`CompactReader`] takes.
///
/// # Errors
/// [`DumpError`], with the path, for what is no dump of a known version, or is cut or damaged before the first snapshot could
/// begin; and with what the system gives. Any other damage is in the report.
///
/// ```
/// # let dir = tempfile::tempdir()?;
/// # let path = dir.path().join("factory.ctdump");
/// use classtracker_stats::{dump, Session, Stats};
///
/// Stats::new(Session::new(chrono::Utc::now(), 1), Vec::new()).dump(&path)?;
/// assert!(dump::check(&path)?.is_whole());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn check(path: impl AsRef<Path>) -> Result<CheckReport, DumpError> {
    let path = path.as_ref();
    let file = File::open(path).map_err(|error| DumpError::io(Action::Open, 0, error));
    let report = file.and_then(check_stream).map_err(|error| error.in_file(path));
    report.map(|mut report| {
        report.lost = report.lost.into_iter().map(|lost| lost.in_file(path)).collect();
        report
    })
}

/// The same of a stream.
///
/// ```
/// use classtracker_stats::dump;
///
/// let mut bytes = std::fs::read("docs/factory.ctdump")?;
/// bytes.truncate(bytes.len() - 10);
/// let report = dump::check_stream(&bytes[..])?;
/// assert_eq!((report.snapshots, report.object_rows, report.ended), (8, 17, false));
/// assert!(!report.is_whole() && report.lost.len() == 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// As [`check`], without a path.
pub fn check_stream(input: impl Read) -> Result<CheckReport, DumpError> {
    let options = ReadOptions { damage: Damage::PassOver, ..ReadOptions::default() };
    let mut reader = CompactReader::with(input, &options)?;
    let mut object_rows = 0;
    for snapshot in reader.by_ref() {
        object_rows += snapshot?.objects.len();
    }
    let frames = reader.frames();
    let (version, snapshots, whole, ended) = (frames.version, frames.snapshots, frames.frames, frames.ended);
    let session = frames.session.clone();
    let bytes = frames.offset;
    Ok(CheckReport { version, session, snapshots, frames: whole, bytes, object_rows, ended, lost: reader.into_lost() })
}
