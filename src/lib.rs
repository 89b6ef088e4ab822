//! Which types of a running program hold its memory, how that changes, where those objects were made, and which are alive.
//!
//! A [`ClassTracker`] registers single objects (behind an `Arc` or a [`Tracked`]) or whole types (all that are in a [`Tracked`]) without
//! keeping them alive. [`ClassTracker::create_snapshot`] sizes every one that is alive, with all that it owns; [`stats::Stats`] sorts,
//! filters, prints and dumps what the snapshots hold.
//!
//! ```
//! use classtracker::{ClassTracker, DeepSizeOf, TrackOptions, Tracked};
//!
//! #[derive(DeepSizeOf)]
//! struct Session { user: String, history: Vec<String> }
//!
//! let tracker = ClassTracker::new();
//! tracker.track_class_with::<Session>(TrackOptions::new().name("session").resolution_level(1));
//!
//! let session = Tracked::new(Session { user: "ada".into(), history: vec!["hello".into()] });
//! tracker.create_snapshot("logged in");
//! drop(session);
//! tracker.create_snapshot("logged out");
//!
//! let live: Vec<u64> = tracker.snapshots().iter().map(|snapshot| snapshot.classes[0].live).collect();
//! assert_eq!(live, [1, 0]);
//! tracker.stats().print_summary();
//! ```
//!
//! # Where to look
//! - [`Tracked`] and [`WeakTracked`]: the handles. They are used as `Arc` and `Weak` are.
//! - [`ClassTracker`] and [`TrackOptions`]: what is tracked, and how.
//! - [`Trackable`]: a field that makes structs countable where they stand, by value.
//! - [`Tracker`] and [`set_global_tracker`]: who is told when objects come and go; [`Inventory`] counts them; [`live_instances`] tells by name who is
//!   alive.
//! - [`Inspect`] and `#[derive(DeepSizeOf)]`: how types say what they own. Types of common crates are sized behind features of the
//!   crates' names: `arrayvec`, `bytes`, `dashmap`, `hashbrown`, `indexmap`, `serde_json`, `smallvec`, `tokio`, `uuid`; those of `chrono` and
//!   `parking_lot` always (there are features of these names, too: they add nothing).
//! - [`stats`]: snapshots as data, questions, tables, dumps.
//! - [`Monitor`] and [`ClassTracker::from_env`]: snapshots that are taken by themselves, streamed to a dump, asked for from outside.
//! - [`CountingAlloc`] and [`MemoryOptions`]: what the process takes beside what is tracked.
//!
//! # Features
//! | feature | what it adds |
//! | --- | --- |
//! | `track` (default) | tracking; see below |
//! | `backtrace` | `Trace::Stack`: the calls that led to where objects are made |
//! | `signal` | `MonitorOptions::signal`: a signal asks a running program for a snapshot (Unix) |
//! | `tracing` | an event for each snapshot: level info, target `classtracker`, with `label`, `tracked_bytes`, `objects`, `duration`; a warning for what goes wrong in monitoring |
//! | `jemalloc` | snapshots say what jemalloc has given out, where it is the program's allocator |
//! | `html` | `Stats::html` and `stats::html`: a report in one file that a browser shows |
//! | `serde` | a [`Tracked`] is written as its value and a [`Trackable`] as nothing; what is read is a new object |
//! | `arrayvec`, `bytes`, `hashbrown`, … | types of the crate of that name can be sized |
//!
//! # Off
//! [`set_enabled`] switches tracking off and on while the program runs. A program built without the default feature `track` pays nothing:
//! the whole interface stays, a [`Tracked`] is an `Arc` in size and speed, and snapshots hold only the process' memory, and say why.
//!
//! # What is not measured
//! A size is the sum of what was asked from the allocator; what the allocator rounds up is not in it. What is behind a lock that is held
//! for long, or borrowed mutably, is not read: the object counts as `unread`, and its size is a lower bound.
//!
//! Three sizes of std's collections are not exact, and never too large but for the first: of a `BTreeMap` or `BTreeSet` of more than 262,144
//! elements that own nothing the nodes are estimated (within 2 % where it was filled and emptied evenly), so that a snapshot need not go
//! through them all; of a hash table from which almost all elements were removed, fewer buckets may be seen than there are; a B-tree that was
//! emptied one by one keeps a leaf that nobody can see. All else is exact to the byte.

#![deny(unsafe_code)]
#![cfg_attr(not(feature = "track"), allow(dead_code, reason = "nothing is found, so nothing looks at it"))]

// What the derive generates names the crate from outside, also in the crate itself.
#[allow(unused_extern_crates, reason = "generated code uses it")]
extern crate self as classtracker;

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;
#[allow(unsafe_code, reason = "an allocator cannot be written without: see its documentation")]
mod allocator;
mod clock;
mod handle;
mod inspect;
mod memory;
mod monitor;
mod panics;
#[allow(unsafe_code, reason = "see its documentation: the core that may")]
#[cfg_attr(not(feature = "track"), path = "registry/off.rs")]
mod registry;
mod told;
mod tracker;
mod version;

pub use allocator::CountingAlloc;
pub use classtracker_derive::DeepSizeOf;
pub use classtracker_stats as stats;
pub use inspect::{Inspect, Walk, deep_size_of};
pub use memory::{MemoryOptions, process_memory};
#[cfg(all(feature = "signal", unix))]
pub use monitor::Signal;
pub use monitor::{EnvError, Monitor, MonitorError, MonitorOptions, MonitorStatus, Watermark, WatermarkStep};
pub use registry::{Trackable, Tracked, TrackedMut, WeakTracked, set_told};
pub use sizing::*;
pub use told::{
    Bundle, ClassInstances, ClassNameError, Content, Instance, Inventory, InventoryReport, InventoryRow, ListedObject,
    ObjectInfo, Tracker, global_tracker, live_instances, set_global_tracker,
};
pub use tracker::{ByInspect, BySize, ClassTracker, Detail, Sizing, Trace, TrackError, TrackHandle, TrackOptions};
pub use version::version;

/// Switches tracking on or off for the whole process. It is on at first.
///
/// Without the feature `track` it is off for good.
///
/// An object made while tracking is off is in no snapshot, ever; one made before stays known until it dies. Both cost about
/// what an `Arc` costs.
///
/// ```standalone_crate
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
///
/// ```standalone_crate
/// assert!(classtracker::is_enabled());
/// classtracker::set_enabled(false);
/// assert!(!classtracker::is_enabled());
/// ```
#[must_use]
pub fn is_enabled() -> bool {
    registry::registry().is_enabled()
}

/// The trait alone. Where some crate of the program turns on deepsize's own derive, the path also names that macro: a glob gives way to the
/// derive of this crate, where a plain `use` of both would be an error.
mod sizing {
    pub use deepsize::DeepSizeOf;
}

/// The code in the guide is that of programs that compile, and run.
#[cfg(doctest)]
mod guide {
    #[doc = include_str!("../docs/find-what-grows.md")]
    struct FindWhatGrows;
    #[doc = include_str!("../docs/production.md")]
    struct Production;
    #[doc = include_str!("../docs/compare-releases.md")]
    struct CompareReleases;
    #[doc = include_str!("../docs/total-and-resident.md")]
    struct TotalAndResident;
}
