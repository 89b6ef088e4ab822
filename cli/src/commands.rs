//! The work behind each command. They print by the functions that a program prints with, so the output is the same.

mod ages;
mod annotate;
mod answer;
mod check;
mod classes;
mod completions;
mod diff;
mod export;
mod follow;
mod growth;
mod history;
mod html;
mod man;
mod merge;
mod object;
mod objects;
mod oldest;
mod sites;
mod summary;
mod survivors;

use crate::arguments::Command;
use crate::exit::Outcome;
use crate::failure::Failure;
use crate::output::Output;

pub(crate) fn run(command: &Command, out: &mut Output) -> Result<Outcome, Failure> {
    match command {
        Command::Summary(arguments) => summary::run(arguments, out),
        Command::Annotate(arguments) => annotate::run(arguments, out),
        Command::Classes(arguments) => classes::run(arguments, out),
        Command::Sites(arguments) => sites::run(arguments, out),
        Command::Oldest(arguments) => oldest::run(arguments, out),
        Command::Ages(arguments) => ages::run(arguments, out),
        Command::History(arguments) => history::run(arguments, out),
        Command::Objects(arguments) => objects::run(arguments, out),
        Command::Object(arguments) => object::run(arguments, out),
        Command::Diff(arguments) => diff::run(arguments, out),
        Command::Survivors(arguments) => survivors::run(arguments, out),
        Command::Growth(arguments) => growth::run(arguments, out),
        Command::Merge(arguments) => merge::run(arguments, out),
        Command::Follow(arguments) => follow::run(arguments, out),
        Command::Html(arguments) => html::run(arguments, out),
        Command::Export(arguments) => export::run(arguments, out),
        Command::Check(arguments) => check::run(arguments, out),
        Command::Completions(arguments) => completions::run(arguments, out),
        Command::Man(arguments) => man::run(arguments, out),
    }
}
