//! `cargo xtask ci`: what every change must pass. What fails fast comes first.

use super::{docs, examples, models, sanitize, sources, test};
use crate::cargo::Cargo;
use crate::failure::Result;
use crate::steps::Steps;

pub(crate) fn run() -> Result<()> {
    let mut steps = Steps::default();
    steps.run("format", || Cargo::new(&["fmt", "--all", "--check"]).run())?;
    steps.run("sources", sources::run)?;
    steps.run("lints", lints)?;
    steps.run("test", test::run)?;
    steps.run("documentation", docs::run)?;
    steps.run("examples", examples::run)?;
    steps.run("models", models::run)?;
    steps.run("sanitizers", sanitize::quick)?;
    steps.print_times();
    Ok(())
}

fn lints() -> Result<()> {
    lint(&["--workspace", "--all-features", "--all-targets"])?;
    // What most programs build: without what features alone make use of.
    lint(&["--package", "classtracker", "--package", "classtracker-stats", "--lib"])?;
    lint(&["--package", "classtracker", "--no-default-features", "--lib", "--test", "compiled_out"])
}

fn lint(what: &[&str]) -> Result<()> {
    let cargo = what.iter().fold(Cargo::new(&["clippy"]), Cargo::argument);
    ["--", "-D", "warnings"].into_iter().fold(cargo, Cargo::argument).run()
}
