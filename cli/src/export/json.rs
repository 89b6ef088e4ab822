//! JSON: one document, or a line for each snapshot.

use std::io::Write;
use std::sync::Arc;

use classtracker_stats::Snapshot;
use classtracker_stats::dump::Objects;
use serde::Serialize;

use super::record::{SessionRecord, SnapshotRecord};
use crate::arguments::Export;
use crate::exit::Outcome;
use crate::failure::Failure;
use crate::input::Reading;
use crate::output::json;

/// A snapshot that says of which session it is.
#[derive(Serialize)]
struct Line<'a> {
    session: SessionRecord<'a>,
    #[serde(flatten)]
    snapshot: SnapshotRecord<'a>,
}

/// Writes a line for each snapshot.
pub(super) fn lines(arguments: &Export, out: &mut dyn Write) -> Result<Outcome, Failure> {
    let reading = Reading::begin_printing(&arguments.source, rows(arguments.objects))?;
    let session = reading.session().clone();
    let line = |index, snapshot: Arc<Snapshot>| {
        let snapshot = SnapshotRecord::of(index, &snapshot, arguments);
        json::write(&Line { session: SessionRecord::of(&session), snapshot }, out)?;
        text("\n", out)
    };
    Ok(reading.for_each(line)?.outcome)
}

/// Writes one document. Its last field says what is lost of the dump.
pub(super) fn document(arguments: &Export, out: &mut dyn Write) -> Result<Outcome, Failure> {
    let reading = Reading::begin_printing(&arguments.source, rows(arguments.objects))?;
    text("{\"session\": ", out)?;
    json::write(&SessionRecord::of(reading.session()), out)?;
    text(",\n\"snapshots\": [", out)?;
    let mut before = "\n";
    let end = reading.for_each(|index, snapshot| {
        text(before, out)?;
        before = ",\n";
        json::write(&SnapshotRecord::of(index, &snapshot, arguments), out)
    })?;
    text("\n],\n\"lost\": ", out)?;
    json::write(&end.lost, out)?;
    text("}\n", out)?;
    Ok(end.outcome)
}

/// Which rows of a dump are read.
fn rows(objects: bool) -> Objects {
    if objects { Objects::Read } else { Objects::Skip }
}

fn text(text: &str, out: &mut dyn Write) -> Result<(), Failure> {
    out.write_all(text.as_bytes()).map_err(Failure::Output)
}
