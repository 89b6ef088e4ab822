use std::io::{self, BufWriter, Write};

use tabled::builder::Builder;

use super::referents::Parts;
use super::summary::table::{absent, indented, or_absent, styled, title, title_cell, write_title};
use super::summary::{remark, write_notes};
use super::{NO_SNAPSHOT, counted};
use crate::{Annotated, Bytes, ClassRow, Percent, SnapshotSummary, SummaryRow};

/// What stands above the numbers.
const HEADER: [&str; 6] = ["live", "flat", "sum", "average", "share", "of class"];

impl Annotated {
    /// Writes a table: per snapshot a header, then for each class its objects' sum, average and share, and under it the
    /// parts of all of them, merged by name.
    ///
    /// A part's sum is its deep size in all objects of the class, its average that for one object, and `of class` its
    /// share of the class' sum. Parts under 0.1 % are left out, with what is below them, and counted.
    ///
    /// # Errors
    /// What `out` gives.
    pub fn write_text(&self, out: &mut (impl Write + ?Sized)) -> io::Result<()> {
        let mut out = BufWriter::new(out);
        self.write_lines(&mut out)?;
        out.flush()
    }

    fn write_lines(&self, out: &mut impl Write) -> io::Result<()> {
        let summary = &self.summary;
        let title_line = format!(
            "ANNOTATED  {}, {}",
            super::summary::snapshots(summary),
            counted(summary.classes as u64, "class", "classes"),
        );
        if summary.snapshots.is_empty() {
            writeln!(out, "{title_line}")?;
            return out.write_all(NO_SNAPSHOT.as_bytes());
        }
        let table = self.table();
        let mut lines = table.lines().map(str::trim_end);
        write_title(&title_line, summary.share_of, lines.clone(), out)?;
        for (index, snapshot) in summary.snapshots.iter().enumerate() {
            if index > 0 {
                writeln!(out)?;
            }
            if title(snapshot).is_none() {
                writeln!(out, " {}", snapshot.moment)?;
            }
            let mut line = || lines.next().unwrap_or_default();
            writeln!(out, "{}", line())?;
            for row in &snapshot.rows {
                write!(out, "{}{}", line(), remark(row))?;
                if let Some(class) = row.row.as_ref().filter(|class| class.unread > 0) {
                    write!(out, "  or more: {} unread", class.unread)?;
                }
                writeln!(out)?;
                let Some(parts) = parts(row) else { continue };
                for _ in &parts.shown {
                    writeln!(out, "{}", line())?;
                }
                if let Some(left_out) = parts.left_out() {
                    writeln!(out, "    {left_out}")?;
                }
            }
            if !snapshot.rows.is_empty() {
                writeln!(out, "{}", line())?;
            }
            write_notes(snapshot, out)?;
        }
        let mut classes =
            summary.snapshots.iter().flat_map(|snapshot| &snapshot.rows).filter_map(|row| row.row.as_ref());
        if summary.classes > 0 && classes.all(|class| class.referents.is_empty()) {
            writeln!(out, "\n no part of any object was named: track with resolution_level(1) or more")?;
        }
        Ok(())
    }

    fn table(&self) -> String {
        let mut builder = Builder::default();
        for snapshot in &self.summary.snapshots {
            builder.push_record([title_cell(snapshot)].into_iter().chain(HEADER.map(str::to_owned)));
            for row in &snapshot.rows {
                match &row.row {
                    Some(class) => builder.push_record(class_cells(&row.name, class, class.average_bytes(), row.share)),
                    None => builder.push_record(absent(row, 1 + HEADER.len())),
                }
                for part in parts(row).iter().flat_map(|parts| &parts.shown) {
                    let live = row.row.as_ref().map_or(0, |row| row.live);
                    let average = crate::model::average(part.referent.bytes, live);
                    builder.push_record([
                        format!("    {}", part.label()),
                        String::new(),
                        Bytes(part.referent.flat_bytes).to_string(),
                        Bytes(part.referent.bytes).to_string(),
                        or_absent(average.map(Bytes)),
                        String::new(),
                        or_absent(part.share),
                    ]);
                }
            }
            if !snapshot.rows.is_empty() {
                builder.push_record(total_cells(snapshot));
            }
        }
        styled(builder).to_string()
    }
}

/// The parts of the class' objects.
fn parts(row: &SummaryRow) -> Option<Parts<'_>> {
    row.row.as_ref().map(|row| Parts::of(&row.referents, row.bytes))
}

fn class_cells(name: &str, row: &ClassRow, average: Option<u64>, share: Option<Percent>) -> [String; 7] {
    [
        indented(name),
        row.live.to_string(),
        Bytes(row.flat_bytes).to_string(),
        or_absent((!row.by_value).then_some(Bytes(row.bytes))),
        or_absent(average.filter(|_| !row.by_value).map(Bytes)),
        or_absent(share),
        String::new(),
    ]
}

fn total_cells(snapshot: &SnapshotSummary) -> [String; 7] {
    class_cells(&snapshot.total.class, &snapshot.total, snapshot.average_bytes(), snapshot.total_share)
}
