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
    Cargo::new(&["clippy", "--workspace", "--all-features", "--all-targets", "--", "-D", "warnings"]).run()?;
    let without_tracking = ["clippy", "-p", "classtracker", "--no-default-features", "--lib", "--test", "compiled_out"];
    Cargo::new(&without_tracking).argument("--").argument("-D").argument("warnings").run()
}
