//! Counters, a set for each thread.
//!
//! They are counted up from inside an allocator, at any moment of a thread's life: so nothing here allocates through the global
//! allocator, waits, panics, or asks for a thread-local that may be gone.
//!
//! A thread takes a set when it first allocates, and gives it back, with what it says, when it ends; the next thread counts on. The sum of
//! all sets is what the process has. Blocks that are freed by another thread than the one that made them are *freed* in one set and
//! *allocated* in another.

use core::alloc::{GlobalAlloc, Layout};
use core::cell::Cell;
use core::ptr::{null, null_mut};
use core::sync::atomic::{AtomicBool, AtomicPtr, AtomicU64, Ordering};
use std::alloc::System;

use classtracker_stats::{AllocatorMemory, AllocatorSource};

/// One thread's counters; 128 bytes, since cache lines are fetched in pairs.
#[repr(align(128))]
struct Shard {
    allocated_bytes: AtomicU64,
    allocated_blocks: AtomicU64,
    freed_bytes: AtomicU64,
    freed_blocks: AtomicU64,
    /// Whether a thread has it.
    taken: AtomicBool,
}

/// Sets that are taken from the system together, and never given back.
struct Chunk {
    shards: [Shard; CHUNK],
    next: *const Chunk,
}

const CHUNK: usize = 16;

// SAFETY: a chunk is not changed once others can see it, but for its atomics.
unsafe impl Sync for Chunk {}

static FIRST: Chunk = Chunk::new();
/// The chunk that was added last; the list ends with [`FIRST`].
static CHUNKS: AtomicPtr<Chunk> = AtomicPtr::new(null_mut());
/// For threads that have no set, or none any more. Several may count here at once.
static SHARED: Shard = Shard::new();

thread_local! {
    /// Null: look at `PHASE`. Neither has a destructor, so both work as long as the thread does.
    static SHARD: Cell<*const Shard> = const { Cell::new(null()) };
    static PHASE: Cell<Phase> = const { Cell::new(Phase::Fresh) };
    static EXIT: Exit = const { Exit };
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// The thread has not allocated anything yet.
    Fresh,
    /// It has a set or, while it takes one, is about to have it.
    Open,
    /// It has given its set back, or has never got one.
    Closed,
}

/// Gives the set back when the thread ends.
struct Exit;

impl Drop for Exit {
    fn drop(&mut self) {
        PHASE.set(Phase::Closed);
        let shard = SHARD.replace(null());
        // SAFETY: shards are never freed.
        if let Some(shard) = unsafe { shard.as_ref() } {
            // Release: the next thread that takes it counts on from what this one has written.
            shard.taken.store(false, Ordering::Release);
        }
    }
}

#[inline]
pub(super) fn allocated(bytes: usize) {
    count(|shard, add| {
        // Relaxed: who frees the block has been told of it, and so also of this.
        add(&shard.allocated_bytes, bytes as u64, Ordering::Relaxed);
        add(&shard.allocated_blocks, 1, Ordering::Relaxed);
    });
}

#[inline]
pub(super) fn freed(bytes: usize) {
    count(|shard, add| {
        // Release: who reads this and then the counts of allocations sees that of this block; see `memory`.
        add(&shard.freed_bytes, bytes as u64, Ordering::Release);
        add(&shard.freed_blocks, 1, Ordering::Release);
    });
}

#[inline]
pub(super) fn resized(old_bytes: usize, new_bytes: usize) {
    count(|shard, add| {
        // As above.
        add(&shard.allocated_bytes, new_bytes as u64, Ordering::Relaxed);
        add(&shard.freed_bytes, old_bytes as u64, Ordering::Release);
    });
}

/// What all threads have counted; `None` if none has.
///
/// What was freed is read before what was allocated, so that no block is seen freed and not allocated: the difference never falls short of
/// what lives during the call.
pub(super) fn memory() -> Option<AllocatorMemory> {
    let sum = |counter: fn(&Shard) -> &AtomicU64| {
        // Acquire: pairs with the release in `freed`.
        let counts = shards().map(|shard| counter(shard).load(Ordering::Acquire));
        counts.fold(0, u64::wrapping_add)
    };
    let freed_bytes = sum(|shard| &shard.freed_bytes);
    let freed_blocks = sum(|shard| &shard.freed_blocks);
    let allocated_bytes = sum(|shard| &shard.allocated_bytes);
    let allocated_blocks = sum(|shard| &shard.allocated_blocks);
    if allocated_blocks == 0 {
        return None;
    }
    let mut memory = AllocatorMemory::new(AllocatorSource::Counting, allocated_bytes.saturating_sub(freed_bytes));
    memory.live_blocks = Some(allocated_blocks.saturating_sub(freed_blocks));
    Some(memory)
}

type Add = fn(&AtomicU64, u64, Ordering);

#[inline]
fn count(work: impl FnOnce(&Shard, Add)) {
    // SAFETY: shards are never freed.
    match unsafe { SHARD.get().as_ref() } {
        Some(shard) => work(shard, add_alone),
        None => count_first(work),
    }
}

#[cold]
#[inline(never)]
fn count_first(work: impl FnOnce(&Shard, Add)) {
    if PHASE.get() == Phase::Fresh {
        // If what follows should come back here, it finds the thread open without a set, and counts in the shared one.
        PHASE.set(Phase::Open);
        if EXIT.try_with(|_| ()).is_ok()
            && let Some(shard) = take()
        {
            SHARD.set(shard);
            return work(shard, add_alone);
        }
        PHASE.set(Phase::Closed);
    }
    work(&SHARED, add_together);
}

/// Only this thread writes: no read-modify-write is needed.
#[inline]
fn add_alone(counter: &AtomicU64, value: u64, order: Ordering) {
    // Relaxed: it was this thread that wrote it, or one that gave the set back before this one took it.
    counter.store(counter.load(Ordering::Relaxed).wrapping_add(value), order);
}

fn add_together(counter: &AtomicU64, value: u64, order: Ordering) {
    counter.fetch_add(value, order);
}

/// A set that no other thread has.
fn take() -> Option<&'static Shard> {
    let free = |shard: &&Shard| {
        // Acquire: pairs with the release when it was given back. Relaxed: a set that is taken tells nothing.
        !shard.taken.load(Ordering::Relaxed)
            && shard.taken.compare_exchange(false, true, Ordering::Acquire, Ordering::Relaxed).is_ok()
    };
    let own = chunks().flat_map(|chunk| &chunk.shards).find(free);
    own.or_else(add_chunk)
}

/// One more chunk; its first set is the caller's.
#[cold]
fn add_chunk() -> Option<&'static Shard> {
    // Not through the global allocator: this is called by it.
    // SAFETY: a chunk is not of size zero.
    let chunk = unsafe { System.alloc(Layout::new::<Chunk>()) }.cast::<Chunk>();
    if chunk.is_null() {
        return None;
    }
    // Relaxed: what is read here is only written back; the exchange below is what publishes.
    let mut next = CHUNKS.load(Ordering::Relaxed);
    loop {
        let mut new = Chunk::new();
        new.next = next;
        *new.shards[0].taken.get_mut() = true;
        // SAFETY: the memory is this function's, as large and as aligned as a chunk has to be.
        unsafe { chunk.write(new) };
        // Release: who finds the chunk sees what was written into it. Relaxed: as above.
        match CHUNKS.compare_exchange_weak(next, chunk, Ordering::Release, Ordering::Relaxed) {
            // SAFETY: it was written just now, and is never freed.
            Ok(_) => return Some(unsafe { &(*chunk).shards[0] }),
            Err(other) => next = other,
        }
    }
}

/// All chunks, the newest first.
fn chunks() -> impl Iterator<Item = &'static Chunk> {
    // Acquire: pairs with the release that published it. What it links to was published before.
    let newest: *const Chunk = CHUNKS.load(Ordering::Acquire);
    // SAFETY: chunks are never freed.
    let added = core::iter::successors(unsafe { newest.as_ref() }, |chunk| unsafe { chunk.next.as_ref() });
    added.chain([&FIRST])
}

fn shards() -> impl Iterator<Item = &'static Shard> {
    chunks().flat_map(|chunk| &chunk.shards).chain([&SHARED])
}

impl Shard {
    const fn new() -> Self {
        Self {
            allocated_bytes: AtomicU64::new(0),
            allocated_blocks: AtomicU64::new(0),
            freed_bytes: AtomicU64::new(0),
            freed_blocks: AtomicU64::new(0),
            taken: AtomicBool::new(false),
        }
    }
}

impl Chunk {
    const fn new() -> Self {
        Self { shards: [const { Shard::new() }; CHUNK], next: null() }
    }
}
