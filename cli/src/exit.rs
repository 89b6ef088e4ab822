//! How a run ends: the exit codes, and what they are called in the help.

use std::process::ExitCode;

/// What each exit code says.
pub(crate) const MEANINGS: [(u8, &str); 5] = [
    (0, "all is printed (or the reader of a pipe has left)"),
    (1, "a dump can't be read, or does not have what was asked for, or the output can't be written"),
    (2, "the command was used wrongly"),
    (3, "the answer is one that was to be a failure (--fail-on-growth, --fail)"),
    (4, "a dump is cut or damaged: the answer is that of its whole snapshots, and what is lost is said"),
];

/// What stands about them in the help.
pub(crate) fn help() -> String {
    let lines = MEANINGS.map(|(code, meaning)| format!("\n  {code}  {meaning}"));
    format!("Exit codes:{}", lines.concat())
}

/// An exit code that is no [`Outcome`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Code(u8);

/// The command could not do its work.
pub(crate) const FAILURE: Code = Code(1);

/// The command was used wrongly.
pub(crate) const USAGE: Code = Code(2);

impl From<Code> for ExitCode {
    fn from(code: Code) -> Self {
        Self::from(code.0)
    }
}

/// How a command ended that has printed its answer, the more urgent the greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Outcome {
    /// It is the answer.
    Whole,
    /// It is the answer for what is whole of a dump that is cut or damaged.
    Partial,
    /// It is what the user asked to be a failure.
    Refused,
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Whole => Self::SUCCESS,
            Outcome::Refused => Self::from(3),
            Outcome::Partial => Self::from(4),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Outcome;

    #[test]
    fn what_the_user_asked_for_is_said_before_what_is_lost() {
        assert_eq!(Outcome::Partial.max(Outcome::Refused), Outcome::Refused);
        assert_eq!(Outcome::Partial.max(Outcome::Whole), Outcome::Partial);
    }
}
