//! One object as a timeline: its birth, its size in each snapshot with the parts that make it up, its end.

use std::io::{self, Write};
use std::time::Duration;

use super::referents::Parts;
use super::{printable, trace};
use crate::{Bytes, Fate, Measured, Moment, ObjectEntry, Seconds};

/// Labels longer than this are not lined up.
const LONGEST_LABEL: usize = 32;

/// Nor are parts whose names, indented, are longer than this.
const LONGEST_PART: usize = 48;

/// How wide what stands to the left of the sizes is.
#[derive(Clone, Copy)]
pub(super) struct Columns {
    time: usize,
    /// Where labels begin, and parts.
    indent: usize,
    left: usize,
    /// Whether there is a column for flat sizes, which only parts have.
    flat: bool,
}

impl Columns {
    /// What all these objects need.
    pub(super) fn of(moments: &[Moment], objects: &[ObjectEntry]) -> Self {
        let widest = moments.iter().map(|moment| moment.elapsed).max();
        let time = Seconds(widest.unwrap_or_default()).to_string().len();
        let labels = moments.iter().map(|moment| printable(&moment.label).chars().count());
        let label = labels.filter(|width| *width <= LONGEST_LABEL).max().unwrap_or(0);
        let indent = 2 + time + 2;
        let mut left = indent + label;
        let mut flat = false;
        for measured in objects.iter().flat_map(|object| &object.sizes) {
            flat |= !measured.referents.is_empty();
            let parts = Parts::of(&measured.referents, measured.bytes);
            let widths = parts.shown.iter().map(|part| part.label().chars().count());
            left = left.max(widths.filter(|width| *width <= LONGEST_PART).max().map_or(0, |width| indent + width));
        }
        Self { time, indent, left, flat }
    }

    fn time(self, time: Duration) -> String {
        format!("{:>1$}", Seconds(time), self.time)
    }

    fn no_time(self) -> String {
        format!("{:>1$}", "-", self.time)
    }

    /// Begins a line of sizes.
    fn write_left(self, left: &str, flat: Option<u64>, out: &mut impl Write) -> io::Result<()> {
        let width = self.left;
        write!(out, "{left:<width$}")?;
        match flat {
            Some(flat) if self.flat => write!(out, "  {:>10}", Bytes(flat)),
            None if self.flat => write!(out, "  {:>10}", ""),
            _ => Ok(()),
        }
    }
}

/// Writes the object's lines; with its class' full name, if that is asked for and says more than the shown one.
pub(super) fn write(
    object: &ObjectEntry,
    moments: &[Moment],
    columns: Columns,
    class: bool,
    out: &mut impl Write,
) -> io::Result<()> {
    let record = &object.record;
    let name = printable(&object.name);
    let free = match object.fate {
        Fate::DeadBy { .. } => "  free",
        Fate::Live | Fate::NotListed => "",
    };
    writeln!(out, "{name} #{}{free}", record.serial)?;
    if class && record.class != object.name {
        writeln!(out, "  class {}", printable(&record.class))?;
    }
    if let Some(repr) = &record.repr {
        writeln!(out, "  {}", printable(repr))?;
    }
    let site = record.site.as_ref().map(ToString::to_string);
    let site = site.map(|site| format!(" at {}", printable(&site))).unwrap_or_default();
    match record.birth {
        Some(birth) => writeln!(out, "  {}  made{site}", columns.time(birth))?,
        None if !site.is_empty() => writeln!(out, "  {}  registered{site}", columns.no_time())?,
        None => {}
    }
    for line in record.trace.iter().flat_map(|calls| trace::lines(calls, columns.indent)) {
        writeln!(out, "{line}")?;
    }
    let has_parts = object.sizes.iter().any(|measured| !measured.referents.is_empty());
    if has_parts {
        writeln!(out, "{:1$}  {2:>10}  {3:>10}  {4:>7}", "", columns.left, "flat", "deep", "share")?;
    }
    let left = |snapshot: usize| {
        // Who asked may have changed the answer.
        moments.get(snapshot).map_or_else(
            || format!("  {}  ?", columns.no_time()),
            |moment| format!("  {}  {}", columns.time(moment.elapsed), printable(&moment.label)),
        )
    };
    for measured in &object.sizes {
        columns.write_left(&left(measured.snapshot), has_parts.then_some(record.flat_bytes), out)?;
        let unread = if measured.unread { "  or more: something could not be read" } else { "" };
        writeln!(out, "  {:>10}{unread}", Bytes(measured.bytes))?;
        write_parts(measured, columns, out)?;
    }
    match object.fate {
        Fate::Live => Ok(()),
        Fate::DeadBy { snapshot, .. } => {
            columns.write_left(&left(snapshot), None, out)?;
            writeln!(out, "  {:>10}", "dead by then")
        }
        Fate::NotListed => writeln!(out, "  {}  not listed any more, not seen dead", columns.no_time()),
    }
}

fn write_parts(measured: &Measured, columns: Columns, out: &mut impl Write) -> io::Result<()> {
    let parts = Parts::of(&measured.referents, measured.bytes);
    let indent = columns.indent;
    for part in &parts.shown {
        let label = format!("{:indent$}{}", "", part.label());
        columns.write_left(&label, Some(part.referent.flat_bytes), out)?;
        let share = part.share.map_or_else(|| "-".to_owned(), |share| share.to_string());
        writeln!(out, "  {:>10}  {share:>7}", Bytes(part.referent.bytes))?;
    }
    match parts.left_out() {
        Some(left_out) => writeln!(out, "{:indent$}{left_out}", ""),
        None => Ok(()),
    }
}
