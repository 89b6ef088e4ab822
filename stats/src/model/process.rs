/// What the operating system says of the process. `None` where it does not tell.
///
/// ```
/// use classtracker_stats::ProcessMemory;
///
/// let mut process = ProcessMemory::default();
/// assert_eq!(process.resident_bytes, None);
/// process.resident_bytes = Some(3 << 20);
/// ```
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ProcessMemory {
    /// Bytes of address space in use.
    pub virtual_bytes: Option<u64>,
    /// Bytes in physical memory.
    pub resident_bytes: Option<u64>,
}
