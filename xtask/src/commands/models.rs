//! The models of the registry's concurrency, run through all interleavings by loom.

use crate::cargo::{Cargo, target_dir};
use crate::failure::{Failure, Result};

pub(super) fn run() -> Result<()> {
    // With other flags for the compiler everything is built anew: in a folder of its own the rest stays as it is.
    // Optimized as benches are: not as a whole, which takes longer than all models.
    let lines = Cargo::new(&["test", "-p", "classtracker", "--lib", "--profile", "bench", "registry"])
        .flags("RUSTFLAGS", "--cfg loom")
        .env("CARGO_TARGET_DIR", target_dir().join("loom"))
        .run_and_read()?;
    match lines.iter().filter_map(|line| passed(line)).sum::<u64>() {
        0 => Err(Failure::Check("no model ran".into())),
        _ => Ok(()),
    }
}

/// How many tests passed, of the line that says so: `test result: ok. 12 passed; …`.
fn passed(line: &str) -> Option<u64> {
    let rest = line.strip_prefix("test result: ok. ")?;
    rest.split_once(" passed")?.0.parse().ok()
}
