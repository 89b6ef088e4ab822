use std::fs;
use std::io::{self, Write};

use clap_mangen::Man as Page;

use crate::arguments::{Arguments, Man};
use crate::exit::Outcome;
use crate::failure::Failure;
use crate::output::{self, Output};

pub(super) fn run(arguments: &Man, out: &mut Output) -> Result<Outcome, Failure> {
    let mut command = Arguments::described();
    // So that subcommands know their full names.
    command.build();
    let Some(dir) = &arguments.dir else {
        out.write_all(&page(command).map_err(Failure::Output)?).map_err(Failure::Output)?;
        return Ok(Outcome::Whole);
    };
    fs::create_dir_all(dir).map_err(|error| Failure::File(dir.clone(), error))?;
    let subcommands = command.get_subcommands().filter(|subcommand| subcommand.get_name() != "help").cloned();
    let subcommands: Vec<_> = subcommands.collect();
    for command in [command].into_iter().chain(subcommands) {
        let name = command.get_display_name().unwrap_or_else(|| command.get_name()).to_owned();
        let path = dir.join(format!("{name}.1"));
        let text = page(command).map_err(Failure::Output)?;
        output::replace(&path, |file| file.write_all(&text).map_err(Failure::Output))?;
    }
    Ok(Outcome::Whole)
}

fn page(command: clap::Command) -> io::Result<Vec<u8>> {
    let mut text = Vec::new();
    Page::new(command).render(&mut text)?;
    Ok(text)
}
