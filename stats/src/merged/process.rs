use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use thiserror::Error;

use crate::Session;
use crate::text::printable;

/// One of several runs: its number, and what process it was.
///
/// Shown as `2: factory (4711), started 2027-01-15 08:00:00 UTC`.
///
/// ```
/// use classtracker_stats::{Merged, Stats};
///
/// let merged = Merged::new(vec![Stats::load("docs/factory.ctdump")?])?;
/// let process = &merged.processes()[0];
/// assert_eq!((process.number, process.label().as_str()), (1, "factory (4711)"));
/// assert_eq!(process.to_string(), "1: factory (4711), started 2027-01-15 08:00:00 UTC");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Process {
    /// Its number among the runs, from 1.
    pub number: usize,
    /// The program's file name, where the system told it.
    pub program: Option<Arc<str>>,
    /// The process' id.
    pub process_id: u32,
    /// When the process began to track.
    pub started: DateTime<Utc>,
}

impl Process {
    pub(super) fn new(number: usize, session: &Session) -> Self {
        let Session { started, process_id, program } = session;
        Self { number, program: program.clone(), process_id: *process_id, started: *started }
    }

    /// The program and the process' id: `factory (4711)`.
    #[must_use]
    pub fn label(&self) -> String {
        let program = self.program.as_deref().map_or("unknown".into(), printable);
        format!("{program} ({})", self.process_id)
    }

    pub(super) fn what(&self) -> String {
        format!("{}, started {}", self.label(), self.started.format("%F %T UTC"))
    }
}

impl fmt::Display for Process {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.number, self.what())
    }
}

/// An object of one of several runs, written as `2#17`: serial 17 of the second.
///
/// ```
/// use classtracker_stats::ObjectId;
///
/// let id: ObjectId = "2#17".parse()?;
/// assert_eq!((id.process, id.serial, id.to_string()), (2, 17, "2#17".to_owned()));
/// assert!("17".parse::<ObjectId>().is_err());
/// # Ok::<(), classtracker_stats::ObjectIdError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
pub struct ObjectId {
    /// The number of the run, from 1.
    pub process: usize,
    /// The object's serial there.
    pub serial: u64,
}

impl fmt::Display for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}#{}", self.process, self.serial)
    }
}

impl FromStr for ObjectId {
    type Err = ObjectIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parts = text.split_once('#');
        let id = parts.and_then(|(process, serial)| Some((process.parse().ok()?, serial.parse().ok()?)));
        let (process, serial) = id.ok_or_else(|| ObjectIdError { found: text.to_owned() })?;
        Ok(Self { process, serial })
    }
}

/// A text that is no [`ObjectId`].
///
/// ```
/// use classtracker_stats::ObjectId;
///
/// assert_eq!("17".parse::<ObjectId>().unwrap_err().found, "17");
/// ```
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("bad object {found:?}: expected the number of a process and a serial, as in 2#17")]
pub struct ObjectIdError {
    /// What was given.
    pub found: String,
}
