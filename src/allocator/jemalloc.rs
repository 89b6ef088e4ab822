//! jemalloc, if it is what the program's blocks come from.

use std::hint::black_box;

use classtracker_stats::{AllocatorMemory, AllocatorSource};
use tikv_jemalloc_ctl::{epoch, stats, thread};

use crate::registry::Raced;

/// What jemalloc has given out; `None` if this is not the allocator of the program.
pub(super) fn memory() -> Option<AllocatorMemory> {
    static IN_USE: Raced<bool> = Raced::new();
    if !*IN_USE.get_or_make(|| is_in_use().unwrap_or(false)) {
        return None;
    }
    // Statistics stand still within an epoch.
    epoch::advance().ok()?;
    let mut memory = AllocatorMemory::new(AllocatorSource::Jemalloc, stats::allocated::read().ok()? as u64);
    memory.held_bytes = stats::mapped::read().ok().map(|bytes| bytes as u64);
    Some(memory)
}

/// Whether a block of the program is one of jemalloc's: it counts what this thread has ever been given.
fn is_in_use() -> Option<bool> {
    const SIZE: usize = 1 << 16;
    let allocated = thread::allocatedp::read().ok()?;
    let before = allocated.get();
    let block = black_box(Vec::<u8>::with_capacity(SIZE));
    let with = allocated.get();
    drop(block);
    Some(with.wrapping_sub(before) >= SIZE as u64)
}
