//! The cache: files that are loaded, and the index of what they define.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use classtracker::Tracked;

use crate::index::SymbolIndex;
use crate::model::SourceFile;
use crate::outline;

pub(crate) struct SourceCache {
    dir: PathBuf,
    files: BTreeMap<PathBuf, Tracked<SourceFile>>,
    pub(crate) symbols: SymbolIndex,
    leak: bool,
}

impl SourceCache {
    pub(crate) fn new(dir: &Path, leak: bool) -> Self {
        Self { dir: dir.to_owned(), files: BTreeMap::new(), symbols: SymbolIndex::default(), leak }
    }

    /// Reads and parses a file, or says why that can't be done.
    pub(crate) fn load(&mut self, path: &Path) -> Result<(), String> {
        let text = fs::read_to_string(self.dir.join(path)).map_err(|error| error.to_string())?;
        let items = outline::of(&text)?;
        let file = Tracked::new(SourceFile { path: path.to_owned(), text, items });
        self.symbols.add(&file);
        self.files.insert(path.to_owned(), file);
        Ok(())
    }

    pub(crate) fn evict(&mut self, path: &Path) {
        let Some(file) = self.files.remove(path) else {
            return;
        };
        // The leak: who forgets this line keeps the file for as long as the index lives.
        if !self.leak {
            self.symbols.remove(&file);
        }
    }

    /// Whether it is this very file that the cache would hand out for its path.
    pub(crate) fn holds(&self, file: &Tracked<SourceFile>) -> bool {
        self.files.get(&file.path).is_some_and(|held| Tracked::ptr_eq(held, file))
    }

    /// The loaded files' paths, in order.
    pub(crate) fn paths(&self) -> impl Iterator<Item = &PathBuf> {
        self.files.keys()
    }

    pub(crate) fn files(&self) -> impl Iterator<Item = &Tracked<SourceFile>> {
        self.files.values()
    }
}
