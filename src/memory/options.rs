/// What snapshots ask of the process' memory, beside what costs next to nothing.
///
/// ```
/// use classtracker::{ClassTracker, MemoryOptions};
///
/// let tracker = ClassTracker::new();
/// tracker.set_memory(MemoryOptions::new().proportional());
/// # #[cfg(target_os = "linux")]
/// assert!(tracker.create_snapshot("").process.proportional_bytes > Some(0));
/// ```
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct MemoryOptions {
    pub(crate) proportional: bool,
}

impl MemoryOptions {
    /// Virtual and resident bytes, and what the allocator says.
    #[must_use]
    pub const fn new() -> Self {
        Self { proportional: false }
    }

    /// Asks for the proportional set size too: resident bytes, of which those that several processes share are divided among them.
    ///
    /// The kernel goes through all the process' pages for it: some milliseconds for each gigabyte, while other threads can't map
    /// memory. Only Linux tells it.
    #[must_use]
    pub const fn proportional(mut self) -> Self {
        self.proportional = true;
        self
    }
}
