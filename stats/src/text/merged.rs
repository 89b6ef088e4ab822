use std::io::{self, BufWriter, Write};

use super::counted;
use super::lines::Lines;
use super::summary::table::{indented, or_absent};
use crate::{Bytes, MergedPart, MergedSummary, Percent};

impl MergedSummary {
    /// Writes the processes, then a table: each class with what all of them hold together, and under it what each does.
    ///
    /// # Errors
    /// What `out` gives.
    pub fn write_text(&self, out: &mut (impl Write + ?Sized)) -> io::Result<()> {
        let mut out = BufWriter::new(out);
        let processes = counted(self.processes.len() as u64, "process", "processes");
        let classes = counted(self.matching as u64, "class", "classes");
        writeln!(out, "MERGED  {processes}, {classes}, {} shown", self.classes.len())?;
        for process in &self.processes {
            write!(out, "  {}", process.process)?;
            match &process.moment {
                None => writeln!(out, "; no snapshot was taken")?,
                Some(moment) => {
                    let snapshots = counted(process.snapshots as u64, "snapshot", "snapshots");
                    writeln!(out, "; {moment} of {snapshots}")?;
                }
            }
            if let Some(reconciliation) = &process.reconciliation {
                let resident = process.memory.resident_bytes;
                let resident = resident.map_or_else(|| "unknown".to_owned(), |bytes| Bytes(bytes).to_string());
                let (tracked, overhead) = (reconciliation.tracked_bytes, reconciliation.overhead_bytes);
                let (tracked, overhead) = (Bytes(tracked), Bytes(overhead));
                writeln!(out, "     resident {resident}, tracked {tracked}, tracker's overhead {overhead}")?;
            }
        }
        if self.classes.is_empty() {
            writeln!(out, "  no class is tracked, or none that was asked for")?;
            return out.flush();
        }
        let mut lines = Lines::default();
        lines.header(["", "live", "created", "dropped", "bytes", "share"]);
        for class in &self.classes {
            lines.row(cells(&indented(&class.name), class.all, class.share));
            for (number, part) in &class.parts {
                // Who asked may have changed the answer: what is not there any more has no name.
                let process = self.processes.get(number.wrapping_sub(1));
                let label = process.map(|found| format!(": {}", found.process.label())).unwrap_or_default();
                lines.row(cells(&format!("    {number}{label}"), *part, None));
            }
        }
        if self.classes.len() < self.matching {
            let more = counted((self.matching - self.classes.len()) as u64, "class", "classes");
            lines.text(format!("  and {more} more"));
        }
        lines.row(cells("  total", self.total.all, self.total.share));
        lines.write(&mut out)?;
        writeln!(out, "\n share: of the bytes tracked by all processes")?;
        out.flush()
    }
}

fn cells(name: &str, part: MergedPart, share: Option<Percent>) -> [String; 6] {
    [
        name.to_owned(),
        part.live.to_string(),
        part.created.to_string(),
        part.dropped.to_string(),
        or_absent(part.bytes.map(Bytes)),
        share.map(|share| share.to_string()).unwrap_or_default(),
    ]
}
