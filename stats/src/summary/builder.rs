use std::sync::Arc;

use super::Summary;
use crate::{ClassRow, Names, Snapshot};

/// Puts a [`Summary`] together from snapshots that need not be in memory at once.
///
/// It keeps of each snapshot what the summary shows: a row for each class and the census, but neither objects nor parts, sites,
/// ages and histories. The rows of its answer are without these, too.
///
/// ```
/// use classtracker_stats::{Names, Snapshot, SummaryBuilder};
/// use std::time::Duration;
///
/// let mut builder = SummaryBuilder::new(Names::Short);
/// for second in 0..3 {
///     builder.add(&Snapshot::new("", chrono::Utc::now(), Duration::from_secs(second)));
/// }
/// assert_eq!(builder.finish().snapshots.len(), 3);
/// ```
#[derive(Debug)]
pub struct SummaryBuilder {
    names: Names,
    snapshots: Vec<Arc<Snapshot>>,
}

impl SummaryBuilder {
    /// Nothing so far; classes will be named this way.
    #[must_use]
    pub fn new(names: Names) -> Self {
        Self { names, snapshots: Vec::new() }
    }

    /// Adds the next snapshot.
    pub fn add(&mut self, snapshot: &Snapshot) -> &mut Self {
        let mut slim = Snapshot::new(snapshot.label.clone(), snapshot.time, snapshot.elapsed);
        slim.duration = snapshot.duration;
        slim.classes = snapshot.classes.iter().map(numbers).collect();
        slim.census.clone_from(&snapshot.census);
        slim.process = snapshot.process;
        slim.overhead_bytes = snapshot.overhead_bytes;
        slim.tracking = snapshot.tracking;
        self.snapshots.push(Arc::new(slim));
        self
    }

    /// What came of it.
    #[must_use]
    pub fn finish(self) -> Summary {
        Summary::new(&self.snapshots, self.names)
    }
}

/// The row without its lists.
fn numbers(row: &ClassRow) -> ClassRow {
    ClassRow {
        class: Arc::clone(&row.class),
        referents: Vec::new(),
        sites: Vec::new(),
        ages: None,
        oldest: Vec::new(),
        lifetimes: None,
        history: None,
        ..*row
    }
}
