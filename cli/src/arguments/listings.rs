use std::path::PathBuf;

use clap::Args;
use classtracker_stats::{Limit, Query, SnapshotKey};

use super::{DumpFile, Form, OfClass, Source};

const CLASSES_EXAMPLES: &str = "\
Examples:
  classtracker classes factory.ctdump
  classtracker classes factory.ctdump --limit 10                  the ten that were largest
  classtracker classes factory.ctdump --class staff --snapshots warm..";

const SITES_EXAMPLES: &str = "\
Examples:
  classtracker sites factory.ctdump                   where what lives in the last snapshot was made
  classtracker sites factory.ctdump loaded --class Employee --limit 3

A snapshot is meant by its number from 1, from -1 back, or its label; =7 is the one labelled 7.";

const OLDEST_EXAMPLES: &str = "\
Examples:
  classtracker oldest factory.ctdump
  classtracker oldest factory.ctdump loaded --class Session --limit 50

A snapshot is meant by its number from 1, from -1 back, or its label; =7 is the one labelled 7.";

const AGES_EXAMPLES: &str = "\
Examples:
  classtracker ages factory.ctdump                    how old what lives in the last snapshot is
  classtracker ages factory.ctdump loaded --class Session
  classtracker ages factory.ctdump --dead             how long those lived that have died by then

A snapshot is meant by its number from 1, from -1 back, or its label; =7 is the one labelled 7.";

const HISTORY_EXAMPLES: &str = "\
Examples:
  classtracker history factory.ctdump --class =factory::staff::Employee
  classtracker history factory.ctdump --snapshots loaded.. --json

Only classes whose options asked for it have a history.";

const SURVIVORS_EXAMPLES: &str = "\
Examples:
  classtracker survivors factory.ctdump                  of the last three snapshots
  classtracker survivors factory.ctdump request answer end --class Buffer

A snapshot is meant by its number from 1, from -1 back, or its label; =7 is the one labelled 7.";

const MERGE_EXAMPLES: &str = "\
Examples:
  classtracker merge worker-*.ctdump                         the last snapshots of several processes
  classtracker merge old.ctdump new.ctdump --at loaded --limit 20";

#[derive(Debug, Args)]
#[command(after_help = CLASSES_EXAMPLES)]
pub(crate) struct Classes {
    #[command(flatten)]
    pub(crate) source: Source,

    #[command(flatten)]
    of: OfClass,

    /// No more classes than this; below 1, this share of them [default: all].
    #[arg(long, value_name = "NUMBER")]
    limit: Option<Limit>,

    #[command(flatten)]
    pub(crate) form: Form,
}

impl Classes {
    pub(crate) fn query(&self) -> Query {
        query(&self.of, self.limit, &self.form)
    }
}

#[derive(Debug, Args)]
#[command(after_help = SITES_EXAMPLES)]
pub(crate) struct Sites {
    #[command(flatten)]
    pub(crate) at: At,

    #[command(flatten)]
    of: OfClass,

    /// No more sites of each class than this; below 1, this share of them [default: all].
    #[arg(long, value_name = "NUMBER")]
    limit: Option<Limit>,

    #[command(flatten)]
    pub(crate) form: Form,
}

impl Sites {
    pub(crate) fn query(&self) -> Query {
        query(&self.of, self.limit, &self.form)
    }
}

#[derive(Debug, Args)]
#[command(after_help = OLDEST_EXAMPLES)]
pub(crate) struct Oldest {
    #[command(flatten)]
    pub(crate) at: At,

    #[command(flatten)]
    of: OfClass,

    /// No more objects than this; below 1, this share of them [default: 10].
    #[arg(long, value_name = "NUMBER")]
    limit: Option<Limit>,

    #[command(flatten)]
    pub(crate) form: Form,
}

impl Oldest {
    pub(crate) fn query(&self) -> Query {
        query(&self.of, self.limit, &self.form)
    }
}

#[derive(Debug, Args)]
#[command(after_help = AGES_EXAMPLES)]
pub(crate) struct Ages {
    #[command(flatten)]
    pub(crate) at: At,

    /// How long objects lived that have died, instead of how old those are that live.
    #[arg(long)]
    pub(crate) dead: bool,

    #[command(flatten)]
    of: OfClass,

    /// No more classes than this; below 1, this share of them [default: all].
    #[arg(long, value_name = "NUMBER")]
    limit: Option<Limit>,

    #[command(flatten)]
    pub(crate) form: Form,
}

impl Ages {
    pub(crate) fn query(&self) -> Query {
        query(&self.of, self.limit, &self.form)
    }
}

#[derive(Debug, Args)]
#[command(after_help = HISTORY_EXAMPLES)]
pub(crate) struct History {
    #[command(flatten)]
    pub(crate) source: Source,

    #[command(flatten)]
    pub(crate) of: OfClass,

    #[command(flatten)]
    pub(crate) form: Form,
}

#[derive(Debug, Args)]
#[command(after_help = SURVIVORS_EXAMPLES)]
pub(crate) struct Survivors {
    #[command(flatten)]
    pub(crate) dump: DumpFile,

    /// Objects made after this snapshot [default: -3],
    #[arg(value_name = "AFTER", allow_hyphen_values = true, default_value = "-3", hide_default_value = true)]
    pub(crate) after: SnapshotKey,

    /// and before this one [default: -2],
    #[arg(value_name = "BEFORE", allow_hyphen_values = true, default_value = "-2", hide_default_value = true)]
    pub(crate) before: SnapshotKey,

    /// that are alive in this one [default: -1].
    #[arg(value_name = "ALIVE", allow_hyphen_values = true, default_value = "-1", hide_default_value = true)]
    pub(crate) alive: SnapshotKey,

    #[command(flatten)]
    of: OfClass,

    /// No more sites of each class than this; below 1, this share of them [default: all].
    #[arg(long, value_name = "NUMBER")]
    limit: Option<Limit>,

    #[command(flatten)]
    pub(crate) form: Form,
}

impl Survivors {
    pub(crate) fn query(&self) -> Query {
        query(&self.of, self.limit, &self.form)
    }
}

#[derive(Debug, Args)]
#[command(after_help = MERGE_EXAMPLES)]
pub(crate) struct Merge {
    /// The dumps, of different runs; one of them may be - for the standard input.
    #[arg(value_name = "FILE", required = true)]
    pub(crate) files: Vec<PathBuf>,

    /// The snapshot of each to show [default: the last].
    #[arg(long, value_name = "SNAPSHOT", allow_hyphen_values = true)]
    at: Option<SnapshotKey>,

    /// End with 0 even if a dump is cut or damaged: what is lost is said all the same.
    #[arg(long)]
    pub(crate) allow_cut: bool,

    #[command(flatten)]
    of: OfClass,

    /// No more classes than this; below 1, this share of them [default: all].
    #[arg(long, value_name = "NUMBER")]
    limit: Option<Limit>,

    #[command(flatten)]
    pub(crate) form: Form,
}

impl Merge {
    pub(crate) fn query(&self) -> Query {
        query(&self.of, self.limit, &self.form)
    }

    pub(crate) fn key(&self) -> &SnapshotKey {
        self.at.as_ref().unwrap_or(&SnapshotKey::LAST)
    }
}

/// One snapshot of a dump.
#[derive(Debug, Args)]
pub(crate) struct At {
    #[command(flatten)]
    pub(crate) dump: DumpFile,

    /// The snapshot [default: the last].
    #[arg(value_name = "SNAPSHOT", allow_hyphen_values = true)]
    snapshot: Option<SnapshotKey>,
}

impl At {
    pub(crate) fn key(&self) -> &SnapshotKey {
        self.snapshot.as_ref().unwrap_or(&SnapshotKey::LAST)
    }
}

fn query(of: &OfClass, limit: Option<Limit>, form: &Form) -> Query {
    let mut query = Query::default();
    query.class = of.class.clone();
    query.limit = limit;
    query.names = form.names();
    query
}
