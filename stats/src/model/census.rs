use std::sync::Arc;

/// All values of one derived type that were seen inside tracked objects, however deep, in one snapshot.
///
/// So structs show up that live by value in the collections of others and are registered nowhere.
///
/// ```
/// use classtracker_stats::CensusRow;
///
/// let row = CensusRow::new("app::Entry", 3000, 96_000);
/// assert_eq!(row.average_bytes(), Some(32));
/// ```
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct CensusRow {
    /// The type's full name.
    pub type_name: Arc<str>,
    /// How many values were seen. A value in shared data is seen once.
    pub count: u64,
    /// What these values take: their own bytes and all that they own, without the values inside them that are counted
    /// in a row of their own. So the rows of a snapshot may be added up.
    pub bytes: u64,
}

impl CensusRow {
    /// A row of `count` values that take `bytes`.
    #[must_use]
    pub fn new(type_name: impl Into<Arc<str>>, count: u64, bytes: u64) -> Self {
        Self { type_name: type_name.into(), count, bytes }
    }

    /// What a value takes on average, to the nearest byte; `None` if none was seen.
    #[must_use]
    pub fn average_bytes(&self) -> Option<u64> {
        super::average(self.bytes, self.count)
    }
}
