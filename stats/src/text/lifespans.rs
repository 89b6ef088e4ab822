use std::io::{self, BufWriter, Write};
use std::time::Duration;

use super::counted;
use super::lines::Lines;
use super::summary::table::{indented, or_absent};
use crate::{LifespanBar, Lifespans, LifespansOf};

/// How many columns the longest bar takes.
const LONGEST_BAR: u64 = 30;

/// Longer rows of empty bars are left out.
const MOST_EMPTY: usize = 2;

impl Lifespans {
    /// Writes a histogram for each class, a bar a line.
    ///
    /// # Errors
    /// What `out` gives.
    pub fn write_text(&self, out: &mut (impl Write + ?Sized)) -> io::Result<()> {
        let mut out = BufWriter::new(out);
        let title = match self.of {
            LifespansOf::Live => "AGES  of live objects, in",
            LifespansOf::Dead => "LIFETIMES  of objects that had died, by",
        };
        writeln!(out, "{title} {}", self.moment)?;
        let mut lines = Lines::default();
        for class in &self.classes {
            lines.row([indented(&class.name), class.objects.to_string(), String::new()]);
            let most = class.bars.iter().map(|bar| bar.objects).max().unwrap_or(0);
            for bars in class.bars.chunk_by(|a, b| (a.objects == 0) == (b.objects == 0)) {
                if bars.len() > MOST_EMPTY && bars[0].objects == 0 {
                    lines.text("          …");
                } else {
                    bars.iter().for_each(|bar| add(bar, most, &mut lines));
                }
            }
        }
        if !self.classes.is_empty() {
            lines.write(&mut out)?;
        }
        if self.classes.len() < self.matching {
            let more = counted((self.matching - self.classes.len()) as u64, "class", "classes");
            writeln!(out, "  and {more} more")?;
        }
        if self.not_counted == 0 && self.matching == 0 {
            writeln!(out, "  no class is tracked, or none that was asked for")?;
        }
        if self.not_counted > 0 {
            let classes = counted(self.not_counted as u64, "class", "classes");
            let option = match self.of {
                LifespansOf::Live => "TrackOptions::ages",
                LifespansOf::Dead => "TrackOptions::lifetimes",
            };
            writeln!(out, "  not recorded for {classes}: {option} asks for it, of objects in a `Tracked`")?;
        }
        out.flush()
    }
}

fn add(bar: &LifespanBar, most: u64, lines: &mut Lines) {
    let until = bar.below.map_or_else(|| "or more".to_owned(), |below| format!(".. {}", span(below)));
    // Any object at all is worth a mark.
    let length = (u128::from(bar.objects) * u128::from(LONGEST_BAR)).div_ceil(u128::from(most.max(1))) as usize;
    lines.row_and(
        [format!("    {:>7} {until}", span(bar.from)), bar.objects.to_string(), or_absent(bar.share)],
        format!("  {}", "█".repeat(length)).trim_end().to_owned(),
    );
}

/// A length of time in the unit that suits it, to three digits or so.
fn span(time: Duration) -> String {
    let seconds = time.as_secs_f64();
    match seconds {
        0.0 => "0 s".to_owned(),
        ..1.0 => format!("{:.0} ms", seconds * 1e3),
        ..120.0 => format!("{seconds:.0} s"),
        ..7_200.0 => format!("{:.0} min", seconds / 60.0),
        ..172_800.0 => format!("{:.1} h", seconds / 3_600.0),
        _ => format!("{:.1} d", seconds / 86_400.0),
    }
}
