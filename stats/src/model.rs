//! What a snapshot holds, as plain data.
//!
//! Every number here carries its unit in its name or its type. What was not measured is `None`, never 0. Rows stand in a
//! total order (classes by name, objects by serial), so two snapshots compare line by line.
//!
//! The structs may grow fields, so they are built by `new` with what every value must have; the other fields start out
//! as nothing (`None`, 0, empty) and are public.

mod census;
mod class_row;
mod durations;
mod history;
mod object;
mod process;
mod referent;
mod session;
mod site_row;
mod snapshot;
mod trace;

pub use census::CensusRow;
pub use class_row::ClassRow;
pub(crate) use class_row::average;
pub use durations::Durations;
pub use history::{History, HistoryEvent};
pub use object::{ObjectRecord, ObjectRow, Site};
pub use process::{AllocatorMemory, AllocatorSource, ProcessMemory};
pub use referent::Referent;
pub use session::Session;
pub use site_row::SiteRow;
pub use snapshot::{Snapshot, Tracking};
pub use trace::{Frame, Trace};
