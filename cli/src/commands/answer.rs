//! Answers, as they are printed.

use std::io;

use classtracker_stats::{
    Annotated, ClassList, Diff, Growth, Lifespans, MergedSummary, ObjectHistory, ObjectList, Oldest, Sites, Summary,
    Survivors,
};
use serde::Serialize;

use crate::arguments::Form;
use crate::failure::Failure;
use crate::output::{Output, json};

/// What a question gives: data that knows how to write itself.
pub(super) trait Answer: Serialize {
    fn write_text(&self, out: &mut Output) -> io::Result<()>;
}

/// Writes the answer in the form asked for.
pub(super) fn print(answer: &impl Answer, form: &Form, out: &mut Output) -> Result<(), Failure> {
    if form.json {
        return json::write_pretty(answer, out);
    }
    let columns = out.size().map(|size| size.columns);
    form.text(columns).apply(|| answer.write_text(out)).map_err(Failure::Output)
}

macro_rules! answers {
    ($($answer:ty),*) => {$(
        impl Answer for $answer {
            fn write_text(&self, out: &mut Output) -> io::Result<()> {
                <$answer>::write_text(self, out)
            }
        }
    )*};
}

answers!(
    Annotated,
    ClassList,
    Diff,
    Growth,
    Lifespans,
    MergedSummary,
    ObjectHistory,
    ObjectList,
    Oldest,
    Sites,
    Summary,
    Survivors
);
