//! Programs of the system that tests and benches run.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::failure::{Failure, Result};

/// A program that is not ours.
pub(crate) struct Program {
    /// What it is called, on one system or another.
    names: &'static [&'static str],
    /// The variable that says where it is, if there is one.
    variable: Option<&'static str>,
    /// The package that has it, on Debian.
    package: &'static str,
    /// What needs it.
    purpose: &'static str,
}

/// The browser in which the HTML report is tested.
pub(crate) const CHROMIUM: Program = Program {
    names: &["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"],
    variable: Some("CHROMIUM"),
    package: "chromium",
    purpose: "the report is tested in a real browser, Chromium",
};

/// Makes the load under which the example `key_value_server` is measured.
pub(crate) const REDIS_BENCHMARK: Program = Program {
    names: &["redis-benchmark"],
    variable: None,
    package: "redis-tools",
    purpose: "the key-value server is measured by redis-benchmark",
};

/// Watches every access to memory.
pub(crate) const VALGRIND: Program = Program {
    names: &["valgrind"],
    variable: None,
    package: "valgrind",
    purpose: "the stress test is run under valgrind",
};

impl Program {
    /// Sees to it that there is one: installs the system's package if there is none, and if that may be done unasked.
    pub(crate) fn provide(&self) -> Result<()> {
        if let Some((variable, named)) = self.variable.and_then(|name| Some((name, env::var_os(name)?))) {
            let there = Path::new(&named).is_file();
            let named = named.to_string_lossy();
            return if there {
                Ok(())
            } else {
                Err(Failure::Check(format!("{variable} is {named}, which is no file")))
            };
        }
        if self.names.iter().any(|name| find(name).is_some()) {
            return Ok(());
        }
        let Self { package, purpose, .. } = self;
        if find("apt-get").is_none() || !is_root() {
            let where_else = self.variable.map_or(String::new(), |name| format!(", or say in {name} where it is"));
            let how = format!(
                "{purpose}, which was not found: install it (on Debian: `apt-get install {package}`){where_else}"
            );
            return Err(Failure::Check(how));
        }
        eprintln!("{purpose}, which was not found: installing the system's package");
        let install = ["install", "--yes", "--no-install-recommends", package];
        // The lists of packages may be missing or old, which the first try then tells.
        apt_get(&install).or_else(|_| apt_get(&["update"]).and_then(|()| apt_get(&install)))
    }
}

fn apt_get(arguments: &[&str]) -> Result<()> {
    let line = format!("apt-get {}", arguments.join(" "));
    let mut command = Command::new("apt-get");
    command.args(arguments).env("DEBIAN_FRONTEND", "noninteractive").stdin(Stdio::null());
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(Failure::Program { line, status }),
        Err(cause) => Err(Failure::Start { line, cause }),
    }
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output();
    id.is_ok_and(|id| id.stdout.trim_ascii() == b"0")
}

fn find(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path).map(|directory| directory.join(name)).find(|file| file.is_file())
}
