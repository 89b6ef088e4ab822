//! Running cargo, always from the repository's root.

use std::env;
use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::failure::{Failure, Result};

/// A call of the cargo that runs this program.
pub(crate) struct Cargo(Command);

impl Cargo {
    pub(crate) fn new(arguments: &[&str]) -> Self {
        let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        command.args(arguments).current_dir(root());
        command.stdin(Stdio::null());
        // It may be relative to where we were called.
        if env::var_os("CARGO_TARGET_DIR").is_some() {
            command.env("CARGO_TARGET_DIR", target_dir());
        }
        Self(command)
    }

    pub(crate) fn argument(mut self, argument: impl AsRef<OsStr>) -> Self {
        self.0.arg(argument);
        self
    }

    pub(crate) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.0.env(name, value);
        self
    }

    /// Adds flags for the compiler to those that the environment has.
    pub(crate) fn flags(mut self, variable: &str, flags: &str) -> Self {
        let given = env::var(variable).unwrap_or_default();
        self.0.env(variable, format!("{given} {flags}").trim());
        self
    }

    /// Runs it. Its output is ours.
    pub(crate) fn run(mut self) -> Result<()> {
        let status = self.0.status().map_err(|cause| self.not_started(cause))?;
        if status.success() { Ok(()) } else { Err(Failure::Program { line: self.line(), status }) }
    }

    /// Runs it, hands on its output line by line, and returns the lines.
    pub(crate) fn run_and_read(mut self) -> Result<Vec<String>> {
        self.0.stdout(Stdio::piped());
        let mut child = self.0.spawn().map_err(|cause| self.not_started(cause))?;
        let mut lines = Vec::new();
        if let Some(output) = child.stdout.take() {
            for line in BufReader::new(output).split(b'\n') {
                let line = line.map_err(|cause| self.not_started(cause))?;
                let line = String::from_utf8_lossy(&line).into_owned();
                // Nobody may be there to read it; the program is to end well all the same.
                let _ = writeln!(std::io::stdout(), "{line}");
                lines.push(line);
            }
        }
        let status = child.wait().map_err(|cause| self.not_started(cause))?;
        if status.success() { Ok(lines) } else { Err(Failure::Program { line: self.line(), status }) }
    }

    /// Whether it succeeds; without any output.
    pub(crate) fn succeeds(mut self) -> bool {
        self.0.stdout(Stdio::null()).stderr(Stdio::null());
        self.0.status().is_ok_and(|status| status.success())
    }

    fn not_started(&self, cause: std::io::Error) -> Failure {
        Failure::Start { line: self.line(), cause }
    }

    /// As one would type it.
    fn line(&self) -> String {
        let words = self.0.get_args().map(|word| word.to_string_lossy().into_owned());
        std::iter::once("cargo".to_owned()).chain(words).collect::<Vec<_>>().join(" ")
    }
}

/// The repository.
pub(crate) fn root() -> &'static Path {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.parent().unwrap_or(package)
}

/// Where cargo builds, as an absolute path.
pub(crate) fn target_dir() -> PathBuf {
    match env::var_os("CARGO_TARGET_DIR") {
        Some(dir) => std::path::absolute(&dir).unwrap_or_else(|_| dir.into()),
        None => root().join("target"),
    }
}
