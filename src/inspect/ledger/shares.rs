//! What the shared blocks add to objects and to rows, once that is settled.

use super::{Block, BlockId, NOBODY, SEPARATE};

/// What the shared blocks add to the objects.
#[derive(Debug, Default)]
pub(crate) struct Shares {
    /// Ascending by serial, each serial once.
    shares: Vec<Share>,
    /// By row; rows after the last one that shares anything are missing.
    rows: Vec<u64>,
    blocks: Vec<Block>,
}

/// What the shared blocks add to one object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Share {
    pub(crate) serial: u64,
    /// Bytes of the blocks that this object is charged for.
    pub(crate) bytes: u64,
    /// Bytes of those among them that another object reaches too.
    pub(crate) shared: u64,
}

impl Shares {
    /// The serial of the object that is charged for a block.
    pub(crate) fn owner(&self, block: BlockId) -> Option<u64> {
        self.blocks.get(block.0 as usize).map(|block| block.first)
    }

    /// Bytes of the shared blocks that objects of this row reach, directly or through other blocks, and that at least one
    /// more object reaches, of whatever row; each block once.
    pub(crate) fn shared_bytes(&self, row: u32) -> u64 {
        self.rows.get(row as usize).copied().unwrap_or(0)
    }

    /// All of them, ascending by serial.
    #[cfg(test)]
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Share> {
        self.shares.iter()
    }

    /// The share of one object, if it has any.
    pub(crate) fn get(&self, serial: u64) -> Option<&Share> {
        let at = self.shares.binary_search_by_key(&serial, |share| share.serial).ok()?;
        self.shares.get(at)
    }

    /// The same for one who comes, as a rule, `next` in the order of serials.
    #[inline]
    pub(crate) fn get_from(&self, next: &mut usize, serial: u64) -> Option<&Share> {
        let share = match self.shares.get(*next) {
            Some(share) if share.serial == serial => share,
            _ => {
                *next = self.shares.binary_search_by_key(&serial, |share| share.serial).ok()?;
                self.shares.get(*next)?
            }
        };
        *next += 1;
        Some(share)
    }

    /// `rows` are bytes by row.
    pub(super) fn new(blocks: Vec<Block>, rows: Vec<u64>) -> Self {
        let mut shares: Vec<Share> = Vec::new();
        let mut ascending = true;
        for block in blocks.iter().filter(|block| block.first != NOBODY && block.bytes != SEPARATE) {
            let shared = if block.second == NOBODY { 0 } else { block.bytes };
            let share = Share { serial: block.first, bytes: block.bytes, shared };
            match shares.last_mut() {
                Some(last) if last.serial == share.serial => last.add(share),
                last => {
                    ascending &= last.is_none_or(|last| last.serial < share.serial);
                    shares.push(share);
                }
            }
        }
        if !ascending {
            // Stable, since that takes note of runs: each walk brings one.
            shares.sort_by_key(|share| share.serial);
            shares.dedup_by(|next, kept| {
                let same = next.serial == kept.serial;
                if same {
                    kept.add(*next);
                }
                same
            });
        }
        Self { shares, rows, blocks }
    }
}

impl Share {
    fn add(&mut self, other: Self) {
        // What an impl says of its block may be wrong, and too much: see `Measured::MOST_BYTES`.
        self.bytes = self.bytes.wrapping_add(other.bytes);
        self.shared = self.shared.wrapping_add(other.shared);
    }
}
