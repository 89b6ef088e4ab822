//! Snapshots of a program's memory by class, as data.

mod model;

pub use model::{ClassRow, ObjectRecord, ObjectRow, ProcessMemory, Session, Site, Snapshot};
