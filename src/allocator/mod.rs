//! The program's allocator: one that counts, and what others say of themselves.
//!
//! **Beside the registry this is the only place with `unsafe` code and atomics**: an allocator cannot be written, nor glibc's be asked, without.
//! Nothing here knows the registry, which is built on the allocator. Its face is safe.

mod counting;
#[cfg(all(target_os = "linux", target_env = "gnu", not(target_feature = "crt-static")))]
mod glibc;
#[cfg(feature = "jemalloc")]
mod jemalloc;
mod shard;

use classtracker_stats::AllocatorMemory;

pub use counting::CountingAlloc;

use crate::MemoryOptions;

/// What the program's allocator says, if it is one that can be asked.
///
/// A [`CountingAlloc`] knows by being called that it is the one; of jemalloc and glibc it is tried out, once.
pub(crate) fn memory(options: MemoryOptions) -> Option<AllocatorMemory> {
    let counted = shard::memory();
    #[cfg(feature = "jemalloc")]
    let counted = counted.or_else(jemalloc::memory);
    counted.or_else(|| if options.glibc { glibc::memory() } else { None })
}

#[cfg(not(all(target_os = "linux", target_env = "gnu", not(target_feature = "crt-static"))))]
mod glibc {
    pub(super) fn memory() -> Option<classtracker_stats::AllocatorMemory> {
        None
    }
}
