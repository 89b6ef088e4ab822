//! Which types of a running program hold its memory, how that changes, where those objects were made, and which are alive.

// What the derive generates names the crate from outside, also in the crate itself.
extern crate self as classtracker;

mod clock;
mod handle;
mod inspect;
#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;
#[allow(unsafe_code, reason = "the one module that may: see its documentation")]
mod registry;

pub use classtracker_derive::DeepSizeOf;
pub use classtracker_stats as stats;
pub use deepsize::DeepSizeOf;
pub use inspect::{Inspect, Walk};
pub use registry::{Tracked, TrackedMut, WeakTracked};
