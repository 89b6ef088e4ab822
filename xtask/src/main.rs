//! The project's own commands: `cargo xtask COMMAND`.

#![forbid(unsafe_code)]

mod cargo;
mod commands;
mod failure;
mod interface;
mod map;
mod programs;
mod sources;
mod steps;

use std::process::ExitCode;

const HELP: &str = "\
Usage: cargo xtask COMMAND

  test                  all tests: of every package, and those in the documentation; installs Chromium if it must and may
  ci                    what a change must pass: format, lints, test, documentation, examples, models, a short stress run
                        under the sanitizers
  bench [NAME]          the benches, a line each: name, value, bound, ok or over
  deny [CHECK…]         licences, sources and advisories of the dependencies, by cargo-deny
  docs                  the documentation: without a warning, with an example for every public item, and with a map of
                        the code that is true
  fuzz [SECONDS]        bytes that nobody thought of, read as dumps, by cargo-fuzz; a minute for each target if not said
  sanitize              all tests, and a stress test, under AddressSanitizer and ThreadSanitizer; the stress test under valgrind
  sources               where `unsafe` and atomics are, and whether they may be there

CARGO_TARGET_DIR is honoured by all of them.
";

fn main() -> ExitCode {
    if let Some(code) = interface::become_rustdoc() {
        return code;
    }
    let mut words = std::env::args().skip(1);
    let command = words.next();
    let rest: Vec<String> = words.collect();
    let done = match (command.as_deref(), rest.as_slice()) {
        (Some("test"), []) => commands::test::run(),
        (Some("ci"), []) => commands::ci::run(),
        (Some("bench"), [] | [_]) => commands::bench::run(rest.first().map(String::as_str)),
        (Some("deny"), checks) => commands::deny::run(checks),
        (Some("docs"), []) => commands::docs::run(),
        (Some("fuzz"), [] | [_]) => commands::fuzz::run(rest.first().map(String::as_str)),
        (Some("sanitize"), []) => commands::sanitize::run(),
        (Some("sources"), []) => commands::sources::run(),
        (Some("help" | "-h" | "--help"), _) => {
            print!("{HELP}");
            return ExitCode::SUCCESS;
        }
        _ => {
            eprint!("{HELP}");
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("xtask: {failure}");
            ExitCode::FAILURE
        }
    }
}
