//! The command `classtracker`: what a dump holds, printed as the program that wrote it would have printed it.

#![forbid(unsafe_code)]

mod arguments;
mod commands;
mod failure;
mod input;

use std::io::{self, Write};
use std::process::ExitCode;

use clap::Parser;

use arguments::Arguments;
use failure::Failure;

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(message) => return usage(&message),
    };
    let mut out = io::BufWriter::new(io::stdout().lock());
    let done = commands::run(&arguments.command, &mut out);
    match done.and_then(|()| out.flush().map_err(Failure::Output)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) if failure.is_broken_pipe() => ExitCode::SUCCESS,
        Err(failure) => {
            let _ = writeln!(io::stderr(), "classtracker: error: {failure}");
            ExitCode::from(failure::CODE)
        }
    }
}

/// Answers what clap makes of the arguments: a wrong use, or a question for help or the version.
fn usage(message: &clap::Error) -> ExitCode {
    // Whoever closed the output has no use for an error about that.
    if !message.use_stderr() {
        let _ = message.print();
        return ExitCode::SUCCESS;
    }
    let text = message.render().to_string();
    // Without any argument it is the help.
    let prefix = if text.starts_with("error") { "classtracker: " } else { "" };
    let _ = write!(io::stderr(), "{prefix}{text}");
    ExitCode::from(failure::USAGE_CODE)
}
