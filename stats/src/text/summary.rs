mod census;
pub(super) mod table;

use std::io::{self, BufWriter, Write};

use super::{NO_SNAPSHOT, counted};
use crate::{Bytes, SnapshotSummary, Summary, SummaryRow, Tracking};

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
        let title = format!("SUMMARY  {}, {}", snapshots(self), counted(self.classes as u64, "class", "classes"),);
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
                writeln!(out, "{}{}", line(), remark(row))?;
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

/// How many there are, and how many there were before.
pub(super) fn snapshots(summary: &Summary) -> String {
    let mut text = counted(summary.snapshots.len() as u64, "snapshot", "snapshots");
    if summary.forgotten_snapshots > 0 {
        text += &format!(" ({} before not kept)", summary.forgotten_snapshots);
    }
    text
}

/// What stands behind a row's numbers: why there are none, or not all.
pub(super) fn remark(row: &SummaryRow) -> String {
    match (&row.row, row.seen_before) {
        (Some(class), _) if class.by_value => format!("  only counted, {} flat", Bytes(class.flat_bytes)),
        (Some(_), _) => String::new(),
        (None, false) => "  not tracked yet".to_owned(),
        (None, true) => "  no longer tracked".to_owned(),
    }
}

/// What stands below a snapshot's rows.
pub(super) fn write_notes(snapshot: &SnapshotSummary, out: &mut impl Write) -> io::Result<()> {
    match snapshot.tracking {
        Tracking::On => {}
        Tracking::SwitchedOff => {
            writeln!(out, "  tracking was switched off: objects made meanwhile are missing")?;
        }
        Tracking::CompiledOut => {
            writeln!(out, "  tracking was compiled out: no object is known; build with the feature `track`")?;
            return write_memory(snapshot, out);
        }
    }
    if snapshot.rows.is_empty() {
        writeln!(out, "  no class is tracked: track_class::<T>() or track_object(&object), then take a snapshot")?;
    } else if snapshot.total.live == 0 {
        writeln!(out, "  no tracked object was alive: of a tracked class, the objects held in a Tracked<T> are seen")?;
    }
    write_memory(snapshot, out)
}

/// The process' memory, and what of it is not explained.
fn write_memory(snapshot: &SnapshotSummary, out: &mut impl Write) -> io::Result<()> {
    let known = |bytes: Option<u64>| bytes.map_or_else(|| "unknown".to_owned(), |bytes| Bytes(bytes).to_string());
    let process = &snapshot.process;
    write!(out, "  process: resident {}", known(process.resident_bytes))?;
    if let Some(bytes) = process.proportional_bytes {
        write!(out, " (shared pages divided: {})", Bytes(bytes))?;
    }
    let overhead = Bytes(snapshot.overhead_bytes);
    writeln!(out, ", virtual {}; tracker's overhead {overhead}", known(process.virtual_bytes))?;
    if let Some(allocator) = process.allocator {
        write!(out, "  allocator ({}): {} live", allocator.source, Bytes(allocator.live_bytes))?;
        if let Some(blocks) = allocator.live_blocks {
            write!(out, " in {}", counted(blocks, "block", "blocks"))?;
        }
        if let Some(held) = allocator.held_bytes {
            write!(out, ", {} held from the system", Bytes(held))?;
        }
        writeln!(out)?;
    }
    write_unexplained(snapshot, out)
}

fn write_unexplained(snapshot: &SnapshotSummary, out: &mut impl Write) -> io::Result<()> {
    let reconciliation = &snapshot.reconciliation;
    let (Some(whole), Some(unexplained)) = (reconciliation.whole, reconciliation.unexplained_bytes) else {
        return Ok(());
    };
    if snapshot.tracking == Tracking::CompiledOut {
        return Ok(());
    }
    let whole = if whole.allocator.is_some() { "the allocator's live" } else { "resident" };
    let bytes = Bytes(unexplained.unsigned_abs());
    let tracked = Bytes(reconciliation.tracked_bytes);
    match reconciliation.unexplained() {
        Some(share) => {
            writeln!(out, "  not explained: {bytes} ({share} of {whole}), besides {tracked} tracked and the overhead")
        }
        None if unexplained < 0 => {
            writeln!(
                out,
                "  {tracked} tracked and the overhead are {bytes} more than {whole}: not all is in that memory"
            )
        }
        None => Ok(()),
    }
}
