//! Memory of objects that are gone, which a thread keeps for its next ones.
//!
//! Most programs drop about as many objects as they make. What was freed for one is given to the next of the same size without asking the
//! allocator, whose two calls would take longer than all else that is done for an object.
//!
//! **What is kept is bounded, whatever the number of classes**: [`KEPT_BYTES`] of each size, for sizes up to [`LARGEST`], on each thread
//! that makes tracked objects; it is counted among the registry's own bytes, and given back when the thread ends. Each thread takes and puts
//! for itself alone, whoever made the object.
//!
//! Tools that look for uses of freed memory see none of this memory freed. For them it is switched off: `--cfg classtracker_keeps_no_memory`.

use core::alloc::Layout;
use core::mem::{MaybeUninit, size_of};
use core::ptr::{NonNull, null_mut};

use super::class::HEADER_BYTES;
use super::node::Node;
use super::sync::Lock;
#[cfg(not(loom))]
use super::sync::{AtomicPtr, AtomicU32, Ordering};
use super::with_local;
// A model keeps nothing.
#[cfg(loom)]
use core::sync::atomic::{AtomicPtr, AtomicU32, Ordering};

/// Whether any memory is kept.
pub(super) const KEEPS: bool = !cfg!(any(loom, classtracker_keeps_no_memory));
/// Objects of more bytes than this, header included, are the allocator's alone.
const LARGEST: usize = 256;
/// How many bytes of each size a thread keeps at most.
const KEPT_BYTES: usize = 1024;
/// Only memory that is aligned so is kept; so is that of nearly every object. Sizes are multiples of it.
const ALIGNMENT: usize = 8;
const SIZES: usize = (LARGEST - HEADER_BYTES) / ALIGNMENT + 1;

/// What one thread keeps.
pub(super) struct Spares {
    sizes: [Kept; SIZES],
}

/// What is kept of one size. Written by the thread alone whose it is.
struct Kept {
    first: AtomicPtr<Spare>,
    count: AtomicU32,
}

/// Memory that is kept begins with the address of the next.
struct Spare {
    next: *mut Spare,
}

/// For threads that keep nothing: it is empty, and counts as full.
pub(super) static NO_SPARES: Spares =
    Spares { sizes: [const { Kept { first: AtomicPtr::new(null_mut()), count: AtomicU32::new(u32::MAX) } }; SIZES] };

/// Which of [`Spares::sizes`], if such memory is kept.
#[inline]
const fn place(layout: Layout) -> Option<usize> {
    let is_kept = KEEPS && layout.align() == ALIGNMENT && layout.size() <= LARGEST && layout.size() >= HEADER_BYTES;
    if is_kept { Some((layout.size() - HEADER_BYTES) / ALIGNMENT) } else { None }
}

#[inline]
const fn size(place: usize) -> usize {
    HEADER_BYTES + place * ALIGNMENT
}

impl Spares {
    fn new() -> Self {
        Self { sizes: [const { Kept { first: AtomicPtr::new(null_mut()), count: AtomicU32::new(0) } }; SIZES] }
    }

    /// Memory of this layout, if any is kept. It is the caller's, as if the allocator had given it.
    #[inline]
    fn take(&self, layout: Layout) -> Option<NonNull<u8>> {
        let kept = &self.sizes[place(layout)?];
        // Relaxed, here and below: only this thread writes, and others read the count alone, to show it.
        let spare = NonNull::new(kept.first.load(Ordering::Relaxed))?;
        // SAFETY: what is in the list is ours, and `put` wrote it.
        kept.first.store(unsafe { spare.as_ref() }.next, Ordering::Relaxed);
        kept.count.store(kept.count.load(Ordering::Relaxed) - 1, Ordering::Relaxed);
        Some(spare.cast())
    }

    /// Keeps memory; whether it did.
    ///
    /// # Safety
    /// The memory must be the caller's to free, by the global allocator, with this layout; if it is kept, it is the caller's no longer.
    #[inline]
    unsafe fn put(&self, memory: NonNull<u8>, layout: Layout) -> bool {
        let Some(place) = place(layout) else { return false };
        let kept = &self.sizes[place];
        let count = kept.count.load(Ordering::Relaxed);
        if count as usize >= KEPT_BYTES / layout.size() {
            return false;
        }
        let spare = memory.cast::<Spare>();
        // SAFETY: the caller's promise; it is large enough, and aligned.
        unsafe { spare.write(Spare { next: kept.first.load(Ordering::Relaxed) }) };
        kept.first.store(spare.as_ptr(), Ordering::Relaxed);
        kept.count.store(count + 1, Ordering::Relaxed);
        true
    }

    /// The bytes that are kept, and those of the lists.
    fn bytes(&self) -> usize {
        let kept = self.sizes.iter().enumerate();
        // Relaxed: see `take`.
        let kept = kept.map(|(place, kept)| kept.count.load(Ordering::Relaxed) as usize * size(place));
        size_of::<Self>() + kept.sum::<usize>()
    }
}

impl Drop for Spares {
    fn drop(&mut self) {
        for place in 0..SIZES {
            let Ok(layout) = Layout::from_size_align(size(place), ALIGNMENT) else { continue };
            while let Some(memory) = self.take(layout) {
                // SAFETY: it was given to `put`, with this layout.
                unsafe { std::alloc::dealloc(memory.as_ptr(), layout) };
            }
        }
    }
}

/// Memory for a new object: a spare of this thread, or else from the allocator.
#[inline]
pub(super) fn memory<T>() -> Box<MaybeUninit<Node<T>>> {
    if KEEPS && let Some(spare) = with_local(|local| local.spares().take(Layout::new::<Node<T>>())) {
        // SAFETY: as if the allocator had given it, which is what `Box` takes. Nothing is said of what it holds.
        return unsafe { Box::from_raw(spare.as_ptr().cast()) };
    }
    Box::new_uninit()
}

/// Frees the memory of an object: this thread keeps it, or else it goes to the allocator.
///
/// # Safety
/// The memory must be the caller's to free, by the global allocator, with this layout.
#[inline]
pub(super) unsafe fn free(memory: NonNull<u8>, layout: Layout) {
    // SAFETY: the caller's promise.
    if KEEPS && with_local(|local| unsafe { local.spares().put(memory, layout) }) {
        return;
    }
    // SAFETY: as above.
    unsafe { std::alloc::dealloc(memory.as_ptr(), layout) };
}

/// What all threads keep.
pub(super) struct AllSpares(Lock<Vec<*const Spares>>);

// SAFETY: what the pointers are to may be read by every thread, under the lock: the thread whose it is takes it out before it goes.
unsafe impl Send for AllSpares {}
// SAFETY: as above.
unsafe impl Sync for AllSpares {}

impl AllSpares {
    #[cfg(not(loom))]
    pub(super) const fn new() -> Self {
        Self(Lock::new(Vec::new()))
    }

    #[cfg(loom)]
    pub(super) fn new() -> Self {
        Self(Lock::new(Vec::new()))
    }

    /// Spares for a thread that begins.
    pub(super) fn join(&self) -> *const Spares {
        let spares = Box::into_raw(Box::new(Spares::new()));
        let mut room = Vec::new();
        loop {
            let mut all = self.0.lock();
            if all.len() == all.capacity() && room.capacity() > all.capacity() {
                room.append(&mut all);
                core::mem::swap(&mut *all, &mut room);
            }
            let wanted = all.len() + 1;
            if wanted <= all.capacity() {
                all.push(spares);
                break;
            }
            // Not under the lock: so nobody who has it waits for anything.
            drop(all);
            room = Vec::with_capacity(2 * wanted);
        }
        spares
    }

    /// A thread ends: what it keeps is freed.
    ///
    /// # Safety
    /// They must come from [`AllSpares::join`], and never be used again.
    pub(super) unsafe fn leave(&self, spares: *const Spares) {
        let mut all = self.0.lock();
        if let Some(place) = all.iter().position(|&entry| core::ptr::eq(entry, spares)) {
            all.swap_remove(place);
        }
        drop(all);
        // SAFETY: made by `Box::into_raw` in `join`; the rest is the caller's promise.
        drop(unsafe { Box::from_raw(spares.cast_mut()) });
    }

    pub(super) fn bytes(&self) -> usize {
        let all = self.0.lock();
        // SAFETY: those in the list are there.
        let kept = all.iter().map(|&spares| unsafe { &*spares }.bytes());
        kept.sum::<usize>() + all.capacity() * size_of::<*const Spares>()
    }

    #[cfg(all(unix, not(loom)))]
    pub(super) fn hold(&self, until: std::time::Instant) {
        self.0.hold(until);
    }

    #[cfg(all(unix, not(loom)))]
    pub(super) fn end_hold(&self) {
        self.0.end_hold();
    }
}
