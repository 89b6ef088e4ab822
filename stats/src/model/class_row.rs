use std::sync::Arc;

use super::{Durations, History, ObjectRecord, Referent, SiteRow};

/// All live objects of one class in one snapshot.
///
/// ```
/// use classtracker_stats::ClassRow;
///
/// let mut row = ClassRow::new("app::Employee");
/// assert_eq!(row.average_bytes(), None);
/// row.live = 3;
/// row.bytes = 700;
/// assert_eq!(row.average_bytes(), Some(233));
/// ```
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct ClassRow {
    /// The class' name: its full path, or the name it was registered under.
    pub class: Arc<str>,
    /// Objects alive.
    pub live: u64,
    /// Objects made so far, the dead ones included.
    pub created: u64,
    /// Objects that died so far.
    pub dropped: u64,
    /// Deep size of all live objects: their own bytes and all that they own; shared data is counted once a snapshot.
    pub bytes: u64,
    /// Flat size of all live objects: `size_of_val` alone.
    pub flat_bytes: u64,
    /// Of the blocks of shared data that live objects of this class reach: the bytes of those that at least two tracked
    /// objects reach, one of this class and one more of this class or another. Each block counts once, with all that it
    /// owns except for further shared blocks, which count for themselves.
    ///
    /// This is a part of what the objects *reach*, not of the [`bytes`](Self::bytes) that they are charged. In
    /// the whole snapshot each block is charged once, to one object, which may belong to another class: then it is no
    /// part of `bytes`, and `shared_bytes` can be more than those. A block that objects of several classes reach counts
    /// in each of their rows, so rows must not be added up.
    pub shared_bytes: u64,
    /// Deep size of the smallest live object; `None` with none alive.
    pub smallest_bytes: Option<u64>,
    /// Deep size of the largest live object; `None` with none alive.
    pub largest_bytes: Option<u64>,
    /// Live objects of which something could not be read (a lock was held, a sizing panicked): their bytes are a lower bound.
    pub unread: u64,
    /// How many of the live objects have a row of their own in [`Snapshot::objects`](crate::Snapshot::objects); the
    /// others are folded into this row.
    pub listed: u64,
    /// The parts of all live objects, the folded ones included, with those of the same path (the same names all the way
    /// down from level 1) added up in one; empty if none was asked for. The parts of level 1 add up to
    /// [`bytes`](Self::bytes) if they were asked for of every object.
    pub referents: Vec<Referent>,
    /// Whether these objects stand by value wherever their owners are, and are only counted: of their bytes only
    /// [`flat_bytes`](Self::flat_bytes) are known. [`bytes`](Self::bytes) is 0 then, which is not to be shown as a size.
    pub by_value: bool,
    /// The live objects by where they were made, those with the most bytes first; empty if nobody counted them so. All rows
    /// together are all live objects.
    pub sites: Vec<SiteRow>,
    /// How old the live objects are; `None` if that was not asked for.
    pub ages: Option<Durations>,
    /// The oldest of the live objects, the oldest first, as many as were asked for.
    pub oldest: Vec<Arc<ObjectRecord>>,
    /// How long those lived that have died so far; `None` if that was not asked for.
    pub lifetimes: Option<Durations>,
    /// How the number of live objects changed since the snapshot before this one; `None` if that was not asked for.
    pub history: Option<History>,
}

impl ClassRow {
    /// A row of `class` with nothing alive and nothing made so far.
    #[must_use]
    pub fn new(class: impl Into<Arc<str>>) -> Self {
        Self {
            class: class.into(),
            live: 0,
            created: 0,
            dropped: 0,
            bytes: 0,
            flat_bytes: 0,
            shared_bytes: 0,
            smallest_bytes: None,
            largest_bytes: None,
            unread: 0,
            listed: 0,
            referents: Vec::new(),
            by_value: false,
            sites: Vec::new(),
            ages: None,
            oldest: Vec::new(),
            lifetimes: None,
            history: None,
        }
    }

    /// Deep size of a live object on average, to the nearest byte; `None` with none alive.
    #[must_use]
    pub fn average_bytes(&self) -> Option<u64> {
        average(self.bytes, self.live)
    }
}

/// `bytes / count` to the nearest byte, halves up; `None` for a count of 0.
pub(crate) fn average(bytes: u64, count: u64) -> Option<u64> {
    let whole = bytes.checked_div(count)?;
    let rest = bytes % count;
    // `rest * 2 >= count` without the overflow.
    Some(whole + u64::from(rest >= count - rest))
}

#[cfg(test)]
mod tests {
    use super::average;

    #[test]
    fn an_average_is_rounded_to_the_nearest_byte_and_absent_for_nothing() {
        assert_eq!(average(0, 0), None);
        assert_eq!(average(10, 0), None);
        assert_eq!(average(0, 3), Some(0));
        assert_eq!(average(10, 4), Some(3));
        assert_eq!(average(9, 4), Some(2));
        assert_eq!(average(u64::MAX, 1), Some(u64::MAX));
        assert_eq!(average(u64::MAX, u64::MAX), Some(1));
    }
}
