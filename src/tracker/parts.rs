//! The named parts of objects, as data.

use std::collections::HashMap;
use std::sync::Arc;

use classtracker_stats::Referent;

use crate::inspect::Part;

/// The names of parts, each stored once.
#[derive(Default)]
pub(super) struct PartNames(HashMap<&'static str, Arc<str>>);

impl PartNames {
    /// A part as data. What no name covers (padding, and what a type owns without a name for it) is called so.
    pub(super) fn referent(&mut self, part: &Part) -> Referent {
        let name = if part.name.is_empty() { "(own)" } else { part.name };
        let name = self.0.entry(name).or_insert_with(|| name.into());
        Referent::new(Arc::clone(name), part.level, part.count, part.flat_bytes, part.bytes)
    }
}
