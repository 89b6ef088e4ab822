//! Answers in format strings: `println!("{}", stats.growth())`.

use std::fmt;

use crate::{
    Annotated, ClassHistory, ClassList, Diff, Growth, Lifespans, MergedSummary, ObjectHistory, ObjectList, Oldest,
    Sites, Summary, Survivors,
};

macro_rules! display_as_text {
    ($($answer:ty),* $(,)?) => {$(
        /// As `write_text` writes it.
        impl fmt::Display for $answer {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let mut text = Vec::new();
                self.write_text(&mut text).map_err(|_| fmt::Error)?;
                f.write_str(&String::from_utf8_lossy(&text))
            }
        }
    )*};
}

display_as_text!(
    Annotated,
    ClassHistory,
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
    Survivors,
);
