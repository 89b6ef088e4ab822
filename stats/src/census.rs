use std::cmp::Reverse;
use std::collections::HashSet;
use std::sync::Arc;

use crate::names::ClassNames;
use crate::{CensusRow, Names, Snapshot};

/// The values of one type in one snapshot of a [`Summary`](crate::Summary).
///
/// ```
/// use classtracker_stats::Stats;
///
/// let summary = Stats::load("docs/factory.ctdump")?.summary();
/// let census = summary.snapshots[0].census.as_ref().unwrap();
/// assert_eq!((&*census[0].name, census[0].row.count, census[0].row.bytes), ("Skill", 6, 240));
/// # Ok::<(), classtracker_stats::DumpError>(())
/// ```
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct CensusEntry {
    /// What the type is called in this summary.
    pub name: Arc<str>,
    /// Its row in the snapshot.
    pub row: CensusRow,
}

/// What types are called in censuses. A class and a type that are not the same are not called the same either.
pub(crate) fn names(snapshots: &[Arc<Snapshot>], names: Names) -> ClassNames {
    let mut all: HashSet<&Arc<str>> =
        snapshots.iter().flat_map(|snapshot| snapshot.census.iter().flatten()).map(|row| &row.type_name).collect();
    if !all.is_empty() {
        all.extend(snapshots.iter().flat_map(|snapshot| &snapshot.classes).map(|row| &row.class));
    }
    ClassNames::new(names, all)
}

/// The snapshot's census, the types with the most bytes first, then by name.
pub(crate) fn entries(snapshot: &Snapshot, names: &ClassNames) -> Option<Vec<CensusEntry>> {
    let rows = snapshot.census.as_ref()?.iter();
    let mut entries: Vec<_> =
        rows.map(|row| CensusEntry { name: names.of(&row.type_name), row: row.clone() }).collect();
    entries.sort_by(|a, b| (Reverse(a.row.bytes), &a.name).cmp(&(Reverse(b.row.bytes), &b.name)));
    Some(entries)
}
