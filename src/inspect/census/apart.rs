//! A census that several threads take.
//!
//! Values in a shared block count once, however many threads walk it. So each thread keeps them apart by block, until it is known who
//! walked it first. And those of an object that has to be sized once more are taken back.

use rustc_hash::FxHashMap;

use super::Census;
use crate::inspect::ledger::{BlockId, Ledger, Renumbered};

/// How many values, and what they take.
#[derive(Clone, Copy, Default)]
struct Sum {
    count: u64,
    bytes: u64,
}

impl Sum {
    fn add(&mut self, other: Self) {
        self.count += other.count;
        self.bytes = self.bytes.wrapping_add(other.bytes);
    }
}

/// What may not count in the end. Rows are meant by their numbers.
#[derive(Default)]
pub(super) struct Apart {
    /// The values in each shared block.
    blocks: FxHashMap<(BlockId, usize), Sum>,
    /// The values in the present object itself, which are in the rows too.
    object: FxHashMap<usize, Sum>,
    serial: u64,
}

impl Apart {
    /// Takes note of a value; whether it lies in a block, so that it does not count for now.
    pub(super) fn takes(&mut self, row: usize, bytes: u64, serial: u64, block: Option<BlockId>) -> bool {
        let sum = Sum { count: 1, bytes };
        if let Some(block) = block {
            self.blocks.entry((block, row)).or_default().add(sum);
            return true;
        }
        if serial != self.serial {
            self.serial = serial;
            self.object.clear();
        }
        self.object.entry(row).or_default().add(sum);
        false
    }
}

impl Census {
    /// Other threads walk for the same snapshot from here on.
    pub(crate) fn set_apart(&mut self) {
        self.apart = Some(Apart::default());
    }

    /// No others walk any more: what was found in blocks counts, but for those that will be walked again.
    pub(crate) fn unite(&mut self, ledger: &Ledger) {
        for ((block, row), sum) in self.apart.take().unwrap_or_default().blocks {
            if !ledger.is_buried(block) {
                self.add_to(row, sum);
            }
        }
    }

    /// The values in the object with this serial do not count: it is sized once more.
    pub(crate) fn take_back(&mut self, serial: u64) {
        let Some(apart) = self.apart.as_mut().filter(|apart| apart.serial == serial) else { return };
        for (row, sum) in apart.object.drain() {
            self.rows[row].count -= sum.count;
            self.rows[row].bytes = self.rows[row].bytes.wrapping_sub(sum.bytes);
        }
    }

    /// Adds what another thread has found, whose blocks have these numbers here.
    pub(crate) fn absorb(&mut self, other: Self, blocks: &Renumbered) {
        for row in &other.rows {
            self.find_row(row.name);
            self.add_to(self.last, Sum { count: row.count, bytes: row.bytes });
        }
        for ((block, row), sum) in other.apart.unwrap_or_default().blocks {
            if blocks.is_new(block) {
                self.find_row(other.rows[row].name);
                self.add_to(self.last, sum);
            }
        }
    }

    fn add_to(&mut self, row: usize, sum: Sum) {
        self.rows[row].count += sum.count;
        self.rows[row].bytes = self.rows[row].bytes.wrapping_add(sum.bytes);
    }
}
