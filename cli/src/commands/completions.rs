use std::io::Write;

use crate::arguments::{Arguments, Completions};
use crate::exit::Outcome;
use crate::failure::Failure;
use crate::output::Output;

pub(super) fn run(arguments: &Completions, out: &mut Output) -> Result<Outcome, Failure> {
    // It panics where it can't write.
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut Arguments::described(), "classtracker", &mut script);
    out.write_all(&script).map_err(Failure::Output)?;
    Ok(Outcome::Whole)
}
