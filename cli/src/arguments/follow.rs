use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::OfClass;

const EXAMPLES: &str = "\
Examples:
  classtracker follow /var/tmp/factory.ctdump
  classtracker follow factory.ctdump --lines >> factory.log
  ssh server tail -c +1 -f factory.ctdump | classtracker follow -

It ends when the program ends the dump.";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Follow {
    /// The dump, to which a program is writing; - for the standard input.
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,

    /// How often to look for more, in seconds.
    #[arg(long, value_name = "SECONDS", default_value = "0.5", value_parser = interval)]
    pub(crate) interval: Duration,

    /// Append a line for each snapshot, as it is done where the output is no terminal.
    #[arg(long)]
    pub(crate) lines: bool,

    #[command(flatten)]
    pub(crate) of: OfClass,

    /// Name classes by their full paths, not only as much of them as tells them apart.
    #[arg(long)]
    pub(crate) full_names: bool,
}

fn interval(text: &str) -> Result<Duration, String> {
    let seconds = text.parse().ok().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    let fits = |interval: &Duration| (Duration::from_millis(1)..=Duration::from_secs(3600)).contains(interval);
    seconds.filter(fits).ok_or_else(|| "expected a number of seconds from 0.001 to 3600".to_owned())
}
