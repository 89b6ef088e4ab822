//! Several runs or processes side by side.

mod process;
mod summary;

use thiserror::Error;

use crate::{ObjectHistory, ObjectList, Query, Stats, UnknownObject};
pub use process::{ObjectId, ObjectIdError, Process};
pub use summary::{MergedClass, MergedPart, MergedSummary, MergedSummaryError, ProcessSummary};

/// Several runs or processes side by side, each with the number that tells it from the others.
///
/// Nothing of one is taken for something of another: times are those of each process' own session, and serials are
/// qualified by the process ([`ObjectId`]).
///
/// ```
/// use classtracker_stats::{Merged, Session, Stats};
///
/// let now = chrono::Utc::now();
/// let runs = [11, 12].map(|process_id| Stats::new(Session::new(now, process_id), Vec::new()));
/// let merged = Merged::new(runs.to_vec())?;
/// assert_eq!(merged.processes()[1].number, 2);
///
/// let twice = vec![merged.runs()[0].clone(), merged.runs()[0].clone()];
/// assert!(Merged::new(twice).is_err());
/// # Ok::<(), classtracker_stats::SameRun>(())
/// ```
#[derive(Debug, Clone)]
pub struct Merged {
    runs: Vec<Stats>,
}

impl Merged {
    /// These runs, numbered from 1 in this order.
    ///
    /// # Errors
    /// [`SameRun`] if two of them are of one run of one process: it would count twice.
    pub fn new(runs: Vec<Stats>) -> Result<Self, SameRun> {
        for (index, run) in runs.iter().enumerate() {
            if let Some(first) = runs[..index].iter().position(|other| other.session() == run.session()) {
                let process = Process::new(first + 1, run.session());
                return Err(SameRun { first: first + 1, second: index + 1, process });
            }
        }
        Ok(Self { runs })
    }

    /// The runs, in order of their numbers.
    #[must_use]
    pub fn runs(&self) -> &[Stats] {
        &self.runs
    }

    /// What tells the runs apart, in order of their numbers.
    #[must_use]
    pub fn processes(&self) -> Vec<Process> {
        let numbered = self.runs.iter().enumerate();
        numbered.map(|(index, run)| Process::new(index + 1, run.session())).collect()
    }

    /// The objects of each run that the query wants, in order of the runs' numbers. The limit is one for each run.
    ///
    /// ```
    /// use classtracker_stats::{Merged, Query, Session, Stats};
    ///
    /// let merged = Merged::new(vec![Stats::new(Session::new(chrono::Utc::now(), 11), Vec::new())])?;
    /// assert_eq!(merged.objects(&Query::default())[0].1.objects, []);
    /// # Ok::<(), classtracker_stats::SameRun>(())
    /// ```
    #[must_use]
    pub fn objects(&self, query: &Query) -> Vec<(Process, ObjectList)> {
        self.processes().into_iter().zip(self.runs.iter().map(|run| run.objects(query))).collect()
    }

    /// One object of one of the runs.
    ///
    /// # Errors
    /// [`UnknownMerged`] if there is no such run, or if its snapshots do not list an object of this serial.
    ///
    /// ```
    /// use classtracker_stats::{Merged, Session, Stats};
    ///
    /// let merged = Merged::new(vec![Stats::new(Session::new(chrono::Utc::now(), 11), Vec::new())])?;
    /// assert_eq!(
    ///     merged.object("1#17".parse()?).unwrap_err().to_string(),
    ///     "in process 1, no object #17 is listed: the snapshots list 0 objects",
    /// );
    /// assert_eq!(merged.object("2#17".parse()?).unwrap_err().to_string(), "no process 2: there is 1");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn object(&self, id: ObjectId) -> Result<ObjectHistory, UnknownMerged> {
        let run = id.process.checked_sub(1).and_then(|index| self.runs.get(index));
        let run = run.ok_or(UnknownMerged::Process { number: id.process, processes: self.runs.len() })?;
        run.object(id.serial).map_err(|unknown| UnknownMerged::Object { process: id.process, unknown })
    }
}

/// Two of the runs that were to be put side by side are the same one.
///
/// ```
/// use classtracker_stats::{Merged, Stats};
///
/// let run = Stats::load("docs/factory.ctdump")?;
/// let error = Merged::new(vec![run.clone(), run]).unwrap_err();
/// assert_eq!((error.first, error.second), (1, 2));
/// # Ok::<(), classtracker_stats::DumpError>(())
/// ```
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{first} and {second} are of the same run: {}", process.what())]
pub struct SameRun {
    /// The number of the first, from 1.
    pub first: usize,
    /// The number of the second, from 1.
    pub second: usize,
    /// What they are of.
    pub process: Process,
}

/// No such object in several runs.
///
/// ```
/// use classtracker_stats::{Merged, Stats, UnknownMerged};
///
/// let merged = Merged::new(vec![Stats::load("docs/factory.ctdump")?])?;
/// let error = merged.object("2#17".parse()?).unwrap_err();
/// assert!(matches!(error, UnknownMerged::Process { number: 2, processes: 1 }));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum UnknownMerged {
    /// There is no such run.
    #[error("no process {number}: there {} {processes}", if *processes == 1 { "is" } else { "are" })]
    Process {
        /// The number asked for.
        number: usize,
        /// How many there are.
        processes: usize,
    },
    /// The run's snapshots do not list the object.
    #[error("in process {process}, {unknown}")]
    Object {
        /// The run's number.
        process: usize,
        /// What is known.
        unknown: UnknownObject,
    },
}
