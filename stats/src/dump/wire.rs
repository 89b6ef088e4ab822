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
    /// Classes that no frame before this one has named.
    #[serde(borrow)]
    pub(super) new_classes: Packed<'a>,
    /// Sites that no frame before this one has named.
    pub(super) new_sites: Packed<'a>,
    /// Names of referents and of types in the census that no frame before this one has named.
    pub(super) new_names: Packed<'a>,
    pub(super) classes: ClassesWire<'a>,
    pub(super) class_referents: ReferentsWire<'a>,
    pub(super) records: RecordsWire<'a>,
    pub(super) rows: RowsWire<'a>,
    pub(super) object_referents: ReferentsWire<'a>,
    pub(super) gone: Packed<'a>,
    pub(super) census: Option<CensusWire<'a>>,
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
