//! Which tests a sanitizer runs, and which not and why.

use std::path::{Path, PathBuf};

use super::{Sanitizer, Threads};
use crate::cargo::{Cargo, root};
use crate::failure::{Failure, Result};

/// Under either sanitizer: single tests that ask glibc what it has given out, where the sanitizer's allocator is in its place.
const NOT_GLIBC: [&str; 2] = [
    "glibc_says_what_it_has_given_out_if_it_is_asked",
    "p08_a_snapshot_has_the_whole_heap_where_the_allocator_is_asked",
];

/// Under the address sanitizer: single tests for which what is freed has to be given out again, by address or by amount. They are run by themselves, with
/// what is freed not kept back: uses of it may then go unseen.
const NOTHING_KEPT_BACK: [&str; 6] = [
    "c03_dead_instances_leave_nothing_behind",
    "p30_a_tracked_object_in_the_place_of_a_dead_one_does_not_inherit_its_record",
    "p30_an_arc_at_the_address_of_a_dead_one_does_not_inherit_its_record",
    "registering_a_class_again_and_again_takes_no_memory",
    "short_lived_arcs_that_no_snapshot_ever_finds_dead_take_no_memory",
    "two_thousand_threads_of_one_object_each_leave_nothing_behind",
];

/// Under the thread sanitizer: tests that run no two threads at once, and go deeper than the 65536 calls that it can follow.
const TOO_DEEP: [&str; 3] =
    ["deep", "a_list_of_a_million_boxes_is_walked_to_its_end", "deaths_that_cause_deaths_without_end_are_all_told_of"];

/// Under the thread sanitizer: single tests that look at what the process has in memory, of which most is the sanitizer's: three bytes for
/// one of ours, and what it knows of threads that are gone.
const NOT_RESIDENT: [&str; 2] = [
    "growing_memory_takes_labelled_snapshots_by_itself",
    "two_thousand_threads_of_one_object_each_leave_nothing_behind",
];

/// Under the thread sanitizer, which keeps a signal back until the thread that got it calls something that it sees: here another process sends it to the
/// harness's first thread, which never does. (Tests that send one to their own thread are run.)
const SIGNAL_FROM_OUTSIDE: &str = "t12_a_signal_writes_the_inventory_to_a_file_without_stopping_the_program";

/// Under the thread sanitizer: a service whose runtime, tokio, waits by locks of the standard library.
const ON_TOKIO: &str = "key_value_server";

/// All tests, under the address sanitizer.
pub(super) fn addresses() -> Result<()> {
    let sanitizer = Sanitizer::address("");
    stats_and_compiled_out(&sanitizer, &[])?;
    let skipped: Vec<&str> = NOT_GLIBC.into_iter().chain(NOTHING_KEPT_BACK).collect();
    all(&sanitizer, &[], &skipped)?;
    let sanitizer = Sanitizer::address(":quarantine_size_mb=0:thread_local_quarantine_size_kb=0");
    let tests = ["test", "-p", "classtracker", "--all-features", "--test", "bad_use", "--test", "conformance"];
    NOTHING_KEPT_BACK.iter().fold(sanitizer.cargo(&tests).argument("--"), Cargo::argument).run()
}

/// All tests, under the thread sanitizer. The harness starts no two at once: what it does itself in between it would have to be excused for.
pub(super) fn threads(threads: Threads) -> Result<()> {
    let sanitizer = Sanitizer::thread(threads)?;
    let options = ["--test-threads=1"];
    stats_and_compiled_out(&sanitizer, &options)?;
    let skipped = [&NOT_GLIBC[..], &TOO_DEEP, &NOT_RESIDENT, &[SIGNAL_FROM_OUTSIDE, ON_TOKIO]].concat();
    all(&sanitizer, &options, &skipped)
}

/// The tests of handles, and of what walks know of objects, alone.
pub(super) fn handles(sanitizer: &Sanitizer) -> Result<()> {
    let tests = ["test", "--quiet", "-p", "classtracker", "--test", "handle", "--test", "remembering"];
    sanitizer.cargo(&tests).argument("--").argument("--test-threads=1").run()
}

/// What is not the tracker with all its features.
fn stats_and_compiled_out(sanitizer: &Sanitizer, options: &[&str]) -> Result<()> {
    let stats = sanitizer.cargo(&["test", "-p", "classtracker-stats", "--all-features", "--lib", "--"]);
    options.iter().fold(stats, Cargo::argument).run()?;
    let compiled_out = ["test", "-p", "classtracker", "--no-default-features", "--test", "compiled_out", "--"];
    options.iter().fold(sanitizer.cargo(&compiled_out), Cargo::argument).run()
}

fn all(sanitizer: &Sanitizer, options: &[&str], skipped: &[&str]) -> Result<()> {
    // Some tests run them.
    sanitizer.cargo(&["build", "-p", "classtracker", "--all-features", "--examples"]).run()?;
    let mut cargo = sanitizer.cargo(&["test", "-p", "classtracker", "--all-features", "--no-fail-fast", "--lib"]);
    let programs = programs()?;
    for program in programs.iter().filter(|program| !skipped.contains(&program.as_str())) {
        cargo = cargo.argument("--test").argument(program);
    }
    cargo = options.iter().fold(cargo.argument("--"), Cargo::argument);
    for test in skipped.iter().filter(|skipped| !programs.iter().any(|program| program == *skipped)) {
        // In one word: a test with a `main` of its own takes any other for a name.
        cargo = cargo.argument(format!("--skip={test}"));
    }
    cargo.run()
}

/// The names of the integration tests, but for the stress test, which is run by itself, and the one that is for another set of features.
fn programs() -> Result<Vec<String>> {
    let mut names = Vec::new();
    for path in folder(&root().join("tests"))? {
        let name = path.file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let is_test = path.extension().is_some_and(|extension| extension == "rs") || path.join("main.rs").is_file();
        if is_test && !["compiled_out", "stress"].contains(&name.as_str()) {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

fn folder(path: &Path) -> Result<Vec<PathBuf>> {
    let failed = |cause| Failure::Read { path: path.display().to_string(), cause };
    let entries = std::fs::read_dir(path).map_err(failed)?;
    entries.map(|entry| Ok(entry.map_err(failed)?.path())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sources(path: &Path) -> String {
        let of = |path: PathBuf| match path.is_dir() {
            true => sources(&path),
            false => std::fs::read_to_string(path).unwrap_or_default(),
        };
        folder(path).ok().into_iter().flatten().map(of).collect()
    }

    #[test]
    fn what_is_left_out_is_there() {
        let programs = programs().ok().unwrap_or_default();
        let sources = sources(&root().join("tests")) + &sources(&root().join("src"));
        let lists = [&NOT_GLIBC[..], &NOTHING_KEPT_BACK, &TOO_DEEP, &NOT_RESIDENT, &[SIGNAL_FROM_OUTSIDE, ON_TOKIO]];
        for name in lists.concat() {
            let is_there = programs.iter().any(|program| program == name) || sources.contains(&format!("fn {name}()"));
            assert!(is_there, "{name}");
        }
    }
}
