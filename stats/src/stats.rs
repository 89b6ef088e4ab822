use std::io::{self, Write};
use std::ops::Range;
use std::sync::Arc;

use crate::{
    Annotated, ClassFilter, Limit, Names, ObjectError, ObjectHistory, ObjectList, Query, Session, Snapshot, SortKey,
    Summary, UnknownObject,
};

/// The snapshots of one session, and the questions they answer.
///
/// How objects are to be listed is set by methods that chain; [`print_stats`](Self::print_stats) then does so. A program
/// that wants the answers as data asks [`summary`](Self::summary) and [`objects`](Self::objects).
///
/// ```no_run
/// use classtracker_stats::{Limit, SortKey, Stats};
///
/// let mut stats = Stats::load("factory.ctdump")?;
/// stats.print_summary();
/// stats
///     .filter("Employee")
///     .sort_by(&[SortKey::Size])
///     .limit(Limit::count(10))
///     .print_stats();
/// # Ok::<(), classtracker_stats::DumpError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Stats {
    session: Session,
    snapshots: Vec<Arc<Snapshot>>,
    forgotten_snapshots: u64,
    query: Query,
}

/// A snapshot taken on one thread may be dumped on another.
const _: () = {
    const fn assert_send_and_sync<T: Send + Sync>() {}
    assert_send_and_sync::<Stats>();
    assert_send_and_sync::<Snapshot>();
};

impl Stats {
    /// Stats of these snapshots, in the order in which they were taken.
    ///
    /// ```
    /// use classtracker_stats::{Session, Snapshot, Stats};
    /// use std::{sync::Arc, time::Duration};
    ///
    /// let start = chrono::Utc::now();
    /// let snapshot = Snapshot::new("first", start, Duration::ZERO);
    /// let stats = Stats::new(Session::new(start, std::process::id()), vec![Arc::new(snapshot)]);
    /// assert_eq!((stats.session().started, stats.snapshots().len()), (start, 1));
    /// ```
    #[must_use]
    pub fn new(session: Session, snapshots: Vec<Arc<Snapshot>>) -> Self {
        Self { session, snapshots, forgotten_snapshots: 0, query: Query::default() }
    }

    /// The session that the snapshots are of.
    #[must_use]
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// The snapshots, in the order in which they were taken.
    #[must_use]
    pub fn snapshots(&self) -> &[Arc<Snapshot>] {
        &self.snapshots
    }

    /// Keeps only the snapshots of these indices.
    pub(crate) fn retain(&mut self, indices: Range<usize>) {
        self.snapshots.truncate(indices.end);
        self.snapshots.drain(..indices.start);
    }

    /// The same, of a tracker that has kept only its last snapshots and dropped this many before them. Tables say so.
    ///
    /// ```
    /// use classtracker_stats::Stats;
    ///
    /// let stats = Stats::load("docs/factory.ctdump")?.with_forgotten(2);
    /// assert_eq!(stats.forgotten_snapshots(), 2);
    /// # Ok::<(), classtracker_stats::DumpError>(())
    /// ```
    #[must_use]
    pub fn with_forgotten(mut self, snapshots: u64) -> Self {
        self.forgotten_snapshots = snapshots;
        self
    }

    /// How many snapshots were taken before the first of these, and are not among them.
    #[must_use]
    pub fn forgotten_snapshots(&self) -> u64 {
        self.forgotten_snapshots
    }

    /// How objects are listed at present.
    ///
    /// ```
    /// use classtracker_stats::{Limit, Stats};
    ///
    /// let mut stats = Stats::load("docs/factory.ctdump")?;
    /// stats.limit(Limit::count(10));
    /// assert_eq!(stats.query().limit, Some(Limit::count(10)));
    /// # Ok::<(), classtracker_stats::DumpError>(())
    /// ```
    #[must_use]
    pub fn query(&self) -> &Query {
        &self.query
    }

    /// Sorts objects by these keys, the right way round; without any key, by serial.
    ///
    /// Each key breaks the ties that the keys before it leave. What is still equal then is sorted by serial.
    ///
    /// ```
    /// use classtracker_stats::{SortKey, Stats};
    ///
    /// let mut stats = Stats::load("docs/factory.ctdump")?;
    /// stats.sort_by(&[SortKey::Size]).print_stats();
    /// stats.sort_by(&[SortKey::Size]).reverse().print_stats();
    /// # Ok::<(), classtracker_stats::DumpError>(())
    /// ```
    pub fn sort_by(&mut self, keys: &[SortKey]) -> &mut Self {
        self.query.sort = keys.to_vec();
        self.query.reversed = false;
        self
    }

    /// Turns the present order of objects round as a whole.
    pub fn reverse(&mut self) -> &mut Self {
        self.query.reversed = !self.query.reversed;
        self
    }

    /// Asks only about some classes: those with `class` in their full names, or, after a `=`, the one of exactly this name;
    /// all with `""`. Regular expressions are read by [`ClassFilter`]'s `parse`.
    ///
    /// ```
    /// use classtracker_stats::{ClassFilter, Session, Stats};
    ///
    /// let mut stats = Stats::new(Session::new(chrono::Utc::now(), 1), Vec::new());
    /// stats.filter("staff").print_stats();
    /// stats.filter("=app::staff::Employee").print_stats();
    /// stats.filter("staff".parse::<ClassFilter>()?).print_stats();
    /// # Ok::<(), classtracker_stats::ClassFilterError>(())
    /// ```
    pub fn filter(&mut self, class: impl Into<ClassFilter>) -> &mut Self {
        self.query.class = class.into();
        self
    }

    /// Lists no more objects than this, after the filter; all with `None`.
    ///
    /// ```
    /// use classtracker_stats::{Limit, Stats};
    ///
    /// let mut stats = Stats::load("docs/factory.ctdump")?;
    /// stats.limit(Limit::count(2)).print_stats();
    /// assert_eq!(stats.objects(stats.query()).objects.len(), 2);
    /// stats.limit(None).print_stats();
    /// # Ok::<(), classtracker_stats::DumpError>(())
    /// ```
    pub fn limit(&mut self, limit: impl Into<Option<Limit>>) -> &mut Self {
        self.query.limit = limit.into();
        self
    }

    /// Names classes this way, in the summary and in the list of objects.
    ///
    /// ```
    /// use classtracker_stats::{Names, Stats};
    ///
    /// let mut stats = Stats::load("docs/factory.ctdump")?;
    /// stats.names(Names::Full).print_summary();
    /// # Ok::<(), classtracker_stats::DumpError>(())
    /// ```
    pub fn names(&mut self, names: Names) -> &mut Self {
        self.query.names = names;
        self
    }

    /// Per snapshot, what each class holds.
    ///
    /// ```
    /// use classtracker_stats::{ShareOf, Stats};
    ///
    /// let summary = Stats::load("docs/factory.ctdump")?.summary();
    /// assert_eq!((summary.classes, summary.share_of), (3, ShareOf::ResidentMemory));
    /// let last = summary.snapshots.last().unwrap();
    /// assert_eq!((last.moment.label.as_str(), last.total.live), ("evening", 84));
    /// assert_eq!((&*last.rows[1].name, last.rows[1].share.unwrap().to_string().as_str()), ("Order", "0.2 %"));
    /// # Ok::<(), classtracker_stats::DumpError>(())
    /// ```
    #[must_use]
    pub fn summary(&self) -> Summary {
        Summary { forgotten_snapshots: self.forgotten_snapshots, ..Summary::new(&self.snapshots, self.query.names) }
    }

    /// The objects that the query wants, each with its size in every snapshot that lists it.
    ///
    /// ```
    /// use classtracker_stats::{Query, Session, Stats};
    ///
    /// let stats = Stats::new(Session::new(chrono::Utc::now(), 1), Vec::new());
    /// assert_eq!(stats.objects(&Query::default()).objects, []);
    /// ```
    #[must_use]
    pub fn objects(&self, query: &Query) -> ObjectList {
        ObjectList::new(&self.snapshots, query)
    }

    /// The object of this serial, with its size and its parts in every snapshot that lists it.
    ///
    /// # Errors
    /// [`UnknownObject`] if no snapshot lists it.
    ///
    /// ```
    /// use classtracker_stats::{Session, Stats};
    ///
    /// let stats = Stats::new(Session::new(chrono::Utc::now(), 1), Vec::new());
    /// assert_eq!(
    ///     stats.object(17).unwrap_err().to_string(),
    ///     "no object #17 is listed: the snapshots list 0 objects",
    /// );
    /// ```
    pub fn object(&self, serial: u64) -> Result<ObjectHistory, UnknownObject> {
        ObjectHistory::new(&self.snapshots, serial, self.query.names)
    }

    /// Per snapshot, what each class holds, and which parts of its objects hold it.
    ///
    /// ```
    /// use classtracker_stats::Stats;
    ///
    /// let annotated = Stats::load("docs/factory.ctdump")?.annotate();
    /// let employees = annotated.summary.snapshots[0].rows[0].row.as_ref().unwrap();
    /// assert_eq!((&*employees.referents[1].name, employees.referents[1].bytes), ("age", 48));
    /// # Ok::<(), classtracker_stats::DumpError>(())
    /// ```
    #[must_use]
    pub fn annotate(&self) -> Annotated {
        Annotated { summary: self.summary() }
    }

    /// Writes the summary to the standard output.
    ///
    /// What the standard output does not take (a pipe whose reader has left, a full disk) is lost without a word; use
    /// [`write_summary`](Self::write_summary) to learn of it.
    ///
    /// ```
    /// use classtracker_stats::Stats;
    ///
    /// Stats::load("docs/factory.ctdump")?.print_summary();
    /// # Ok::<(), classtracker_stats::DumpError>(())
    /// ```
    pub fn print_summary(&self) {
        let _ = self.write_summary(&mut io::stdout().lock());
    }

    /// Writes the objects that the filter and the limit let through to the standard output, in the order set.
    ///
    /// What the standard output does not take is lost without a word, as with [`print_summary`](Self::print_summary).
    ///
    /// ```
    /// use classtracker_stats::Stats;
    ///
    /// Stats::load("docs/factory.ctdump")?.filter("Employee").print_stats();
    /// # Ok::<(), classtracker_stats::DumpError>(())
    /// ```
    pub fn print_stats(&self) {
        let _ = self.write_stats(&mut io::stdout().lock());
    }

    /// Writes one object to the standard output: its sizes over time and its parts.
    ///
    /// What the standard output does not take is lost without a word, as with [`print_summary`](Self::print_summary).
    ///
    /// ```
    /// use classtracker_stats::Stats;
    ///
    /// Stats::load("docs/factory.ctdump")?.print_object(1)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`UnknownObject`] if no snapshot lists an object of this serial; nothing is printed then.
    pub fn print_object(&self, serial: u64) -> Result<(), UnknownObject> {
        let _ = self.object(serial)?.write_text(&mut io::stdout().lock());
        Ok(())
    }

    /// Writes, per snapshot and class, the parts of its objects to the standard output.
    ///
    /// What the standard output does not take is lost without a word, as with [`print_summary`](Self::print_summary).
    ///
    /// ```
    /// use classtracker_stats::Stats;
    ///
    /// Stats::load("docs/factory.ctdump")?.print_annotated();
    /// # Ok::<(), classtracker_stats::DumpError>(())
    /// ```
    pub fn print_annotated(&self) {
        let _ = self.write_annotated(&mut io::stdout().lock());
    }

    /// Writes the summary as text.
    ///
    /// ```
    /// use classtracker_stats::Stats;
    ///
    /// let mut text = Vec::new();
    /// Stats::load("docs/factory.ctdump")?.write_summary(&mut text)?;
    /// assert!(text.starts_with(b"SUMMARY  8 snapshots, 3 classes"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// What `out` gives.
    pub fn write_summary(&self, out: &mut (impl Write + ?Sized)) -> io::Result<()> {
        self.summary().write_text(out)
    }

    /// Writes the objects that the filter and the limit let through as text, in the order set.
    ///
    /// ```
    /// use classtracker_stats::Stats;
    ///
    /// let mut text = Vec::new();
    /// Stats::load("docs/factory.ctdump")?.filter("Employee").write_stats(&mut text)?;
    /// assert!(String::from_utf8(text)?.contains("Grace"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// What `out` gives.
    pub fn write_stats(&self, out: &mut (impl Write + ?Sized)) -> io::Result<()> {
        self.objects(&self.query).write_text(out)
    }

    /// Writes one object as text: its sizes over time and its parts.
    ///
    /// ```
    /// use classtracker_stats::Stats;
    ///
    /// let mut text = Vec::new();
    /// Stats::load("docs/factory.ctdump")?.write_object(&mut text, 2)?;
    /// assert!(String::from_utf8(text)?.contains("Grace"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`ObjectError::Unknown`] if no snapshot lists an object of this serial, [`ObjectError::Io`] with what `out` gives.
    pub fn write_object(&self, out: &mut (impl Write + ?Sized), serial: u64) -> Result<(), ObjectError> {
        self.object(serial)?.write_text(out)?;
        Ok(())
    }

    /// Writes, per snapshot and class, the parts of its objects as text.
    ///
    /// ```
    /// use classtracker_stats::Stats;
    ///
    /// let mut text = Vec::new();
    /// Stats::load("docs/factory.ctdump")?.write_annotated(&mut text)?;
    /// assert!(String::from_utf8(text)?.contains("age"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// What `out` gives.
    pub fn write_annotated(&self, out: &mut (impl Write + ?Sized)) -> io::Result<()> {
        self.annotate().write_text(out)
    }
}
