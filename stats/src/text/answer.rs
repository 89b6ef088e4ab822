//! What all answers have in common, and the list of them.

use std::fmt;
use std::io::{self, Write};

use serde::Serialize;

use crate::{
    Annotated, ClassHistory, ClassList, Diff, Growth, Lifespans, MergedSummary, ObjectHistory, ObjectList, Oldest,
    Sites, Summary, Survivors,
};

/// What a question gives: data that can be looked at, serialized, and written as text, as here or in a format string.
///
/// ```
/// use classtracker_stats::{Answer, SnapshotKey, Stats};
///
/// fn titled(title: &str, answer: &impl Answer) -> String {
///     format!("{title}\n\n{answer}")
/// }
///
/// let stats = Stats::load("docs/factory.ctdump")?;
/// assert!(titled("In the evening", &stats.sites(&SnapshotKey::LAST)?).contains("\nSITES"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait Answer: Serialize + fmt::Display {
    /// Writes it as text, as the method of this name that each answer has.
    ///
    /// # Errors
    /// What `out` gives.
    ///
    /// ```
    /// use classtracker_stats::{Answer, Stats};
    ///
    /// fn save(answer: &impl Answer, path: &std::path::Path) -> std::io::Result<()> {
    ///     answer.write_text(&mut std::fs::File::create(path)?)
    /// }
    ///
    /// # let dir = tempfile::tempdir()?;
    /// # let path = dir.path().join("growth.txt");
    /// save(&Stats::load("docs/factory.ctdump")?.growth(), &path)?;
    /// assert!(std::fs::read_to_string(path)?.starts_with("GROWTH"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()>;
}

macro_rules! answers {
    ($($answer:ty),* $(,)?) => {$(
        impl Answer for $answer {
            fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
                // The method of the type, which a path prefers.
                <$answer>::write_text(self, out)
            }
        }

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

answers!(
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
