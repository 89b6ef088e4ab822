use std::io::{self, BufWriter, Write};

use tabled::builder::Builder;

use super::diff::signed;
use super::summary::table::{indented, or_absent, styled};
use super::{NO_SNAPSHOT, counted};
use crate::{Bytes, BytesChange, ClassGrowth, Growth, Percent, Seconds, Trend, Verdict};

/// How many classes that do not grow have a row.
const MOST_OTHERS: usize = 20;

const HEADER: [&str; 11] =
    ["", "verdict", "bytes", "an hour", "a snapshot", "rising", "live", "an hour", "a snapshot", "rising", "left out"];

impl Growth {
    /// Writes a table: the classes that grow, the fastest first, then some of the others.
    ///
    /// # Errors
    /// What `out` gives.
    pub fn write_text(&self, out: &mut (impl Write + ?Sized)) -> io::Result<()> {
        let mut out = BufWriter::new(out);
        self.write_lines(&mut out)?;
        out.flush()
    }

    fn write_lines(&self, out: &mut impl Write) -> io::Result<()> {
        let growing = self.growing().count();
        let are = if growing == 1 { "is" } else { "are" };
        let classes = counted(self.classes.len() as u64, "class", "classes");
        let snapshots = counted(self.snapshots as u64, "snapshot", "snapshots");
        let time = Seconds(self.elapsed);
        if !self.classes.is_empty() && self.classes.iter().all(|class| class.verdict == Verdict::TooFewSnapshots) {
            writeln!(
                out,
                "GROWTH  of {classes}, the fastest first; {snapshots} in {time} are too few to tell growth from chance"
            )?;
        } else {
            writeln!(out, "GROWTH  {growing} of {classes} {are} growing, over {snapshots} in {time}")?;
        }
        if self.snapshots == 0 {
            return out.write_all(NO_SNAPSHOT.as_bytes());
        }
        if self.classes.is_empty() {
            return writeln!(out, "  no class is tracked, or none that was asked for");
        }
        // A line for the rest says less than that of a single class.
        let others = self.classes.len() - growing;
        let shown = growing + if others <= MOST_OTHERS + 1 { others } else { MOST_OTHERS };
        let mut builder = Builder::default();
        builder.push_record(HEADER.map(str::to_owned));
        self.classes[..shown].iter().for_each(|class| builder.push_record(cells(class)));
        let table = styled(builder).to_string();
        table.lines().try_for_each(|line| writeln!(out, "{}", line.trim_end()))?;
        if shown < self.classes.len() {
            let more = counted((self.classes.len() - shown) as u64, "class", "classes");
            writeln!(out, "  and {more} more, none of them growing")?;
        }
        writeln!(out, "\n an hour, a snapshot: the median slope between any two snapshots after the warm-up")?;
        writeln!(out, " rising: of all pairs of snapshots after the warm-up, those whose later one has more")?;
        writeln!(out, " left out: the first snapshots of the class, as warm-up: the others lie closest to a line")?;
        if self.classes.iter().any(|class| class.verdict == Verdict::TooFewSnapshots) {
            writeln!(
                out,
                " too few: at least {} snapshots are needed to tell growth from chance",
                Trend::LEAST_SNAPSHOTS
            )?;
        }
        if self.averaged > 1 {
            writeln!(out, " each {} snapshots in a row were taken as one, by their average", self.averaged)?;
        }
        Ok(())
    }
}

fn cells(class: &ClassGrowth) -> Vec<String> {
    let bytes = class.bytes.as_ref();
    let verdict = match bytes {
        Some(bytes) if bytes.verdict != class.verdict => format!("{} (live)", class.verdict),
        _ => class.verdict.to_string(),
    };
    let by_bytes = |slope: fn(&Trend) -> Option<f64>| or_absent(bytes.and_then(slope).map(change_of_bytes));
    let objects = |slope: Option<f64>| or_absent(slope.map(change_of_objects));
    let rising = |trend: &Trend| or_absent(trend.rising.map(Percent));
    vec![
        indented(&class.name),
        verdict,
        or_absent(bytes.map(|bytes| Bytes(bytes.last))),
        by_bytes(|bytes| bytes.per_hour),
        by_bytes(|bytes| bytes.per_snapshot),
        bytes.map_or_else(|| "-".to_owned(), rising),
        class.objects.last.to_string(),
        objects(class.objects.per_hour),
        objects(class.objects.per_snapshot),
        rising(&class.objects),
        bytes.unwrap_or(&class.objects).warm_up.to_string(),
    ]
}

/// A conversion from floating point stops at the ends of the integer's type.
fn change_of_bytes(bytes: f64) -> BytesChange {
    BytesChange(bytes.round() as i64)
}

fn change_of_objects(objects: f64) -> String {
    if objects.abs() >= 100.0 {
        signed(objects.round() as i64)
    } else {
        signed((objects * 100.0).round() / 100.0 + 0.0)
    }
}
