//! A terminal: line by line, so that a line can be painted, and nothing in it is a command to the terminal.

use std::borrow::Cow;
use std::io::{self, Write};

use super::paint;

/// A line longer than this is passed on in pieces, unpainted.
const LONGEST_LINE: usize = 1 << 16;

/// Passes lines on.
pub(super) struct Screen<W> {
    to: W,
    painted: bool,
    line: Vec<u8>,
}

impl<W: Write> Screen<W> {
    pub(super) fn new(to: W, painted: bool) -> Self {
        Self { to, painted, line: Vec::new() }
    }

    /// Tells the terminal to do something.
    pub(super) fn command(&mut self, command: &str) -> io::Result<()> {
        self.to.write_all(command.as_bytes())
    }

    fn write_line(&mut self, end: &str) -> io::Result<()> {
        let text = String::from_utf8_lossy(&self.line);
        let text = printable(&text);
        let style = if self.painted && self.line.len() < LONGEST_LINE { paint::style(&text) } else { None };
        match style {
            Some(style) => write!(self.to, "{style}{text}{style:#}{end}")?,
            None => write!(self.to, "{text}{end}")?,
        }
        self.line.clear();
        Ok(())
    }
}

impl<W: Write> Write for Screen<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        for part in bytes.split_inclusive(|byte| *byte == b'\n') {
            match part.strip_suffix(b"\n") {
                Some(rest) => {
                    self.line.extend_from_slice(rest);
                    self.write_line("\n")?;
                }
                None => self.line.extend_from_slice(part),
            }
            if self.line.len() >= LONGEST_LINE {
                self.write_line("")?;
            }
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if !self.line.is_empty() {
            self.write_line("")?;
        }
        self.to.flush()
    }
}

/// `line` without anything that a terminal would obey or that would turn the order of what follows.
pub(crate) fn printable(line: &str) -> Cow<'_, str> {
    let kept = |char: char| is_harmless(char) || char == '\t';
    if line.chars().all(kept) {
        return Cow::Borrowed(line);
    }
    let mut text = String::with_capacity(line.len() + 8);
    for char in line.chars() {
        if kept(char) { text.push(char) } else { text.extend(char.escape_unicode()) }
    }
    Cow::Owned(text)
}

/// Whether a terminal just shows it, in its place.
pub(super) fn is_harmless(char: char) -> bool {
    !char.is_control() && !turns_order(char)
}

/// The characters by which a text from right to left is set into others, and those that end a line for some.
fn turns_order(char: char) -> bool {
    matches!(char, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(painted: bool, pieces: &[&str]) -> String {
        let mut bytes = Vec::new();
        let mut screen = Screen::new(&mut bytes, painted);
        for piece in pieces {
            screen.write_all(piece.as_bytes()).unwrap();
        }
        screen.flush().unwrap();
        drop(screen);
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn what_a_terminal_would_obey_is_shown_instead() {
        let hostile = "a\u{1b}[2Jb\u{9b}31mc\u{7}d\re\u{202e}f\tg\n";
        let expected = "a\\u{1b}[2Jb\\u{9b}31mc\\u{7}d\\u{d}e\\u{202e}f\tg\n";
        assert_eq!(shown(false, &[hostile]), expected);
        assert_eq!(shown(true, &[hostile]), expected);
    }

    #[test]
    fn lines_may_come_in_pieces_and_without_an_end() {
        assert_eq!(shown(false, &["a", "b\nc", "\n", "d"]), "ab\nc\nd");
        let long = "x".repeat(3 * LONGEST_LINE);
        assert_eq!(shown(true, &[&long, "\n"]), format!("{long}\n"));
    }

    #[test]
    fn titles_are_painted_where_that_is_wanted() {
        assert_eq!(
            shown(true, &["SUMMARY  2 snapshots\n  Book\n"]),
            "\u{1b}[1mSUMMARY  2 snapshots\u{1b}[0m\n  Book\n"
        );
    }
}
