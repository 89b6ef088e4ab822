//! What a snapshot holds, as plain data.
//!
//! Every number here carries its unit in its name or its type. What was not measured is `None`, never 0. Rows stand in a
//! total order (classes by name, objects by serial), so two snapshots compare line by line.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};

/// One run of one process: what all its snapshots have in common.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// When the process began to track: the zero of every [`Snapshot::elapsed`] and [`ObjectRecord::birth`].
    pub started: DateTime<Utc>,
    /// The process' id.
    pub process_id: u32,
    /// The program's file name, where the system tells it.
    pub program: Option<Arc<str>>,
}

/// The state of all tracked classes and objects at one moment.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq)]
pub struct Snapshot {
    /// What the caller named it; may be empty.
    pub label: String,
    /// When it was taken.
    pub time: DateTime<Utc>,
    /// When it was taken, from [`Session::started`] on.
    pub elapsed: Duration,
    /// How long the walk over the objects took.
    pub duration: Duration,
    /// One row for each class that is or was tracked, by name.
    pub classes: Vec<ClassRow>,
    /// The objects that are kept one by one (see [`ClassRow::listed`]), by serial.
    pub objects: Vec<ObjectRow>,
    /// Serials of objects listed in an earlier snapshot that this one found dead, rising.
    pub gone: Vec<u64>,
    /// The whole process' memory.
    pub process: ProcessMemory,
    /// Bytes that the tracker itself takes. They are no part of any class' bytes.
    pub overhead_bytes: u64,
}

/// All live objects of one class in one snapshot.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClassRow {
    /// The class' name: its full path, or the name it was registered under.
    pub class: Arc<str>,
    /// Objects alive.
    pub live: u64,
    /// Objects made so far, the dead ones included.
    pub created: u64,
    /// Objects that died so far.
    pub dropped: u64,
    /// Deep size of all live objects: their own bytes and all that they own; shared data is counted once a snapshot.
    pub bytes: u64,
    /// Flat size of all live objects: `size_of_val` alone.
    pub flat_bytes: u64,
    /// Deep size of the smallest live object; `None` with none alive.
    pub smallest_bytes: Option<u64>,
    /// Deep size of the largest live object; `None` with none alive.
    pub largest_bytes: Option<u64>,
    /// Live objects of which something could not be read (a lock was held, a sizing panicked): their bytes are a lower bound.
    pub unread: u64,
    /// How many of the live objects have a row of their own in [`Snapshot::objects`]; the others are folded into this row.
    pub listed: u64,
}

/// One live object in one snapshot.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectRow {
    /// What does not change over the object's life, shared by all snapshots that list it.
    pub object: Arc<ObjectRecord>,
    /// Deep size in this snapshot.
    pub bytes: u64,
    /// Whether something of it could not be read: its bytes are then a lower bound.
    pub unread: bool,
}

/// What an object keeps from birth to death.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ObjectRecord {
    /// Unique in its process, never used again, rising in order of creation.
    pub serial: u64,
    /// The name of its row in [`Snapshot::classes`].
    pub class: Arc<str>,
    /// What the object shows of itself, where its class or registration asked for that.
    pub repr: Option<Arc<str>>,
    /// When it was made, from [`Session::started`] on, to the resolution of the system's coarse clock (some milliseconds).
    /// `None` where only its registration is known: an `Arc` does not tell when it was made.
    pub birth: Option<Duration>,
    /// Where it was made; for an `Arc`, where it was registered.
    pub site: Option<Arc<Site>>,
    /// `size_of_val` of the object.
    pub flat_bytes: u64,
}

/// A place in the source.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Site {
    /// The file, as the compiler was given it.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
    /// The column, from 1.
    pub column: u32,
}

/// What the operating system says of the process. `None` where it does not tell.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ProcessMemory {
    /// Bytes of address space in use.
    pub virtual_bytes: Option<u64>,
    /// Bytes in physical memory.
    pub resident_bytes: Option<u64>,
}
