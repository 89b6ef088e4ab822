//! Where answers go: a terminal, which is painted on and guarded against what dumps say, or anything else, byte for byte.

mod file;
pub(crate) mod json;
mod paint;
mod screen;

use std::env;
use std::io::{self, BufWriter, IsTerminal, Stdout, Write};

use clap::ValueEnum;
use terminal_size::{Height, Width, terminal_size_of};

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
    sink: Sink,
    is_terminal: bool,
}

enum Sink {
    Plain(BufWriter<Stdout>),
    Screen(Screen<BufWriter<Stdout>>),
}

/// How much a terminal has room for, in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Size {
    pub(crate) columns: usize,
    pub(crate) rows: usize,
}

impl Output {
    pub(crate) fn standard(color: Color) -> Self {
        let is_terminal = io::stdout().is_terminal();
        let painted = match color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => is_terminal && !is_set("NO_COLOR") && !is_dumb(),
        };
        let buffer = BufWriter::with_capacity(1 << 16, io::stdout());
        let is_screen = is_terminal || painted;
        let sink = if is_screen { Sink::Screen(Screen::new(buffer, painted)) } else { Sink::Plain(buffer) };
        Self { sink, is_terminal }
    }

    /// How large the terminal is at present; `None` if it is none, or one that can only print lines.
    pub(crate) fn size(&self) -> Option<Size> {
        if !self.is_terminal || is_dumb() {
            return None;
        }
        let (Width(columns), Height(rows)) = terminal_size_of(io::stdout())?;
        Some(Size { columns: columns.into(), rows: rows.into() })
    }

    /// Goes back up by so many lines, and clears all that stands there.
    pub(crate) fn rewind(&mut self, lines: usize) -> io::Result<()> {
        match &mut self.sink {
            Sink::Screen(screen) if lines > 0 => screen.command(&format!("\x1b[{lines}A\r\x1b[J")),
            Sink::Screen(_) | Sink::Plain(_) => Ok(()),
        }
    }

    /// Writes what is not written yet.
    pub(crate) fn end(mut self) -> Result<(), Failure> {
        self.flush().map_err(Failure::Output)
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.sink {
            Sink::Plain(sink) => sink.write(bytes),
            Sink::Screen(sink) => sink.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.sink {
            Sink::Plain(sink) => sink.flush(),
            Sink::Screen(sink) => sink.flush(),
        }
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
