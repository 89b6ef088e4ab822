//! Numbers with a unit, each with the one way it is printed.

mod bytes;
mod change;
mod pad;
mod percent;
mod seconds;

pub use bytes::Bytes;
pub use change::BytesChange;
pub(crate) use change::change;
pub use percent::Percent;
pub use seconds::Seconds;
