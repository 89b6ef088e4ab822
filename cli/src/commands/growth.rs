use std::sync::Arc;

use classtracker_stats::GrowthBuilder;
use classtracker_stats::dump::Objects;

use super::answer;
use crate::arguments::Growth;
use crate::exit::Outcome;
use crate::failure::Failure;
use crate::input::Reading;
use crate::output::{self, Output};

pub(super) fn run(arguments: &Growth, out: &mut Output) -> Result<Outcome, Failure> {
    let mut builder = GrowthBuilder::new(arguments.form.names());
    let end = Reading::begin(&arguments.source, Objects::Skip)?.for_each(|_, mut snapshot| {
        Arc::make_mut(&mut snapshot).classes.retain(|row| arguments.of.class.matches(&row.class));
        builder.add(&snapshot);
        Ok(())
    })?;
    let growth = builder.finish();
    answer::print(&growth, &arguments.form, out)?;
    let growing: Vec<_> = growth.growing().map(|class| &*class.name).collect();
    if !arguments.fail || growing.is_empty() {
        return Ok(end.outcome);
    }
    output::complain(&format!("growing: {}", growing.join(", ")));
    Ok(Outcome::Refused)
}
