//! The command `classtracker`: what dumps hold, printed as the program that wrote them would have printed it.

#![forbid(unsafe_code)]
#![cfg_attr(test, allow(clippy::unwrap_used, reason = "a test that panics has failed, which is what it is for"))]

mod arguments;
mod commands;
mod exit;
mod export;
mod failure;
mod follow;
mod input;
mod limits;
mod output;

use std::process::ExitCode;

use clap::Parser;

use arguments::Arguments;
use exit::Outcome;
use failure::Failure;
use output::Output;

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(message) => return usage(&message),
    };
    let mut out = Output::standard(arguments.color);
    let done = commands::run(&arguments.command, &mut out);
    match done.and_then(|outcome| out.end().map(|()| outcome)) {
        Ok(outcome) => outcome.into(),
        // Whoever closed the output has no use for an error about that.
        Err(failure) if failure.is_broken_pipe() => Outcome::Whole.into(),
        Err(failure) => fail(&failure),
    }
}

fn fail(failure: &Failure) -> ExitCode {
    output::complain(&format!("error: {failure}"));
    exit::FAILURE.into()
}

/// Answers what clap makes of the arguments: a wrong use, or a question for help or the version.
fn usage(message: &clap::Error) -> ExitCode {
    if !message.use_stderr() {
        return match message.print().map_err(Failure::Output) {
            Err(failure) if !failure.is_broken_pipe() => fail(&failure),
            _ => Outcome::Whole.into(),
        };
    }
    let text = message.render().to_string();
    // Without any argument it is the help.
    let prefix = if text.starts_with("error") { "classtracker: " } else { "" };
    output::explain(&format!("{prefix}{text}"));
    exit::USAGE.into()
}
