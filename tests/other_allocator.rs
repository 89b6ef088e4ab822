//! A program whose allocator nobody can ask: its memory is shown as not known, never as that of another allocator.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test that panics has failed, which is what it is for")]

use std::alloc::{GlobalAlloc, Layout};
use std::sync::{Mutex, TryLockError};

use classtracker::{MemoryOptions, process_memory};

/// Takes its memory from the system by itself, and gives nothing back.
struct Bump {
    rest: Mutex<(usize, usize)>,
}

const CHUNK: usize = 64 << 20;

// SAFETY: each block is a piece of mapped memory of its own, aligned as asked for.
unsafe impl GlobalAlloc for Bump {
    // Safety: as the trait says.
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // Never waited for inside of the standard library, which ThreadSanitizer does not see into.
        let mut rest = loop {
            match self.rest.try_lock() {
                Ok(rest) => break rest,
                Err(TryLockError::Poisoned(rest)) => break rest.into_inner(),
                Err(TryLockError::WouldBlock) => std::thread::yield_now(),
            }
        };
        let start = rest.0.next_multiple_of(layout.align());
        if rest.0 == 0 || start + layout.size() > rest.1 {
            let size = CHUNK.max(2 * layout.size());
            // SAFETY: new memory, at a place that the kernel chooses.
            let new = unsafe {
                rustix::mm::mmap_anonymous(
                    std::ptr::null_mut(),
                    size,
                    rustix::mm::ProtFlags::READ | rustix::mm::ProtFlags::WRITE,
                    rustix::mm::MapFlags::PRIVATE,
                )
            };
            let Ok(new) = new else { return std::ptr::null_mut() };
            *rest = (new.expose_provenance(), new.addr() + size);
        }
        let start = rest.0.next_multiple_of(layout.align());
        rest.0 = start + layout.size();
        std::ptr::with_exposed_provenance_mut(start)
    }

    // Safety: as the trait says.
    unsafe fn dealloc(&self, _: *mut u8, _: Layout) {}
}

#[global_allocator]
static ALLOCATOR: Bump = Bump { rest: Mutex::new((0, 0)) };

#[test]
fn glibc_does_not_pass_for_the_allocator_of_a_program_that_has_another() {
    let memory = process_memory(MemoryOptions::new().glibc());
    assert_eq!(memory.allocator, None);
    assert!(memory.resident_bytes > Some(0));
}
