//! `cargo xtask docs`: the documentation is without faults, shows everything in use, and its map is true.

use crate::cargo::Cargo;
use crate::failure::{Failure, Result};
use crate::interface::{self, Interface};
use crate::map;

/// What others use.
const LIBRARIES: [&str; 3] = ["classtracker", "classtracker-stats", "classtracker-derive"];

pub(crate) fn run() -> Result<()> {
    map::check()?;
    build(&["--package", "classtracker", "--package", "classtracker-stats", "--no-default-features"])?;
    // Last, so that these are the pages that stay.
    build(&["--workspace", "--all-features"])?;
    shown()
}

fn build(of: &[&str]) -> Result<()> {
    let cargo = Cargo::new(&["doc", "--no-deps"]).flags("RUSTDOCFLAGS", "-D warnings");
    of.iter().fold(cargo, Cargo::argument).run()
}

/// Fails if there is a public item that no example shows. `src/interface/shown.rs` says what that means.
fn shown() -> Result<()> {
    let mut all = 0;
    let mut missing = Vec::new();
    for library in LIBRARIES {
        let interface = Interface::new(&interface::read(library)?)?;
        all += interface.len();
        missing.extend(interface.not_shown());
    }
    if missing.is_empty() {
        println!("{all} public items, each shown in an example");
        return Ok(());
    }
    let list = missing.join("\n  ");
    Err(Failure::Check(format!("{} of {all} public items are in no example:\n  {list}", missing.len())))
}
