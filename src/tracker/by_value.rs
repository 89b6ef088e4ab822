//! Rows of the classes whose objects stand by value, and are only counted.

use std::any::TypeId;
use std::collections::HashSet;
use std::sync::Arc;

use classtracker_stats::ClassRow;

use super::class::Totals;
use super::state::State;
use crate::inspect::ClassKey;
use crate::registry::{Class, Counted, ForkLock, registry};

/// The classes that there are, and what each added up to at one moment.
pub(super) struct ByValue(Vec<(&'static Class, Counted, Totals)>);

impl ByValue {
    pub(super) fn count() -> Self {
        let classes = registry().counted_classes().into_iter();
        Self(classes.map(|(class, counted)| (class, counted, Totals::of(class))).collect())
    }

    /// A row for each class, beside `others`, whose names it leaves to them.
    pub(super) fn add_rows(self, state: &ForkLock<State>, rows: &mut Vec<ClassRow>) {
        if self.0.is_empty() {
            return;
        }
        let mut taken: HashSet<Arc<str>> = rows.iter().map(|row| Arc::clone(&row.class)).collect();
        let mut state = state.lock();
        for (class, counted, Totals { created, dropped }) in self.0 {
            let name = state.name_by_value(ClassKey { id: counted.type_id, name: class.name() }, &taken);
            let mut row = ClassRow::new(Arc::clone(&name));
            taken.insert(name);
            row.by_value = true;
            row.created = created;
            row.dropped = dropped;
            row.live = created - dropped;
            row.flat_bytes = row.live * counted.flat_bytes as u64;
            rows.push(row);
        }
    }
}

/// The classes that had to give way to a row of their name once. They keep the longer name, so that one class is not two in
/// later snapshots.
#[derive(Default)]
pub(super) struct Apart(HashSet<TypeId>);

impl State {
    fn name_by_value(&mut self, class: ClassKey, taken: &HashSet<Arc<str>>) -> Arc<str> {
        let mut name = self.names.of_class(class);
        if taken.contains(&name) {
            self.apart.0.insert(class.id);
        }
        if self.apart.0.contains(&class.id) {
            name = format!("{name} (by value)").into();
        }
        while taken.contains(&name) {
            name = format!("{name} (by value)").into();
        }
        self.names.custom(name.as_ref().to_owned())
    }
}
