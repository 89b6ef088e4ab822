use std::fs;
use std::io::{self, Write};

use clap::Command;
use clap_mangen::Man as Page;

use crate::arguments::{Arguments, Man};
use crate::exit::{self, Outcome};
use crate::failure::Failure;
use crate::output::{self, Output};

pub(super) fn run(arguments: &Man, out: &mut Output) -> Result<Outcome, Failure> {
    let mut command = Arguments::described().disable_help_subcommand(true);
    // So that its commands know their full names.
    command.build();
    let commands: Vec<_> = command.get_subcommands().cloned().collect();
    let whole = whole(&command, &commands).map_err(Failure::Output)?;
    let Some(dir) = &arguments.dir else {
        out.write_all(&whole).map_err(Failure::Output)?;
        return Ok(Outcome::Whole);
    };
    fs::create_dir_all(dir).map_err(|error| Failure::File(dir.clone(), error))?;
    output::replace(&dir.join("classtracker.1"), |file| file.write_all(&whole).map_err(Failure::Output))?;
    for command in commands {
        let path = dir.join(format!("{}.1", command.get_display_name().unwrap_or_else(|| command.get_name())));
        let page = alone(command).map_err(Failure::Output)?;
        output::replace(&path, |file| file.write_all(&page).map_err(Failure::Output))?;
    }
    Ok(Outcome::Whole)
}

/// The page of the command with all its commands.
fn whole(command: &Command, commands: &[Command]) -> io::Result<Vec<u8>> {
    let page = Page::new(command.clone());
    let mut out = Vec::new();
    page.render_title(&mut out)?;
    page.render_name_section(&mut out)?;
    page.render_synopsis_section(&mut out)?;
    page.render_description_section(&mut out)?;
    writeln!(out, ".SH COMMANDS")?;
    for command in commands {
        writeln!(out, ".SS {}", escaped(command.get_name()))?;
        let page = Page::new(command.clone());
        let mut section = Vec::new();
        page.render_description_section(&mut section)?;
        page.render_synopsis_section(&mut section)?;
        page.render_options_section(&mut section)?;
        // They are no sections of their own here.
        for line in String::from_utf8_lossy(&section).lines() {
            writeln!(out, "{}", if line.starts_with(".SH ") { ".PP" } else { line })?;
        }
        examples(command, ".PP", &mut out)?;
    }
    page.render_options_section(&mut out)?;
    end(command, &mut out)?;
    Ok(out)
}

/// The page of one of its commands.
fn alone(command: Command) -> io::Result<Vec<u8>> {
    let page = Page::new(command.clone());
    let mut out = Vec::new();
    page.render_title(&mut out)?;
    page.render_name_section(&mut out)?;
    page.render_synopsis_section(&mut out)?;
    page.render_description_section(&mut out)?;
    page.render_options_section(&mut out)?;
    end(&command, &mut out)?;
    Ok(out)
}

/// What is last on every page.
fn end(command: &Command, out: &mut Vec<u8>) -> io::Result<()> {
    writeln!(out, ".SH EXIT STATUS")?;
    for (code, meaning) in exit::MEANINGS {
        writeln!(out, ".TP\n{code}\n{}", escaped(meaning))?;
    }
    examples(command, ".SH EXAMPLES", out)
}

/// The examples of the command's help and what stands below them, line by line.
fn examples(command: &Command, heading: &str, out: &mut Vec<u8>) -> io::Result<()> {
    let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
    let Some(examples) = help.strip_prefix("Examples:\n") else {
        return Ok(());
    };
    let examples = examples.split("\n\nExit codes:").next().unwrap_or_default();
    writeln!(out, "{heading}\n.nf")?;
    for line in examples.lines() {
        writeln!(out, "{}", escaped(line))?;
    }
    writeln!(out, ".fi")
}

/// `text` as roff prints it and does nothing else.
fn escaped(text: &str) -> String {
    let text = text.replace('\\', "\\e").replace('-', "\\-").replace('\'', "\\(aq");
    if text.starts_with('.') { format!("\\&{text}") } else { text }
}
