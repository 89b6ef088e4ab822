//! Rows in columns, with other lines in between.

use std::io::{self, Write};

use tabled::builder::Builder;

use super::summary::table::styled;

/// Rows whose cells stand below each other, and lines of text that take no part in that, in the order in which they came.
#[derive(Default)]
pub(super) struct Lines {
    builder: Builder,
    lines: Vec<Line>,
}

enum Line {
    /// The next row, with what follows its last cell.
    Row(String),
    Text(String),
}

impl Lines {
    pub(super) fn row<const N: usize>(&mut self, cells: [String; N]) {
        self.row_and(cells, String::new());
    }

    /// A row with something behind it.
    pub(super) fn row_and<const N: usize>(&mut self, cells: [String; N], after: String) {
        self.builder.push_record(cells);
        self.lines.push(Line::Row(after));
    }

    pub(super) fn header<const N: usize>(&mut self, cells: [&str; N]) {
        self.row(cells.map(str::to_owned));
    }

    pub(super) fn text(&mut self, text: impl Into<String>) {
        self.lines.push(Line::Text(text.into()));
    }

    pub(super) fn write(self, out: &mut impl Write) -> io::Result<()> {
        let table = styled(self.builder).to_string();
        let mut rows = table.lines();
        for line in self.lines {
            match line {
                Line::Row(after) => writeln!(out, "{}{after}", rows.next().unwrap_or_default().trim_end())?,
                Line::Text(text) => writeln!(out, "{}", text.trim_end())?,
            }
        }
        Ok(())
    }
}
