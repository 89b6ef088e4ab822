//! Dumps as they are read: in a file or from the standard input, whole or not.

mod pick;
mod progress;
mod reading;

use std::fs::File;
use std::io::{self, Read, Seek};
use std::path::{Path, PathBuf};

use classtracker_stats::dump::{self, CompactReader, Damage, Lost, Objects, ReadOptions};
use classtracker_stats::{DumpError, DumpReader, Moment};

use crate::failure::Failure;
pub(crate) use pick::{Picked, one};
use progress::Watched;
pub(crate) use reading::{End, Reading, described, load};

const STANDARD_INPUT: &str = "standard input";

/// What is read of.
pub(crate) type Input = Box<dyn Read>;

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
    pub(crate) fn error(&self, error: DumpError) -> Failure {
        Failure::Dump(error.in_file(self.name()))
    }

    /// Begins to read its bytes.
    pub(crate) fn open(&self) -> Result<Input, Failure> {
        let opened = match &self.spooled {
            Some(file) => file.try_clone().and_then(|mut file| file.rewind().map(|()| file)),
            None if self.is_standard_input() => {
                return Ok(Box::new(Watched::new(io::stdin().lock(), None, self.watched)));
            }
            None => File::open(&self.path),
        };
        let file = opened.map_err(|error| self.not_opened(error))?;
        let length = file.metadata().ok().filter(std::fs::Metadata::is_file).map(|metadata| metadata.len());
        Ok(Box::new(Watched::new(file, length, self.watched)))
    }

    fn not_opened(&self, error: io::Error) -> Failure {
        self.error(DumpError::Io { path: None, offset: 0, action: dump::Action::Open, error })
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
        self.spooled = Some(spool().map_err(|error| self.not_opened(error))?);
        Ok(())
    }

    fn reader(&self, objects: Objects) -> Result<DumpReader<Input>, Failure> {
        DumpReader::with(self.open()?, &options(objects)).map_err(|error| self.error(error))
    }

    fn compact_reader(&self) -> Result<CompactReader<Input>, Failure> {
        CompactReader::with(self.open()?, &options(Objects::Read)).map_err(|error| self.error(error))
    }

    /// Looks through the whole dump.
    fn survey(&mut self) -> Result<Survey, Failure> {
        self.keep()?;
        let mut reader = self.reader(Objects::Skip)?;
        let moments = reader.by_ref().map(|snapshot| snapshot.map(|snapshot| Moment::of(&snapshot)));
        let moments = moments.collect::<Result<_, _>>().map_err(|error| self.error(error))?;
        let lost = reader.into_lost().into_iter().map(|lost| lost.in_file(self.name()));
        Ok(Survey { moments, lost: lost.collect() })
    }
}

/// What there is in a dump.
struct Survey {
    /// The moments of all snapshots that can be read.
    moments: Vec<Moment>,
    /// What can't be used.
    lost: Vec<Lost>,
}

/// All that can be read is read.
fn options(objects: Objects) -> ReadOptions {
    let mut options = ReadOptions::default();
    options.objects = objects;
    options.damage = Damage::PassOver;
    options
}
