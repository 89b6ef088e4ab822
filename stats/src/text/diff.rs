use std::fmt::Display;
use std::io::{self, BufWriter, Write};

use tabled::builder::Builder;

use super::summary::table::{indented, or_absent, styled};
use super::{counted, printable};
use crate::{Bounds, Bytes, BytesChange, ClassDiff, Diff, Fates, ListedFates, Runs, Seconds};

const HEADER: [&str; 10] =
    ["live", "change", "new", "dead", "survived", "bytes", "change", "of new", "of dead", "growth"];

impl Diff {
    /// Writes the diff as tables: the classes that changed and their total, then the objects that changed most.
    ///
    /// What is known only to lie between two numbers is shown as `10..12`, what is not known at all as `-`. Classes without
    /// any change are left out and counted.
    ///
    /// # Errors
    /// What `out` gives.
    pub fn write_text(&self, out: &mut (impl Write + ?Sized)) -> io::Result<()> {
        let mut out = BufWriter::new(out);
        self.write_title(&mut out)?;
        self.write_classes(&mut out)?;
        self.write_process(&mut out)?;
        self.write_legend(&mut out)?;
        self.write_objects(&mut out)?;
        out.flush()
    }

    fn write_title(&self, out: &mut impl Write) -> io::Result<()> {
        write!(out, "DIFF  {} .. {}", self.before.moment, self.after.moment)?;
        match (self.runs, self.elapsed()) {
            (Runs::Different, _) => writeln!(out, ", of different runs"),
            (Runs::Same, Some(elapsed)) => writeln!(out, ", {} apart", Seconds(elapsed)),
            (Runs::Same, None) => writeln!(out, ", backwards"),
        }
    }

    fn write_classes(&self, out: &mut impl Write) -> io::Result<()> {
        if self.classes.is_empty() {
            return writeln!(out, "  no class was tracked in either snapshot");
        }
        let shown: Vec<&ClassDiff> = self.classes.iter().filter(|class| class.is_changed()).collect();
        let mut builder = Builder::default();
        builder.push_record([""].into_iter().chain(HEADER).map(str::to_owned));
        for class in &shown {
            builder.push_record(cells(class));
        }
        builder.push_record(cells(&self.total));
        let table = styled(builder).to_string();
        let mut lines = table.lines().map(str::trim_end);
        let mut line = || lines.next().unwrap_or_default();
        writeln!(out, "{}", line())?;
        for class in shown {
            let presence = match (class.before, class.after) {
                (None, _) => "  not tracked before",
                (_, None) => "  no longer tracked",
                _ => "",
            };
            writeln!(out, "{}{presence}", line())?;
        }
        let unchanged = self.classes.iter().filter(|class| !class.is_changed()).count();
        writeln!(out, "{}", line())?;
        if unchanged > 0 {
            writeln!(out, "  {} without any change", counted(unchanged as u64, "class", "classes"))?;
        }
        Ok(())
    }

    fn write_process(&self, out: &mut impl Write) -> io::Result<()> {
        if let (Some(growth), Some(held)) = (self.growth(), self.total.before) {
            let sign = if growth.0 > 0.0 { "+" } else { "" };
            let before = Bytes(held.bytes.unwrap_or(0));
            writeln!(out, "  tracked bytes: {sign}{:.1} % of the {before} before", growth.0 * 100.0)?;
        }
        let resident = [&self.before, &self.after].map(|end| end.process.resident_bytes);
        if let [Some(before), Some(after)] = resident {
            let change = BytesChange::between(before, after);
            writeln!(out, "  process: resident {} .. {} ({change})", Bytes(before), Bytes(after))?;
        }
        Ok(())
    }

    fn write_legend(&self, out: &mut impl Write) -> io::Result<()> {
        if self.runs == Runs::Different {
            return writeln!(
                out,
                "\n objects of different runs can't be told from each other: only classes are compared"
            );
        }
        let fates = || self.classes.iter().filter_map(|class| class.fates.as_ref());
        writeln!(out, "\n new, dead: since the first; growth: of the objects that survived")?;
        if fates().any(|fates| fates.survived.exact().is_none()) {
            writeln!(
                out,
                " n..m: no less than n, no more than m; objects that were made and died in between look like others"
            )?;
        }
        let mut listed = ListedFates::default();
        let unknown = |class: &&ClassDiff| class.fates.is_some_and(|fates| !class.by_value && !fates.is_exact());
        for fates in self.classes.iter().filter(unknown).filter_map(|class| class.fates) {
            let part = fates.listed;
            listed.new = listed.new.saturating_add(part.new);
            listed.new_bytes = listed.new_bytes.saturating_add(part.new_bytes);
            listed.dead = listed.dead.saturating_add(part.dead);
            listed.dead_bytes = listed.dead_bytes.saturating_add(part.dead_bytes);
            listed.survived = listed.survived.saturating_add(part.survived);
            listed.growth_bytes = listed.growth_bytes.saturating_add(part.growth_bytes);
            listed.unclear = listed.unclear.saturating_add(part.unclear);
        }
        if listed != ListedFates::default() {
            writeln!(
                out,
                " of classes with -, those objects that are listed: {} new ({}), {} dead ({}), {} survived ({}), {} unclear",
                listed.new,
                Bytes(listed.new_bytes),
                listed.dead,
                Bytes(listed.dead_bytes),
                listed.survived,
                BytesChange(listed.growth_bytes),
                listed.unclear,
            )?;
        }
        Ok(())
    }

    fn write_objects(&self, out: &mut impl Write) -> io::Result<()> {
        if self.objects.is_empty() {
            return Ok(());
        }
        writeln!(out, "\nOBJECTS  the largest changes among listed objects")?;
        let mut builder = Builder::default();
        builder.push_record(["", "before", "after", "change"].map(str::to_owned));
        for object in &self.objects {
            let left = format!("  {} #{}", printable(&object.name), object.serial);
            let before = object.before_bytes.map_or_else(|| "new".to_owned(), |bytes| Bytes(bytes).to_string());
            let after = object.after_bytes.map_or_else(|| "dead".to_owned(), |bytes| Bytes(bytes).to_string());
            builder.push_record([left, before, after, BytesChange(object.bytes_change()).to_string()]);
        }
        let table = styled(builder).to_string();
        table.lines().try_for_each(|line| writeln!(out, "{}", line.trim_end()))
    }
}

impl ClassDiff {
    /// Whether anything about the class is different: its objects, their bytes, or that it is tracked.
    ///
    /// ```
    /// use classtracker_stats::Stats;
    ///
    /// let stats = Stats::load("docs/factory.ctdump")?;
    /// let diff = stats.diff(&"5".parse()?, &"7".parse()?)?;
    /// let changed: Vec<_> = diff.classes.iter().filter(|class| class.is_changed()).map(|class| &*class.name).collect();
    /// assert_eq!(changed, ["Order", "Request"]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn is_changed(&self) -> bool {
        self.live_change != 0
            || self.bytes_change.is_some_and(|change| change != 0)
            || self.before.is_some() != self.after.is_some()
            || self.created.is_some_and(|created| created > 0)
            || self.dropped.is_some_and(|dropped| dropped > 0)
    }
}

impl Fates {
    /// Whether all of it is known exactly.
    ///
    /// ```
    /// use classtracker_stats::{SnapshotKey, Stats};
    ///
    /// let stats = Stats::load("docs/factory.ctdump")?;
    /// let diff = stats.diff(&SnapshotKey::FIRST, &SnapshotKey::LAST)?;
    /// let exact = diff.classes.iter().filter(|class| class.fates.is_some_and(|fates| fates.is_exact()));
    /// assert_eq!(exact.map(|class| &*class.name).collect::<Vec<_>>(), ["Employee"]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn is_exact(&self) -> bool {
        let bytes = self.new_bytes.is_some() && self.dead_bytes.is_some() && self.growth_bytes.is_some();
        bytes && self.survived.exact().is_some()
    }
}

fn cells(class: &ClassDiff) -> Vec<String> {
    let fates = class.fates.as_ref();
    let objects = |part: fn(&Fates) -> Bounds| or_absent(fates.map(part));
    let held = class.after.unwrap_or_default();
    vec![
        indented(&class.name),
        class.after.map_or_else(|| "-".to_owned(), |held| held.live.to_string()),
        signed(class.live_change),
        objects(|fates| fates.new),
        objects(|fates| fates.dead),
        objects(|fates| fates.survived),
        or_absent(held.bytes.map(Bytes)),
        or_absent(class.bytes_change.map(BytesChange)),
        or_absent(fates.and_then(|fates| fates.new_bytes).map(Bytes)),
        or_absent(fates.and_then(|fates| fates.dead_bytes).map(Bytes)),
        or_absent(fates.and_then(|fates| fates.growth_bytes).map(BytesChange)),
    ]
}

/// `+3`, `-3`, `0`.
pub(super) fn signed(number: impl Display + PartialOrd + Default) -> String {
    if number > Default::default() { format!("+{number}") } else { number.to_string() }
}
