//! Dumps as they are read: in a file or from the standard input, whole or not.

mod progress;

use std::fs::File;
use std::io::{self, IsTerminal, Read, Seek};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use classtracker_stats::{DumpError, DumpReader, Moment, Session, Snapshot, SnapshotKey, Stats, dump};

use crate::arguments::Source;
use crate::exit::Outcome;
use crate::failure::Failure;
use crate::output;
use progress::Watched;

const STANDARD_INPUT: &str = "standard input";

/// A dump that can be read from its beginning, more than once.
pub(crate) struct Dump {
    path: PathBuf,
    /// What came from the standard input, if it must be read twice.
    spooled: Option<File>,
    /// Whether to show how far reading has come.
    watched: bool,
}

impl Dump {
    /// The dump in this file, or in the standard input for `-`.
    pub(crate) fn new(path: &Path) -> Self {
        Self { path: path.to_owned(), spooled: None, watched: true }
    }

    /// The same dump, read without showing how far that has come: what is printed meanwhile would run into it.
    pub(crate) fn unwatched(self) -> Self {
        Self { watched: false, ..self }
    }

    fn is_standard_input(&self) -> bool {
        self.path == Path::new("-")
    }

    /// What messages call it.
    pub(crate) fn name(&self) -> String {
        if self.is_standard_input() { STANDARD_INPUT.to_owned() } else { self.path.display().to_string() }
    }

    /// The same error, with where it was.
    pub(crate) fn error(&self, error: DumpError) -> DumpError {
        error.in_file(self.name())
    }

    /// Begins to read it.
    pub(crate) fn open(&self) -> Result<Box<dyn Read>, Failure> {
        let opened = match &self.spooled {
            Some(file) => file.try_clone().and_then(|mut file| file.rewind().map(|()| file)),
            None if self.is_standard_input() => {
                return Ok(Box::new(Watched::new(io::stdin().lock(), None, self.watched)));
            }
            None => File::open(&self.path),
        };
        let file = opened.map_err(|error| Failure::Dump(self.not_opened(error)))?;
        let length = file.metadata().ok().filter(std::fs::Metadata::is_file).map(|metadata| metadata.len());
        Ok(Box::new(Watched::new(file, length, self.watched)))
    }

    fn not_opened(&self, error: io::Error) -> DumpError {
        let (path, action) = (Some(self.name().into()), dump::Action::Open);
        DumpError::Io { path, offset: 0, action, error }
    }

    /// Makes sure that it can be read again after it was read once.
    fn keep(&mut self) -> Result<(), Failure> {
        if !self.is_standard_input() || self.spooled.is_some() {
            return Ok(());
        }
        let spool = || {
            let mut file = tempfile::tempfile()?;
            io::copy(&mut io::stdin().lock(), &mut file)?;
            Ok(file)
        };
        self.spooled = Some(spool().map_err(|error| Failure::Dump(self.not_opened(error)))?);
        Ok(())
    }

    fn reader(&self) -> Result<DumpReader<Box<dyn Read>>, Failure> {
        DumpReader::new(self.open()?).map_err(|error| Failure::Dump(self.error(error)))
    }

    /// The moments of its whole snapshots.
    pub(crate) fn moments(&mut self) -> Result<Vec<Moment>, Failure> {
        self.keep()?;
        let whole = self.reader()?.map_while(Result::ok);
        Ok(whole.map(|snapshot| Moment::new(snapshot.label.clone(), snapshot.elapsed)).collect())
    }

    /// Reads the snapshots of these keys.
    pub(crate) fn pick<const N: usize>(
        mut self,
        keys: [&SnapshotKey; N],
        allow_cut: bool,
    ) -> Result<Picked<N>, Failure> {
        let moments = self.moments()?;
        let mut wanted = [0; N];
        for (wanted, key) in wanted.iter_mut().zip(keys) {
            *wanted = key.find(&moments).map_err(|error| Failure::NoSuchSnapshot(self.name(), error.into()))?;
        }
        let name = self.name();
        let reading = self.read(allow_cut)?;
        let session = reading.session().clone();
        let between = wanted.iter().min().copied()..wanted.iter().max().copied();
        let (mut found, mut gone) = ([const { None }; N], Vec::new());
        let end = reading.for_each(|index, snapshot| {
            if between.start < Some(index) && Some(index) < between.end {
                gone.extend_from_slice(&snapshot.gone);
            }
            for (found, _) in found.iter_mut().zip(wanted).filter(|(_, wanted)| *wanted == index) {
                *found = Some(Arc::clone(&snapshot));
            }
            Ok(())
        })?;
        let found: Option<Vec<_>> = found.into_iter().collect();
        let Some(Ok(snapshots)) = found.map(TryInto::try_into) else {
            return Err(Failure::Changed(name));
        };
        Ok(Picked { session, snapshots, gone, outcome: end.outcome })
    }

    /// Begins to read all snapshots.
    pub(crate) fn read(self, allow_cut: bool) -> Result<Reading, Failure> {
        let reader = self.reader()?;
        Ok(Reading { dump: self, reader, wanted: 0..usize::MAX, allow_cut })
    }
}

/// Some snapshots of a dump.
pub(crate) struct Picked<const N: usize> {
    pub(crate) session: Session,
    /// In the order asked for.
    pub(crate) snapshots: [Arc<Snapshot>; N],
    /// Serials that snapshots between them, in the order of time, found dead.
    pub(crate) gone: Vec<u64>,
    pub(crate) outcome: Outcome,
}

/// A dump that is being read: those snapshots of it that are wanted, one after the other.
///
/// Of a dump that is cut or damaged these are the whole ones. What is lost is said on the standard error.
pub(crate) struct Reading {
    dump: Dump,
    reader: DumpReader<Box<dyn Read>>,
    wanted: Range<usize>,
    allow_cut: bool,
}

/// How it ended.
pub(crate) struct End {
    pub(crate) outcome: Outcome,
    /// What is lost of the dump, if it is not whole.
    pub(crate) lost: Option<String>,
}

impl Reading {
    /// Begins to read the snapshots that `source` wants.
    pub(crate) fn begin(source: &Source) -> Result<Self, Failure> {
        Self::of(Dump::new(&source.dump.file), source)
    }

    /// As [`begin`](Self::begin), for a command that prints while it reads.
    pub(crate) fn begin_printing(source: &Source) -> Result<Self, Failure> {
        let dump = Dump::new(&source.dump.file);
        let is_seen = io::stdout().is_terminal();
        Self::of(if is_seen { dump.unwatched() } else { dump }, source)
    }

    fn of(mut dump: Dump, source: &Source) -> Result<Self, Failure> {
        let Some(range) = &source.snapshots else {
            return dump.read(source.dump.allow_cut);
        };
        let moments = dump.moments()?;
        let wanted = range.find(&moments).map_err(|error| Failure::NoSuchSnapshot(dump.name(), error))?;
        Ok(Self { wanted, ..dump.read(source.dump.allow_cut)? })
    }

    pub(crate) fn session(&self) -> &Session {
        self.reader.session()
    }

    /// Gives each snapshot to `each`, with its index in the dump.
    pub(crate) fn for_each(
        mut self,
        mut each: impl FnMut(usize, Arc<Snapshot>) -> Result<(), Failure>,
    ) -> Result<End, Failure> {
        for index in 0.. {
            match self.reader.next() {
                Some(Ok(snapshot)) if self.wanted.contains(&index) => each(index, snapshot)?,
                Some(Ok(_)) => {}
                Some(Err(error)) => {
                    let lost = lost(&self.dump.error(error), index);
                    output::complain(&format!("warning: {lost}"));
                    let outcome = if self.allow_cut { Outcome::Whole } else { Outcome::Partial };
                    return Ok(End { outcome, lost: Some(lost) });
                }
                None => break,
            }
        }
        Ok(End { outcome: Outcome::Whole, lost: None })
    }
}

/// Loads the snapshots that `source` wants.
pub(crate) fn load(source: &Source) -> Result<(Stats, Outcome), Failure> {
    let reading = Reading::begin(source)?;
    let session = reading.session().clone();
    let mut snapshots = Vec::new();
    let end = reading.for_each(|_, snapshot| {
        snapshots.push(snapshot);
        Ok(())
    })?;
    Ok((Stats::new(session, snapshots), end.outcome))
}

/// What messages call this file.
pub(crate) fn name(file: &Path) -> String {
    Dump::new(file).name()
}

/// What is lost of a dump, of which this many snapshots are whole.
fn lost(error: &DumpError, whole: usize) -> String {
    let used = if whole == 0 { "no snapshot before that is whole" } else { "only what is before that is used" };
    match error {
        DumpError::Cut { part: dump::Part::FrameHeader, found: 0, offset, snapshots, .. } => {
            let file = error.path().map(|path| format!("{}: ", path.display())).unwrap_or_default();
            let whole =
                if *snapshots == 1 { "1 whole snapshot".to_owned() } else { format!("{snapshots} whole snapshots") };
            format!(
                "{file}byte {offset}: the dump has no end after {whole}: its program was killed, or is still writing"
            )
        }
        _ => format!("{error}; {used}"),
    }
}
