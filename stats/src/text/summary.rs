use std::fmt::Display;
use std::io::{self, BufWriter, Write};

use tabled::Table;
use tabled::builder::Builder;
use tabled::settings::object::{Columns, Object, Rows};
use tabled::settings::{Alignment, Padding, Span, Style};

use super::{NO_SNAPSHOT, counted, printable};
use crate::{Bytes, ClassRow, Percent, SnapshotSummary, Summary, SummaryRow};

/// A label longer than this stands in a line of its own, so that it does not push the numbers away.
const LONGEST_LABEL: usize = 40;

impl Summary {
    /// Writes the summary as a table: per snapshot a header, a row for each class, their total, and the process' memory.
    ///
    /// It is as wide as its content, whatever it is written to. Absent values are shown as `-`.
    ///
    /// # Errors
    /// What `out` gives.
    pub fn write_text(&self, out: &mut (impl Write + ?Sized)) -> io::Result<()> {
        let mut out = BufWriter::new(out);
        self.write_to(&mut out)?;
        out.flush()
    }

    fn write_to(&self, out: &mut impl Write) -> io::Result<()> {
        let title = format!(
            "SUMMARY  {}, {}",
            counted(self.snapshots.len() as u64, "snapshot", "snapshots"),
            counted(self.classes as u64, "class", "classes"),
        );
        if self.snapshots.is_empty() {
            writeln!(out, "{title}")?;
            return out.write_all(NO_SNAPSHOT.as_bytes());
        }
        let table = self.table().to_string();
        let width = table
            .lines()
            .map(|line| line.trim_end().chars().count())
            .max();
        let share = format!("share of: {}", self.share_of);
        let room = width.unwrap_or(0).saturating_sub(title.chars().count());
        writeln!(out, "{title}  {share:>0$}", room.saturating_sub(2))?;

        let mut lines = table.lines().map(str::trim_end);
        let mut line = || lines.next().unwrap_or_default();
        for (index, snapshot) in self.snapshots.iter().enumerate() {
            if index > 0 {
                writeln!(out)?;
            }
            let moment = snapshot.moment.to_string();
            if is_long(&moment) {
                writeln!(out, " {moment}")?;
            }
            writeln!(out, "{}", line())?;
            for _ in &snapshot.rows {
                writeln!(out, "{}", line())?;
            }
            if !snapshot.rows.is_empty() {
                writeln!(out, "{}", line())?;
            }
            write_notes(snapshot, out)?;
        }
        if self.any_unread() {
            writeln!(
                out,
                " unread: objects of which something could not be read; their bytes are a lower bound"
            )?;
        }
        Ok(())
    }

    fn any_unread(&self) -> bool {
        self.snapshots
            .iter()
            .any(|snapshot| snapshot.total.unread > 0)
    }

    /// All snapshots as one table, so that they stand in the same columns.
    fn table(&self) -> Table {
        let unread = self.any_unread();
        let mut builder = Builder::default();
        let mut untracked = Vec::new();
        for (index, snapshot) in self.snapshots.iter().enumerate() {
            let moment = snapshot.moment.to_string();
            let first = if is_long(&moment) {
                String::new()
            } else {
                format!(" {moment}")
            };
            builder.push_record(header(first, unread));
            for row in &snapshot.rows {
                if row.row.is_none() {
                    let later = self.was_tracked_before(index, row);
                    untracked.push((builder.count_records(), later));
                }
                builder.push_record(class_cells(row, unread));
            }
            if !snapshot.rows.is_empty() {
                let name = "  total".to_owned();
                builder.push_record(cells(name, &snapshot.total, snapshot.total_share, unread));
            }
        }
        let mut table = builder.build();
        table
            .with(Style::empty())
            .modify(Rows::new(..), Padding::new(2, 0, 0, 0))
            .modify(Columns::first(), Padding::zero())
            .modify(Columns::first().inverse(), Alignment::right());
        for (row, later) in untracked {
            let text = if later {
                "no longer tracked"
            } else {
                "not tracked yet"
            };
            table
                .modify((row, 1), Span::column(5))
                .modify((row, 1), Alignment::left())
                .modify(
                    (row, 1),
                    tabled::settings::Format::content(|_| text.to_owned()),
                );
        }
        table
    }

    fn was_tracked_before(&self, snapshot: usize, row: &SummaryRow) -> bool {
        self.snapshots[..snapshot]
            .iter()
            .flat_map(|earlier| &earlier.rows)
            .any(|earlier| earlier.class == row.class && earlier.row.is_some())
    }
}

fn is_long(moment: &str) -> bool {
    moment.chars().count() > LONGEST_LABEL
}

fn header(first: String, unread: bool) -> Vec<String> {
    let mut header = vec![first];
    header.extend(
        [
            "live", "created", "dropped", "bytes", "average", "largest", "share",
        ]
        .map(str::to_owned),
    );
    if unread {
        header.push("unread".to_owned());
    }
    header
}

fn class_cells(row: &SummaryRow, unread: bool) -> Vec<String> {
    let name = format!("  {}", printable(&row.name));
    match &row.row {
        Some(class) => cells(name, class, row.share, unread),
        None => {
            let mut cells = vec![name];
            cells.resize(if unread { 9 } else { 8 }, String::new());
            cells
        }
    }
}

fn cells(name: String, row: &ClassRow, share: Option<Percent>, unread: bool) -> Vec<String> {
    let mut cells = vec![
        name,
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

fn or_absent(value: Option<impl Display>) -> String {
    value.map_or_else(|| "-".to_owned(), |value| value.to_string())
}

fn write_notes(snapshot: &SnapshotSummary, out: &mut (impl Write + ?Sized)) -> io::Result<()> {
    if snapshot.rows.is_empty() {
        writeln!(
            out,
            "  no class is tracked: track_class::<T>() or track_object(&object), then take a snapshot"
        )?;
    } else if snapshot.total.live == 0 {
        writeln!(
            out,
            "  no tracked object was alive: of a tracked class, the objects held in a Tracked<T> are seen"
        )?;
    }
    let known = |bytes: Option<u64>| {
        bytes.map_or_else(|| "unknown".to_owned(), |bytes| Bytes(bytes).to_string())
    };
    writeln!(
        out,
        "  process: resident {}, virtual {}; tracker's overhead {}",
        known(snapshot.process.resident_bytes),
        known(snapshot.process.virtual_bytes),
        Bytes(snapshot.overhead_bytes),
    )
}
