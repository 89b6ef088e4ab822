use std::io::Write;
use std::path::{Path, PathBuf};

use classtracker_stats::Names;
use classtracker_stats::dump::Objects;
use classtracker_stats::html::{Options, Report};

use crate::arguments::Html;
use crate::exit::Outcome;
use crate::failure::Failure;
use crate::input::Reading;
use crate::output::{self, Output};

pub(super) fn run(arguments: &Html, out: &mut Output) -> Result<Outcome, Failure> {
    let reading = Reading::begin(&arguments.source, Objects::Read)?;
    let mut options = Options::default();
    options.largest_objects = arguments.objects;
    options.names = if arguments.full_names { Names::Full } else { Names::Short };
    let mut report = Report::with(reading.session(), options);
    let end = reading.for_each(|_, snapshot| {
        report.add(&snapshot);
        Ok(())
    })?;
    match file(arguments) {
        None => report.write(out).map_err(Failure::Output)?,
        Some(path) => {
            output::replace(&path, |file| report.write(file).map_err(Failure::Output))?;
            writeln!(out, "{}", output::printable(&path.display().to_string())).map_err(Failure::Output)?;
        }
    }
    Ok(end.outcome)
}

/// The file to write to; `None` for the standard output.
fn file(arguments: &Html) -> Option<PathBuf> {
    let stream = Path::new("-");
    let dump = &arguments.source.dump.file;
    let beside = || (dump != stream).then(|| dump.with_extension("html"));
    arguments.output.clone().or_else(beside).filter(|path| path != stream)
}
