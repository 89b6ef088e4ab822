//! What the whole process takes, beside what is tracked.

mod options;
mod process;

pub use options::MemoryOptions;
pub use process::process_memory;

pub(crate) use process::resident_bytes;
