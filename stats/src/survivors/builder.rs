use std::cmp::Reverse;
use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::Arc;

use super::tally::{Class, Made};
use super::{ClassSurvivors, SurvivorSite, Survivors};
use crate::diff::Line;
use crate::names::ClassNames;
use crate::{ListedObject, Moment, Query, Snapshot};

/// Puts [`Survivors`] together from snapshots whose object rows need not be in memory.
///
/// It keeps something for each class and for each place in which listed objects were made.
///
/// ```
/// use classtracker_stats::{Query, Snapshot, SurvivorsBuilder};
/// use std::time::Duration;
///
/// let [a, b, c] = ["a", "b", "c"].map(|label| Snapshot::new(label, chrono::Utc::now(), Duration::ZERO));
/// let mut builder = SurvivorsBuilder::new(&a, &b, &c, Query::default());
/// builder.objects(&a.objects, &b.objects, &c.objects);
/// assert_eq!(builder.finish().classes, []);
/// ```
#[derive(Debug)]
pub struct SurvivorsBuilder {
    query: Query,
    moments: [Moment; 3],
    lines: [Line; 2],
    classes: Vec<Class>,
    by_name: HashMap<Arc<str>, usize>,
}

impl SurvivorsBuilder {
    /// Objects made after the first and before the second snapshot that the third sees, of the classes that the query wants. The
    /// three were taken in this order. Only the rows of their classes are looked at.
    #[must_use]
    pub fn new(after: &Snapshot, before: &Snapshot, alive: &Snapshot, query: Query) -> Self {
        let mut classes: Vec<Class> = Vec::new();
        let mut by_name = HashMap::new();
        for (number, snapshot) in [after, before, alive].into_iter().enumerate() {
            for row in snapshot.classes.iter().filter(|row| query.wants(&row.class)) {
                let index = *by_name.entry(Arc::clone(&row.class)).or_insert_with(|| {
                    classes.push(Class::new(Arc::clone(&row.class)));
                    classes.len() - 1
                });
                classes[index].add_row(number, row);
            }
        }
        Self {
            query,
            moments: [after, before, alive].map(Moment::of),
            lines: [after, before].map(Line::at),
            classes,
            by_name,
        }
    }

    /// Compares the objects that the three snapshots list, each by serial, rising.
    pub fn objects<A: ListedObject, B: ListedObject, C: ListedObject>(
        &mut self,
        after: impl IntoIterator<Item = A>,
        before: impl IntoIterator<Item = B>,
        alive: impl IntoIterator<Item = C>,
    ) -> &mut Self {
        let after = after.into_iter().map(Ok::<_, Infallible>);
        let before = before.into_iter().map(Ok::<_, Infallible>);
        match self.try_objects(after, before, alive.into_iter().map(Ok)) {
            Ok(this) => this,
            Err(never) => match never {},
        }
    }

    /// As [`objects`](Self::objects), for rows that may turn out not to be readable.
    ///
    /// ```
    /// use classtracker_stats::{ObjectRow, Query, Stats, SurvivorsBuilder};
    /// use std::io;
    ///
    /// let stats = Stats::load("docs/factory.ctdump")?;
    /// let [a, b, c, ..] = stats.snapshots() else { panic!("too few") };
    /// let mut builder = SurvivorsBuilder::new(a, b, c, Query::default());
    /// let unreadable = [Err::<ObjectRow, _>(io::Error::other("the disk is gone"))];
    /// let error = builder.try_objects(a.objects.iter().map(Ok), b.objects.iter().map(Ok), unreadable);
    /// assert_eq!(error.unwrap_err().to_string(), "the disk is gone");
    /// # Ok::<(), classtracker_stats::DumpError>(())
    /// ```
    ///
    /// # Errors
    /// The first error that any of them gives; objects up to there are then counted.
    pub fn try_objects<A: ListedObject, B: ListedObject, C: ListedObject, E>(
        &mut self,
        after: impl IntoIterator<Item = Result<A, E>>,
        before: impl IntoIterator<Item = Result<B, E>>,
        alive: impl IntoIterator<Item = Result<C, E>>,
    ) -> Result<&mut Self, E> {
        let mut first = Cursor { rows: after.into_iter(), number: 0, next: None };
        let mut second = Cursor { rows: before.into_iter(), number: 1, next: None };
        for object in alive {
            let object = object?;
            let serial = object.serial();
            let made = [
                Made::when(first.seek(serial, self)?, self.lines[0], object.birth()),
                Made::when(second.seek(serial, self)?, self.lines[1], object.birth()),
            ];
            if let Some(&class) = self.by_name.get(object.class()) {
                self.classes[class].add_object(made, object.site(), object.trace(), object.bytes());
            }
        }
        // What is left is counted, too: it tells whether all were listed.
        first.seek(u64::MAX, self)?;
        second.seek(u64::MAX, self)?;
        Ok(self)
    }

    /// What came of it.
    #[must_use]
    pub fn finish(self) -> Survivors {
        let names = ClassNames::new(self.query.names, self.by_name.keys().collect());
        let found = self.classes.into_iter().filter_map(|class| {
            let (survived, sums) = class.survivors()?;
            let mut sites: Vec<SurvivorSite> = sums
                .sites
                .into_iter()
                .map(|((site, trace), (objects, bytes))| SurvivorSite { site, trace, objects, bytes })
                .collect();
            // They come in order of sites and traces, and this sort keeps equal ones as they are.
            sites.sort_by_key(|site| (Reverse(site.bytes), Reverse(site.objects)));
            let total_sites = sites.len();
            sites.truncate(self.query.limit.map_or(total_sites, |limit| limit.of(total_sites)));
            Some(ClassSurvivors {
                name: names.of(&class.class),
                made: class.made(),
                survived,
                listed: sums.objects,
                listed_bytes: sums.bytes,
                unclear: sums.unclear,
                total_sites,
                sites,
                class: class.class,
            })
        });
        let mut classes: Vec<ClassSurvivors> = found.collect();
        classes.sort_by(|a, b| {
            let order = |class: &ClassSurvivors| (Reverse(class.listed_bytes), Reverse(class.survived.at_most));
            order(a).cmp(&order(b)).then_with(|| a.name.cmp(&b.name))
        });
        let [after, before, alive] = self.moments;
        Survivors { query: self.query, after, before, alive, classes }
    }
}

/// The objects that one of the first two snapshots lists, by serial.
struct Cursor<R, I> {
    rows: R,
    number: usize,
    next: Option<I>,
}

/// Whether a snapshot lists an object.
#[derive(Clone, Copy)]
pub(super) enum Listed {
    Yes,
    /// Not this one, but one with a higher serial: so it was made before the snapshot, as serials rise from snapshot to
    /// snapshot.
    Later,
    No,
}

impl<I: ListedObject, E, R: Iterator<Item = Result<I, E>>> Cursor<R, I> {
    /// Goes on to an object, and counts those on the way.
    fn seek(&mut self, serial: u64, builder: &mut SurvivorsBuilder) -> Result<Listed, E> {
        loop {
            match &self.next {
                Some(next) if next.serial() > serial => return Ok(Listed::Later),
                Some(next) if next.serial() == serial => return Ok(Listed::Yes),
                _ => {}
            }
            self.next = self.rows.next().transpose()?;
            let Some(next) = &self.next else {
                return Ok(Listed::No);
            };
            if let Some(&class) = builder.by_name.get(next.class()) {
                builder.classes[class].seen(self.number);
            }
        }
    }
}
