use crate::Summary;

/// Per snapshot, what each class holds and which parts of its objects hold it: the answer to
/// [`Stats::annotate`](crate::Stats::annotate).
///
/// The parts are those of all live objects of the class, merged by name. They are the
/// [`referents`](crate::ClassRow::referents) of each row's [`row`](crate::SummaryRow::row).
///
/// ```
/// use classtracker_stats::Stats;
///
/// let annotated = Stats::load("docs/factory.ctdump")?.annotate();
/// let employees = &annotated.summary.snapshots[0].rows[0];
/// let parts = &employees.row.as_ref().unwrap().referents;
/// assert_eq!((&*parts[0].name, parts[0].count, parts[0].bytes), ("name", 2, 352));
/// let mut text = Vec::new();
/// annotated.write_text(&mut text)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Annotated {
    /// The classes, whose rows have their parts with them.
    pub summary: Summary,
}
