use classtracker_stats::dump::Objects;

use super::answer;
use crate::arguments::Summary;
use crate::exit::Outcome;
use crate::failure::Failure;
use crate::input;
use crate::output::Output;

pub(super) fn run(arguments: &Summary, out: &mut Output) -> Result<Outcome, Failure> {
    let (mut stats, outcome) = input::load(&arguments.source, Objects::Skip)?;
    stats.names(arguments.form.names());
    answer::print(&stats.summary(), &arguments.form, out)?;
    Ok(outcome)
}
