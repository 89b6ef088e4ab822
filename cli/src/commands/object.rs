use classtracker_stats::dump::Objects;

use super::answer;
use crate::arguments::Object;
use crate::exit::Outcome;
use crate::failure::Failure;
use crate::input::{self, Dump};
use crate::output::Output;

pub(super) fn run(arguments: &Object, out: &mut Output) -> Result<Outcome, Failure> {
    let source = &arguments.source;
    let (mut stats, outcome) = input::load(source, Objects::Read)?;
    stats.names(arguments.form.names());
    let unknown = |error| Failure::UnknownObject(Dump::new(&source.dump.file).name(), error);
    answer::print(&stats.object(arguments.serial).map_err(unknown)?, &arguments.form, out)?;
    Ok(outcome)
}
