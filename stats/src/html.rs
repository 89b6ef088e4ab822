//! The report: one file that a browser shows, with everything in it. Behind the feature `html`.
//!
//! It needs no network, no server and no other file. [`Stats::html`](crate::Stats::html) makes it of snapshots that are at hand;
//! [`Report`] takes them one at a time, so that a dump of any length needs little memory.
//!
//! A report has a size that a browser and a mail can bear, whatever the number of snapshots, classes and objects. So it keeps the
//! largest, and says of everything else how much it is: see [`Options`].
//!
//! ```
//! use classtracker_stats::{DumpReader, Session, Stats, html};
//!
//! # let mut dump = Vec::new();
//! # Stats::new(Session::new(chrono::Utc::now(), 1), Vec::new()).write_to(&mut dump)?;
//! let mut reader = DumpReader::new(&dump[..])?;
//! let mut report = html::Report::new(reader.session());
//! for snapshot in reader.by_ref() {
//!     report.add(&*snapshot?);
//! }
//! let mut page = Vec::new();
//! report.write(&mut page)?;
//! assert!(page.starts_with(b"<!doctype html>"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod block;
mod classes;
mod details;
mod growth;
mod head;
mod objects;
mod page;
mod series;
mod thinned;

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use thiserror::Error;

use crate::dump::Action;
use crate::{GrowthBuilder, Names, Session, Snapshot, Stats};
use block::Block;
use classes::Classes;
use head::Heads;
use objects::Objects;
use series::Ranking;

/// What each kind of data may take in the file at most, in bytes. With the page itself (some 0.15 MB), the list of
/// snapshots and the table of classes, a report stays below 4 MB.
const SERIES_BYTES: usize = 2_200_000;
const OBJECTS_BYTES: usize = 900_000;
const DETAILS_BYTES: usize = 400_000;
const GROWTH_BYTES: usize = 150_000;

/// How much a [`Report`] shows one by one.
///
/// Whatever is set here, a part of the report that would get too large (some 2 MB for the charts, 1 MB for the objects) is
/// cut down further. The report says of each part how much it leaves out.
///
/// ```
/// use classtracker_stats::html::Options;
///
/// let mut options = Options::default();
/// options.largest_objects = 20;
/// ```
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// How classes are named.
    pub names: Names,
    /// How many classes are listed at most: those that had the most bytes at any time.
    pub listed_classes: usize,
    /// How many of them have a curve, and can be compared between any two snapshots. The others are one curve together.
    pub charted_classes: usize,
    /// How many snapshots the curves have at most. Of more, every second is left out, or every fourth, and so on.
    pub charted_snapshots: usize,
    /// How many of the largest objects of each class are listed.
    pub largest_objects: usize,
    /// When the report was made, as it says itself; `None` for the time at which [`Report::new`] was called.
    pub made: Option<DateTime<Utc>>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            names: Names::default(),
            listed_classes: 10_000,
            charted_classes: 1000,
            charted_snapshots: 600,
            largest_objects: 100,
            made: None,
        }
    }
}

/// A report in the making: it takes snapshots one at a time, and holds none of them.
///
/// It needs memory for the classes, times the snapshots in the charts (70 MB at most), and for the largest objects.
///
/// ```
/// # let dir = tempfile::tempdir()?;
/// # let path = dir.path().join("report.html");
/// use std::fs::File;
/// use classtracker_stats::{DumpReader, html};
///
/// let mut reader = DumpReader::new(File::open("docs/factory.ctdump")?)?;
/// let mut report = html::Report::new(reader.session());
/// for snapshot in reader.by_ref() {
///     report.add(&*snapshot?);
/// }
/// assert_eq!(report.snapshots(), 8);
/// report.save(&path)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Report {
    session: Session,
    options: Options,
    made: DateTime<Utc>,
    heads: Heads,
    classes: Classes,
    objects: Objects,
    growth: GrowthBuilder,
}

impl Report {
    /// A report of the session's snapshots, which are still to come.
    #[must_use]
    pub fn new(session: &Session) -> Self {
        Self::with(session, Options::default())
    }

    /// The same, with options.
    ///
    /// ```
    /// use classtracker_stats::{Stats, html};
    ///
    /// let stats = Stats::load("docs/factory.ctdump")?;
    /// let mut options = html::Options::default();
    /// options.charted_snapshots = 4;
    /// let mut report = html::Report::with(stats.session(), options);
    /// stats.snapshots().iter().for_each(|snapshot| report.add(snapshot));
    /// # Ok::<(), classtracker_stats::DumpError>(())
    /// ```
    #[must_use]
    pub fn with(session: &Session, options: Options) -> Self {
        Self {
            session: session.clone(),
            made: options.made.unwrap_or_else(Utc::now),
            heads: Heads::new(),
            classes: Classes::new(options.charted_snapshots),
            objects: Objects::new(options.largest_objects),
            growth: GrowthBuilder::new(options.names),
            options,
        }
    }

    /// Takes the next snapshot, in the order in which they were taken.
    pub fn add(&mut self, snapshot: &Snapshot) {
        let index = self.heads.count;
        self.heads.add(snapshot);
        self.classes.add(index, snapshot);
        self.objects.add(index, snapshot, &self.classes);
        self.growth.add(snapshot);
    }

    /// How many snapshots it has taken.
    #[must_use]
    pub fn snapshots(&self) -> usize {
        self.heads.count
    }

    /// Writes the page.
    ///
    /// ```
    /// use classtracker_stats::{Stats, html};
    ///
    /// let stats = Stats::load("docs/factory.ctdump")?;
    /// let mut page = Vec::new();
    /// html::Report::new(stats.session()).write(&mut page)?;
    /// assert!(page.starts_with(b"<!doctype html>"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// What `out` gives.
    pub fn write(self, out: &mut (impl Write + ?Sized)) -> io::Result<()> {
        let title = self.title();
        let ranking = Ranking::new(&self.classes, self.options.listed_classes);
        let mut about = Block::default();
        head::write_about(&mut about, &self.session, self.made);
        let mut heads = Block::default();
        self.heads.write(&mut heads);
        let mut classes = Block::default();
        series::write_classes(&mut classes, &ranking, self.options.names);
        let charted = self.options.charted_classes.min(ranking.listed);
        let series = fitting(charted, SERIES_BYTES, |block, count| {
            series::write_series(block, &self.classes, &ranking, count);
        })?;
        let details = fitting(ranking.listed, DETAILS_BYTES, |block, count| {
            details::write_details(block, &ranking, count);
        })?;
        let objects = fitting(self.objects.wanted(), OBJECTS_BYTES, |block, count| {
            details::write_objects(block, &self.objects, &ranking, count, self.heads.count);
        })?;
        let verdicts = self.growth.finish();
        let growth = fitting(ranking.listed, GROWTH_BYTES, |block, count| {
            growth::write_growth(block, &verdicts, &ranking, count);
        })?;
        let mut census = Block::default();
        details::write_census(&mut census, &self.classes);
        let blocks = [
            ("about", about.finish()?),
            ("snapshots", heads.finish()?),
            ("classes", classes.finish()?),
            ("series", series),
            ("details", details),
            ("objects", objects),
            ("growth", growth),
            ("census", census.finish()?),
        ];
        page::write(out, &title, &blocks)
    }

    /// Writes the page to a file, which appears whole or not at all.
    ///
    /// As with [`Stats::dump`](crate::Stats::dump), it is written under a temporary name in the same directory, and renamed.
    ///
    /// # Errors
    /// [`SaveError`], which says what the system refused to do.
    pub fn save(self, path: impl AsRef<Path>) -> Result<(), SaveError> {
        let path = path.as_ref();
        let failed = |action, error| SaveError { path: path.to_owned(), action, error };
        crate::dump::replace(path, failed, |file| self.write(file).map_err(|error| failed(Action::Write, error)))
    }

    fn title(&self) -> String {
        let program = self.session.program.as_deref().map(crate::text::printable);
        let program = program.as_deref().unwrap_or("process");
        format!("{program} {}: memory by class", self.session.process_id)
    }
}

/// Why a report could not be saved.
///
/// ```
/// use classtracker_stats::dump::Action;
/// use classtracker_stats::Stats;
///
/// let error = Stats::load("docs/factory.ctdump")?.html("no/such/folder/report.html").unwrap_err();
/// assert!(matches!(error.action, Action::Create));
/// assert!(error.to_string().starts_with("no/such/folder/report.html: can't create"));
/// # Ok::<(), classtracker_stats::DumpError>(())
/// ```
#[non_exhaustive]
#[derive(Debug, Error)]
#[error("{}: can't {action} the report: {error}", path.display())]
pub struct SaveError {
    /// The file.
    pub path: PathBuf,
    /// What was refused.
    pub action: Action,
    /// The system's reason.
    pub error: io::Error,
}

/// As many as fit into so many bytes, or some fewer, but no more than `count`.
fn fitting(mut count: usize, bytes: usize, write: impl Fn(&mut Block, usize)) -> io::Result<String> {
    loop {
        let mut block = Block::default();
        write(&mut block, count);
        let block = block.finish()?;
        if block.len() <= bytes || count == 0 {
            return Ok(block);
        }
        // The first ones are larger than the others, as a rule.
        let share = bytes as f64 / block.len() as f64;
        count = ((count as f64 * share * 0.97) as usize).min(count - 1);
    }
}

impl Stats {
    /// Saves a report of all snapshots that a browser shows: one file, with everything in it. It appears whole or not at all.
    ///
    /// How objects are to be listed, as set by [`sort_by`](Self::sort_by) and the like, is no part of it, except for how
    /// classes are [named](Self::names).
    ///
    /// # Errors
    /// [`SaveError`], which says what the system refused to do.
    ///
    /// ```
    /// # let dir = tempfile::tempdir()?;
    /// # let path = dir.path().join("report.html");
    /// use classtracker_stats::{Session, Stats};
    ///
    /// let stats = Stats::new(Session::new(chrono::Utc::now(), 1), Vec::new());
    /// stats.html(&path)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn html(&self, path: impl AsRef<Path>) -> Result<(), SaveError> {
        self.report().save(path)
    }

    /// Writes the same report to a stream.
    ///
    /// ```
    /// use classtracker_stats::Stats;
    ///
    /// let mut page = Vec::new();
    /// Stats::load("docs/factory.ctdump")?.write_html(&mut page)?;
    /// assert!(page.starts_with(b"<!doctype html>"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// What `out` gives.
    pub fn write_html(&self, out: &mut (impl Write + ?Sized)) -> io::Result<()> {
        self.report().write(out)
    }

    fn report(&self) -> Report {
        let options = Options { names: self.query().names, ..Options::default() };
        let mut report = Report::with(self.session(), options);
        self.snapshots().iter().for_each(|snapshot| report.add(snapshot));
        report
    }
}
