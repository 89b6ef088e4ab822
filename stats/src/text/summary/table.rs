//! All snapshots as one table, so that they stand in the same columns.

use std::fmt::Display;
use std::io::{self, Write};

use tabled::Table;
use tabled::builder::Builder;
use tabled::settings::object::{Columns, Object, Rows};
use tabled::settings::{Alignment, Padding, Style};

use crate::text::options::fitted;
use crate::text::printable;
use crate::{Bytes, ClassRow, Percent, ShareOf, SnapshotSummary, Summary, SummaryRow};

/// A label longer than this stands in a line of its own, so that it does not push the numbers away.
const LONGEST_LABEL: usize = 40;

/// Where the line above the table ends at the latest.
const WIDEST: usize = 1000;

/// The columns that are shown only where they have something to say.
#[derive(Clone, Copy)]
pub(super) struct Optional {
    shared: bool,
    unread: bool,
    only_counted: bool,
}

impl Optional {
    pub(super) fn of(summary: &Summary) -> Self {
        let classes = summary.snapshots.iter().flat_map(|snapshot| &snapshot.rows).filter_map(|row| row.row.as_ref());
        Self {
            shared: classes.clone().any(|row| row.shared_bytes > 0),
            only_counted: classes.clone().any(|row| row.by_value),
            unread: summary.snapshots.iter().any(|snapshot| snapshot.total.unread > 0),
        }
    }

    /// What these columns mean.
    pub(super) fn write_legend(self, out: &mut impl Write) -> io::Result<()> {
        if self.shared || self.unread || self.only_counted {
            writeln!(out)?;
        }
        if self.shared {
            writeln!(
                out,
                " shared: what other tracked objects reach as well; it is charged once, maybe to another class"
            )?;
        }
        if self.unread {
            writeln!(out, " unread: objects of which something could not be read; their bytes are a lower bound")?;
        }
        if self.only_counted {
            writeln!(
                out,
                " only counted: values where they stand; what they own is not known, and no part of any total"
            )?;
        }
        Ok(())
    }
}

/// The table of all snapshots: for each a header, then its classes and, if it has any, their total.
pub(super) fn of(summary: &Summary, columns: Optional) -> Table {
    let mut builder = Builder::default();
    for snapshot in &summary.snapshots {
        let header = header(snapshot, columns);
        let width = header.len();
        builder.push_record(header);
        for row in &snapshot.rows {
            match &row.row {
                Some(class) => {
                    let shared = Some(Bytes(class.shared_bytes));
                    let average = class.average_bytes();
                    builder.push_record(numbers(&row.name, class, shared, average, row.share, columns));
                }
                None => builder.push_record(absent(row, width)),
            }
        }
        if !snapshot.rows.is_empty() {
            let total = &snapshot.total;
            let average = snapshot.average_bytes();
            builder.push_record(numbers(&total.class, total, None, average, snapshot.total_share, columns));
        }
    }
    styled(builder)
}

/// How far two columns are apart.
const GAP: usize = 2;

/// A table without lines: names to the left, numbers to the right.
pub(in crate::text) fn styled(builder: Builder) -> Table {
    let mut table = fitted(builder, GAP).build();
    table
        .with(Style::empty())
        .modify(Rows::new(..), Padding::new(GAP, 0, 0, 0))
        .modify(Columns::first(), Padding::zero())
        .modify(Columns::first().inverse(), Alignment::right());
    table
}

/// Writes the title, with what shares are of at the end of the longest line below it.
pub(in crate::text) fn write_title<'a>(
    title: &str,
    share_of: ShareOf,
    lines: impl Iterator<Item = &'a str>,
    out: &mut impl Write,
) -> io::Result<()> {
    let width = lines.map(|line| line.chars().count()).max().unwrap_or(0);
    let share = format!("share of: {share_of}");
    // A name in a dump may be of any length; a width that is formatted may not.
    let room = width.saturating_sub(title.chars().count() + 2).min(WIDEST);
    writeln!(out, "{title}  {share:>room$}")
}

/// What stands before the header, if it is not too long for that.
pub(in crate::text) fn title(snapshot: &SnapshotSummary) -> Option<String> {
    let title = snapshot.moment.to_string();
    (title.chars().count() <= LONGEST_LABEL).then_some(title)
}

/// The first cell of a header.
pub(in crate::text) fn title_cell(snapshot: &SnapshotSummary) -> String {
    title(snapshot).map(|title| format!(" {title}")).unwrap_or_default()
}

fn header(snapshot: &SnapshotSummary, columns: Optional) -> Vec<String> {
    let mut cells = vec![title_cell(snapshot)];
    let optional = |name: &'static str, shown: bool| shown.then_some(name);
    let names = [
        Some("live"),
        Some("created"),
        Some("dropped"),
        Some("bytes"),
        optional("shared", columns.shared),
        Some("average"),
        Some("largest"),
        Some("share"),
        optional("unread", columns.unread),
    ];
    cells.extend(names.into_iter().flatten().map(str::to_owned));
    cells
}

fn numbers(
    name: &str,
    row: &ClassRow,
    shared: Option<Bytes>,
    average: Option<u64>,
    share: Option<Percent>,
    columns: Optional,
) -> Vec<String> {
    let measured = !row.by_value;
    let mut cells = vec![
        indented(name),
        row.live.to_string(),
        row.created.to_string(),
        row.dropped.to_string(),
        or_absent(measured.then_some(Bytes(row.bytes))),
    ];
    if columns.shared {
        cells.push(or_absent(shared.filter(|_| measured)));
    }
    cells.extend([
        or_absent(average.filter(|_| measured).map(Bytes)),
        or_absent(row.largest_bytes.filter(|_| measured).map(Bytes)),
        or_absent(share.filter(|_| measured)),
    ]);
    if columns.unread {
        cells.push(row.unread.to_string());
    }
    cells
}

/// A row that ends after its first number: its line has room for the reason. (A cell that spans the others would do, but
/// tabled takes time by the cube of such cells.)
pub(in crate::text) fn absent(row: &SummaryRow, width: usize) -> Vec<String> {
    let mut cells = vec![indented(&row.name), "-".to_owned()];
    cells.resize(width, String::new());
    cells
}

pub(in crate::text) fn indented(name: &str) -> String {
    format!("  {}", printable(name))
}

pub(in crate::text) fn or_absent(value: Option<impl Display>) -> String {
    value.map_or_else(|| "-".to_owned(), |value| value.to_string())
}
