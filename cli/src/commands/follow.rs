use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use classtracker_stats::{Names, Session};

use crate::arguments::Follow;
use crate::exit::Outcome;
use crate::failure::Failure;
use crate::follow::{History, Lines, Seen, Table, Watch};
use crate::input::{Dump, End};
use crate::output::{Output, printable};

/// A table is drawn when nothing new has come for so long,
const QUIET: Duration = Duration::from_millis(50);

/// or when it was not drawn for so long.
const STALE: Duration = Duration::from_millis(500);

pub(super) fn run(arguments: &Follow, out: &mut Output) -> Result<Outcome, Failure> {
    let names = if arguments.full_names { Names::Full } else { Names::Short };
    let mut history = History::new(arguments.of.class.clone(), names);
    let mut view = View { table: None, drawn: 0, at: Instant::now(), is_stale: false };
    let mut watch = Watch::begin(&arguments.file, arguments.interval);
    loop {
        let (seen, rest) = watch.next(QUIET).map_err(Failure::Dump)?;
        match seen {
            Seen::Begun(session) => {
                let title = title(&arguments.file, &session);
                view.begin(title, arguments.lines, out)?;
            }
            Seen::Snapshot(snapshot) => {
                history.add(snapshot);
                view.changed(&history, out)?;
            }
            Seen::Nothing => view.draw(&history, out)?,
            Seen::End(lost) => {
                view.draw(&history, out)?;
                let name = Dump::new(&arguments.file).name();
                let lost = lost.into_iter().map(|lost| lost.in_file(&name));
                return Ok(End::of(lost.collect(), false).outcome);
            }
        }
        match rest {
            Some(rest) => watch = rest,
            None => return Ok(Outcome::Whole),
        }
    }
}

fn title(file: &Path, session: &Session) -> String {
    let program = session.program.as_deref().map(|program| format!(" ({program})")).unwrap_or_default();
    printable(&format!("{}, process {}{program}", Dump::new(file).name(), session.process_id)).into_owned()
}

/// What stands on the screen.
struct View {
    /// How it is drawn; `None` to append lines.
    table: Option<Table>,
    /// How many lines of it there are.
    drawn: usize,
    /// When it was drawn.
    at: Instant,
    /// Whether there is anything newer.
    is_stale: bool,
}

impl View {
    fn begin(&mut self, title: String, lines: bool, out: &mut Output) -> Result<(), Failure> {
        if lines || out.size().is_none() {
            out.write_all(Lines::header(&title).as_bytes()).and_then(|()| out.flush()).map_err(Failure::Output)
        } else {
            self.table = Some(Table::new(title));
            self.is_stale = true;
            Ok(())
        }
    }

    fn changed(&mut self, history: &History, out: &mut Output) -> Result<(), Failure> {
        self.is_stale = true;
        if self.table.is_none() {
            let line = Lines::line(history).unwrap_or_default();
            out.write_all(line.as_bytes()).and_then(|()| out.flush()).map_err(Failure::Output)
        } else if self.at.elapsed() > STALE {
            self.draw(history, out)
        } else {
            Ok(())
        }
    }

    /// Draws the table anew, if there is one and anything is newer.
    fn draw(&mut self, history: &History, out: &mut Output) -> Result<(), Failure> {
        let (Some(table), Some(size), true) = (&self.table, out.size(), self.is_stale) else {
            return Ok(());
        };
        let lines = table.lines(history, size);
        let text = lines.join("\n") + "\n";
        out.rewind(self.drawn)
            .and_then(|()| out.write_all(text.as_bytes()))
            .and_then(|()| out.flush())
            .map_err(Failure::Output)?;
        (self.drawn, self.at, self.is_stale) = (lines.len(), Instant::now(), false);
        Ok(())
    }
}
