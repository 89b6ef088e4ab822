use std::fmt;
use std::io;
use std::path::PathBuf;

use classtracker_stats::{DumpError, SameRun, SnapshotRangeError, SurvivorsError, UnknownObject};

/// Why a command could not do its work.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The dump can't be read.
    Dump(DumpError),
    /// The dump, by this name, does not list the object.
    UnknownObject(String, UnknownObject),
    /// No class of the dump, by this name, is one of these.
    NoSuchClass(String, String),
    /// The dump, by this name, has no such snapshots.
    NoSuchSnapshot(String, SnapshotRangeError),
    /// Of the dump, by this name, it can't be said what survived.
    Survivors(String, SurvivorsError),
    /// Two dumps are of one run.
    SameRun(SameRun),
    /// The dump, by this name, lost snapshots between two looks at it.
    Changed(String),
    /// The output can't be written.
    Output(io::Error),
    /// This file can't be written.
    File(PathBuf, io::Error),
}

impl Failure {
    /// Whether the reader of the output has left: it has seen what it wanted to see.
    pub(crate) fn is_broken_pipe(&self) -> bool {
        matches!(self, Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Dump(error) => error.fmt(f),
            Self::UnknownObject(file, error) => write!(f, "{file}: {error}"),
            Self::NoSuchClass(file, filter) => {
                write!(f, "{file}: no class is one of {filter:?}; the summary shows the classes")
            }
            Self::NoSuchSnapshot(file, error) => write!(f, "{file}: {error}"),
            Self::Survivors(file, error) => write!(f, "{file}: {error}"),
            Self::SameRun(error) => error.fmt(f),
            Self::Changed(file) => write!(f, "{file}: the dump was changed while it was read"),
            Self::Output(error) => write!(f, "can't write the output: {error}"),
            Self::File(path, error) => write!(f, "{}: can't write: {error}", path.display()),
        }
    }
}
