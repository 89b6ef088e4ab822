//! Why a command of ours ends early.

use std::fmt::{Display, Formatter};
use std::io;
use std::process::ExitStatus;

pub(crate) type Result<T> = std::result::Result<T, Failure>;

pub(crate) enum Failure {
    /// The step of this name failed.
    Step { name: &'static str, cause: Box<Failure> },
    /// A program ran and did not succeed.
    Program { line: String, status: ExitStatus },
    /// A program could not be run.
    Start { line: String, cause: io::Error },
    /// A file or folder could not be read.
    Read { path: String, cause: io::Error },
    /// A file could not be written.
    Write { path: String, cause: io::Error },
    /// Something is not as it must be.
    Check(String),
}

impl Display for Failure {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Step { name, cause } => write!(f, "{name} failed: {cause}"),
            Self::Program { line, status } => write!(f, "`{line}` ended with {status}"),
            Self::Start { line, cause } => write!(f, "can't run `{line}`: {cause}"),
            Self::Read { path, cause } => write!(f, "can't read {path}: {cause}"),
            Self::Write { path, cause } => write!(f, "can't write {path}: {cause}"),
            Self::Check(what) => f.write_str(what),
        }
    }
}
