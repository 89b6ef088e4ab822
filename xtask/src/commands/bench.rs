//! `cargo xtask bench`: what tracking costs, against what it may cost.

use crate::cargo::Cargo;
use crate::failure::Result;

/// `name`: a bench target, or a pattern of several; all of them if it is left out.
///
/// A measure over its bound is no failure: what is measured depends on what else the machine does. It is said at the end.
pub(crate) fn run(name: Option<&str>) -> Result<()> {
    let mut lines = Vec::new();
    if name != Some(COMPILED_OUT) {
        lines = Cargo::new(&["bench", "--quiet", "--workspace", "--bench", name.unwrap_or("*")]).run_and_read()?;
    }
    if name.is_none_or(|name| name == COMPILED_OUT) {
        let bench = ["bench", "--quiet", "-p", "classtracker", "--no-default-features", "--bench", COMPILED_OUT];
        lines.extend(Cargo::new(&bench).run_and_read()?);
    }
    let measures: Vec<&str> = lines.iter().filter_map(|line| verdict(line)).collect();
    let over = measures.iter().filter(|verdict| **verdict == "over").count();
    eprintln!("{} measures, {over} over their bounds", measures.len());
    Ok(())
}

/// This one measures a program that is built without tracking.
const COMPILED_OUT: &str = "compiled_out";

/// The last word of `name <tab> value <tab> bound <tab> ok|over`.
fn verdict(line: &str) -> Option<&str> {
    let mut words = line.split('\t');
    let verdict = words.nth(3)?;
    (words.next().is_none() && matches!(verdict, "ok" | "over")).then_some(verdict)
}
