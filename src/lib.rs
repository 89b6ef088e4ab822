//! Which types of a running program hold its memory, how that changes, where those objects were made, and which are alive.

// What the derive generates names the crate from outside, also in the crate itself.
#[allow(unused_extern_crates, reason = "generated code uses it")]
extern crate self as classtracker;

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;
mod clock;
mod handle;
mod inspect;
#[allow(unsafe_code, reason = "the one module that may: see its documentation")]
mod registry;
mod tracker;

pub use classtracker_derive::DeepSizeOf;
pub use classtracker_stats as stats;
pub use inspect::{Inspect, Walk, deep_size_of};
pub use registry::{Tracked, TrackedMut, WeakTracked};
pub use sizing::*;
pub use tracker::{ByInspect, BySize, ClassTracker, Detail, Sizing, TrackError, TrackHandle, TrackOptions};

/// Switches tracking on or off for the whole process. It is on at first.
///
/// An object made while tracking is off is in no snapshot, ever; one made before stays known until it dies. Both cost about
/// what an `Arc` costs.
///
/// ```
/// use classtracker::{ClassTracker, Tracked};
///
/// classtracker::set_enabled(false);
/// let unseen = Tracked::new(1_u8);
/// classtracker::set_enabled(true);
/// let seen = Tracked::new(2_u8);
/// assert_eq!(ClassTracker::new().instances::<u8>(), [seen]);
/// # drop(unseen);
/// ```
pub fn set_enabled(enabled: bool) {
    registry::registry().set_enabled(enabled);
}

/// Whether objects that are made now are tracked.
#[must_use]
pub fn is_enabled() -> bool {
    registry::registry().is_enabled()
}

/// The trait alone. Where some crate of the program turns on deepsize's own derive, the path also names that macro: a glob gives way to the
/// derive of this crate, where a plain `use` of both would be an error.
mod sizing {
    pub use deepsize::DeepSizeOf;
}
