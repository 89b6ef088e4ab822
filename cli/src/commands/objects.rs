use classtracker_stats::dump;

use super::answer;
use crate::arguments::Objects;
use crate::exit::Outcome;
use crate::failure::Failure;
use crate::input;
use crate::output::Output;

pub(super) fn run(arguments: &Objects, out: &mut Output) -> Result<Outcome, Failure> {
    let (mut stats, outcome) = input::load(&arguments.source, dump::Objects::Read)?;
    stats
        .names(arguments.form.names())
        .filter(arguments.of.class.clone())
        .sort_by(&arguments.sort)
        .limit(arguments.limit);
    if arguments.reverse {
        stats.reverse();
    }
    answer::print(&stats.objects(stats.query()), &arguments.form, out)?;
    Ok(outcome)
}
