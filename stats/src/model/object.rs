use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::{Referent, Trace};

/// One live object in one snapshot.
///
/// ```
/// use classtracker_stats::{ObjectRecord, ObjectRow};
/// use std::sync::Arc;
///
/// let record = Arc::new(ObjectRecord::new(17, "app::Employee", 48));
/// let row = ObjectRow::new(Arc::clone(&record), 200);
/// assert_eq!((row.bytes, row.unread), (200, false));
/// ```
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct ObjectRow {
    /// What does not change over the object's life, shared by all snapshots that list it.
    pub object: Arc<ObjectRecord>,
    /// Deep size in this snapshot.
    pub bytes: u64,
    /// Whether something of it could not be read: its bytes are then a lower bound.
    pub unread: bool,
    /// The parts that it owns, down to the resolution level asked for; empty for level 0. Snapshots in which they are the
    /// same may share them.
    pub referents: Arc<[Referent]>,
}

impl ObjectRow {
    /// A row of an object that was read whole and takes `bytes`, deep; of its parts none is named.
    #[must_use]
    pub fn new(object: Arc<ObjectRecord>, bytes: u64) -> Self {
        Self { object, bytes, unread: false, referents: Arc::default() }
    }
}

/// What an object keeps from birth to death.
///
/// ```
/// use classtracker_stats::ObjectRecord;
/// use std::time::Duration;
///
/// let mut record = ObjectRecord::new(17, "app::Employee", 48);
/// record.birth = Some(Duration::from_millis(412));
/// ```
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize)]
pub struct ObjectRecord {
    /// Unique in its process, never used again, rising in order of creation.
    pub serial: u64,
    /// The name of its row in [`Snapshot::classes`](crate::Snapshot::classes).
    pub class: Arc<str>,
    /// What the object shows of itself, where its class or registration asked for that.
    pub repr: Option<Arc<str>>,
    /// When it was made, from [`Session::started`](crate::Session::started) on, to the resolution of the system's coarse
    /// clock (some milliseconds). `None` where only its registration is known: an `Arc` does not tell when it was made.
    #[serde(serialize_with = "crate::json::maybe_seconds")]
    pub birth: Option<Duration>,
    /// Where it was made; for an `Arc`, where it was registered.
    pub site: Option<Arc<Site>>,
    /// The calls that led there, if they were recorded.
    pub trace: Option<Arc<Trace>>,
    /// `size_of_val` of the object.
    pub flat_bytes: u64,
}

impl ObjectRecord {
    /// A record of an object of which neither birth nor site nor repr is known.
    #[must_use]
    pub fn new(serial: u64, class: impl Into<Arc<str>>, flat_bytes: u64) -> Self {
        Self { serial, class: class.into(), repr: None, birth: None, site: None, trace: None, flat_bytes }
    }

    /// Bytes that one `Arc<ObjectRecord>` takes on the heap: the record, the two counts of its `Arc`, its repr.
    ///
    /// The class' name, the site and the trace are shared by many records and are not counted.
    ///
    /// ```
    /// use classtracker_stats::ObjectRecord;
    ///
    /// let mut record = ObjectRecord::new(17, "app::Employee", 48);
    /// let before = record.memory_bytes();
    /// record.repr = Some("Ada".into());
    /// assert_eq!(record.memory_bytes(), before + 16 + 3);
    /// ```
    #[must_use]
    pub fn memory_bytes(&self) -> usize {
        let counts = 2 * size_of::<usize>();
        let repr = self.repr.as_ref().map_or(0, |repr| counts + repr.len());
        counts + size_of::<Self>() + repr
    }
}

/// A place in the source; shown as `src/main.rs:12:9`.
///
/// ```
/// use classtracker_stats::Site;
///
/// let site = Site { file: "src/main.rs".into(), line: 12, column: 9 };
/// assert_eq!(site.to_string(), "src/main.rs:12:9");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
pub struct Site {
    /// The file, as the compiler was given it.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
    /// The column, from 1.
    pub column: u32,
}

impl fmt::Display for Site {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}
