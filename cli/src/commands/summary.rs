use classtracker_stats::SummaryBuilder;
use classtracker_stats::dump::Objects;

use super::answer;
use crate::arguments::Summary;
use crate::exit::Outcome;
use crate::failure::Failure;
use crate::input::Reading;
use crate::output::Output;

pub(super) fn run(arguments: &Summary, out: &mut Output) -> Result<Outcome, Failure> {
    let mut builder = SummaryBuilder::new(arguments.form.names());
    let end = Reading::begin(&arguments.source, Objects::Skip)?.for_each(|_, snapshot| {
        builder.add(&snapshot);
        Ok(())
    })?;
    answer::print(&builder.finish(), &arguments.form, out)?;
    Ok(end.outcome)
}
