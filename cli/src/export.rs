//! All that a dump holds, for other programs: exact, and a snapshot at a time.

mod csv;
mod json;
mod record;

use std::io::Write;

use crate::arguments::{Export, Format};
use crate::exit::Outcome;
use crate::failure::Failure;

/// Writes what `arguments` ask for.
pub(crate) fn write(arguments: &Export, out: &mut dyn Write) -> Result<Outcome, Failure> {
    match arguments.format {
        Format::Json => json::document(arguments, out),
        Format::Ndjson => json::lines(arguments, out),
        Format::Csv => csv::table(arguments, out),
    }
}
