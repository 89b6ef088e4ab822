use std::sync::Arc;

use classtracker_stats::GrowthBuilder;
use classtracker_stats::dump::Objects;

use super::answer;
use crate::arguments::Growth;
use crate::exit::Outcome;
use crate::failure::Failure;
use crate::input::{Dump, Reading};
use crate::output::{self, Output};

pub(super) fn run(arguments: &Growth, out: &mut Output) -> Result<Outcome, Failure> {
    let mut builder = GrowthBuilder::new(arguments.form.names());
    let class = &arguments.of.class;
    let end = Reading::begin(&arguments.source, Objects::Skip)?.for_each(|_, mut snapshot| {
        Arc::make_mut(&mut snapshot).classes.retain(|row| class.matches(&row.class));
        builder.add(&snapshot);
        Ok(())
    })?;
    let growth = builder.finish();
    answer::print(&growth, &arguments.form, out)?;
    // A check that looks at nothing, because of a name that was mistyped or has changed, must not pass.
    if arguments.fail && growth.classes.is_empty() && !class.is_all() {
        return Err(Failure::NoSuchClass(Dump::new(&arguments.source.dump.file).name(), class.to_string()));
    }
    let growing: Vec<_> = growth.growing().map(|class| &*class.name).collect();
    if !arguments.fail || growing.is_empty() {
        return Ok(end.outcome);
    }
    output::complain(&format!("growing: {}", growing.join(", ")));
    Ok(Outcome::Refused)
}
