use std::io::Write;

use classtracker_stats::ObjectError;

use crate::arguments::Object;
use crate::failure::Failure;
use crate::input;

pub(super) fn run(arguments: &Object, out: &mut impl Write) -> Result<(), Failure> {
    let file = &arguments.common.file;
    let mut stats = input::load(file)?;
    stats.names(arguments.common.names());
    stats.write_object(out, arguments.serial).map_err(|error| match error {
        ObjectError::Unknown(unknown) => Failure::UnknownObject(input::name(file), unknown),
        ObjectError::Io(error) => Failure::Output(error),
        other => Failure::Output(std::io::Error::other(other)),
    })
}
