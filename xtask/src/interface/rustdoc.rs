//! The documentation of a library as data.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::process::{Command, ExitCode};

use serde_json::Value;

use crate::cargo::{Cargo, target_dir};
use crate::failure::{Failure, Result};

/// Set where this program is called in place of rustdoc: which one it stands for.
const STANDS_FOR: &str = "XTASK_STANDS_FOR_RUSTDOC";

/// What rustdoc says of a library with all its features.
pub(crate) fn read(package: &str) -> Result<Value> {
    let real = std::env::var_os("RUSTDOC").unwrap_or_else(|| "rustdoc".into());
    let this = std::env::current_exe().map_err(|cause| Failure::Read { path: "this program".into(), cause })?;
    let arguments = ["rustdoc", "--quiet", "--package", package, "--lib", "--all-features"];
    Cargo::new(&arguments)
        .argument("--")
        .argument("-Zunstable-options")
        .argument("--output-format=json")
        .env("RUSTDOC", this)
        .env(STANDS_FOR, real)
        .run()?;
    let file = target_dir().join("doc").join(format!("{}.json", package.replace('-', "_")));
    let failed = |cause| Failure::Read { path: file.display().to_string(), cause };
    let text = fs::read(&file).map_err(failed)?;
    serde_json::from_slice(&text).map_err(io::Error::from).map_err(failed)
}

/// Runs rustdoc instead of us, if it is called for: only rustdoc is to know that unstable options are used. The
/// variable that allows them has cargo build all dependencies anew when it is set for cargo.
pub(crate) fn become_rustdoc() -> Option<ExitCode> {
    let real: OsString = std::env::var_os(STANDS_FOR)?;
    let mut rustdoc = Command::new(&real);
    rustdoc.args(std::env::args_os().skip(1)).env("RUSTC_BOOTSTRAP", "1").env_remove(STANDS_FOR);
    Some(match rustdoc.status() {
        Ok(status) if status.success() => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(cause) => {
            eprintln!("can't run {}: {cause}", real.display());
            ExitCode::FAILURE
        }
    })
}
