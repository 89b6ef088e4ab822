//! The first screen of the README is true.

use std::path::Path;
use std::process::Command;

fn readme() -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).expect("the README is there")
}

/// The blocks of code in this language, in order.
fn blocks(readme: &str, language: &str) -> Vec<String> {
    let start = format!("```{language}\n");
    let ends = readme.split(&start).skip(1).map(|rest| rest.split("```").next().unwrap_or_default());
    ends.map(str::to_owned).collect()
}

/// Runs an example that `cargo test` has built.
fn run_example(name: &str) -> String {
    let tests = std::env::current_exe().expect("this test has a path");
    let profile = tests.ancestors().nth(2).expect("tests are built in `deps`");
    let program = profile.join("examples").join(name);
    let output = Command::new(&program).output().unwrap_or_else(|error| panic!("{}: {error}", program.display()));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("examples print UTF-8")
}

#[test]
fn the_example_is_the_one_that_is_built_and_is_short() {
    let first = &blocks(&readme(), "rust")[0];
    let example = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/first.rs"));
    let example = example.expect("the example is there");
    let (_title, code) = example.split_once("\n\n").expect("it begins with a title");
    assert_eq!(first, code);
    assert!(first.lines().count() <= 15, "{} lines", first.lines().count());
}

#[test]
fn the_example_prints_what_the_readme_says() {
    assert_eq!(blocks(&readme(), "text")[0], run_example("first"));
}

#[test]
fn the_summary_is_drawn_as_the_readme_shows_it() {
    use classtracker::{ClassTracker, DeepSizeOf, Tracked};

    #[derive(DeepSizeOf)]
    struct Page(#[allow(dead_code, reason = "only sized")] String);

    let tracker = ClassTracker::new();
    tracker.track_class::<Page>();
    let cache: Vec<_> = (0..100).map(|_| Tracked::new(Page("x".repeat(1000)))).collect();
    tracker.create_snapshot("full");
    drop(cache);
    tracker.create_snapshot("dropped");
    let mut drawn = Vec::new();
    tracker.stats().write_summary(&mut drawn).expect("memory takes all");
    let drawn = String::from_utf8(drawn).expect("tables are UTF-8");

    // Seconds, shares and the process' memory are the machine's; widths follow them.
    let words = |text: &str| -> Vec<String> {
        let fixed = text.lines().filter(|line| !line.trim_start().starts_with("process:"));
        let words = fixed.flat_map(str::split_whitespace);
        words
            .filter(|word| !word.contains(['(', '<']) && word.parse::<f64>().is_err() || word.parse::<u64>().is_ok())
            .map(str::to_owned)
            .collect()
    };
    let shown = &blocks(&readme(), "text")[1];
    let shown = words(shown);
    assert!(shown.len() > 30, "there is something to compare: {shown:?}");
    assert_eq!(shown, words(&drawn)[..shown.len()]);
}
