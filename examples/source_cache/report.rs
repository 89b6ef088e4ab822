//! What the program says besides the summary.

use std::cmp::Reverse;
use std::fmt::{Display, Formatter, Result};

use classtracker::Tracked;
use classtracker::stats::Bytes;

use crate::cache::SourceCache;
use crate::model::SourceFile;
use crate::walk::Skipped;

/// Of a list that may be long, this much is shown.
const SHOWN: usize = 5;

/// What the cache holds.
pub(crate) struct Loaded<'a>(pub(crate) &'a SourceCache);

impl Display for Loaded<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        let text: usize = self.0.files().map(|file| file.text.len()).sum();
        let symbols = self.0.symbols.iter().map(|(_, symbols)| symbols.len()).sum();
        let files = Count(self.0.files().count(), "file");
        let (text, symbols) = (Bytes(text as u64), Count(symbols, "symbol"));
        writeln!(f, "loaded: {files}, {text} of text, {symbols}")
    }
}

/// What was passed over; no word if nothing was.
pub(crate) struct NotLoaded<'a>(pub(crate) &'a [Skipped]);

impl Display for NotLoaded<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        if !self.0.is_empty() {
            writeln!(f, "not loaded: {}", self.0.len())?;
        }
        for Skipped { path, reason } in self.0.iter().take(SHOWN) {
            writeln!(f, "  {}: {reason}", path.display())?;
        }
        more(f, self.0.len())
    }
}

/// Which files live on though the cache has let go of them.
pub(crate) struct Evicted {
    evicted: usize,
    alive: Vec<Tracked<SourceFile>>,
}

impl Evicted {
    /// `live`: every file that lives.
    pub(crate) fn new(cache: &SourceCache, evicted: usize, live: Vec<Tracked<SourceFile>>) -> Self {
        let mut alive = live;
        alive.retain(|file| !cache.holds(file));
        Self { evicted, alive }
    }
}

impl Display for Evicted {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        let evicted = Count(self.evicted, "file");
        writeln!(f, "evicted: {evicted}, {} still alive", self.alive.len())?;
        for file in self.alive.iter().take(SHOWN) {
            // One handle is the one in this list.
            let handles = Count(Tracked::strong_count(file) - 1, "handle");
            writeln!(f, "  {}: held by {handles}", file.path.display())?;
        }
        more(f, self.alive.len())
    }
}

/// The names with the most definitions: what the index is for.
pub(crate) struct MostDefined<'a>(Vec<(usize, &'a str)>);

impl<'a> MostDefined<'a> {
    pub(crate) fn new(cache: &'a SourceCache) -> Self {
        let mut names: Vec<_> = cache.symbols.iter().map(|(name, symbols)| (symbols.len(), name)).collect();
        names.sort_by_key(|&(count, name)| (Reverse(count), name));
        Self(names)
    }
}

impl Display for MostDefined<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        if self.0.is_empty() {
            return Ok(());
        }
        let shown: Vec<String> = self.0.iter().take(SHOWN).map(|(count, name)| format!("{name} ({count})")).collect();
        writeln!(f, "\nmost often defined: {}", shown.join(", "))
    }
}

/// Things of one kind, in the plural unless there is one.
struct Count(usize, &'static str);

impl Display for Count {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        let Self(count, thing) = self;
        write!(f, "{count} {thing}{}", if *count == 1 { "" } else { "s" })
    }
}

fn more(f: &mut Formatter<'_>, count: usize) -> Result {
    match count.checked_sub(SHOWN) {
        None | Some(0) => Ok(()),
        Some(more) => writeln!(f, "  and {more} more"),
    }
}
