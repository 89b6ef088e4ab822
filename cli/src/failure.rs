use std::fmt;
use std::io;

use classtracker_stats::{DumpError, UnknownObject};

/// The exit code of a [`Failure`].
pub(crate) const CODE: u8 = 1;

/// The exit code of a wrong use.
pub(crate) const USAGE_CODE: u8 = 2;

/// Why a command could not do its work.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The dump can't be read.
    Dump(DumpError),
    /// The dump, by this name, does not list the object.
    UnknownObject(String, UnknownObject),
    /// The output can't be written.
    Output(io::Error),
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
            Self::Output(error) => write!(f, "can't write the output: {error}"),
        }
    }
}
