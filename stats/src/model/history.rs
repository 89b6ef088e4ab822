use std::time::Duration;

/// How the number of live objects of a class changed, one object at a time.
///
/// ```
/// use classtracker_stats::{History, HistoryEvent};
/// use std::time::Duration;
///
/// let mut history = History::default();
/// history.events.push(HistoryEvent { at: Duration::from_millis(3), live: 1 });
/// assert_eq!(history.lost, 0);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize)]
pub struct History {
    /// The changes since the snapshot before this one, in order.
    pub events: Vec<HistoryEvent>,
    /// How many more changes there were, before those, for which there was no room.
    pub lost: u64,
}

/// An object was made, or died.
///
/// See [`History`] for an example.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct HistoryEvent {
    /// When, from [`Session::started`](crate::Session::started) on.
    #[serde(serialize_with = "crate::json::seconds")]
    pub at: Duration,
    /// How many objects of the class were alive then.
    pub live: u64,
}
