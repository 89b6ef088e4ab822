use classtracker_stats::{Bytes, Diff as Answer, DiffBuilder, DiffOptions, Runs, SnapshotKey};

use super::answer;
use crate::arguments::Diff;
use crate::exit::Outcome;
use crate::failure::Failure;
use crate::input::{Dump, Picked};
use crate::limits::GrowthLimit;
use crate::output::{self, Output};

pub(super) fn run(arguments: &Diff, out: &mut Output) -> Result<Outcome, Failure> {
    let dump = Dump::new(&arguments.dump.file);
    let (diff, outcome) = match &arguments.with {
        None => within(dump, arguments)?,
        Some(other) => across(dump, Dump::new(other), arguments)?,
    };
    answer::print(&diff, &arguments.form, out)?;
    let refused = arguments.fail_on_growth.is_some_and(|limit| is_refused(&diff, limit));
    Ok(if refused { Outcome::Refused } else { outcome })
}

/// Compares two snapshots of one dump.
fn within(dump: Dump, arguments: &Diff) -> Result<(Answer, Outcome), Failure> {
    let keys = [
        arguments.before.as_ref().unwrap_or(&SnapshotKey::FIRST),
        arguments.after.as_ref().unwrap_or(&SnapshotKey::LAST),
    ];
    let Picked { snapshots: [before, after], gone, outcome, .. } = dump.pick(keys, arguments.dump.allow_cut)?;
    let mut builder = DiffBuilder::new(&before.snapshot, &after.snapshot, options(arguments, Runs::Same));
    builder.gone(&gone).objects(before.objects.iter(), after.objects.iter());
    Ok((builder.finish(), outcome))
}

/// Compares a snapshot of one dump with one of another.
fn across(dump: Dump, other: Dump, arguments: &Diff) -> Result<(Answer, Outcome), Failure> {
    let allow_cut = arguments.dump.allow_cut;
    let key = |key: &Option<SnapshotKey>| [key.clone().unwrap_or(SnapshotKey::LAST)];
    let first = dump.pick(key(&arguments.before).each_ref(), allow_cut)?;
    let second = other.pick(key(&arguments.after).each_ref(), allow_cut)?;
    let ([before], [after]) = (&first.snapshots, &second.snapshots);
    let runs = if first.session == second.session { Runs::Same } else { Runs::Different };
    let mut builder = DiffBuilder::new(&before.snapshot, &after.snapshot, options(arguments, runs));
    builder.objects(before.objects.iter(), after.objects.iter());
    Ok((builder.finish(), first.outcome.max(second.outcome)))
}

fn options(arguments: &Diff, runs: Runs) -> DiffOptions {
    let mut options = DiffOptions::default();
    options.runs = runs;
    options.names = arguments.form.names();
    options.objects = arguments.objects;
    options
}

/// Whether all classes together grew by more than that; says so, if they did.
fn is_refused(diff: &Answer, limit: GrowthLimit) -> bool {
    let before = diff.total.before.and_then(|held| held.bytes).unwrap_or(0);
    let change = diff.total.bytes_change.unwrap_or(0);
    let refused = limit.is_exceeded(before, change);
    if refused {
        let share = diff.growth().map(|share| format!(", or {share}")).unwrap_or_default();
        let (before, change) = (Bytes(before), Bytes(change.unsigned_abs()));
        output::complain(&format!("tracked bytes grew by {change} from {before}{share}: more than {limit}"));
    }
    refused
}
