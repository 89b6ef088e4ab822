use std::io::{self, IsTerminal};
use std::ops::Range;
use std::sync::Arc;

use classtracker_stats::dump::{Lost, Objects, Part};
use classtracker_stats::{DumpError, DumpReader, Session, Snapshot, Stats};

use super::{Dump, Input};
use crate::arguments::Source;
use crate::exit::Outcome;
use crate::failure::Failure;
use crate::output;

/// How many parts that are lost are described one by one.
const MOST_LOST: usize = 10;

/// A dump that is being read: those snapshots of it that are wanted, one after the other.
///
/// Of a dump that is cut or damaged these are all that can be read. What is lost is said on the standard error.
pub(crate) struct Reading {
    dump: Dump,
    reader: DumpReader<Input>,
    wanted: Range<usize>,
    allow_cut: bool,
}

/// How it ended.
pub(crate) struct End {
    pub(crate) outcome: Outcome,
    /// What of the dump can't be used.
    pub(crate) lost: Vec<Lost>,
}

impl End {
    /// Says on the standard error what is lost.
    pub(crate) fn of(lost: Vec<Lost>, allow_cut: bool) -> Self {
        complain_of(&lost);
        let is_whole = lost.is_empty() || allow_cut;
        Self { outcome: if is_whole { Outcome::Whole } else { Outcome::Partial }, lost }
    }
}

impl Reading {
    /// Begins to read the snapshots that `source` wants.
    pub(crate) fn begin(source: &Source, objects: Objects) -> Result<Self, Failure> {
        Self::of(Dump::new(&source.dump.file), source, objects)
    }

    /// As [`begin`](Self::begin), for a command that prints while it reads.
    pub(crate) fn begin_printing(source: &Source, objects: Objects) -> Result<Self, Failure> {
        let dump = Dump::new(&source.dump.file);
        let is_seen = io::stdout().is_terminal();
        Self::of(if is_seen { dump.unwatched() } else { dump }, source, objects)
    }

    fn of(mut dump: Dump, source: &Source, objects: Objects) -> Result<Self, Failure> {
        let wanted = match &source.snapshots {
            None => 0..usize::MAX,
            Some(range) => {
                let moments = dump.survey()?.moments;
                range.find(&moments).map_err(|error| Failure::NoSuchSnapshot(dump.name(), error))?
            }
        };
        Ok(Self { reader: dump.reader(objects)?, dump, wanted, allow_cut: source.dump.allow_cut })
    }

    pub(crate) fn session(&self) -> &Session {
        self.reader.session()
    }

    /// Gives each snapshot to `each`, with its index among those that can be read.
    pub(crate) fn for_each(
        mut self,
        mut each: impl FnMut(usize, Arc<Snapshot>) -> Result<(), Failure>,
    ) -> Result<End, Failure> {
        for (index, next) in self.reader.by_ref().enumerate() {
            let snapshot = next.map_err(|error| self.dump.error(error))?;
            if self.wanted.contains(&index) {
                each(index, snapshot)?;
            }
        }
        let name = self.dump.name();
        let lost = self.reader.into_lost().into_iter().map(|lost| lost.in_file(&name));
        Ok(End::of(lost.collect(), self.allow_cut))
    }
}

impl Dump {
    /// Begins to read all snapshots, without their objects.
    pub(crate) fn read(self, allow_cut: bool) -> Result<Reading, Failure> {
        Ok(Reading { reader: self.reader(Objects::Skip)?, dump: self, wanted: 0..usize::MAX, allow_cut })
    }
}

/// Loads the snapshots that `source` wants.
pub(crate) fn load(source: &Source, objects: Objects) -> Result<(Stats, Outcome), Failure> {
    let reading = Reading::begin(source, objects)?;
    let session = reading.session().clone();
    let mut snapshots = Vec::new();
    let end = reading.for_each(|_, snapshot| {
        snapshots.push(snapshot);
        Ok(())
    })?;
    Ok((Stats::new(session, snapshots), end.outcome))
}

/// Says what is lost on the standard error.
fn complain_of(lost: &[Lost]) {
    for lost in lost.iter().take(MOST_LOST) {
        output::complain(&format!("warning: {}", described(lost)));
    }
    if let more @ 1.. = lost.len().saturating_sub(MOST_LOST) {
        output::complain(&format!("warning: {more} more parts of the dump can't be used"));
    }
}

/// A part of a dump that is lost. That its end is missing need not be a loss.
pub(crate) fn described(lost: &Lost) -> String {
    match &lost.error {
        DumpError::Cut { path, part: Part::FrameHeader, found: 0, offset, snapshots, .. } => {
            let file = path.as_ref().map(|path| format!("{}: ", path.display())).unwrap_or_default();
            let whole = if *snapshots == 1 { "snapshot" } else { "snapshots" };
            format!(
                "{file}byte {offset}: the dump has no end after {snapshots} whole {whole}: its program was killed, or \
                 is still writing"
            )
        }
        _ => lost.to_string(),
    }
}
