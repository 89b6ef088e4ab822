//! `cargo xtask test`: every test there is.

use crate::cargo::Cargo;
use crate::failure::Result;
use crate::programs;

pub(crate) fn run() -> Result<()> {
    programs::CHROMIUM.provide()?;
    // Unit tests, integration tests and those in the documentation. Examples are built before: some tests run them.
    Cargo::new(&["test", "--workspace", "--all-features"]).run()?;
    // What a program is that is built without tracking can only be seen when it is built so.
    Cargo::new(&["test", "-p", "classtracker", "--no-default-features", "--test", "compiled_out"]).run()
}
