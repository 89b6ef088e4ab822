//! What the payloads are made of: flat, borrowed from the frame, and apart from the model, which may change.
//!
//! A payload is its struct's fields in the order in which they stand here. Changing any of them is a new version.

use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize, Serializer};

#[derive(Serialize, Deserialize)]
pub(super) struct SessionWire<'a> {
    pub(super) started: TimeWire,
    pub(super) process_id: u32,
    pub(super) program: Option<&'a str>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct SnapshotWire<'a> {
    pub(super) label: &'a str,
    pub(super) time: TimeWire,
    pub(super) elapsed: DurationWire,
    pub(super) duration: DurationWire,
    pub(super) virtual_bytes: Option<u64>,
    pub(super) resident_bytes: Option<u64>,
    pub(super) overhead_bytes: u64,
    #[serde(borrow)]
    pub(super) new: NewWire<'a>,
    pub(super) classes: ClassesWire<'a>,
    pub(super) class_referents: ReferentsWire<'a>,
    pub(super) records: RecordsWire<'a>,
    pub(super) rows: RowsWire<'a>,
    pub(super) object_referents: ReferentsWire<'a>,
    pub(super) gone: Packed<'a>,
    pub(super) census: Option<CensusWire<'a>>,
}

/// What a snapshot of version 2 has behind all that one of version 1 has.
#[derive(Serialize, Deserialize)]
pub(super) struct ExtensionWire<'a> {
    pub(super) proportional_bytes: Option<u64>,
    pub(super) allocator: Option<AllocatorWire>,
    /// 0 on, 1 switched off, 2 compiled out.
    pub(super) tracking: u64,
    /// Calls that no frame before this one has named.
    #[serde(borrow)]
    pub(super) new_calls: Packed<'a>,
    /// Traces that no frame before this one has named.
    pub(super) new_traces: Packed<'a>,
    /// The traces of the records in `RecordsWire`; empty if none has any.
    pub(super) record_traces: Packed<'a>,
    pub(super) details: DetailsWire<'a>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct AllocatorWire {
    /// 0 counting, 1 glibc, 2 jemalloc.
    pub(super) source: u64,
    pub(super) live_bytes: u64,
    pub(super) live_blocks: Option<u64>,
    pub(super) held_bytes: Option<u64>,
}

/// What no frame before this one has named.
#[derive(Serialize, Deserialize)]
pub(super) struct NewWire<'a> {
    #[serde(borrow)]
    pub(super) classes: Packed<'a>,
    pub(super) sites: Packed<'a>,
    /// Names of referents and of types in the census.
    pub(super) names: Packed<'a>,
}

/// What only some classes' rows have, a list for each field.
#[derive(Serialize, Deserialize)]
pub(super) struct DetailsWire<'a> {
    /// Which rows have what, and how much of it.
    #[serde(borrow)]
    pub(super) rows: Packed<'a>,
    pub(super) site: Packed<'a>,
    pub(super) site_trace: Packed<'a>,
    pub(super) site_live: Packed<'a>,
    pub(super) site_bytes: Packed<'a>,
    /// Of ages and lifetimes.
    pub(super) counts: Packed<'a>,
    /// Which of the oldest the snapshot before has as well.
    pub(super) oldest: Packed<'a>,
    /// The other ones.
    pub(super) oldest_records: RecordsWire<'a>,
    pub(super) oldest_traces: Packed<'a>,
    pub(super) times: Packed<'a>,
    pub(super) live: Packed<'a>,
}

/// The rows of the classes, a list for each field.
#[derive(Serialize, Deserialize)]
pub(super) struct ClassesWire<'a> {
    #[serde(borrow)]
    pub(super) class: Packed<'a>,
    pub(super) live: Packed<'a>,
    pub(super) created: Packed<'a>,
    pub(super) dropped: Packed<'a>,
    pub(super) bytes: Packed<'a>,
    pub(super) flat_bytes: Packed<'a>,
    pub(super) shared_bytes: Packed<'a>,
    pub(super) smallest_bytes: Packed<'a>,
    pub(super) largest_bytes: Packed<'a>,
    pub(super) unread: Packed<'a>,
    pub(super) listed: Packed<'a>,
    /// How many referents each has.
    pub(super) referents: Packed<'a>,
}

/// The objects that the snapshot before this one does not list, a list for each field.
#[derive(Serialize, Deserialize)]
pub(super) struct RecordsWire<'a> {
    #[serde(borrow)]
    pub(super) serial: Packed<'a>,
    pub(super) class: Packed<'a>,
    pub(super) repr: Packed<'a>,
    pub(super) birth: Packed<'a>,
    pub(super) site: Packed<'a>,
    pub(super) flat_bytes: Packed<'a>,
}

/// The rows of the objects: which of the snapshot before, which of the new ones; then what changes with each snapshot.
#[derive(Serialize, Deserialize)]
pub(super) struct RowsWire<'a> {
    #[serde(borrow)]
    pub(super) steps: Packed<'a>,
    pub(super) bytes: Packed<'a>,
    pub(super) unread: Packed<'a>,
    /// Whose referents are others than in the snapshot before, and how many they are.
    pub(super) referents: Packed<'a>,
}

/// The referents of one row after the other, a list for each field.
#[derive(Serialize, Deserialize)]
pub(super) struct ReferentsWire<'a> {
    #[serde(borrow)]
    pub(super) name: Packed<'a>,
    /// How much less deep it stands than it could, below the one before.
    pub(super) up: Packed<'a>,
    pub(super) count: Packed<'a>,
    pub(super) flat_bytes: Packed<'a>,
    pub(super) bytes: Packed<'a>,
}

/// The rows of the census, a list for each field.
#[derive(Serialize, Deserialize)]
pub(super) struct CensusWire<'a> {
    #[serde(borrow)]
    pub(super) type_name: Packed<'a>,
    pub(super) count: Packed<'a>,
    pub(super) bytes: Packed<'a>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct EndWire {
    pub(super) snapshots: u64,
}

#[derive(Serialize, Deserialize)]
pub(super) struct TimeWire {
    seconds: i64,
    nanos: u32,
}

impl From<DateTime<Utc>> for TimeWire {
    fn from(time: DateTime<Utc>) -> Self {
        Self { seconds: time.timestamp(), nanos: time.timestamp_subsec_nanos() }
    }
}

impl TimeWire {
    /// `None` for a time that does not exist.
    pub(super) fn to_time(&self) -> Option<DateTime<Utc>> {
        DateTime::from_timestamp(self.seconds, self.nanos)
    }
}

#[derive(Serialize, Deserialize)]
pub(super) struct DurationWire {
    seconds: u64,
    nanos: u32,
}

impl From<Duration> for DurationWire {
    fn from(duration: Duration) -> Self {
        Self { seconds: duration.as_secs(), nanos: duration.subsec_nanos() }
    }
}

impl DurationWire {
    /// `None` if the nanoseconds make a second or more.
    pub(super) fn to_duration(&self) -> Option<Duration> {
        (self.nanos < 1_000_000_000).then(|| Duration::new(self.seconds, self.nanos))
    }
}

/// A packed list, as bytes that are not copied out of the frame.
#[derive(Clone, Copy, Deserialize)]
#[serde(transparent)]
pub(super) struct Packed<'a>(#[serde(borrow)] pub(super) &'a [u8]);

impl Serialize for Packed<'_> {
    // Derived, it would be written byte by byte.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(self.0)
    }
}
