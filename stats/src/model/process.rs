use std::fmt;

/// What the operating system and the allocator say of the whole process. `None` where they do not tell.
///
/// ```
/// use classtracker_stats::ProcessMemory;
///
/// let mut process = ProcessMemory::default();
/// assert_eq!(process.resident_bytes, None);
/// process.resident_bytes = Some(3 << 20);
/// ```
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
pub struct ProcessMemory {
    /// Bytes of address space in use.
    pub virtual_bytes: Option<u64>,
    /// Bytes in physical memory.
    pub resident_bytes: Option<u64>,
    /// The same with memory that several processes share divided among them (PSS): slow to ask for, so only on request.
    pub proportional_bytes: Option<u64>,
    /// What the program's allocator says.
    pub allocator: Option<AllocatorMemory>,
}

/// What an allocator says of the memory that it has given out.
///
/// ```
/// use classtracker_stats::{AllocatorMemory, AllocatorSource};
///
/// let allocator = AllocatorMemory::new(AllocatorSource::Glibc, 1 << 20);
/// assert_eq!(allocator.source.to_string(), "glibc");
/// ```
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct AllocatorMemory {
    /// Who says it, and so what exactly is counted.
    pub source: AllocatorSource,
    /// Bytes that the program has and has not given back.
    pub live_bytes: u64,
    /// How many blocks these are, where that is known.
    pub live_blocks: Option<u64>,
    /// Bytes that the allocator holds from the system for all this, where that is known.
    pub held_bytes: Option<u64>,
}

impl AllocatorMemory {
    /// An allocator of which no more is known.
    #[must_use]
    pub fn new(source: AllocatorSource, live_bytes: u64) -> Self {
        Self { source, live_bytes, live_blocks: None, held_bytes: None }
    }
}

/// Where the figures of an [`AllocatorMemory`] come from.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AllocatorSource {
    /// A counting wrapper around the program's allocator: bytes as they were asked for.
    Counting,
    /// glibc's `mallinfo2`: bytes as they were given, rounded up and with the allocator's own in front of each block.
    Glibc,
    /// jemalloc's `stats.allocated`: bytes as they were given, rounded up.
    Jemalloc,
}

impl fmt::Display for AllocatorSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Counting => "counted",
            Self::Glibc => "glibc",
            Self::Jemalloc => "jemalloc",
        })
    }
}
