use std::collections::HashMap;
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
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
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

    /// Several trees as one: parts of the same path (the same names all the way down from level 1) are added up.
    ///
    /// Parts stand in the order in which they first come. Sums stop at the largest number.
    ///
    /// ```
    /// use classtracker_stats::Referent;
    ///
    /// let ann = [Referent::new("name", 1, 1, 24, 27)];
    /// let bob = [Referent::new("name", 1, 1, 24, 29), Referent::new("boss", 1, 1, 8, 8)];
    /// assert_eq!(
    ///     Referent::merge([&ann[..], &bob]),
    ///     [Referent::new("name", 1, 2, 48, 56), Referent::new("boss", 1, 1, 8, 8)],
    /// );
    /// ```
    #[must_use]
    pub fn merge<'a>(trees: impl IntoIterator<Item = &'a [Self]>) -> Vec<Self> {
        // By number, since a tree may be too deep for recursion. The parts of the object itself are those of no part.
        let mut merged: Vec<Self> = Vec::new();
        let mut parts_of: HashMap<Option<usize>, Vec<usize>> = HashMap::new();
        let mut known: HashMap<(Option<usize>, &str), usize> = HashMap::new();
        for tree in trees {
            let mut path: Vec<usize> = Vec::new();
            for (level, part) in Self::with_levels(tree) {
                path.truncate(level as usize - 1);
                let whole = path.last().copied();
                let place = *known.entry((whole, &part.name)).or_insert_with(|| {
                    merged.push(Self::new(Arc::clone(&part.name), level, 0, 0, 0));
                    parts_of.entry(whole).or_default().push(merged.len() - 1);
                    merged.len() - 1
                });
                let sum = &mut merged[place];
                sum.count = sum.count.saturating_add(part.count);
                sum.flat_bytes = sum.flat_bytes.saturating_add(part.flat_bytes);
                sum.bytes = sum.bytes.saturating_add(part.bytes);
                path.push(place);
            }
        }
        let mut next: Vec<usize> = parts_of.remove(&None).unwrap_or_default();
        next.reverse();
        let mut tree = Vec::with_capacity(merged.len());
        while let Some(place) = next.pop() {
            tree.push(merged[place].clone());
            next.extend(parts_of.remove(&Some(place)).unwrap_or_default().into_iter().rev());
        }
        tree
    }

    /// Each referent with its level, or what that is taken for if no tree has it there.
    pub(crate) fn with_levels(referents: &[Self]) -> impl Iterator<Item = (u32, &Self)> {
        referents.iter().scan(0_u32, |before, referent| {
            *before = referent.level.clamp(1, before.saturating_add(1));
            Some((*before, referent))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Referent;

    fn tree(parts: &[(&str, u32, u64)]) -> Vec<Referent> {
        parts.iter().map(|(name, level, bytes)| Referent::new(*name, *level, 1, 1, *bytes)).collect()
    }

    #[test]
    fn parts_of_one_path_are_added_up_and_others_are_not() {
        let first = tree(&[("a", 1, 10), ("x", 2, 4), ("b", 1, 20), ("x", 2, 5)]);
        let second = tree(&[("b", 1, 30), ("x", 2, 6), ("y", 2, 7), ("x", 3, 7), ("x", 2, 8), ("c", 1, u64::MAX)]);
        let third = tree(&[("c", 1, 1), ("a", 1, 1)]);
        let merged = Referent::merge([&first[..], &second, &third]);
        let found: Vec<_> = merged.iter().map(|part| (&*part.name, part.level, part.count, part.bytes)).collect();
        assert_eq!(
            found,
            [
                ("a", 1, 2, 11),
                ("x", 2, 1, 4),
                ("b", 1, 2, 50),
                ("x", 2, 3, 19),
                ("y", 2, 1, 7),
                ("x", 3, 1, 7),
                ("c", 1, 2, u64::MAX),
            ]
        );
    }

    #[test]
    fn a_tree_merged_with_nothing_is_itself_however_deep() {
        let deep: Vec<_> = (1..100_000).map(|level| Referent::new("next", level, 1, 8, 8)).collect();
        assert_eq!(Referent::merge([&deep[..], &[]]), deep);
        assert_eq!(Referent::merge([]), []);
    }
}
