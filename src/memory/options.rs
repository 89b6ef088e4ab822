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
    pub(crate) glibc: bool,
}

impl MemoryOptions {
    /// Virtual and resident bytes, and what the allocator says, if it is a [`CountingAlloc`](crate::CountingAlloc) or, with the feature
    /// `jemalloc`, jemalloc.
    #[must_use]
    pub const fn new() -> Self {
        Self { proportional: false, glibc: false }
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

    /// Asks glibc's `malloc` too, where the program's blocks come from it and no [`CountingAlloc`](crate::CountingAlloc) counts them.
    ///
    /// It is not asked unless you say so, because it goes through all its free blocks, and threads that allocate meanwhile wait: microseconds as a
    /// rule, but 80 ms where two million small blocks had been freed one by one. What glibc has set aside for a thread's next allocations counts
    /// as live. It needs glibc 2.33 on Linux, linked dynamically; whether the program uses it is tried out, with a block that is never touched.
    ///
    /// ```
    /// use classtracker::{MemoryOptions, process_memory};
    ///
    /// let memory = process_memory(MemoryOptions::new().glibc());
    /// # if cfg!(all(target_os = "linux", target_env = "gnu")) {
    /// assert!(memory.allocator.is_some_and(|allocator| allocator.live_bytes > 0));
    /// # }
    /// ```
    #[must_use]
    pub const fn glibc(mut self) -> Self {
        self.glibc = true;
        self
    }
}
