//! `cargo xtask sources`: `unsafe` and atomics are in one module, and each `unsafe` says why it is sound.

use crate::failure::{Failure, Result};
use crate::sources::{Census, ORDERINGS, outside_tests};

/// The one folder where they may be.
const REGISTRY: &str = "src/registry/";

pub(crate) fn run() -> Result<()> {
    let mut census = Census::default();
    for (path, text) in outside_tests()? {
        census.count(&path, &text, path.starts_with(REGISTRY));
    }
    let (blocks, impls, functions) = (census.blocks, census.impls, census.functions);
    println!("unsafe: {blocks} blocks, {impls} impls, {functions} functions");
    let orderings = ORDERINGS.iter().zip(census.orderings);
    let orderings: Vec<String> = orderings.map(|(name, count)| format!("{count} {name}")).collect();
    println!("atomic orderings: {}", orderings.join(", "));

    if census.blocks == 0 {
        return Err(Failure::Check(format!("no unsafe block in {REGISTRY}: is it there?")));
    }
    if !census.complaints.is_empty() {
        return Err(Failure::Check(census.complaints.join("\n  ")));
    }
    println!("all of it in {REGISTRY}, every unsafe with its reason");
    Ok(())
}
