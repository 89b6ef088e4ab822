//! Where each name is defined.

use std::collections::HashMap;

use classtracker::Tracked;

use crate::model::{Item, Kind, SourceFile, Symbol};

/// The symbols of all files, by their last name.
#[derive(Default)]
pub(crate) struct SymbolIndex {
    by_name: HashMap<String, Vec<Tracked<Symbol>>>,
}

impl SymbolIndex {
    pub(crate) fn add(&mut self, file: &Tracked<SourceFile>) {
        self.add_items(file, &file.items, "");
    }

    fn add_items(&mut self, file: &Tracked<SourceFile>, items: &[Item], outer: &str) {
        for item in items {
            let name = if outer.is_empty() { item.name.clone() } else { format!("{outer}::{}", item.name) };
            self.add_items(file, &item.members, &name);
            // An `impl` defines what is in it, but nothing itself.
            if item.kind != Kind::Impl {
                let symbol = Tracked::new(Symbol { name, kind: item.kind, file: file.clone() });
                self.by_name.entry(item.name.clone()).or_default().push(symbol);
            }
        }
    }

    /// Forgets the symbols of a file. Others of the same names stay.
    pub(crate) fn remove(&mut self, file: &Tracked<SourceFile>) {
        self.remove_items(file, &file.items);
    }

    fn remove_items(&mut self, file: &Tracked<SourceFile>, items: &[Item]) {
        for item in items {
            self.remove_items(file, &item.members);
            let Some(symbols) = self.by_name.get_mut(&item.name) else {
                continue;
            };
            symbols.retain(|symbol| !Tracked::ptr_eq(&symbol.file, file));
            if symbols.is_empty() {
                self.by_name.remove(&item.name);
            }
        }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &[Tracked<Symbol>])> {
        self.by_name.iter().map(|(name, symbols)| (name.as_str(), symbols.as_slice()))
    }
}
