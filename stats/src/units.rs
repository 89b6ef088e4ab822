//! Numbers with a unit, each with the one way it is printed.

mod bytes;
mod pad;
mod percent;
mod seconds;

pub use bytes::Bytes;
pub use percent::Percent;
pub use seconds::Seconds;
