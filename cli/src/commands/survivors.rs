use classtracker_stats::{SurvivorsBuilder, SurvivorsError};

use super::answer;
use crate::arguments::Survivors;
use crate::exit::Outcome;
use crate::failure::Failure;
use crate::input::{Dump, Picked};
use crate::output::Output;

pub(super) fn run(arguments: &Survivors, out: &mut Output) -> Result<Outcome, Failure> {
    let dump = Dump::new(&arguments.dump.file);
    let name = dump.name();
    let keys = [&arguments.after, &arguments.before, &arguments.alive];
    let Picked { snapshots, indices, outcome, .. } = dump.pick(keys, arguments.dump.allow_cut)?;
    if !indices.is_sorted() {
        let numbers = indices.map(|index| index + 1);
        return Err(Failure::Survivors(name, SurvivorsError::Order { numbers }));
    }
    let [after, before, alive] = &snapshots;
    let mut builder = SurvivorsBuilder::new(&after.snapshot, &before.snapshot, &alive.snapshot, arguments.query());
    builder.objects(after.objects.iter(), before.objects.iter(), alive.objects.iter());
    answer::print(&builder.finish(), &arguments.form, out)?;
    Ok(outcome)
}
