use std::sync::Arc;

use super::{Site, Trace};

/// The live objects of one class that were made in one place.
///
/// ```
/// use classtracker_stats::SiteRow;
///
/// let unknown = SiteRow::new(3, 700);
/// assert_eq!((unknown.site, unknown.live), (None, 3));
/// ```
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct SiteRow {
    /// Where they were made; `None` if that is not known.
    pub site: Option<Arc<Site>>,
    /// The calls that led there, if they were recorded. Objects of one site with several traces have a row for each, and one
    /// without a trace for those of which none was recorded.
    pub trace: Option<Arc<Trace>>,
    /// Objects alive.
    pub live: u64,
    /// Their deep size, shared data as in [`ClassRow::bytes`](crate::ClassRow::bytes).
    pub bytes: u64,
}

impl SiteRow {
    /// A row of `live` objects that take `bytes`, made nobody knows where.
    #[must_use]
    pub fn new(live: u64, bytes: u64) -> Self {
        Self { site: None, trace: None, live, bytes }
    }
}
