//! `cargo xtask sources`: `unsafe` and atomics are in two modules, and each `unsafe` says why it is sound.

use crate::failure::{Failure, Result};
use crate::sources::{Census, ORDERINGS, outside_tests};

/// The folders where they may be.
const PLACES: [&str; 2] = ["src/registry/", "src/allocator/"];

pub(crate) fn run() -> Result<()> {
    let mut elsewhere = Census::default();
    let mut places = PLACES.map(|place| (place, Census::default()));
    for (path, text) in outside_tests()? {
        match places.iter_mut().find(|(place, _)| path.starts_with(place)) {
            Some((_, census)) => census.count(&path, &text, true),
            None => elsewhere.count(&path, &text, false),
        }
    }
    for (place, census) in &places {
        print(place, census);
        if census.blocks == 0 {
            return Err(Failure::Check(format!("no unsafe block in {place}: is it there?")));
        }
    }
    let censuses = places.iter().map(|(_, census)| census).chain([&elsewhere]);
    let complaints: Vec<&str> = censuses.flat_map(|census| &census.complaints).map(String::as_str).collect();
    if !complaints.is_empty() {
        return Err(Failure::Check(complaints.join("\n  ")));
    }
    println!("none elsewhere, every unsafe with its reason");
    Ok(())
}

fn print(place: &str, census: &Census) {
    let Census { blocks, impls, functions, .. } = census;
    println!("{place}: unsafe: {blocks} blocks, {impls} impls, {functions} functions");
    let orderings = ORDERINGS.iter().zip(census.orderings);
    let orderings: Vec<String> = orderings.map(|(name, count)| format!("{count} {name}")).collect();
    println!("{place}: atomic orderings: {}", orderings.join(", "));
}
