//! Types of popular crates, each behind the feature of its name. `parking_lot` and `chrono` are there anyway.

mod chrono;
mod parking_lot;

#[cfg(feature = "arrayvec")]
mod arrayvec;
#[cfg(feature = "bytes")]
mod bytes;
#[cfg(feature = "dashmap")]
mod dashmap;
#[cfg(feature = "hashbrown")]
mod hashbrown;
#[cfg(feature = "indexmap")]
mod indexmap;
#[cfg(feature = "serde_json")]
mod serde_json;
#[cfg(feature = "smallvec")]
mod smallvec;
#[cfg(feature = "tokio")]
mod tokio;
#[cfg(feature = "uuid")]
mod uuid;
