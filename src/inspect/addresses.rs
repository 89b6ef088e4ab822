//! The table from the address of a shared block to its number.
//!
//! It is what objects with shared data cost, so it is made for addresses: blocks that were allocated one after the other
//! lie side by side in the table, as they do in memory, and a walk that meets them in about that order stays in the
//! cache. A slot has 8 bytes, a part of the address and the number; whether it is the right one is seen in the block's
//! own record, which has to be touched anyway.

/// How many bits of an address are always zero: what has two counters in front is aligned to them at least.
const GRANULE: u32 = 3;
/// Addresses that differ only in so many bits above the granule share a region of the table.
const REGION: u32 = 7;

/// A table with open addressing. 0 is a free slot.
#[derive(Default)]
pub(super) struct Addresses {
    slots: Vec<u64>,
    /// The logarithm of the number of slots.
    bits: u32,
    used: usize,
}

impl Addresses {
    /// The number that was stored under `address`; `is` tells whether a number is that of the address.
    #[inline]
    pub(super) fn get(&self, address: usize, is: impl Fn(u32) -> bool) -> Option<u32> {
        let mask = self.slots.len().wrapping_sub(1);
        let mut at = self.home(address);
        loop {
            // An empty table has a mask of ones, and no slot.
            let slot = *self.slots.get(at & mask)?;
            if slot == 0 {
                return None;
            }
            if (slot >> 32) as u32 == tag(address) && is(number(slot)) {
                return Some(number(slot));
            }
            at += 1;
        }
    }

    /// Whether there has to be more room before the next [`insert`](Self::insert).
    #[inline]
    pub(super) fn is_full(&self) -> bool {
        // Half empty, so that regions that happen to overlap do not make long ways.
        self.used * 2 >= self.slots.len()
    }

    /// Makes room; afterwards everything is to be inserted again.
    pub(super) fn grow(&mut self) {
        self.empty((self.bits + 1).max(8));
    }

    /// Makes room for so many more, if there is none; then everything is to be inserted again.
    pub(super) fn reserve(&mut self, more: usize) -> bool {
        let bits = ((self.used + more) * 2).max(1).next_power_of_two().ilog2();
        let grows = bits > self.bits;
        if grows {
            self.empty(bits.max(8));
        }
        grows
    }

    fn empty(&mut self, bits: u32) {
        self.bits = bits;
        self.slots = Vec::new();
        // Not `resize`: memory that comes zeroed from the system need not be gone through.
        self.slots = vec![0; 1 << self.bits];
        self.used = 0;
    }

    /// Stores the number of an address that is not in the table, which is not full.
    #[inline]
    pub(super) fn insert(&mut self, address: usize, number: u32) {
        let mask = self.slots.len().wrapping_sub(1);
        let mut at = self.home(address);
        while let Some(slot) = self.slots.get_mut(at & mask) {
            if *slot == 0 {
                *slot = entry(address, number);
                self.used += 1;
                return;
            }
            at += 1;
        }
    }

    /// Stores another number for an address; whether it was there with the old one.
    pub(super) fn replace(&mut self, address: usize, old: u32, new: u32) -> bool {
        let mask = self.slots.len().wrapping_sub(1);
        let mut at = self.home(address);
        while let Some(slot) = self.slots.get_mut(at & mask).filter(|slot| **slot != 0) {
            if *slot == entry(address, old) {
                *slot = entry(address, new);
                return true;
            }
            at += 1;
        }
        false
    }

    /// Where the search for an address begins: its region is anywhere, and within it, it lies as in memory.
    #[inline]
    fn home(&self, address: usize) -> usize {
        let granule = address >> GRANULE;
        let region = (granule >> REGION) as u64;
        let hash = region.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let start = (hash >> 1 >> (63 - self.bits)) as usize;
        // Two granules to a slot: a block has two counters at least.
        start + ((granule & ((1 << REGION) - 1)) >> 1)
    }
}

#[inline]
fn entry(address: usize, number: u32) -> u64 {
    u64::from(tag(address)) << 32 | (u64::from(number) + 1)
}

#[inline]
fn tag(address: usize) -> u32 {
    (address >> GRANULE) as u32
}

#[inline]
fn number(slot: u64) -> u32 {
    (slot as u32).wrapping_sub(1)
}
