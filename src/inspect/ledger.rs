//! Shared blocks: what `Rc` and `Arc` point to, charged once, to the lowest serial that reaches it.
//!
//! The walk meets objects in the order of the registry's slots, the charge goes by serial. So a block is walked once, by
//! whoever comes first, and only its *reachers* are updated later; who pays is found when all objects were walked:
//! [`Ledger::settle`] hands the blocks out in ascending order of serials and follows the edges from block to block. What
//! that costs is linear in blocks and edges (but for the sort of the reachers, which are nearly in order as a rule), and
//! no edge from an object to a block is stored.
//!
//! Two reachers are kept, the lowest serials that differ. Two are enough to know what is shared at all, and following
//! both over the edges gives both for every block, also for those that are reached only through other blocks.

use rustc_hash::FxHashMap;
use std::collections::hash_map::Entry;

/// Nobody: no object has this serial.
const NOBODY: u64 = u64::MAX;
/// No edge, no block; in the table of addresses, a block that is counted elsewhere.
const NONE: u32 = u32::MAX;

/// The blocks that a walk has met.
#[derive(Default)]
pub(crate) struct Ledger {
    by_address: FxHashMap<usize, u32>,
    blocks: Vec<Block>,
    edges: Vec<Edge>,
}

/// Who reaches a block.
#[derive(Clone, Copy)]
pub(crate) enum Reacher {
    /// An object, by its serial.
    Object(u64),
    /// Another block.
    Block(BlockId),
}

/// The number of a block in its ledger.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct BlockId(u32);

/// What a ledger says to one who reaches a block.
pub(crate) enum Reached {
    /// Nobody was here before: the block is to be walked.
    New(BlockId),
    /// It was walked already. `claimed`: the one who asks is, for now, the one who is charged.
    Known { block: BlockId, claimed: bool },
    /// It is an object that is counted on its own.
    Separate,
}

struct Block {
    /// Its own bytes and what it owns, without further shared blocks.
    bytes: u64,
    /// The lowest serial that reaches it, first directly, after `settle` at all.
    first: u64,
    /// The lowest serial but that one.
    second: u64,
    edges: u32,
}

struct Edge {
    to: u32,
    next: u32,
}

impl Ledger {
    /// Makes the block at `address` one that is counted on its own: who reaches it adds nothing.
    pub(crate) fn separate(&mut self, address: usize) {
        self.by_address.insert(address, NONE);
    }

    /// Notes that `reacher` reaches the block at `address`.
    #[inline]
    pub(crate) fn reach(&mut self, address: usize, reacher: Reacher) -> Reached {
        // Hits are most of what objects with shared data ask for, and `get` is what is fastest for a hit.
        let (block, new) = match self.by_address.get(&address) {
            Some(&NONE) => return Reached::Separate,
            Some(&block) => (block, false),
            None => match self.insert(address) {
                Some(block) => (block, true),
                None => return Reached::Separate,
            },
        };
        let claimed = match reacher {
            Reacher::Object(serial) => self.blocks[block as usize].lower(serial),
            Reacher::Block(from) => {
                self.connect(from, block);
                false
            }
        };
        let block = BlockId(block);
        if new {
            Reached::New(block)
        } else {
            Reached::Known { block, claimed }
        }
    }

    /// Sets what a block weighs: its own bytes and what it owns, without further shared blocks.
    #[inline]
    pub(crate) fn weigh(&mut self, block: BlockId, bytes: u64) {
        self.blocks[block.0 as usize].bytes = bytes;
    }

    /// Decides who is charged for what. The ledger is empty afterwards, but for its room.
    pub(crate) fn settle(&mut self) -> Shares {
        let mut reachers: Vec<(u64, u32)> = Vec::with_capacity(self.blocks.len());
        for (number, block) in (0u32..).zip(&mut self.blocks) {
            for serial in [block.first, block.second] {
                if serial != NOBODY {
                    reachers.push((serial, number));
                }
            }
            (block.first, block.second) = (NOBODY, NOBODY);
        }
        reachers.sort_unstable();
        let mut stack = Vec::new();
        for (serial, block) in reachers {
            stack.push(block);
            while let Some(block) = stack.pop() {
                let block = &mut self.blocks[block as usize];
                if !block.accept(serial) {
                    continue;
                }
                let mut edge = block.edges;
                while edge != NONE {
                    stack.push(self.edges[edge as usize].to);
                    edge = self.edges[edge as usize].next;
                }
            }
        }
        Shares::of(std::mem::take(&mut self.blocks))
    }

    #[cold]
    fn insert(&mut self, address: usize) -> Option<u32> {
        // 4 billion blocks do not fit: what is beyond is not counted rather than counted wrongly.
        let number = u32::try_from(self.blocks.len())
            .ok()
            .filter(|&number| number != NONE)?;
        if let Entry::Vacant(entry) = self.by_address.entry(address) {
            entry.insert(number);
        }
        self.blocks.push(Block {
            bytes: 0,
            first: NOBODY,
            second: NOBODY,
            edges: NONE,
        });
        Some(number)
    }

    fn connect(&mut self, from: BlockId, to: u32) {
        let head = self.blocks[from.0 as usize].edges;
        // A thousand handles to one block in a row are one edge.
        if head != NONE && self.edges[head as usize].to == to {
            return;
        }
        if let Some(number) = u32::try_from(self.edges.len())
            .ok()
            .filter(|&number| number != NONE)
        {
            self.edges.push(Edge { to, next: head });
            self.blocks[from.0 as usize].edges = number;
        }
    }
}

impl Block {
    /// Takes in a direct reacher, in any order; whether it is now the lowest.
    #[inline]
    fn lower(&mut self, serial: u64) -> bool {
        if serial < self.first {
            self.second = self.first;
            self.first = serial;
            return true;
        }
        if serial != self.first && serial < self.second {
            self.second = serial;
        }
        serial == self.first
    }

    /// Takes in a reacher, in ascending order; whether that was news, so that what the block reaches has to know too.
    fn accept(&mut self, serial: u64) -> bool {
        if self.first == NOBODY {
            self.first = serial;
            true
        } else if self.second == NOBODY && self.first != serial {
            self.second = serial;
            true
        } else {
            false
        }
    }
}

/// What the shared blocks add to the objects.
#[derive(Debug, Default)]
pub(crate) struct Shares {
    /// Ascending by serial, each serial once.
    shares: Vec<Share>,
}

/// What the shared blocks add to one object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Share {
    pub(crate) serial: u64,
    /// Bytes of the blocks that this object is charged for.
    pub(crate) bytes: u64,
    /// Bytes of those among them that another object reaches too.
    pub(crate) shared: u64,
    /// Bytes of blocks that it reaches as the second object, and that another is charged for.
    pub(crate) borrowed: u64,
}

impl Shares {
    /// All of them, ascending by serial.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Share> {
        self.shares.iter()
    }

    /// The share of one object, if it has any.
    pub(crate) fn get(&self, serial: u64) -> Option<&Share> {
        let at = self
            .shares
            .binary_search_by_key(&serial, |share| share.serial)
            .ok()?;
        self.shares.get(at)
    }

    fn of(blocks: Vec<Block>) -> Self {
        let mut shares = Vec::with_capacity(blocks.len());
        for block in blocks.into_iter().filter(|block| block.first != NOBODY) {
            let shared = if block.second == NOBODY {
                0
            } else {
                block.bytes
            };
            shares.push(Share {
                serial: block.first,
                bytes: block.bytes,
                shared,
                borrowed: 0,
            });
            if block.second != NOBODY {
                shares.push(Share {
                    serial: block.second,
                    bytes: 0,
                    shared: 0,
                    borrowed: block.bytes,
                });
            }
        }
        shares.sort_unstable_by_key(|share| share.serial);
        shares.dedup_by(|next, kept| {
            let same = next.serial == kept.serial;
            if same {
                kept.bytes += next.bytes;
                kept.shared += next.shared;
                kept.borrowed += next.borrowed;
            }
            same
        });
        Self { shares }
    }
}
