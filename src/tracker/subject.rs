//! A tracker as its monitor sees it.

use std::sync::{Arc, Weak};

use classtracker_stats::{Session, Snapshot};

use super::snapshot;
use super::state::State;
use crate::monitor::Monitoring;
use crate::registry::ForkLock;

/// A tracker that is not kept by being monitored.
#[derive(Clone)]
pub(crate) struct Subject {
    state: Weak<ForkLock<State>>,
    monitoring: Weak<Monitoring>,
}

impl Subject {
    pub(super) fn new(state: &Arc<ForkLock<State>>, monitoring: &Arc<Monitoring>) -> Self {
        Self { state: Arc::downgrade(state), monitoring: Arc::downgrade(monitoring) }
    }

    /// Takes a snapshot; `None` if the tracker is gone.
    pub(crate) fn snapshot(&self, label: String) -> Option<Arc<Snapshot>> {
        Some(snapshot::take(&*self.state.upgrade()?, &*self.monitoring.upgrade()?, label))
    }

    pub(crate) fn set_census(&self) {
        if let Some(state) = self.state.upgrade() {
            state.lock().census = true;
        }
    }

    pub(crate) fn last_snapshot(&self) -> Option<Arc<Snapshot>> {
        self.state.upgrade()?.lock().snapshots.last().cloned()
    }
}

/// What all snapshots of this process have in common.
pub(crate) fn session() -> Session {
    let mut session = Session::new(crate::clock::started(), std::process::id());
    session.program = std::env::args_os()
        .next()
        .and_then(|path| Some(std::path::Path::new(&path).file_name()?.to_string_lossy().into()));
    session
}
