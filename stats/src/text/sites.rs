use std::io::{self, BufWriter, Write};

use super::lines::Lines;
use super::summary::table::{indented, or_absent};
use super::{counted, no_class, printable, trace};
use crate::{Bytes, ClassSites, SiteShare, Sites};

/// How many traces of a site are written out.
const MOST_TRACES: usize = 3;

impl Sites {
    /// Writes a table: for each class its sites with their shares, and under each site the calls that led there, if they were
    /// recorded, the outermost first.
    ///
    /// # Errors
    /// What `out` gives.
    pub fn write_text(&self, out: &mut (impl Write + ?Sized)) -> io::Result<()> {
        let mut out = BufWriter::new(out);
        writeln!(out, "SITES  {}", self.moment)?;
        if self.classes.is_empty() {
            writeln!(out, "{}", no_class(&self.query.class))?;
            return out.flush();
        }
        let mut lines = Lines::default();
        lines.header(["", "live", "share", "bytes", "share"]);
        self.classes.iter().for_each(|class| add_class(class, &mut lines));
        lines.write(&mut out)?;
        writeln!(out, "\n share: of the live objects of the class, and of their bytes")?;
        out.flush()
    }
}

fn add_class(class: &ClassSites, lines: &mut Lines) {
    let bytes = or_absent(class.bytes.map(Bytes));
    let note = match (class.counted, class.total) {
        (true, _) => String::new(),
        (false, 0) => "  where they were made was not counted".to_owned(),
        (false, _) => "  not counted by site; below are those listed one by one".to_owned(),
    };
    lines.row_and([indented(&class.name), class.live.to_string(), String::new(), bytes, String::new()], note);
    for site in &class.sites {
        add_site(site, lines);
    }
    let left_out = class.total - class.sites.len();
    if left_out > 0 {
        lines.text(format!("    and {} more", counted(left_out as u64, "site", "sites")));
    }
}

fn add_site(site: &SiteShare, lines: &mut Lines) {
    let place = site.site.as_ref().map_or_else(|| "(not known where)".to_owned(), ToString::to_string);
    lines.row([
        format!("    {}", printable(&place)),
        site.live.to_string(),
        or_absent(site.live_share),
        or_absent(site.bytes.map(Bytes)),
        or_absent(site.bytes_share),
    ]);
    let several = site.traces.len() > 1;
    let shown = if site.traces.len() == MOST_TRACES + 1 { MOST_TRACES + 1 } else { MOST_TRACES };
    for (index, share) in site.traces.iter().take(shown).enumerate() {
        let name = match (&share.trace, several) {
            (None, _) => Some("      no trace".to_owned()),
            (Some(_), true) => Some(format!("      trace {}", index + 1)),
            (Some(_), false) => None,
        };
        if let Some(name) = name {
            let bytes = or_absent(share.bytes.map(Bytes));
            lines.row([name, share.live.to_string(), String::new(), bytes, String::new()]);
        }
        for line in share.trace.iter().flat_map(|calls| trace::lines(calls, if several { 8 } else { 6 })) {
            lines.text(line);
        }
    }
    if site.traces.len() > shown {
        let more = counted((site.traces.len() - shown) as u64, "trace", "traces");
        lines.text(format!("      and {more} more"));
    }
}
