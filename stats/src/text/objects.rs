use std::io::{self, Write};

use super::timeline::{self, Columns};
use super::{NO_SNAPSHOT, counted};
use crate::{ObjectList, SortKey};

impl ObjectList {
    /// Writes the list as text: at the top what it shows and what it leaves out, then each object as a timeline, as
    /// [`ObjectHistory::write_text`](crate::ObjectHistory::write_text) does it.
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
            let class = self.query.class.to_string();
            writeln!(out, "  no listed object's class has {class:?} in its name; the summary shows the classes")?;
        }
        let columns = Columns::of(&self.moments, &self.objects);
        for object in &self.objects {
            writeln!(out)?;
            timeline::write(object, &self.moments, columns, false, &mut out)?;
        }
        out.flush()
    }

    fn write_title(&self, out: &mut impl Write) -> io::Result<()> {
        let query = &self.query;
        write!(out, "OBJECTS  {}", counted(self.total as u64, "object", "objects"))?;
        if !query.class.is_all() {
            write!(out, ", {} of classes with {:?}", self.matching, query.class.to_string())?;
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
            // Who asked may have changed the answer.
            self.moments.get(most.snapshot).map_or_else(|| "?".to_owned(), ToString::to_string),
        )
    }
}
