use std::io::Write;

use crate::arguments::Objects;
use crate::failure::Failure;
use crate::input;

pub(super) fn run(arguments: &Objects, out: &mut impl Write) -> Result<(), Failure> {
    let mut stats = input::load(&arguments.common.file)?;
    stats.names(arguments.common.names()).filter(&arguments.class).sort_by(&arguments.sort).limit(arguments.limit);
    if arguments.reverse {
        stats.reverse();
    }
    stats.write_stats(out).map_err(Failure::Output)
}
