//! The browser in which the HTML report is tested.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::failure::{Failure, Result};

/// What it is called, on one system or another.
const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/// Sees to it that there is one: installs the system's package if there is none, and if that may be done unasked.
pub(crate) fn provide() -> Result<()> {
    if let Some(named) = env::var_os("CHROMIUM") {
        let there = Path::new(&named).is_file();
        let named = named.to_string_lossy();
        return if there { Ok(()) } else { Err(Failure::Check(format!("CHROMIUM is {named}, which is no file"))) };
    }
    if NAMES.iter().any(|name| find(name).is_some()) {
        return Ok(());
    }
    if find("apt-get").is_none() || !is_root() {
        let how = "the report is tested in a real browser, and no Chromium was found: install it (on Debian: \
                   `apt-get install chromium`), or say in CHROMIUM where it is";
        return Err(Failure::Check(how.into()));
    }
    eprintln!("no Chromium was found: installing the system's package");
    let install = ["install", "--yes", "--no-install-recommends", "chromium"];
    // The lists of packages may be missing or old, which the first try then tells.
    apt_get(&install).or_else(|_| apt_get(&["update"]).and_then(|()| apt_get(&install)))
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
