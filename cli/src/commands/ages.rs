use classtracker_stats::{Lifespans, LifespansOf};

use super::answer;
use crate::arguments::Ages;
use crate::exit::Outcome;
use crate::failure::Failure;
use crate::input;
use crate::output::Output;

pub(super) fn run(arguments: &Ages, out: &mut Output) -> Result<Outcome, Failure> {
    let (snapshot, outcome) = input::one(&arguments.at)?;
    let of = if arguments.dead { LifespansOf::Dead } else { LifespansOf::Live };
    answer::print(&Lifespans::new(&snapshot, of, &arguments.query()), &arguments.form, out)?;
    Ok(outcome)
}
