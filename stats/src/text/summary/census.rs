//! The second table: the values of derived types inside tracked objects.

use std::io::{self, Write};

use tabled::builder::Builder;

use super::table::{indented, or_absent, styled, title, title_cell};
use crate::text::counted;
use crate::{Bytes, CensusEntry, CensusRow, SnapshotSummary, Summary};

/// How many types of a snapshot have a row of their own.
const MOST_TYPES: usize = 20;

/// Writes the censuses of all snapshots, if any has one.
pub(super) fn write(summary: &Summary, out: &mut impl Write) -> io::Result<()> {
    if summary.snapshots.iter().all(|snapshot| snapshot.census.is_none()) {
        return Ok(());
    }
    let mut builder = Builder::default();
    for snapshot in &summary.snapshots {
        builder.push_record([&title_cell(snapshot), "count", "bytes", "average"]);
        rows(snapshot).for_each(|cells| builder.push_record(cells));
    }
    let table = styled(builder).to_string();
    let mut lines = table.lines().map(str::trim_end);
    writeln!(out, "\nCENSUS  values inside tracked objects, by type; their bytes without those of other types here")?;
    for (index, snapshot) in summary.snapshots.iter().enumerate() {
        if index > 0 {
            writeln!(out)?;
        }
        if title(snapshot).is_none() {
            writeln!(out, " {}", snapshot.moment)?;
        }
        for line in lines.by_ref().take(1 + rows(snapshot).count()) {
            writeln!(out, "{line}")?;
        }
        let note = match &snapshot.census {
            None => "  not counted\n",
            Some(census) if census.is_empty() => "  no value of a type that derives DeepSizeOf was seen\n",
            Some(_) => "",
        };
        out.write_all(note.as_bytes())?;
    }
    Ok(())
}

/// The largest types, the rest as one, and the total.
fn rows(snapshot: &SnapshotSummary) -> impl Iterator<Item = [String; 4]> + '_ {
    let census = snapshot.census.as_deref().unwrap_or_default();
    // A row for the rest says less than that of a single type.
    let shown = if census.len() <= MOST_TYPES + 1 { census.len() } else { MOST_TYPES };
    let (largest, rest) = census.split_at(shown);
    let more = counted(rest.len() as u64, "type more", "types more");
    let rest = (!rest.is_empty()).then(|| cells(&more, &sum(rest)));
    let total = (!census.is_empty()).then(|| cells("total", &sum(census)));
    largest.iter().map(|entry| cells(&entry.name, &entry.row)).chain(rest).chain(total)
}

fn cells(name: &str, row: &CensusRow) -> [String; 4] {
    let average = or_absent(row.average_bytes().map(Bytes));
    [indented(name), row.count.to_string(), Bytes(row.bytes).to_string(), average]
}

/// Sums stop at the largest number: a dump may claim anything.
fn sum(entries: &[CensusEntry]) -> CensusRow {
    let none = CensusRow::new("", 0, 0);
    entries.iter().fold(none, |mut sum, entry| {
        sum.count = sum.count.saturating_add(entry.row.count);
        sum.bytes = sum.bytes.saturating_add(entry.row.bytes);
        sum
    })
}
