//! The tracker: what is tracked, and the snapshots of it.

mod ages;
mod by_value;
mod class;
mod class_tracker;
mod error;
mod handle;
mod largest;
mod measure;
mod names;
mod object;
mod options;
mod parts;
mod plan;
mod registering;
mod sites;
mod sizing;
mod snapshot;
mod state;
mod subject;
mod tally;
mod traces;
mod unattended;

pub use class_tracker::ClassTracker;
pub use error::TrackError;
pub use handle::TrackHandle;
pub use options::{Detail, Trace, TrackOptions};
pub use sizing::{ByInspect, BySize, Sizing};

pub(crate) use measure::snapshot_thread;
pub(crate) use subject::{Subject, session};
