//! The flags and what they mean.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use classtracker_stats::{Limit, Names, SortKey};

const EXAMPLES: &str = "\
Examples:
  classtracker summary factory.ctdump
  classtracker objects factory.ctdump --class Employee --sort size --limit 10
  classtracker object factory.ctdump 17
  ssh server cat /var/tmp/factory.ctdump | classtracker summary -

Exit codes:
  0  all is printed (or the reader of a pipe has left)
  1  the dump can't be read, or does not list the object, or the output can't be written
  2  the command was used wrongly";

const OBJECTS_EXAMPLES: &str = "\
Examples:
  classtracker objects factory.ctdump --sort size --limit 10      the ten largest
  classtracker objects factory.ctdump --sort death,birth          by end, then by beginning
  classtracker objects factory.ctdump --class Employee --limit 0.1";

/// Show what a dump of classtracker holds: which types take the memory, and which objects.
#[derive(Debug, Parser)]
#[command(name = "classtracker", version, after_help = EXAMPLES)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Print what each class holds in each snapshot.
    Summary(Summary),
    /// Print objects one by one, with their sizes over time.
    Objects(Objects),
    /// Print one object, with its sizes over time and the parts that make them up.
    Object(Object),
    /// Print what each class holds in each snapshot, and which parts of its objects hold it.
    Annotate(Annotate),
}

#[derive(Debug, Args)]
pub(crate) struct Summary {
    #[command(flatten)]
    pub(crate) common: Common,
}

#[derive(Debug, Args)]
#[command(after_help = OBJECTS_EXAMPLES)]
pub(crate) struct Objects {
    #[command(flatten)]
    pub(crate) common: Common,

    /// Only objects whose class has this in its full name.
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    pub(crate) class: String,

    /// Sort by these, the first first: class, name, birth, death, size (the largest measured), tsize (the size in the
    /// largest snapshot), repr, serial. Sizes sort the largest first, all else ascending [default: serial].
    #[arg(long, value_name = "KEY,…", value_delimiter = ',')]
    pub(crate) sort: Vec<SortKey>,

    /// Turn the order round.
    #[arg(long)]
    pub(crate) reverse: bool,

    /// No more objects than this; below 1, this share of them [default: all].
    #[arg(long, value_name = "NUMBER")]
    pub(crate) limit: Option<Limit>,
}

#[derive(Debug, Args)]
pub(crate) struct Object {
    #[command(flatten)]
    pub(crate) common: Common,

    /// The number that is printed behind the object's class.
    #[arg(value_name = "SERIAL")]
    pub(crate) serial: u64,
}

#[derive(Debug, Args)]
pub(crate) struct Annotate {
    #[command(flatten)]
    pub(crate) common: Common,
}

/// What all commands on a dump share.
#[derive(Debug, Args)]
pub(crate) struct Common {
    /// The dump; - for the standard input.
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,

    /// Name classes by their full paths, not only as much of them as tells them apart.
    #[arg(long)]
    full_names: bool,
}

impl Common {
    pub(crate) fn names(&self) -> Names {
        if self.full_names { Names::Full } else { Names::Short }
    }
}

#[cfg(test)]
mod tests {
    use super::Arguments;
    use clap::CommandFactory;

    #[test]
    fn the_arguments_do_not_contradict_each_other() {
        Arguments::command().debug_assert();
    }
}
