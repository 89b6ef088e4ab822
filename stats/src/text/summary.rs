mod census;
pub(super) mod table;

use std::io::{self, BufWriter, Write};

use super::{NO_SNAPSHOT, counted};
use crate::{Bytes, SnapshotSummary, Summary, SummaryRow};

impl Summary {
    /// Writes the summary as a table: per snapshot a header, a row for each class, their total, and the process' memory.
    ///
    /// Columns for shared bytes and for unread objects are there where any class has them. A second table follows if values
    /// were counted: per snapshot the types that take the most, the others as one row, and their total.
    ///
    /// Both are as wide as their content, whatever they are written to. Absent values are shown as `-`.
    ///
    /// # Errors
    /// What `out` gives.
    pub fn write_text(&self, out: &mut (impl Write + ?Sized)) -> io::Result<()> {
        let mut out = BufWriter::new(out);
        self.write_lines(&mut out)?;
        out.flush()
    }

    fn write_lines(&self, out: &mut impl Write) -> io::Result<()> {
        let title = format!(
            "SUMMARY  {}, {}",
            counted(self.snapshots.len() as u64, "snapshot", "snapshots"),
            counted(self.classes as u64, "class", "classes"),
        );
        if self.snapshots.is_empty() {
            writeln!(out, "{title}")?;
            return out.write_all(NO_SNAPSHOT.as_bytes());
        }
        let columns = table::Optional::of(self);
        let table = table::of(self, columns).to_string();
        let mut lines = table.lines().map(str::trim_end);
        table::write_title(&title, self.share_of, lines.clone(), out)?;

        for (index, snapshot) in self.snapshots.iter().enumerate() {
            if index > 0 {
                writeln!(out)?;
            }
            if table::title(snapshot).is_none() {
                writeln!(out, " {}", snapshot.moment)?;
            }
            let mut line = || lines.next().unwrap_or_default();
            writeln!(out, "{}", line())?;
            for row in &snapshot.rows {
                writeln!(out, "{}{}", line(), why_absent(row))?;
            }
            if !snapshot.rows.is_empty() {
                writeln!(out, "{}", line())?;
            }
            write_notes(snapshot, out)?;
        }
        columns.write_legend(out)?;
        census::write(self, out)
    }
}

pub(super) fn why_absent(row: &SummaryRow) -> &'static str {
    match (&row.row, row.seen_before) {
        (Some(_), _) => "",
        (None, false) => "  not tracked yet",
        (None, true) => "  no longer tracked",
    }
}

/// What stands below a snapshot's rows.
pub(super) fn write_notes(snapshot: &SnapshotSummary, out: &mut impl Write) -> io::Result<()> {
    if snapshot.rows.is_empty() {
        writeln!(out, "  no class is tracked: track_class::<T>() or track_object(&object), then take a snapshot")?;
    } else if snapshot.total.live == 0 {
        writeln!(out, "  no tracked object was alive: of a tracked class, the objects held in a Tracked<T> are seen")?;
    }
    let known = |bytes: Option<u64>| bytes.map_or_else(|| "unknown".to_owned(), |bytes| Bytes(bytes).to_string());
    writeln!(
        out,
        "  process: resident {}, virtual {}; tracker's overhead {}",
        known(snapshot.process.resident_bytes),
        known(snapshot.process.virtual_bytes),
        Bytes(snapshot.overhead_bytes),
    )
}
