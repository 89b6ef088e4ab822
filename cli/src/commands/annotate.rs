use std::io::Write;

use crate::arguments::Annotate;
use crate::failure::Failure;
use crate::input;

pub(super) fn run(arguments: &Annotate, out: &mut impl Write) -> Result<(), Failure> {
    let mut stats = input::load(&arguments.common.file)?;
    stats.names(arguments.common.names()).write_annotated(out).map_err(Failure::Output)
}
