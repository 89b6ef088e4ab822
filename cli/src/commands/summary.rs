use std::io::Write;

use crate::arguments::Summary;
use crate::failure::Failure;
use crate::input;

pub(super) fn run(arguments: &Summary, out: &mut impl Write) -> Result<(), Failure> {
    let mut stats = input::load(&arguments.common.file)?;
    stats.names(arguments.common.names()).write_summary(out).map_err(Failure::Output)
}
