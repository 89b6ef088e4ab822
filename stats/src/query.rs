use crate::{ClassFilter, Limit, Names, SortKey};

/// Which objects to list, in which order, named how.
///
/// Filtered first, then sorted, then limited. The default lists all, by serial, under short names.
///
/// ```
/// use classtracker_stats::{Limit, Query, SortKey};
///
/// let mut largest = Query::default();
/// largest.sort = vec![SortKey::Size];
/// largest.limit = Some(Limit::count(10));
/// ```
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Default, serde::Serialize)]
pub struct Query {
    /// What to sort by; each key breaks the ties that the keys before it leave, and the serial breaks the last ones.
    pub sort: Vec<SortKey>,
    /// Whether the order is turned round as a whole.
    pub reversed: bool,
    /// Only objects of these classes.
    pub class: ClassFilter,
    /// How many objects at most, or classes, or sites of a class: each answer says of what. `None` for all.
    pub limit: Option<Limit>,
    /// How classes are named in what is printed.
    pub names: Names,
}

impl Query {
    /// Whether objects of this class are wanted.
    pub(crate) fn wants(&self, class: &str) -> bool {
        self.class.matches(class)
    }
}
