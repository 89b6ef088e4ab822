//! What the operating system says of the process.

use classtracker_stats::ProcessMemory;

use super::MemoryOptions;

/// The memory of this process now, as every snapshot has it. What the system does not tell is `None`.
///
/// Reading it takes some microseconds, unless the options ask for more.
///
/// ```
/// use classtracker::{MemoryOptions, process_memory};
///
/// let memory = process_memory(MemoryOptions::new());
/// # #[cfg(target_os = "linux")]
/// assert!(memory.resident_bytes > Some(0) && memory.virtual_bytes > memory.resident_bytes);
/// ```
#[must_use]
pub fn process_memory(options: MemoryOptions) -> ProcessMemory {
    let mut memory = ProcessMemory::default();
    if let Some(pages) = system::pages() {
        memory.virtual_bytes = Some(pages.size_bytes);
        memory.resident_bytes = Some(pages.resident_bytes);
    }
    memory.allocator = crate::allocator::memory(options);
    if options.proportional {
        memory.proportional_bytes = system::proportional_bytes();
    }
    memory
}

/// Bytes of this process in physical memory, where the system tells it.
pub(crate) fn resident_bytes() -> Option<u64> {
    Some(system::pages()?.resident_bytes)
}

struct Pages {
    size_bytes: u64,
    resident_bytes: u64,
}

#[cfg(target_os = "linux")]
mod system {
    use super::Pages;

    pub(super) fn pages() -> Option<Pages> {
        let text = std::fs::read_to_string("/proc/self/statm").ok()?;
        let page = rustix::param::page_size() as u64;
        let mut bytes = text.split_ascii_whitespace().map_while(|field| field.parse::<u64>().ok()?.checked_mul(page));
        Some(Pages { size_bytes: bytes.next()?, resident_bytes: bytes.next()? })
    }

    /// The line `Pss:    1234 kB`.
    pub(super) fn proportional_bytes() -> Option<u64> {
        let text = std::fs::read_to_string("/proc/self/smaps_rollup").ok()?;
        let line = text.lines().find_map(|line| line.strip_prefix("Pss:"))?;
        let kibibytes = line.trim().strip_suffix("kB")?.trim_end().parse::<u64>().ok()?;
        kibibytes.checked_mul(1024)
    }
}

#[cfg(not(target_os = "linux"))]
mod system {
    use super::Pages;

    pub(super) fn pages() -> Option<Pages> {
        None
    }

    pub(super) fn proportional_bytes() -> Option<u64> {
        None
    }
}
