//! Snapshots of a program's memory by class, as data: the model, questions to it, tables, and the dump format.
//!
//! A [`Snapshot`] is plain data: per class how many objects live and what they take, per object its size, of both the
//! parts that make it up, if they were asked for. [`Stats`] holds the snapshots of one [`Session`] and answers questions:
//! [`Stats::summary`], [`Stats::annotate`], [`Stats::objects`] and [`Stats::object`] give plain data again, which knows
//! how to write itself as text. [`Stats::dump`] and [`Stats::load`] move it all through a file.
//!
//! | question | |
//! | --- | --- |
//! | What changed between two snapshots? | [`Stats::diff`] |
//! | Which classes grow? | [`Stats::growth`] |
//! | What was made in one phase and is still there in another? | [`Stats::survivors`] |
//! | Where were the live objects made? | [`Stats::sites`] |
//! | Which are the oldest, how old are they, how long did others live? | [`Stats::oldest`], [`Stats::ages`], [`Stats::lifetimes`] |
//! | What did each class hold over the whole run, and how did its number change? | [`Stats::classes`], [`Stats::histories`] |
//! | How much of the process' memory is not explained? | [`Snapshot::reconcile`] |
//! | What do several processes hold together? | [`Merged`] |
//!
//! Those that need all snapshots have a builder that takes one after the other ([`SummaryBuilder`], [`GrowthBuilder`],
//! [`ClassListBuilder`]), those that need all objects of some snapshots one that takes them row by row ([`DiffBuilder`],
//! [`SurvivorsBuilder`]), for dumps that do not fit in memory.
//!
//! What a question gives is an [`Answer`]: it writes itself as text. All of it implements `serde::Serialize`, for whoever wants
//! an answer as JSON or in another form: fields are called as they are here, variants in snake case; durations are seconds as a
//! floating-point number, times are RFC 3339, sizes are bytes as integers, shares are parts of 1; what is absent is null.
//!
//! This crate knows no tracker: it neither finds objects nor sizes them.
//!
//! # Features
//! | feature | what it adds |
//! | --- | --- |
//! | `compression` | dumps whose snapshots are compressed: `dump::Compression::Lz4` |
//! | `html` | `Stats::html` and `html::Report`: a report in one file that a browser shows |
//! | `regex` | classes chosen by regular expressions: `ClassFilter::pattern` |
//!
//! # Example
//!
//! ```
//! use classtracker_stats::{ClassRow, Session, Snapshot, SortKey, Stats};
//! use chrono::Utc;
//! use std::{sync::Arc, time::Duration};
//!
//! let mut snapshot = Snapshot::new("after load", Utc::now(), Duration::from_millis(412));
//! let mut row = ClassRow::new("app::Employee");
//! (row.live, row.created, row.bytes) = (1000, 1000, 200_000);
//! snapshot.classes.push(row);
//!
//! let mut stats = Stats::new(Session::new(Utc::now(), std::process::id()), vec![Arc::new(snapshot)]);
//! stats.print_summary();
//! stats.sort_by(&[SortKey::Size]).filter("Employee").print_stats();
//! ```

#![forbid(unsafe_code)]
#![cfg_attr(test, allow(clippy::unwrap_used, reason = "a test that panics has failed, which is what it is for"))]

mod model;
mod units;

mod bounds;
mod by_class;
mod class_filter;
mod json;
mod limit;
mod listed;
mod names;
mod query;
mod reconcile;
mod select;
mod sort_key;

mod annotated;
mod census;
mod class_history;
mod class_list;
mod diff;
mod growth;
mod lifespans;
mod merged;
mod moment;
mod objects;
mod oldest;
mod sites;
mod stats;
mod summary;
mod survivors;
mod text;

pub mod dump;
#[cfg(feature = "html")]
pub mod html;

pub use annotated::Annotated;
pub use bounds::Bounds;
pub use census::CensusEntry;
pub use class_filter::{ClassFilter, ClassFilterError};
pub use class_history::{ClassHistory, HistoryStretch};
pub use class_list::{ClassList, ClassListBuilder, ClassRun, FirstLastPeak};
pub use diff::{ClassDiff, Diff, DiffBuilder, DiffEnd, DiffOptions, Fates, Held, ListedFates, ObjectDiff, Runs};
pub use dump::{DumpError, DumpFile, DumpReader, DumpWriter};
pub use growth::{ClassGrowth, Growth, GrowthBuilder, Trend, Verdict};
pub use lifespans::{ClassLifespans, LifespanBar, Lifespans, LifespansOf};
pub use limit::{Limit, LimitError};
pub use listed::ListedObject;
pub use merged::{
    Merged, MergedClass, MergedPart, MergedSummary, MergedSummaryError, ObjectId, ObjectIdError, Process,
    ProcessSummary, SameRun, UnknownMerged,
};
pub use model::{
    AllocatorMemory, AllocatorSource, CensusRow, ClassRow, Durations, Frame, History, HistoryEvent, ObjectRecord,
    ObjectRow, ProcessMemory, Referent, Session, Site, SiteRow, Snapshot, Trace, Tracking,
};
pub use moment::Moment;
pub use names::Names;
pub use objects::{Fate, Folded, Measured, ObjectEntry, ObjectError, ObjectHistory, ObjectList, UnknownObject};
pub use oldest::{OldObject, Oldest, OldestOf};
pub use query::Query;
pub use reconcile::{Reconciliation, Whole};
pub use select::{SnapshotKey, SnapshotKeyError, SnapshotRange, SnapshotRangeError};
pub use sites::{ClassSites, SiteShare, Sites, TraceShare};
pub use sort_key::{SortKey, UnknownSortKey};
pub use stats::Stats;
pub use summary::{ShareOf, SnapshotSummary, Summary, SummaryBuilder, SummaryRow};
pub use survivors::{ClassSurvivors, SurvivorSite, Survivors, SurvivorsBuilder, SurvivorsError};
pub use text::{Answer, ByteUnits, TextOptions};
pub use units::{Bytes, BytesChange, Percent, Seconds};
