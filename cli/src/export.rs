//! All that a dump holds, for other programs: exact, and a snapshot at a time.

mod csv;
mod json;
mod record;

use std::io::Write;

use crate::arguments::{Export, Format, Table};
use crate::exit::Outcome;
use crate::failure::Failure;

/// Writes what `arguments` ask for.
pub(crate) fn write(arguments: &Export, out: &mut dyn Write) -> Result<Outcome, Failure> {
    let source = &arguments.source;
    match arguments.format {
        Format::Json => json::document(source, arguments.objects, out),
        Format::Ndjson => json::lines(source, arguments.objects, out),
        Format::Csv => {
            let asked = if arguments.objects { Table::Objects } else { Table::Classes };
            csv::table(source, arguments.table.unwrap_or(asked), arguments.raw_text, out)
        }
    }
}
