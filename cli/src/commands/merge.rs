use std::sync::Arc;

use classtracker_stats::{Merged, Stats};

use super::answer;
use crate::arguments::Merge;
use crate::exit::Outcome;
use crate::failure::Failure;
use crate::input::Dump;
use crate::output::Output;

pub(super) fn run(arguments: &Merge, out: &mut Output) -> Result<Outcome, Failure> {
    let mut outcome = Outcome::Whole;
    let mut runs = Vec::new();
    for file in &arguments.files {
        let mut snapshots = Vec::new();
        let reading = Dump::new(file).read(arguments.allow_cut)?;
        let session = reading.session().clone();
        let end = reading.for_each(|_, mut snapshot| {
            // Only what is counted is shown.
            let rows = &mut Arc::make_mut(&mut snapshot).classes;
            rows.iter_mut().for_each(|row| (row.referents, row.sites) = (Vec::new(), Vec::new()));
            snapshots.push(snapshot);
            Ok(())
        })?;
        outcome = outcome.max(end.outcome);
        runs.push(Stats::new(session, snapshots));
    }
    let merged = Merged::new(runs).map_err(Failure::SameRun)?;
    let summary = merged.summary(arguments.key(), &arguments.query()).map_err(|error| {
        let file = &arguments.files[error.process - 1];
        Failure::NoSuchSnapshot(Dump::new(file).name(), error.error.into())
    })?;
    answer::print(&summary, &arguments.form, out)?;
    Ok(outcome)
}
