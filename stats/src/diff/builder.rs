use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};
use std::convert::Infallible;
use std::sync::Arc;

use super::class::Class;
use super::join::{Joined, Line, join};
use super::largest::Largest;
use super::{ClassDiff, Diff, DiffEnd, DiffOptions, ObjectDiff, Runs};
use crate::names::ClassNames;
use crate::{ListedObject, Moment, Snapshot};

/// Puts a [`Diff`] together from snapshots whose object rows need not be in memory.
///
/// It keeps something for each class, the serials given to [`gone`](Self::gone), and as many objects as
/// [`DiffOptions::objects`] says; rows are read side by side and forgotten.
///
/// ```
/// use classtracker_stats::{ClassRow, DiffBuilder, DiffOptions, ObjectRecord, ObjectRow, Snapshot};
/// use std::{sync::Arc, time::Duration};
///
/// let [mut before, mut after] = ["before", "after"].map(|label| Snapshot::new(label, chrono::Utc::now(), Duration::ZERO));
/// for (snapshot, sizes) in [(&mut before, [100, 100]), (&mut after, [100, 164])] {
///     let mut row = ClassRow::new("app::Employee");
///     (row.created, row.live, row.listed, row.bytes) = (2, 2, 2, sizes.iter().sum());
///     snapshot.classes.push(row);
///     let object = |(serial, bytes)| ObjectRow::new(Arc::new(ObjectRecord::new(serial, "app::Employee", 48)), bytes);
///     snapshot.objects.extend([1, 2].into_iter().zip(sizes).map(object));
/// }
///
/// let mut builder = DiffBuilder::new(&before, &after, DiffOptions::default());
/// builder.objects(&before.objects, &after.objects);
/// let diff = builder.finish();
/// assert_eq!(diff.total.fates.unwrap().growth_bytes, Some(64));
/// assert_eq!((diff.objects[0].serial, diff.objects[0].bytes_change()), (2, 64));
/// ```
#[derive(Debug)]
pub struct DiffBuilder {
    options: DiffOptions,
    before: DiffEnd,
    after: DiffEnd,
    line: Line,
    /// Whether the one before was taken before. Backwards, neither births nor ends tell of single objects.
    forward: bool,
    classes: Vec<Class>,
    by_name: HashMap<Arc<str>, usize>,
    /// Found dead, by snapshots up to the one after.
    gone: Vec<u64>,
    largest: Largest,
}

impl DiffBuilder {
    /// A diff between two snapshots, of which only the rows of classes are looked at.
    #[must_use]
    pub fn new(before: &Snapshot, after: &Snapshot, options: DiffOptions) -> Self {
        let mut classes: BTreeMap<&Arc<str>, Class> = BTreeMap::new();
        for row in &before.classes {
            classes.entry(&row.class).or_insert_with(|| Class::new(row)).before.add(row);
        }
        for row in &after.classes {
            classes.entry(&row.class).or_insert_with(|| Class::new(row)).after.add(row);
        }
        let classes: Vec<Class> = classes.into_values().collect();
        let by_name = classes.iter().enumerate().map(|(index, class)| (Arc::clone(&class.class), index)).collect();
        Self {
            largest: Largest::new(options.objects),
            options,
            before: end(before),
            after: end(after),
            line: Line::at(before),
            classes,
            by_name,
            forward: before.elapsed <= after.elapsed,
            gone: after.gone.clone(),
        }
    }

    /// Tells of serials that a snapshot between the two found dead: its [`Snapshot::gone`]. Those of the snapshot after are
    /// known already.
    ///
    /// ```
    /// use classtracker_stats::{DiffBuilder, DiffOptions, Stats};
    ///
    /// let stats = Stats::load("docs/factory.ctdump")?;
    /// let [first, .., last] = stats.snapshots() else { panic!("too few") };
    /// let mut builder = DiffBuilder::new(first, last, DiffOptions::default());
    /// for between in &stats.snapshots()[1..7] {
    ///     builder.gone(&between.gone);
    /// }
    /// builder.objects(&first.objects, &last.objects);
    /// assert_eq!(builder.finish().classes[1].fates.unwrap().dead.exact(), Some(1));
    /// # Ok::<(), classtracker_stats::DumpError>(())
    /// ```
    pub fn gone(&mut self, serials: &[u64]) -> &mut Self {
        self.gone.extend_from_slice(serials);
        self
    }

    /// Compares the objects that the two snapshots list, each by serial, rising.
    pub fn objects<A: ListedObject, B: ListedObject>(
        &mut self,
        before: impl IntoIterator<Item = A>,
        after: impl IntoIterator<Item = B>,
    ) -> &mut Self {
        let (before, after) = (before.into_iter().map(Ok::<_, Infallible>), after.into_iter().map(Ok::<_, Infallible>));
        match self.try_objects(before, after) {
            Ok(this) => this,
            Err(never) => match never {},
        }
    }

    /// As [`objects`](Self::objects), for rows that may turn out not to be readable.
    ///
    /// ```
    /// use classtracker_stats::{DiffBuilder, DiffOptions, ObjectRow, Stats};
    /// use std::io;
    ///
    /// let stats = Stats::load("docs/factory.ctdump")?;
    /// let (before, after) = (&stats.snapshots()[0], &stats.snapshots()[1]);
    /// let mut builder = DiffBuilder::new(before, after, DiffOptions::default());
    /// let unreadable = [Err::<ObjectRow, _>(io::Error::other("the disk is gone"))];
    /// let rows = before.objects.iter().map(Ok);
    /// assert_eq!(builder.try_objects(rows, unreadable).unwrap_err().to_string(), "the disk is gone");
    /// # Ok::<(), classtracker_stats::DumpError>(())
    /// ```
    ///
    /// # Errors
    /// The first error that either gives; objects up to there are then counted.
    pub fn try_objects<A: ListedObject, B: ListedObject, E>(
        &mut self,
        before: impl IntoIterator<Item = Result<A, E>>,
        after: impl IntoIterator<Item = Result<B, E>>,
    ) -> Result<&mut Self, E> {
        if self.options.runs == Runs::Different {
            return Ok(self);
        }
        self.gone.sort_unstable();
        if !self.forward {
            self.gone.clear();
        }
        let mut last = 0;
        join(before.into_iter(), after.into_iter(), |joined| {
            let class = joined.class();
            // Objects of one class often follow each other.
            if !self.classes.get(last).is_some_and(|known| Arc::ptr_eq(&known.class, class)) {
                match self.by_name.get(class) {
                    Some(&index) => last = index,
                    // No row counts it, so nothing is to be said of it.
                    None => return,
                }
            }
            let class = &mut self.classes[last];
            match joined {
                Joined::Both(before, after) => {
                    class.survived(before.bytes(), after.bytes());
                    self.largest.offer(last, before.serial(), Some(before.bytes()), Some(after.bytes()));
                }
                Joined::Before(before) => {
                    let gone = self.gone.binary_search(&before.serial()).is_ok();
                    class.only_before(before.bytes(), gone);
                    if class.after.is_tracked() && (gone || class.after.lists_all()) {
                        self.largest.offer(last, before.serial(), Some(before.bytes()), None);
                    }
                }
                Joined::After { object: after, older } => {
                    let made = match (self.forward, older) {
                        (false, _) => None,
                        (true, true) => Some(false),
                        (true, false) => self.line.is_after(after.birth()),
                    };
                    class.only_after(after.bytes(), made);
                    if made == Some(true) || class.before.lists_all() || !class.before.is_tracked() {
                        self.largest.offer(last, after.serial(), None, Some(after.bytes()));
                    }
                }
            }
        })?;
        Ok(self)
    }

    /// What came of it.
    #[must_use]
    pub fn finish(self) -> Diff {
        let names = ClassNames::new(self.options.names, self.classes.iter().map(|class| &class.class).collect());
        let diffs = self.classes.iter().map(|class| class.diff(names.of(&class.class), self.options.runs));
        let mut classes: Vec<ClassDiff> = diffs.collect();
        let object = |(change, serial): (super::largest::Change, u64)| ObjectDiff {
            serial,
            class: Arc::clone(&self.classes[change.class].class),
            name: names.of(&self.classes[change.class].class),
            before_bytes: change.before,
            after_bytes: change.after,
        };
        let objects = self.largest.into_sorted().map(object).collect();
        let total = super::class::total(&classes, self.options.runs);
        classes.sort_by(|a, b| order(a).cmp(&order(b)));
        Diff { before: self.before, after: self.after, runs: self.options.runs, classes, total, objects }
    }
}

fn end(snapshot: &Snapshot) -> DiffEnd {
    DiffEnd { moment: Moment::of(snapshot), process: snapshot.process, overhead_bytes: snapshot.overhead_bytes }
}

fn order(class: &ClassDiff) -> (Reverse<u64>, Reverse<u64>, &Arc<str>) {
    let bytes = class.bytes_change.unwrap_or(0).unsigned_abs();
    (Reverse(bytes), Reverse(class.live_change.unsigned_abs()), &class.name)
}
