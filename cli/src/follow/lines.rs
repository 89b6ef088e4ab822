use classtracker_stats::{Bytes, BytesChange, Seconds};

use super::History;
use super::columns::signed;
use crate::output::printable;

/// Each snapshot as a line.
pub(crate) struct Lines;

impl Lines {
    /// What stands above the lines.
    pub(crate) fn header(title: &str) -> String {
        format!(
            "FOLLOW  {title}\n{:>12}  {:>10}  {:>9}  {:>10}  {:>11}  {:>10}  label, and the class that changed most\n",
            "time", "live", "change", "bytes", "change", "resident"
        )
    }

    /// The last snapshot.
    pub(crate) fn line(history: &History) -> Option<String> {
        let (last, diff) = (history.last()?, history.since_before()?);
        let is_first = history.count == 1;
        let total = diff.total.after.unwrap_or_default();
        let change = |text: String| if is_first { "-".to_owned() } else { text };
        let resident = last.process.resident_bytes.map_or_else(|| "-".to_owned(), |bytes| Bytes(bytes).to_string());
        let mut line = format!(
            "{:>12}  {:>10}  {:>9}  {:>10}  {:>11}  {resident:>10}  {}",
            Seconds(last.elapsed),
            total.live,
            change(signed(diff.total.live_change)),
            Bytes(total.bytes.unwrap_or(0)),
            change(diff.total.bytes_change.map_or_else(|| "-".to_owned(), |bytes| BytesChange(bytes).to_string())),
            printable(&last.label),
        );
        // The first is the one that changed most.
        if let Some(class) = diff.classes.first().filter(|class| class.bytes_change.is_some_and(|change| change != 0)) {
            let separator = if last.label.is_empty() { "" } else { "  " };
            let bytes = BytesChange(class.bytes_change.unwrap_or(0));
            line += &format!("{separator}{} {bytes}", printable(&class.name));
        }
        Some(line.trim_end().to_owned() + "\n")
    }
}
