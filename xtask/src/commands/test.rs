//! `cargo xtask test`: every test there is.

use crate::cargo::Cargo;
use crate::failure::Result;

pub(crate) fn run() -> Result<()> {
    // Unit tests, integration tests and those in the documentation. Examples are built before: some tests run them.
    Cargo::new(&["test", "--workspace", "--all-features"]).run()
}
