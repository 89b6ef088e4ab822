use classtracker_stats::{Bytes, BytesChange, ClassDiff, Diff, Moment, Percent, Snapshot};

use super::History;
use super::columns::{aligned, cut, signed};
use crate::output::{Size, printable};

const HEADER: [&str; 7] = ["", "live", "change", "bytes", "change", "in all", "share"];

/// The last snapshot as a table that fits a terminal.
pub(crate) struct Table {
    /// What is followed.
    title: String,
}

impl Table {
    pub(crate) fn new(title: String) -> Self {
        Self { title }
    }

    /// The lines of the table, each as short and all as few as the terminal has room for.
    pub(crate) fn lines(&self, history: &History, size: Size) -> Vec<String> {
        let mut lines = vec![format!("FOLLOW  {}", self.title)];
        match (history.last(), history.since_before(), history.since_first()) {
            (Some(last), Some(before), Some(first)) => {
                lines.push(format!("  snapshot {}: {}", history.count, Moment::of(last)));
                // The title, the snapshot, the process, and the line where the cursor rests.
                classes(&before, &first, size, size.rows.saturating_sub(4), &mut lines);
                lines.push(process(last));
            }
            _ => lines.push("  no snapshot yet".to_owned()),
        }
        lines.iter().map(|line| cut(line, size.columns)).collect()
    }
}

/// The classes with the most bytes, in so many lines.
fn classes(before: &Diff, first: &Diff, size: Size, room: usize, lines: &mut Vec<String>) {
    let mut classes: Vec<&ClassDiff> = before.classes.iter().filter(|class| class.after.is_some()).collect();
    let held = |class: &ClassDiff| class.after.unwrap_or_default();
    classes.sort_by(|a, b| {
        let (held_a, held_b) = (held(a), held(b));
        (held_b.bytes, held_b.live, &a.name).cmp(&(held_a.bytes, held_a.live, &b.name))
    });
    // The header, the total, and the line that says how many more there are.
    let shown = classes.len().min(room.saturating_sub(3));
    let tracked = held(&before.total).bytes.unwrap_or(0);
    let in_all = |class: &ClassDiff| first.classes.iter().find(|other| other.class == class.class);
    let cells = |class: &ClassDiff, in_all: Option<&ClassDiff>| {
        let bytes = held(class).bytes;
        let known = |value: Option<String>| value.unwrap_or_else(|| "-".to_owned());
        [
            format!("  {}", printable(&class.name)),
            held(class).live.to_string(),
            signed(class.live_change),
            known(bytes.map(|bytes| Bytes(bytes).to_string())),
            known(class.bytes_change.map(|change| BytesChange(change).to_string())),
            known(in_all.and_then(|class| class.bytes_change).map(|change| BytesChange(change).to_string())),
            known(bytes.and_then(|bytes| Percent::of(bytes, tracked)).map(|share| share.to_string())),
        ]
    };
    let mut rows = vec![HEADER.map(str::to_owned)];
    rows.extend(classes[..shown].iter().map(|class| cells(class, in_all(class))));
    rows.push(cells(&before.total, Some(&first.total)));
    let mut rows = aligned(&mut rows, size.columns);
    let total = rows.pop();
    lines.extend(rows);
    if shown < classes.len() {
        lines.push(format!("  and {} more", classes.len() - shown));
    }
    lines.extend(total);
}

fn process(snapshot: &Snapshot) -> String {
    let known = |bytes: Option<u64>| bytes.map_or_else(|| "unknown".to_owned(), |bytes| Bytes(bytes).to_string());
    format!(
        "  process: resident {}, virtual {}; tracker's overhead {}",
        known(snapshot.process.resident_bytes),
        known(snapshot.process.virtual_bytes),
        Bytes(snapshot.overhead_bytes),
    )
}
