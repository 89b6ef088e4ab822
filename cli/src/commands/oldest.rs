use classtracker_stats::Oldest as Answer;

use super::answer;
use crate::arguments::Oldest;
use crate::exit::Outcome;
use crate::failure::Failure;
use crate::input;
use crate::output::Output;

pub(super) fn run(arguments: &Oldest, out: &mut Output) -> Result<Outcome, Failure> {
    let (snapshot, outcome) = input::one(&arguments.at)?;
    answer::print(&Answer::new(&snapshot, &arguments.query()), &arguments.form, out)?;
    Ok(outcome)
}
