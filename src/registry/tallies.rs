//! Counters by class, for trackers that count what they are told.

use core::ptr::null_mut;

use super::Class;
use super::rows::{ALL_ROWS, SHARED_ROW};
use super::sync::{AtomicPtr, AtomicU64, Ordering, bump};
use super::with_local;

/// What is counted of each class, from 0 up.
#[derive(Clone, Copy)]
pub(crate) enum Count {
    Attached,
    Detached,
    Destroyed,
}

/// The counts of one class.
#[derive(Clone, Copy, Default)]
pub(crate) struct Heard {
    pub(crate) attached: u64,
    pub(crate) detached: u64,
    pub(crate) destroyed: u64,
}

/// For each class three counters in each row (see [`rows`](super::rows)).
///
/// They stand in blocks, made when a class of theirs is first counted; each block is for twice as many classes as the one before.
pub(crate) struct Tallies {
    blocks: [AtomicPtr<Block>; BLOCKS],
}

/// One row after the other.
struct Block {
    rows: Box<[Line]>,
}

/// Cells stand by cache lines (by pairs of them, as they are fetched), so that no two rows share one.
#[repr(align(128))]
struct Line([Cell; IN_LINE]);

struct Cell([AtomicU64; 3], #[allow(dead_code, reason = "it fills up to 32 bytes")] u64);

const IN_LINE: usize = 4;
/// Classes in the first block.
const FIRST: usize = 32;
/// So many blocks have room for every index of a class.
const BLOCKS: usize = 28;

impl Tallies {
    pub(crate) fn new() -> Self {
        Self { blocks: core::array::from_fn(|_| AtomicPtr::new(null_mut())) }
    }

    /// One more.
    #[inline]
    pub(crate) fn add(&self, class: &Class, count: Count) {
        let (block, index) = place(class.index());
        let row = with_local(|local| local.row.get());
        let counter = &self.block(block).cell(block, row as usize, index).0[count as usize];
        if row == SHARED_ROW {
            // Release: as in `bump`.
            counter.fetch_add(1, Ordering::Release);
        } else {
            bump(counter);
        }
    }

    /// All counts of a class. Deaths are never more than births.
    pub(crate) fn read(&self, class: &Class) -> Heard {
        let (block, index) = place(class.index());
        // Acquire: the block is made.
        let pointer = self.blocks[block].load(Ordering::Acquire);
        // SAFETY: blocks are freed with the whole.
        let Some(found) = (unsafe { pointer.as_ref() }) else { return Heard::default() };
        let sum = |count: Count| {
            // Acquire: a death that is seen brings its birth with it; they are read in that order below.
            let rows = (0..ALL_ROWS).map(|row| found.cell(block, row, index).0[count as usize].load(Ordering::Acquire));
            rows.sum()
        };
        let (destroyed, detached) = (sum(Count::Destroyed), sum(Count::Detached));
        Heard { destroyed, detached, attached: sum(Count::Attached) }
    }

    #[inline]
    fn block(&self, block: usize) -> &Block {
        // Acquire: the block is made.
        let pointer = self.blocks[block].load(Ordering::Acquire);
        // SAFETY: blocks are freed with the whole.
        match unsafe { pointer.as_ref() } {
            Some(found) => found,
            None => self.make_block(block),
        }
    }

    #[cold]
    fn make_block(&self, block: usize) -> &Block {
        let fresh = Box::into_raw(Box::new(Block { rows: zeroed_lines(ALL_ROWS * (FIRST << block) / IN_LINE) }));
        // Release: who finds it sees it made. Acquire: so do we, if another thread was first.
        match self.blocks[block].compare_exchange(null_mut(), fresh, Ordering::Release, Ordering::Acquire) {
            // SAFETY: just made, and freed with the whole.
            Ok(_) => unsafe { &*fresh },
            Err(known) => {
                // SAFETY: just made, and shown to nobody.
                drop(unsafe { Box::from_raw(fresh) });
                // SAFETY: blocks are freed with the whole.
                unsafe { &*known }
            }
        }
    }
}

/// Lines full of zeros. Those of rows that nobody writes are never touched: as a rule, the system does not even provide the memory.
#[cfg(not(loom))]
fn zeroed_lines(count: usize) -> Box<[Line]> {
    let lines = Box::<[Line]>::new_zeroed_slice(count);
    // SAFETY: an atomic of zeros is the number 0.
    unsafe { lines.assume_init() }
}

#[cfg(loom)]
fn zeroed_lines(count: usize) -> Box<[Line]> {
    (0..count).map(|_| Line(core::array::from_fn(|_| Cell(Default::default(), 0)))).collect()
}

impl Block {
    #[inline]
    fn cell(&self, block: usize, row: usize, index: usize) -> &Cell {
        let lines_in_row = (FIRST << block) / IN_LINE;
        &self.rows[row * lines_in_row + index / IN_LINE].0[index % IN_LINE]
    }
}

/// The block of a class, and its place in there.
#[inline]
fn place(class: u32) -> (usize, usize) {
    let number = class as usize + FIRST;
    let block = (number / FIRST).ilog2() as usize;
    (block, number - (FIRST << block))
}

impl Drop for Tallies {
    fn drop(&mut self) {
        for block in &self.blocks {
            // Relaxed: nobody else has it any more.
            let block = block.load(Ordering::Relaxed);
            if !block.is_null() {
                // SAFETY: blocks come from `Box::into_raw` in `make_block`.
                drop(unsafe { Box::from_raw(block) });
            }
        }
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn every_class_has_a_place_of_its_own() {
        let mut last = (0, usize::MAX);
        for class in 0..10_000 {
            let (block, index) = place(class);
            assert!(index < FIRST << block);
            assert!((block, index) == (last.0, last.1.wrapping_add(1)) || (block, index) == (last.0 + 1, 0));
            last = (block, index);
        }
        assert!(place(u32::MAX).0 < BLOCKS);
    }
}
