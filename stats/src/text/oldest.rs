use std::io::{self, BufWriter, Write};

use super::lines::Lines;
use super::summary::table::or_absent;
use super::{counted, no_class, printable, trace};
use crate::{Bytes, Oldest, Seconds};

impl Oldest {
    /// Writes a table: an object a line, the oldest first, and under it the calls that made it, if they were recorded.
    ///
    /// # Errors
    /// What `out` gives.
    pub fn write_text(&self, out: &mut (impl Write + ?Sized)) -> io::Result<()> {
        let mut out = BufWriter::new(out);
        let shown = counted(self.objects.len() as u64, "object", "objects");
        writeln!(out, "OLDEST  {}, {shown} shown", self.moment)?;
        if self.classes.is_empty() {
            writeln!(out, "{}", no_class(&self.query.class))?;
        } else if self.objects.is_empty() && self.classes.iter().all(|class| class.known == 0) {
            writeln!(out, "  of no live object it is known how old it is")?;
        } else {
            let mut lines = Lines::default();
            lines.header(["", "age", "bytes"]);
            for object in &self.objects {
                let record = &object.record;
                let site = record.site.as_ref().map(|site| format!("  {}", printable(&site.to_string())));
                lines.row_and(
                    [
                        format!("  {} #{}", printable(&object.name), record.serial),
                        or_absent(object.age.map(Seconds)),
                        or_absent(object.bytes.map(Bytes)),
                    ],
                    site.unwrap_or_default(),
                );
                if let Some(repr) = &record.repr {
                    lines.text(format!("      {}", printable(repr)));
                }
                record.trace.iter().flat_map(|calls| trace::lines(calls, 6)).for_each(|line| lines.text(line));
            }
            lines.write(&mut out)?;
        }
        for class in self.classes.iter().filter(|class| class.known < class.live) {
            let (name, known, live) = (printable(&class.name), class.known, class.live);
            match (known, class.oldest) {
                (0, _) => writeln!(out, "  of {name}, none of {live} is known")?,
                (_, true) => writeln!(out, "  of {name}, the {known} oldest of {live} are known")?,
                (_, false) => {
                    writeln!(out, "  of {name}, {known} of {live} are known, by their rows; others may be older")?;
                }
            }
        }
        out.flush()
    }
}
