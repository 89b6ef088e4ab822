use std::io::{self, BufWriter, Write};

use super::lines::Lines;
use super::summary::table::{indented, or_absent};
use super::{counted, printable, trace};
use crate::{Bytes, ClassSurvivors, Percent, Survivors};

impl Survivors {
    /// Writes a table: for each class how many objects were made and how many of these survived, and where the listed ones
    /// were made.
    ///
    /// What is known only to lie between two numbers is shown as `10..12`, what is not known at all as `-`.
    ///
    /// # Errors
    /// What `out` gives.
    pub fn write_text(&self, out: &mut (impl Write + ?Sized)) -> io::Result<()> {
        let mut out = BufWriter::new(out);
        writeln!(out, "SURVIVORS  made in {} .. {}, alive in {}", self.after, self.before, self.alive)?;
        if self.classes.is_empty() {
            let of = if self.query.class.is_all() {
                String::new()
            } else {
                format!(" of {:?}", self.query.class.to_string())
            };
            writeln!(out, "  no object{of} made then was alive")?;
            return out.flush();
        }
        let mut lines = Lines::default();
        lines.header(["", "made", "survived", "of made", "listed", "bytes"]);
        self.classes.iter().for_each(|class| add_class(class, &mut lines));
        lines.write(&mut out)?;
        writeln!(out, "\n listed, bytes: survivors with a row of their own, and what they take")?;
        if self.classes.iter().any(|class| class.survived.exact().is_none()) {
            writeln!(
                out,
                " n..m: no less than n, no more than m; the others are only counted, with objects made at other times"
            )?;
        }
        out.flush()
    }
}

fn add_class(class: &ClassSurvivors, lines: &mut Lines) {
    let share = class.survived.exact().zip(class.made).and_then(|(survived, made)| Percent::of(survived, made));
    lines.row([
        indented(&class.name),
        or_absent(class.made),
        class.survived.to_string(),
        or_absent(share),
        class.listed.to_string(),
        Bytes(class.listed_bytes).to_string(),
    ]);
    for site in &class.sites {
        let place = site.site.as_ref().map_or_else(|| "(not known where)".to_owned(), ToString::to_string);
        let empty = String::new;
        lines.row([
            format!("    {}", printable(&place)),
            empty(),
            empty(),
            empty(),
            site.objects.to_string(),
            Bytes(site.bytes).to_string(),
        ]);
        site.trace.iter().flat_map(|calls| trace::lines(calls, 6)).for_each(|line| lines.text(line));
    }
    let left_out = class.total_sites - class.sites.len();
    if left_out > 0 {
        lines.text(format!("    and {} more", counted(left_out as u64, "site", "sites")));
    }
}
