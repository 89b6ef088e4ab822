mod table;

use std::io::{self, BufWriter, Write};

use super::{NO_SNAPSHOT, counted};
use crate::{Bytes, SnapshotSummary, Summary, SummaryRow};

impl Summary {
    /// Writes the summary as a table: per snapshot a header, a row for each class, their total, and the process' memory.
    ///
    /// It is as wide as its content, whatever it is written to. Absent values are shown as `-`.
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
        let unread = self.snapshots.iter().any(|one| one.total.unread > 0);
        let table = table::of(self, unread).to_string();
        let mut lines = table.lines().map(str::trim_end);
        let width = lines.clone().map(|line| line.chars().count()).max();
        let share = format!("share of: {}", self.share_of);
        let room = width.unwrap_or(0).saturating_sub(title.chars().count() + 2);
        writeln!(out, "{title}  {share:>room$}")?;

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
        if unread {
            writeln!(out)?;
            writeln!(out, " unread: objects of which something could not be read; their bytes are a lower bound")?;
        }
        Ok(())
    }
}

fn why_absent(row: &SummaryRow) -> &'static str {
    match (&row.row, row.seen_before) {
        (Some(_), _) => "",
        (None, false) => "  not tracked yet",
        (None, true) => "  no longer tracked",
    }
}

/// What stands below a snapshot's rows.
fn write_notes(snapshot: &SnapshotSummary, out: &mut impl Write) -> io::Result<()> {
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
