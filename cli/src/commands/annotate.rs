use classtracker_stats::dump::Objects;

use super::answer;
use crate::arguments::Annotate;
use crate::exit::Outcome;
use crate::failure::Failure;
use crate::input;
use crate::output::Output;

pub(super) fn run(arguments: &Annotate, out: &mut Output) -> Result<Outcome, Failure> {
    let (mut stats, outcome) = input::load(&arguments.source, Objects::Skip)?;
    stats.names(arguments.form.names());
    answer::print(&stats.annotate(), &arguments.form, out)?;
    Ok(outcome)
}
