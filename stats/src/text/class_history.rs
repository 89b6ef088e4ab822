use std::io::{self, BufWriter, Write};

use super::{counted, printable};
use crate::{ClassHistory, HistoryEvent, Seconds};

/// How many changes of a stretch are written out: the last ones.
const MOST_EVENTS: usize = 100;

impl ClassHistory {
    /// Writes the history: a change a line, with its time, how many objects were alive then, and by how many more or fewer;
    /// of each stretch the last hundred, the others counted.
    ///
    /// # Errors
    /// What `out` gives.
    pub fn write_text(&self, out: &mut (impl Write + ?Sized)) -> io::Result<()> {
        let mut out = BufWriter::new(out);
        let known = counted(self.events().count() as u64, "change", "changes");
        write!(out, "HISTORY  {}, {known}", printable(&self.name))?;
        match self.lost() {
            0 => writeln!(out)?,
            lost => writeln!(out, ", {} lost for want of room", counted(lost, "more", "more"))?,
        }
        let widest = self.events().map(|event| event.at).max().unwrap_or_default();
        let time = Seconds(widest).to_string().len();
        let live = self.events().map(|event| event.live).max().unwrap_or(0).to_string().len();
        let mut before: Option<u64> = None;
        for stretch in &self.stretches {
            if stretch.lost > 0 {
                writeln!(out, "  {} lost", counted(stretch.lost, "change", "changes"))?;
                before = None;
            }
            let skipped = stretch.events.len().saturating_sub(MOST_EVENTS);
            if skipped > 0 {
                writeln!(out, "  {} not shown", counted(skipped as u64, "change", "changes"))?;
                before = Some(stretch.events[skipped - 1].live);
            }
            for HistoryEvent { at, live: now, .. } in &stretch.events[skipped..] {
                let change = before.map(|before| super::diff::signed(crate::units::change(before, *now)));
                let change = change.map(|change| format!("  {change}")).unwrap_or_default();
                writeln!(out, "  {:>time$}  {now:>live$}{change}", Seconds(*at))?;
                before = Some(*now);
            }
            writeln!(out, "  {}  snapshot", stretch.until)?;
        }
        out.flush()
    }
}
