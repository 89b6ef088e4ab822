//! What the operating system says of the process.

use classtracker_stats::ProcessMemory;

/// The process' memory now. Reading it takes some microseconds.
pub(super) fn memory() -> ProcessMemory {
    let mut memory = ProcessMemory::default();
    #[cfg(target_os = "linux")]
    if let Ok(text) = std::fs::read_to_string("/proc/self/statm") {
        let page = rustix::param::page_size() as u64;
        let mut pages = text.split_ascii_whitespace().map(|field| field.parse::<u64>().ok());
        memory.virtual_bytes = pages.next().flatten().map(|pages| pages * page);
        memory.resident_bytes = pages.next().flatten().map(|pages| pages * page);
    }
    memory
}
