//! Which types of a running program hold its memory, how that changes, where those objects were made, and which are alive.

mod clock;
mod handle;
mod inspect;
#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;
#[allow(unsafe_code, reason = "the one module that may: see its documentation")]
mod registry;

pub use classtracker_stats as stats;
pub use inspect::{Inspect, Walk};
pub use registry::{Tracked, TrackedMut, WeakTracked};
