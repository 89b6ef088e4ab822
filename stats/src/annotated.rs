use crate::Summary;

/// Per snapshot, what each class holds and which parts of its objects hold it: the answer to
/// [`Stats::annotate`](crate::Stats::annotate).
///
/// The parts are those of all live objects of the class, merged by name. They are the
/// [`referents`](crate::ClassRow::referents) of each row's [`row`](crate::SummaryRow::row).
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Annotated {
    /// The classes, whose rows have their parts with them.
    pub summary: Summary,
}
