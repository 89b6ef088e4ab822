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
