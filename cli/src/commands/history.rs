use std::io::Write;

use classtracker_stats::dump::Objects;

use crate::arguments::History;
use crate::exit::Outcome;
use crate::failure::Failure;
use crate::input;
use crate::output::{Output, json};

pub(super) fn run(arguments: &History, out: &mut Output) -> Result<Outcome, Failure> {
    let (mut stats, outcome) = input::load(&arguments.source, Objects::Skip)?;
    let histories = stats.names(arguments.form.names()).filter(arguments.of.class.clone()).histories();
    if arguments.form.json {
        json::write_pretty(&histories, out)?;
        return Ok(outcome);
    }
    if histories.is_empty() {
        let none = "HISTORY  of no class that was asked for\n  a class has one if its options ask for it: TrackOptions::history(events)\n";
        out.write_all(none.as_bytes()).map_err(Failure::Output)?;
    }
    for (index, history) in histories.iter().enumerate() {
        let gap: &[u8] = if index > 0 { b"\n" } else { b"" };
        out.write_all(gap).and_then(|()| history.write_text(out)).map_err(Failure::Output)?;
    }
    Ok(outcome)
}
