//! Where answers go: a terminal, which is painted on and guarded against what dumps say, or anything else, byte for byte.

mod file;
pub(crate) mod json;
mod paint;
mod screen;

use std::env;
use std::io::{self, BufWriter, IsTerminal, Write};

use clap::ValueEnum;

use crate::failure::Failure;
pub(crate) use file::replace;
use screen::Screen;
pub(crate) use screen::printable;

/// When to use colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal, unless `NO_COLOR` is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// The standard output.
pub(crate) struct Output {
    sink: BufWriter<Box<dyn Write>>,
}

impl Output {
    pub(crate) fn standard(color: Color) -> Self {
        let is_terminal = io::stdout().is_terminal();
        let painted = match color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => is_terminal && !is_set("NO_COLOR") && !is_dumb(),
        };
        let sink: Box<dyn Write> =
            if is_terminal || painted { Box::new(Screen::new(io::stdout(), painted)) } else { Box::new(io::stdout()) };
        Self { sink: BufWriter::with_capacity(1 << 16, sink) }
    }

    /// Writes what is not written yet.
    pub(crate) fn end(mut self) -> Result<(), Failure> {
        self.sink.flush().map_err(Failure::Output)
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.sink.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.sink.flush()
    }
}

/// Says something on the standard error, in one line, whatever the names in it. Nobody may be there.
pub(crate) fn complain(message: &str) {
    explain(&format!("classtracker: {}\n", message.replace('\n', "\\n")));
}

/// Writes this text to the standard error.
pub(crate) fn explain(text: &str) {
    let lines: Vec<_> = text.lines().map(|line| printable(line).into_owned() + "\n").collect();
    let _ = io::stderr().write_all(lines.concat().as_bytes());
}

/// Whether the terminal can do no more than print lines.
pub(crate) fn is_dumb() -> bool {
    env::var_os("TERM").is_some_and(|term| term == "dumb")
}

fn is_set(variable: &str) -> bool {
    env::var_os(variable).is_some_and(|value| !value.is_empty())
}
