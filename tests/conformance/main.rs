//! The behaviours of the systems that this one follows, a test for each, in their order: Pympler's `ClassTracker` (`p…`),
//! pytracker (`t…`), and the Python Cookbook's instance log (`c…`).
//!
//! All tests of one process share one registry, so each has types of its own.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed, which is what it is for")]

mod process;
mod support;

mod by_value;
mod faults;
mod history;
#[cfg(feature = "html")]
mod html;
mod instances;
mod inventory;
mod monitoring;
mod parts;
mod registration;
#[cfg(feature = "serde")]
mod serialized;
mod sharing;
#[cfg(all(feature = "signal", target_os = "linux"))]
mod signals;
mod snapshots;
mod statistics;
mod told;
mod traces;
mod wrong_sizes;
