use clap::Args;
use classtracker_stats::{Limit, SortKey};

use super::{Form, OfClass, Source};

const OBJECTS_EXAMPLES: &str = "\
Examples:
  classtracker objects factory.ctdump --sort size --limit 10      the ten largest
  classtracker objects factory.ctdump --sort death,birth          by end, then by beginning
  classtracker objects factory.ctdump --class Employee --limit 0.1
  classtracker objects factory.ctdump --class '/^factory::staff::/'";

const OBJECT_EXAMPLES: &str = "\
Examples:
  classtracker object factory.ctdump 17";

#[derive(Debug, Args)]
#[command(after_help = OBJECTS_EXAMPLES)]
pub(crate) struct Objects {
    #[command(flatten)]
    pub(crate) source: Source,

    #[command(flatten)]
    pub(crate) of: OfClass,

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

    #[command(flatten)]
    pub(crate) form: Form,
}

#[derive(Debug, Args)]
#[command(after_help = OBJECT_EXAMPLES)]
pub(crate) struct Object {
    #[command(flatten)]
    pub(crate) source: Source,

    /// The number that is printed behind the object's class.
    #[arg(value_name = "SERIAL")]
    pub(crate) serial: u64,

    #[command(flatten)]
    pub(crate) form: Form,
}
