//! Where live objects were made, as data.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::Arc;

use crate::names::ClassNames;
use crate::{ClassRow, Moment, Percent, Query, Site, SiteRow, Snapshot, SnapshotKey, SnapshotKeyError, Stats, Trace};

/// Where the live objects of classes were made: the answer to [`Stats::sites`].
///
/// ```
/// use classtracker_stats::{SnapshotKey, Stats};
///
/// let mut stats = Stats::load("docs/factory.ctdump")?;
/// let sites = stats.filter("Employee").sites(&SnapshotKey::LAST)?;
/// let employees = &sites.classes[0];
/// assert_eq!((employees.live, employees.counted, employees.total), (2, true, 1));
/// let site = &employees.sites[0];
/// assert_eq!(site.site.as_ref().unwrap().to_string(), "src/staff.rs:12:9");
/// assert_eq!((site.live, site.bytes_share.unwrap().to_string().as_str()), (2, "100.0 %"));
/// assert_eq!(site.traces[0].trace.as_ref().unwrap().frames[1].function, "factory::staff::hire");
/// let mut text = Vec::new();
/// sites.write_text(&mut text)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Sites {
    /// What was asked: the filter, the names, and the limit, which is one of sites for each class.
    pub query: Query,
    /// The snapshot.
    pub moment: Moment,
    /// The classes that the filter lets through: those with the most bytes first, then with the most objects, then by name.
    pub classes: Vec<ClassSites>,
}

/// Where the live objects of one class were made.
///
/// See [`Sites`] for an example.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct ClassSites {
    /// The class' full name.
    pub class: Arc<str>,
    /// What it is called in this answer.
    pub name: Arc<str>,
    /// Its objects alive.
    pub live: u64,
    /// Their deep size; `None` if they are only counted.
    pub bytes: Option<u64>,
    /// Whether the snapshot counts by site all objects of the class. If not, only those listed one by one are counted here.
    pub counted: bool,
    /// How many sites there are, those left out included.
    pub total: usize,
    /// The sites that the limit lets through: those with the most bytes first, then with the most objects, then by place.
    pub sites: Vec<SiteShare>,
}

/// The live objects of one class made in one place.
///
/// See [`Sites`] for an example.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct SiteShare {
    /// Where; `None` for objects of which that is not known.
    pub site: Option<Arc<Site>>,
    /// Objects alive.
    pub live: u64,
    /// Their share of the class' live objects; `None` if there are none.
    pub live_share: Option<Percent>,
    /// Their deep size; `None` if they are only counted.
    pub bytes: Option<u64>,
    /// Their share of the class' bytes; `None` if these are 0 or not known.
    pub bytes_share: Option<Percent>,
    /// The same objects by the calls that led there, in the same order; equal ones are one. Empty if no calls were recorded.
    pub traces: Vec<TraceShare>,
}

/// The live objects of one class that the same calls made.
///
/// See [`Sites`] for an example.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct TraceShare {
    /// The calls; `None` for objects of which they were not recorded.
    pub trace: Option<Arc<Trace>>,
    /// Objects alive.
    pub live: u64,
    /// Their deep size; `None` if they are only counted.
    pub bytes: Option<u64>,
}

impl Sites {
    /// Where the live objects of the classes that the query wants were made.
    ///
    /// Classes of which nothing is alive are left out.
    ///
    /// ```
    /// use classtracker_stats::{Query, Sites, Stats};
    ///
    /// let stats = Stats::load("docs/factory.ctdump")?;
    /// assert_eq!(Sites::new(&stats.snapshots()[0], &Query::default()).classes.len(), 3);
    /// # Ok::<(), classtracker_stats::DumpError>(())
    /// ```
    #[must_use]
    pub fn new(snapshot: &Snapshot, query: &Query) -> Self {
        let names = ClassNames::new(query.names, snapshot.classes.iter().map(|row| &row.class).collect());
        let rows = snapshot.classes.iter().filter(|row| row.live > 0 && query.wants(&row.class));
        let mut classes: Vec<ClassSites> =
            rows.map(|row| class_sites(row, snapshot, names.of(&row.class), query)).collect();
        classes.sort_by(|a, b| {
            (Reverse(a.bytes), Reverse(a.live), &a.name).cmp(&(Reverse(b.bytes), Reverse(b.live), &b.name))
        });
        Self { query: query.clone(), moment: Moment::of(snapshot), classes }
    }
}

fn class_sites(row: &ClassRow, snapshot: &Snapshot, name: Arc<str>, query: &Query) -> ClassSites {
    let counted = !row.sites.is_empty();
    let listed;
    let rows: &[SiteRow] = if counted {
        &row.sites
    } else {
        let of_class = snapshot.objects.iter().filter(|object| object.object.class == row.class);
        listed = of_class
            .map(|object| {
                let mut site = SiteRow::new(1, object.bytes);
                site.site.clone_from(&object.object.site);
                site.trace.clone_from(&object.object.trace);
                site
            })
            .collect::<Vec<_>>();
        &listed
    };
    type Traces<'a> = BTreeMap<Option<&'a Arc<Trace>>, (u64, u64)>;
    let mut places: BTreeMap<Option<&Arc<Site>>, Traces<'_>> = BTreeMap::new();
    for row in rows {
        let sum = places.entry(row.site.as_ref()).or_default().entry(row.trace.as_ref()).or_default();
        *sum = (sum.0.saturating_add(row.live), sum.1.saturating_add(row.bytes));
    }
    let known = |bytes: u64| (!row.by_value).then_some(bytes);
    let mut sites: Vec<SiteShare> = places
        .into_iter()
        .map(|(site, traces)| {
            let live = traces.values().fold(0_u64, |sum, (live, _)| sum.saturating_add(*live));
            let bytes = traces.values().fold(0_u64, |sum, (_, bytes)| sum.saturating_add(*bytes));
            let recorded = traces.keys().any(Option::is_some);
            let share = |(trace, (live, bytes)): (Option<&Arc<Trace>>, (u64, u64))| TraceShare {
                trace: trace.cloned(),
                live,
                bytes: known(bytes),
            };
            // The map is in order of traces already, and this sort keeps equal ones as they are.
            let mut traces: Vec<TraceShare> =
                if recorded { traces.into_iter().map(share).collect() } else { Vec::new() };
            traces.sort_by_key(|trace| (Reverse(trace.bytes), Reverse(trace.live)));
            SiteShare {
                site: site.cloned(),
                live,
                live_share: Percent::of(live, row.live),
                bytes: known(bytes),
                bytes_share: known(bytes).and_then(|bytes| Percent::of(bytes, row.bytes)),
                traces,
            }
        })
        .collect();
    sites.sort_by_key(|site| (Reverse(site.bytes), Reverse(site.live)));
    let total = sites.len();
    sites.truncate(query.limit.map_or(total, |limit| limit.of(total)));
    ClassSites { class: Arc::clone(&row.class), name, live: row.live, bytes: known(row.bytes), counted, total, sites }
}

impl Stats {
    /// Where the live objects of a snapshot were made, of the classes that the filter lets through, as many sites of each as
    /// the limit does.
    ///
    /// # Errors
    /// [`SnapshotKeyError`] if the key means no snapshot, or several.
    ///
    /// ```
    /// use classtracker_stats::{ClassRow, Session, Site, SiteRow, Snapshot, SnapshotKey, Stats};
    /// use std::{sync::Arc, time::Duration};
    ///
    /// let now = chrono::Utc::now();
    /// let mut snapshot = Snapshot::new("", now, Duration::ZERO);
    /// let mut row = ClassRow::new("app::Employee");
    /// (row.live, row.bytes) = (4, 800);
    /// let mut site = SiteRow::new(3, 600);
    /// site.site = Some(Arc::new(Site { file: "src/hire.rs".to_owned(), line: 12, column: 9 }));
    /// row.sites = vec![site, SiteRow::new(1, 200)];
    /// snapshot.classes.push(row);
    ///
    /// let stats = Stats::new(Session::new(now, 1), vec![Arc::new(snapshot)]);
    /// let sites = stats.sites(&SnapshotKey::LAST)?;
    /// let top = &sites.classes[0].sites[0];
    /// assert_eq!((top.live, top.bytes_share.map(|share| share.0)), (3, Some(0.75)));
    /// # Ok::<(), classtracker_stats::SnapshotKeyError>(())
    /// ```
    pub fn sites(&self, snapshot: &SnapshotKey) -> Result<Sites, SnapshotKeyError> {
        Ok(Sites::new(self.snapshot(snapshot)?, self.query()))
    }
}
