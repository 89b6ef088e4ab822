//! `cargo xtask deny`: what the dependencies may be.

use crate::cargo::Cargo;
use crate::failure::{Failure, Result};

/// `checks`: some of `advisories`, `bans`, `licenses`, `sources`; all if there are none.
pub(crate) fn run(checks: &[String]) -> Result<()> {
    if !Cargo::new(&["deny", "--version"]).succeeds() {
        let how = "cargo-deny is not installed; to install it: cargo install --locked cargo-deny";
        return Err(Failure::Check(how.into()));
    }
    let check = Cargo::new(&["deny", "--workspace", "check"]);
    checks.iter().fold(check, Cargo::argument).run()
}
