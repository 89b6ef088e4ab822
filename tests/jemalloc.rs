//! A program whose allocator is jemalloc: snapshots say what that has given out.

#![cfg(all(feature = "jemalloc", target_os = "linux"))]
#![allow(clippy::unwrap_used, reason = "a test that panics has failed, which is what it is for")]

use std::alloc::{GlobalAlloc, Layout};
use std::ffi::c_void;
use std::hint::black_box;

use classtracker::stats::AllocatorSource;
use classtracker::{MemoryOptions, process_memory};

/// As `tikv-jemallocator` has it, of the copy that is linked already.
struct Jemalloc;

// SAFETY: as jemalloc declares them: pointers and sizes, of which it keeps nothing.
unsafe extern "C" {
    #[link_name = "_rjem_aligned_alloc"]
    fn aligned_alloc(alignment: usize, size: usize) -> *mut c_void;
    #[link_name = "_rjem_free"]
    fn free(block: *mut c_void);
}

// SAFETY: the functions are jemalloc's own, and are called as C asks for.
unsafe impl GlobalAlloc for Jemalloc {
    // Safety: as the trait says.
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the alignment is a power of two, and the size a multiple of it.
        unsafe { aligned_alloc(layout.align().max(16), layout.size().next_multiple_of(layout.align().max(16))) }.cast()
    }

    // Safety: as the trait says.
    unsafe fn dealloc(&self, block: *mut u8, _: Layout) {
        // SAFETY: the caller frees what `alloc` gave.
        unsafe { free(block.cast()) }
    }
}

#[global_allocator]
static ALLOCATOR: Jemalloc = Jemalloc;

#[test]
fn jemalloc_says_what_the_program_has_and_glibc_does_not_pass_for_it() {
    // Asked for glibc's figures: they would be nonsense here.
    let options = MemoryOptions::new().glibc();
    let before = process_memory(options).allocator.unwrap();
    assert_eq!(before.source, AllocatorSource::Jemalloc);
    let block = black_box(vec![1_u8; 50 << 20]);
    let with = process_memory(options).allocator.unwrap();
    let added = with.live_bytes.checked_sub(before.live_bytes).unwrap();
    assert!((50 << 20..60 << 20).contains(&added), "{added}");
    assert!(with.held_bytes > Some(with.live_bytes));
    drop(block);
    let after = process_memory(options).allocator.unwrap();
    assert!(after.live_bytes < before.live_bytes + (10 << 20), "{before:?} {after:?}");
}
