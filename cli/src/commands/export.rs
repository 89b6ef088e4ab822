use crate::arguments::Export;
use crate::exit::Outcome;
use crate::export;
use crate::failure::Failure;
use crate::output::{self, Output};

pub(super) fn run(arguments: &Export, out: &mut Output) -> Result<Outcome, Failure> {
    match &arguments.output {
        Some(path) => output::replace(path, |file| export::write(arguments, file)),
        None => export::write(arguments, out),
    }
}
