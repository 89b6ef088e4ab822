//! Time as this crate counts it: from the first use of tracking in this process.

use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};

use crate::registry::Raced;

/// The zero of all times that are shown.
struct Start {
    wall: DateTime<Utc>,
    instant: Instant,
    ticks: u64,
}

fn start() -> &'static Start {
    static START: Raced<Start> = Raced::new();
    START.get_or_make(|| Start { wall: Utc::now(), instant: Instant::now(), ticks: ticks() })
}

/// The wall clock's time at the zero.
pub(crate) fn started() -> DateTime<Utc> {
    start().wall
}

/// The time since the zero, exactly.
pub(crate) fn elapsed() -> Duration {
    start().instant.elapsed()
}

/// A cheap reading of the monotonic clock: seconds times 1024, plus the nanoseconds divided by 2^20.
///
/// On Linux it is the coarse clock's, a few nanoseconds to read and some milliseconds (1 to 10, as the kernel was built)
/// behind; an exact reading would cost as much as creating the object that it dates.
#[inline]
pub(crate) fn ticks() -> u64 {
    #[cfg(all(target_os = "linux", feature = "track", not(loom)))]
    {
        let (seconds, nanoseconds) = crate::registry::monotonic_coarse();
        seconds << 10 | nanoseconds >> 20
    }
    // A model takes the same steps again and again: time must not decide which.
    #[cfg(loom)]
    return 0;
    #[cfg(not(any(all(target_os = "linux", feature = "track"), loom)))]
    {
        static ORIGIN: Raced<Instant> = Raced::new();
        let now = ORIGIN.get_or_make(Instant::now).elapsed();
        now.as_secs() << 10 | u64::from(now.subsec_nanos()) >> 20
    }
}

fn duration(ticks: u64) -> Duration {
    Duration::new(ticks >> 10, ((ticks & 1023) << 20) as u32)
}

/// The time between two readings of [`ticks`]; 0 if the second is not the later one.
pub(crate) fn between(earlier: u64, later: u64) -> Duration {
    duration(later).saturating_sub(duration(earlier))
}

/// How long after the zero `ticks` were read; 0 for what was read before it.
pub(crate) fn since_start(ticks: u64) -> Duration {
    duration(ticks).saturating_sub(duration(start().ticks))
}
