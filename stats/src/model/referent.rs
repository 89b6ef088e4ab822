use std::sync::Arc;

/// A part that an object owns: a field, a variant, the elements of a collection.
///
/// The parts of an object (or of all objects of a class) form a tree, written as a list in pre-order: a part of
/// [`level`](Self::level) 1 is one of the object itself, and the parts of a part follow it, one level deeper. Levels
/// begin with 1 and never rise by more than 1; a list for which that does not hold is dumped and shown as though each
/// level that is too deep were one deeper than the one before.
///
/// The parts of level 1 add up to the object's bytes. For that, what no name covers is a part of its own, with a name in
/// brackets: `(shared data)`. The parts below a part add up to no more than that part.
///
/// ```
/// use classtracker_stats::Referent;
///
/// // `Employee { name: "Ann", skills: vec!["forge", "weld"] }`: 48 bytes, and 3 + 48 + 9 on the heap.
/// let parts = [
///     Referent::new("name", 1, 1, 24, 27),
///     Referent::new("skills", 1, 1, 24, 81),
///     Referent::new("elements", 2, 2, 48, 57),
/// ];
/// let direct = parts.iter().filter(|part| part.level == 1);
/// assert_eq!(direct.map(|part| part.bytes).sum::<u64>(), 108);
/// ```
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Referent {
    /// What the part is called: the name of its field or variant, or what a collection calls its contents.
    pub name: Arc<str>,
    /// How deep in the tree it stands: 1 for a part of the object itself.
    pub level: u32,
    /// How many parts of this name were added up here: the elements of a collection, or this part of many objects.
    pub count: u64,
    /// Flat size of these parts: `size_of_val` alone.
    pub flat_bytes: u64,
    /// Deep size of these parts: their own bytes and all that they own.
    pub bytes: u64,
}

impl Referent {
    /// A part, or `count` parts of one name added up.
    #[must_use]
    pub fn new(name: impl Into<Arc<str>>, level: u32, count: u64, flat_bytes: u64, bytes: u64) -> Self {
        Self { name: name.into(), level, count, flat_bytes, bytes }
    }

    /// Each referent with its level, or what that is taken for if no tree has it there.
    pub(crate) fn with_levels(referents: &[Self]) -> impl Iterator<Item = (u32, &Self)> {
        referents.iter().scan(0_u32, |before, referent| {
            *before = referent.level.clamp(1, before.saturating_add(1));
            Some((*before, referent))
        })
    }
}
