//! How answers serialize, whatever the format: field names as in Rust, variants in snake case, durations in seconds,
//! sizes in bytes, shares as parts of 1, times as RFC 3339, what is absent as null.

use std::time::Duration;

use serde::Serializer;

/// A length of time as a number of seconds. A double tells microseconds apart over more than a century.
pub(crate) fn seconds<S: Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(duration.as_secs_f64())
}

pub(crate) fn maybe_seconds<S: Serializer>(duration: &Option<Duration>, serializer: S) -> Result<S::Ok, S::Error> {
    match duration {
        Some(duration) => serializer.serialize_some(&duration.as_secs_f64()),
        None => serializer.serialize_none(),
    }
}
