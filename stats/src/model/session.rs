use std::sync::Arc;

use chrono::{DateTime, Utc};

/// One run of one process: what all its snapshots have in common.
///
/// ```
/// use classtracker_stats::Session;
/// use chrono::Utc;
///
/// let mut session = Session::new(Utc::now(), std::process::id());
/// session.program = Some("factory".into());
/// ```
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Session {
    /// When the process began to track: the zero of every [`Snapshot::elapsed`](crate::Snapshot::elapsed) and
    /// [`ObjectRecord::birth`](crate::ObjectRecord::birth).
    pub started: DateTime<Utc>,
    /// The process' id.
    pub process_id: u32,
    /// The program's file name, where the system tells it.
    pub program: Option<Arc<str>>,
}

impl Session {
    /// A session of the process `process_id`, whose program's name is not known.
    #[must_use]
    pub fn new(started: DateTime<Utc>, process_id: u32) -> Self {
        Self { started, process_id, program: None }
    }
}
