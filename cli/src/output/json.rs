//! JSON that is safe to look at: what a terminal would obey is written as an escape, which JSON has for any character.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::Serializer;
use serde_json::ser::{CompactFormatter, Formatter, PrettyFormatter};

use super::screen::is_harmless;
use crate::failure::Failure;

/// Writes `value` in one line, without its end.
pub(crate) fn write(value: &(impl Serialize + ?Sized), out: &mut (impl Write + ?Sized)) -> Result<(), Failure> {
    serialize(value, Escaped(CompactFormatter), out)
}

/// Writes `value` in as many lines as it is easy to read.
pub(crate) fn write_pretty(value: &(impl Serialize + ?Sized), out: &mut (impl Write + ?Sized)) -> Result<(), Failure> {
    serialize(value, Escaped(PrettyFormatter::new()), out)?;
    out.write_all(b"\n").map_err(Failure::Output)
}

fn serialize(
    value: &(impl Serialize + ?Sized),
    format: impl Formatter,
    out: &mut (impl Write + ?Sized),
) -> Result<(), Failure> {
    let mut serializer = Serializer::with_formatter(out, format);
    value.serialize(&mut serializer).map_err(|error| Failure::Output(error.into()))
}

/// Writes as the formatter in it does, but for the characters that JSON itself would not escape.
struct Escaped<F>(F);

impl<F: Formatter> Formatter for Escaped<F> {
    fn write_string_fragment<W: Write + ?Sized>(&mut self, out: &mut W, fragment: &str) -> io::Result<()> {
        let mut written = 0;
        for (at, char) in fragment.char_indices().filter(|(_, char)| !is_harmless(*char)) {
            out.write_all(&fragment.as_bytes()[written..at])?;
            // They are all in the first plane: one unit of UTF-16 says them.
            write!(out, "\\u{:04x}", u32::from(char))?;
            written = at + char.len_utf8();
        }
        out.write_all(&fragment.as_bytes()[written..])
    }

    fn begin_array<W: Write + ?Sized>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.begin_array(out)
    }

    fn end_array<W: Write + ?Sized>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_array(out)
    }

    fn begin_array_value<W: Write + ?Sized>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_array_value(out, first)
    }

    fn end_array_value<W: Write + ?Sized>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_array_value(out)
    }

    fn begin_object<W: Write + ?Sized>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.begin_object(out)
    }

    fn end_object<W: Write + ?Sized>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_object(out)
    }

    fn begin_object_key<W: Write + ?Sized>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_object_key(out, first)
    }

    fn begin_object_value<W: Write + ?Sized>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.begin_object_value(out)
    }

    fn end_object_value<W: Write + ?Sized>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_object_value(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_would_obey_is_escaped_and_read_back() {
        let hostile = "a\u{1b}[2Jb\u{9b}31mc\u{7f}d\u{202e}e\u{2028}ö🦀\"\\\n";
        let mut json = Vec::new();
        write(hostile, &mut json).unwrap();
        let json = String::from_utf8(json).unwrap();
        assert!(json.chars().all(is_harmless), "{json}");
        assert_eq!(serde_json::from_str::<String>(&json).unwrap(), hostile);
    }
}
