//! All snapshots as one table, so that they stand in the same columns.

use std::fmt::Display;

use tabled::Table;
use tabled::builder::Builder;
use tabled::settings::object::{Columns, Object, Rows};
use tabled::settings::{Alignment, Padding, Style};

use crate::text::printable;
use crate::{Bytes, ClassRow, Percent, SnapshotSummary, Summary, SummaryRow};

/// A label longer than this stands in a line of its own, so that it does not push the numbers away.
const LONGEST_LABEL: usize = 40;

/// What stands above the numbers.
const HEADER: [&str; 7] = ["live", "created", "dropped", "bytes", "average", "largest", "share"];

/// The table of all snapshots, with a column for `unread` if asked: for each a header, then its classes and, if it has
/// any, their total.
pub(super) fn of(summary: &Summary, unread: bool) -> Table {
    let mut builder = Builder::default();
    for snapshot in &summary.snapshots {
        builder.push_record(header(snapshot, unread));
        for row in &snapshot.rows {
            match &row.row {
                Some(class) => builder.push_record(numbers(&row.name, class, row.share, unread)),
                None => builder.push_record(absent(row, unread)),
            }
        }
        if !snapshot.rows.is_empty() {
            let total = &snapshot.total;
            builder.push_record(numbers(&total.class, total, snapshot.total_share, unread));
        }
    }
    let mut table = builder.build();
    table
        .with(Style::empty())
        .modify(Rows::new(..), Padding::new(2, 0, 0, 0))
        .modify(Columns::first(), Padding::zero())
        .modify(Columns::first().inverse(), Alignment::right());
    table
}

/// What stands before the header, if it is not too long for that.
pub(super) fn title(snapshot: &SnapshotSummary) -> Option<String> {
    let title = snapshot.moment.to_string();
    (title.chars().count() <= LONGEST_LABEL).then_some(title)
}

fn header(snapshot: &SnapshotSummary, unread: bool) -> Vec<String> {
    let title = title(snapshot).map(|title| format!(" {title}"));
    let mut cells = vec![title.unwrap_or_default()];
    cells.extend(HEADER.map(str::to_owned));
    if unread {
        cells.push("unread".to_owned());
    }
    cells
}

fn numbers(name: &str, row: &ClassRow, share: Option<Percent>, unread: bool) -> Vec<String> {
    let mut cells = vec![
        indented(name),
        row.live.to_string(),
        row.created.to_string(),
        row.dropped.to_string(),
        Bytes(row.bytes).to_string(),
        or_absent(row.average_bytes().map(Bytes)),
        or_absent(row.largest_bytes.map(Bytes)),
        or_absent(share),
    ];
    if unread {
        cells.push(row.unread.to_string());
    }
    cells
}

/// A row that ends after its first number: its line has room for the reason. (A cell that spans the others would do, but
/// tabled takes time by the cube of such cells.)
fn absent(row: &SummaryRow, unread: bool) -> Vec<String> {
    let mut cells = vec![indented(&row.name), "-".to_owned()];
    cells.resize(1 + HEADER.len() + usize::from(unread), String::new());
    cells
}

fn indented(name: &str) -> String {
    format!("  {}", printable(name))
}

fn or_absent(value: Option<impl Display>) -> String {
    value.map_or_else(|| "-".to_owned(), |value| value.to_string())
}
