//! `cargo xtask bench`: what tracking costs, against what it may cost.

use super::results;
use crate::cargo::Cargo;
use crate::failure::Result;
use crate::programs;

/// `name`: a bench target, or a pattern of several; all of them if it is left out.
///
/// A measure over its bound is no failure: what is measured depends on what else the machine does. It is said at the end. All of them
/// together also go to `benches/RESULTS.md`.
pub(crate) fn run(name: Option<&str>) -> Result<()> {
    if name.is_none_or(|name| name.contains("key_value")) {
        programs::REDIS_BENCHMARK.provide()?;
    }
    if name.is_none_or(|name| name.contains("html")) {
        programs::CHROMIUM.provide()?;
    }
    let mut lines = Vec::new();
    if name.is_none_or(|name| BUILT_OTHERWISE.iter().all(|(bench, _)| *bench != name)) {
        // What only needs a feature that no other bench minds.
        let all = Cargo::new(&["bench", "--quiet", "--workspace", "--features", "classtracker-stats/html"]);
        // By a pattern, those would be asked for too that need more features than these.
        let which = name.map_or(vec!["--benches"], |name| vec!["--bench", name]);
        lines = which.into_iter().fold(all, Cargo::argument).run_and_read()?;
    }
    for (bench, features) in BUILT_OTHERWISE.iter().filter(|(bench, _)| name.is_none_or(|name| name == *bench)) {
        let built = ["bench", "--quiet", "-p", "classtracker", "--bench", bench];
        lines.extend(Cargo::new(&[&built[..], features].concat()).run_and_read()?);
    }
    let measures: Vec<&str> = lines.iter().filter_map(|line| verdict(line)).collect();
    let over = measures.iter().filter(|verdict| **verdict == "over").count();
    if name.is_none() {
        results::write(&lines)?;
    }
    eprintln!("{} measures, {over} over their bounds", measures.len());
    Ok(())
}

/// These measure programs that are built with other features than the usual ones.
const BUILT_OTHERWISE: [(&str, &[&str]); 2] =
    [("compiled_out", &["--no-default-features"]), ("traces", &["--features", "backtrace"])];

/// The last word of `name <tab> value <tab> bound <tab> ok|over`.
fn verdict(line: &str) -> Option<&str> {
    let mut words = line.split('\t');
    let verdict = words.nth(3)?;
    (words.next().is_none() && matches!(verdict, "ok" | "over")).then_some(verdict)
}
