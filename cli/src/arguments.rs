//! The flags and what they mean.

mod check;
mod classes;
mod diff;
mod export;
mod follow;
mod form;
mod growth;
mod html;
mod listings;
mod objects;
mod source;

use std::path::PathBuf;

use clap::{Args, CommandFactory, Parser, Subcommand};
use clap_complete::Shell;

pub(crate) use check::Check;
pub(crate) use classes::OfClass;
pub(crate) use diff::Diff;
pub(crate) use export::{Export, Format, Table};
pub(crate) use follow::Follow;
pub(crate) use form::Form;
pub(crate) use growth::Growth;
pub(crate) use html::Html;
pub(crate) use listings::{Ages, At, Classes, History, Merge, Oldest, Sites, Survivors};
pub(crate) use objects::{Object, Objects};
pub(crate) use source::{DumpFile, Source};

use crate::exit;
use crate::output::Color;

const EXAMPLES: &str = "\
Examples:
  classtracker summary factory.ctdump
  classtracker growth factory.ctdump                       which classes grow
  classtracker diff factory.ctdump loaded -1               what changed between two snapshots
  classtracker objects factory.ctdump --class Employee --sort size --limit 10
  classtracker html factory.ctdump                         a report that a browser shows
  ssh server cat /var/tmp/factory.ctdump | classtracker summary -";

const SUMMARY_EXAMPLES: &str = "\
Examples:
  classtracker summary factory.ctdump
  classtracker summary factory.ctdump --snapshots -2..     the last two snapshots
  classtracker summary - < factory.ctdump";

const ANNOTATE_EXAMPLES: &str = "\
Examples:
  classtracker annotate factory.ctdump
  classtracker annotate factory.ctdump --snapshots -1 --full-names";

const COMPLETIONS_EXAMPLES: &str = "\
Examples:
  classtracker completions bash > ~/.local/share/bash-completion/completions/classtracker
  classtracker completions zsh > ~/.zfunc/_classtracker
  classtracker completions fish > ~/.config/fish/completions/classtracker.fish";

const MAN_EXAMPLES: &str = "\
Examples:
  classtracker man | man -l -
  classtracker man --dir ~/.local/share/man/man1";

/// Show what dumps of classtracker hold: which types take the memory, and which objects.
#[derive(Debug, Parser)]
#[command(name = "classtracker", version, after_help = format!("{EXAMPLES}\n\n{}", exit::help()))]
pub(crate) struct Arguments {
    #[arg(long, value_name = "WHEN", value_enum, default_value = "auto", global = true, hide_possible_values = true)]
    #[arg(help = "When to use colour: always, never, or auto: on a terminal, unless NO_COLOR is set")]
    pub(crate) color: Color,

    #[command(subcommand)]
    pub(crate) command: Command,
}

impl Arguments {
    /// The whole command, to be described.
    pub(crate) fn described() -> clap::Command {
        Self::command()
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Print what each class holds in each snapshot.
    Summary(Summary),
    /// Print what each class holds in each snapshot, and which parts of its objects hold it.
    Annotate(Annotate),
    /// Print the classes of a whole run, a line each: what they hold at its ends and at their peaks.
    Classes(Classes),
    /// Print where the live objects of a snapshot were made.
    Sites(Sites),
    /// Print the oldest live objects of a snapshot.
    Oldest(Oldest),
    /// Print how old live objects are, or how long dead ones lived, as histograms.
    Ages(Ages),
    /// Print how the number of live objects of classes changed, one object at a time.
    History(History),
    /// Print objects one by one, with their sizes over time.
    Objects(Objects),
    /// Print one object, with its sizes over time and the parts that make them up.
    Object(Object),
    /// Print what changed between two snapshots: objects made, dropped and surviving, and their bytes.
    Diff(Diff),
    /// Print the objects that were made between two snapshots and are still alive in a third.
    Survivors(Survivors),
    /// Print which classes grow, and how fast.
    Growth(Growth),
    /// Print what the classes of several runs or processes hold, side by side.
    Merge(Merge),
    /// Show a dump while a program is writing it: a table that is drawn anew with each snapshot.
    Follow(Follow),
    /// Write a report that a browser shows: one file, with everything in it.
    Html(Html),
    /// Write all that a dump holds as JSON or CSV, for other programs.
    Export(Export),
    /// Read a dump from end to end, and say what of it is lost.
    Check(Check),
    /// Print what makes a shell complete this command.
    Completions(Completions),
    /// Print the manual of this command, as a page for man.
    Man(Man),
}

#[derive(Debug, Args)]
#[command(after_help = SUMMARY_EXAMPLES)]
pub(crate) struct Summary {
    #[command(flatten)]
    pub(crate) source: Source,
    #[command(flatten)]
    pub(crate) form: Form,
}

#[derive(Debug, Args)]
#[command(after_help = ANNOTATE_EXAMPLES)]
pub(crate) struct Annotate {
    #[command(flatten)]
    pub(crate) source: Source,
    #[command(flatten)]
    pub(crate) form: Form,
}

#[derive(Debug, Args)]
#[command(after_help = COMPLETIONS_EXAMPLES)]
pub(crate) struct Completions {
    /// The shell.
    #[arg(value_name = "SHELL")]
    pub(crate) shell: Shell,
}

#[derive(Debug, Args)]
#[command(after_help = MAN_EXAMPLES)]
pub(crate) struct Man {
    /// Write classtracker.1 into this directory, and a page for each command, instead of all as one page to the standard
    /// output.
    #[arg(long, value_name = "DIR")]
    pub(crate) dir: Option<PathBuf>,
}

#[cfg(test)]
mod tests {
    use super::Arguments;

    #[test]
    fn the_arguments_do_not_contradict_each_other() {
        Arguments::described().debug_assert();
    }
}
