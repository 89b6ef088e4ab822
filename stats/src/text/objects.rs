use std::io::{self, Write};
use std::time::Duration;

use super::{NO_SNAPSHOT, counted, printable};
use crate::{Bytes, Fate, ObjectEntry, ObjectList, Seconds, SortKey};

/// Labels longer than this are not lined up.
const LONGEST_LABEL: usize = 32;

impl ObjectList {
    /// Writes the list as text: at the top what it shows and what it leaves out, then each object as a timeline.
    ///
    /// It is written object by object; nothing of the text is held in memory.
    ///
    /// # Errors
    /// What `out` gives.
    pub fn write_text(&self, out: &mut (impl Write + ?Sized)) -> io::Result<()> {
        let mut out = io::BufWriter::new(out);
        self.write_title(&mut out)?;
        if self.moments.is_empty() {
            out.write_all(NO_SNAPSHOT.as_bytes())?;
        } else if self.total == 0 {
            writeln!(out, "  no snapshot lists an object by itself; the summary shows what each class holds")?;
        } else if self.matching == 0 {
            let class = &self.query.class;
            writeln!(out, "  no listed object's class has {class:?} in its name; the summary shows the classes")?;
        }
        let columns = Columns::of(self);
        for object in &self.objects {
            writeln!(out)?;
            self.write_object(object, columns, &mut out)?;
        }
        out.flush()
    }

    fn write_title(&self, out: &mut impl Write) -> io::Result<()> {
        let query = &self.query;
        write!(out, "OBJECTS  {}", counted(self.total as u64, "object", "objects"))?;
        if !query.class.is_empty() {
            write!(out, ", {} of classes with {:?}", self.matching, query.class)?;
        }
        write!(out, ", {} shown, by ", self.objects.len())?;
        for key in query.sort.iter().filter(|key| **key != SortKey::Serial) {
            write!(out, "{key}, ")?;
        }
        let reversed = if query.reversed { ", reversed" } else { "" };
        writeln!(out, "serial{reversed}")?;
        let most = self.folded.iter().max_by_key(|folded| folded.objects);
        let Some(most) = most else {
            return Ok(());
        };
        let others = match self.folded.len() - 1 {
            0 => String::new(),
            others => format!("; at most as many of {}", counted(others as u64, "other snapshot", "other snapshots")),
        };
        writeln!(
            out,
            "  only counted in the summary: {} of {}{others}",
            counted(most.objects, "live object", "live objects"),
            self.moments[most.snapshot],
        )
    }

    fn write_object(&self, object: &ObjectEntry, columns: Columns, out: &mut impl Write) -> io::Result<()> {
        let record = &object.record;
        let name = printable(&object.name);
        let free = match object.fate {
            Fate::DeadBy { .. } => "  free",
            Fate::Live | Fate::NotListed => "",
        };
        writeln!(out, "{name} #{}{free}", record.serial)?;
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
        for measured in &object.sizes {
            let bytes = Bytes(measured.bytes);
            self.write_moment(measured.snapshot, columns, out)?;
            let unread = if measured.unread { "  or more: something could not be read" } else { "" };
            writeln!(out, "{bytes:>10}{unread}")?;
        }
        match object.fate {
            Fate::Live => Ok(()),
            Fate::DeadBy { snapshot, .. } => {
                self.write_moment(snapshot, columns, out)?;
                writeln!(out, "{:>10}", "dead by then")
            }
            Fate::NotListed => writeln!(out, "  {}  not listed any more, not seen dead", columns.no_time()),
        }
    }

    fn write_moment(&self, snapshot: usize, columns: Columns, out: &mut impl Write) -> io::Result<()> {
        let moment = &self.moments[snapshot];
        let label = printable(&moment.label);
        write!(out, "  {}  {label:<1$}  ", columns.time(moment.elapsed), columns.label)
    }
}

/// How wide the times and the labels are.
#[derive(Clone, Copy)]
struct Columns {
    time: usize,
    label: usize,
}

impl Columns {
    fn of(list: &ObjectList) -> Self {
        let widest = list.moments.iter().map(|moment| moment.elapsed).max();
        let labels = list.moments.iter().map(|moment| printable(&moment.label).chars().count());
        Self {
            time: Seconds(widest.unwrap_or_default()).to_string().len(),
            label: labels.filter(|width| *width <= LONGEST_LABEL).max().unwrap_or(0),
        }
    }

    fn time(self, time: Duration) -> String {
        format!("{:>1$}", Seconds(time), self.time)
    }

    fn no_time(self) -> String {
        format!("{:>1$}", "-", self.time)
    }
}
