//! A dump that is still being written, as it grows.

mod columns;
mod lines;
mod table;
mod watch;

pub(crate) use lines::Lines;
pub(crate) use table::Table;
pub(crate) use watch::{Seen, Watch};

use std::sync::Arc;

use classtracker_stats::{ClassFilter, Diff, DiffBuilder, DiffOptions, Names, Snapshot};

/// The snapshots that a view compares: the first, the one before the last, and the last.
pub(crate) struct History {
    class: ClassFilter,
    names: Names,
    first: Option<Arc<Snapshot>>,
    before: Option<Arc<Snapshot>>,
    last: Option<Arc<Snapshot>>,
    count: u64,
}

impl History {
    /// Nothing so far; of these classes only.
    pub(crate) fn new(class: ClassFilter, names: Names) -> Self {
        Self { class, names, first: None, before: None, last: None, count: 0 }
    }

    /// Takes the next snapshot.
    pub(crate) fn add(&mut self, mut snapshot: Arc<Snapshot>) {
        Arc::make_mut(&mut snapshot).classes.retain(|row| self.class.matches(&row.class));
        self.first.get_or_insert_with(|| Arc::clone(&snapshot));
        self.before = self.last.replace(snapshot);
        self.count += 1;
    }

    fn last(&self) -> Option<&Snapshot> {
        self.last.as_deref()
    }

    /// What changed since the snapshot before; since itself, for the first.
    fn since_before(&self) -> Option<Diff> {
        let before = self.before.as_ref().or(self.last.as_ref());
        self.since(before)
    }

    /// What changed since the first snapshot.
    fn since_first(&self) -> Option<Diff> {
        self.since(self.first.as_ref())
    }

    fn since(&self, before: Option<&Arc<Snapshot>>) -> Option<Diff> {
        let mut options = DiffOptions::default();
        options.names = self.names;
        options.objects = 0;
        Some(DiffBuilder::new(before?, self.last()?, options).finish())
    }
}
