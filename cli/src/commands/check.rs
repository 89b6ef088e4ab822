use std::io::{self, Write};

use classtracker_stats::dump::{self, CheckReport};

use crate::arguments::Check;
use crate::exit::Outcome;
use crate::failure::Failure;
use crate::input::{Dump, described};
use crate::output::{Output, json, printable};

pub(super) fn run(arguments: &Check, out: &mut Output) -> Result<Outcome, Failure> {
    let dump = Dump::new(&arguments.dump.file);
    let report = dump::check_stream(dump.open()?).map_err(|error| dump.error(error))?;
    if arguments.json {
        json::write_pretty(&report, out)?;
    } else {
        write(&report, &dump.name(), out).map_err(Failure::Output)?;
    }
    let is_fine = report.is_whole() || arguments.dump.allow_cut;
    Ok(if is_fine { Outcome::Whole } else { Outcome::Partial })
}

fn write(report: &CheckReport, name: &str, out: &mut Output) -> io::Result<()> {
    let counted = |number: u64, one: &str, many: &str| format!("{number} {}", if number == 1 { one } else { many });
    writeln!(out, "CHECK  {}", printable(name))?;
    let session = &report.session;
    let program = session.program.as_deref().map(|program| format!(" ({})", printable(program))).unwrap_or_default();
    writeln!(out, "  process {}{program}, started {}", session.process_id, session.started.format("%F %T UTC"))?;
    writeln!(
        out,
        "  {} with {}, in {} of {}; version {} of the format",
        counted(report.snapshots, "snapshot", "snapshots"),
        counted(report.object_rows, "object row", "object rows"),
        counted(report.frames, "frame", "frames"),
        counted(report.bytes, "byte", "bytes"),
        report.version,
    )?;
    for lost in &report.lost {
        let what = if lost.bytes > 0 { "lost: " } else { "" };
        writeln!(out, "  {what}{}", printable(&described(lost)))?;
    }
    writeln!(out, "  {}", if report.is_whole() { "whole" } else { "not whole" })
}
