//! `cargo xtask fuzz`: bytes that nobody thought of, read as dumps, by cargo-fuzz. `stats/tests/fuzz.rs` does the same for some seconds
//! with every change.

use std::fs;

use crate::cargo::{Cargo, root};
use crate::failure::{Failure, Result};

const TARGETS: [&str; 2] = ["read_dump", "read_repaired"];

/// `seconds`: how long each target runs; a minute if it is left out.
pub(crate) fn run(seconds: Option<&str>) -> Result<()> {
    let seconds: u32 = match seconds {
        None => 60,
        Some(text) => text.parse().map_err(|_| Failure::Check(format!("`{text}` is no number of seconds")))?,
    };
    if !Cargo::new(&["fuzz", "--version"]).succeeds() {
        let how = "cargo-fuzz is not installed; to install it: cargo install --locked cargo-fuzz";
        return Err(Failure::Check(how.into()));
    }
    for target in TARGETS {
        // What is found new does not go into the repository unasked.
        let found = format!("fuzz/target/corpus/{target}");
        fs::create_dir_all(root().join(&found)).map_err(|cause| Failure::Read { path: found.clone(), cause })?;
        let fuzz = Cargo::new(&["fuzz", "run", target, &found, &format!("fuzz/corpus/{target}"), "--"]);
        // Its flags are those of nightly; the toolchain is the usual one.
        fuzz.argument(format!("-max_total_time={seconds}")).env("RUSTC_BOOTSTRAP", "1").run()?;
    }
    Ok(())
}
