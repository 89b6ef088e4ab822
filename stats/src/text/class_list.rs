use std::io::{self, BufWriter, Write};

use super::lines::Lines;
use super::summary::table::{indented, or_absent};
use super::{NO_SNAPSHOT, counted};
use crate::{Bytes, ClassList, ClassRun};

impl ClassList {
    /// Writes a table: a class a line, with its objects and bytes in the first and the last snapshot that has it, and at its
    /// peaks.
    ///
    /// # Errors
    /// What `out` gives.
    pub fn write_text(&self, out: &mut (impl Write + ?Sized)) -> io::Result<()> {
        let mut out = BufWriter::new(out);
        let classes = counted(self.matching as u64, "class", "classes");
        let snapshots = counted(self.snapshots as u64, "snapshot", "snapshots");
        write!(out, "CLASSES  {classes}, {} shown, over {snapshots}", self.classes.len())?;
        match (&self.first, &self.last) {
            (Some(first), Some(last)) if self.snapshots > 1 => writeln!(out, ", {first} .. {last}")?,
            _ => writeln!(out)?,
        }
        if self.snapshots == 0 {
            out.write_all(NO_SNAPSHOT.as_bytes())?;
        } else if self.matching == 0 {
            let filter = self.query.class.to_string();
            match self.query.class.is_all() {
                true => writeln!(out, "  no class is tracked: track_class::<T>() or track_object(&object)")?,
                false => writeln!(out, "  no class is one of {filter:?}; the summary shows the classes")?,
            }
        } else {
            let mut lines = Lines::default();
            lines.header(["", "live", "first", "peak", "created", "dropped", "bytes", "first", "peak"]);
            self.classes.iter().for_each(|class| lines.row_and(cells(class), note(class)));
            lines.write(&mut out)?;
        }
        out.flush()
    }
}

fn cells(class: &ClassRun) -> [String; 9] {
    let bytes = |part: fn(&crate::FirstLastPeak) -> u64| or_absent(class.bytes.as_ref().map(part).map(Bytes));
    [
        indented(&class.name),
        class.live.last.to_string(),
        class.live.first.to_string(),
        class.live.peak.to_string(),
        class.created.to_string(),
        class.dropped.to_string(),
        bytes(|bytes| bytes.last),
        bytes(|bytes| bytes.first),
        bytes(|bytes| bytes.peak),
    ]
}

fn note(class: &ClassRun) -> String {
    let tracked = if class.tracked { "" } else { "  no longer tracked" };
    let by_value = if class.by_value { "  only counted" } else { "" };
    format!("{tracked}{by_value}")
}
