//! The work behind each command. They print by the functions that a program prints with, so the output is the same.

mod annotate;
mod object;
mod objects;
mod summary;

use std::io::Write;

use crate::arguments::Command;
use crate::failure::Failure;

pub(crate) fn run(command: &Command, out: &mut impl Write) -> Result<(), Failure> {
    match command {
        Command::Summary(arguments) => summary::run(arguments, out),
        Command::Objects(arguments) => objects::run(arguments, out),
        Command::Object(arguments) => object::run(arguments, out),
        Command::Annotate(arguments) => annotate::run(arguments, out),
    }
}
