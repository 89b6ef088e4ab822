//! Shared blocks: what `Rc` and `Arc` point to, charged once, to the lowest serial that reaches it.
//!
//! The walk meets objects in the order of the registry's slots, the charge goes by serial. So a block is walked once, by
//! whoever comes first, and only its *reachers* are updated later; who pays is found when all objects were walked:
//! [`Ledger::settle`] takes the reachers along the edges from block to block, in ascending order of serials. What that costs
//! is linear in blocks and edges (but for the sort of the reachers of blocks with edges), and no edge from an object to a
//! block is stored.
//!
//! Two reachers are kept, the lowest serials that differ. Two are enough to know what is shared at all, and following
//! both over the edges gives both for every block, also for those that are reached only through other blocks.
//!
//! Which rows of the snapshot reach a block directly is kept beside: the last one in the block, since the walk goes class by
//! class, the earlier ones in a list that is empty for most.

mod absorb;
mod settle;
mod shares;

use super::addresses::Addresses;
use super::recent::Recent;
use rustc_hash::FxHashMap;

pub(crate) use absorb::Renumbered;
pub(crate) use shares::Shares;

/// Nobody: no object has this serial.
const NOBODY: u64 = u64::MAX;
/// No row: the block was reached only through other blocks.
const NO_ROW: u32 = u32::MAX;
/// From this length on the list of earlier rows is looked through for pairs that are in it twice.
const MANY_ROWS: usize = 1024;
/// What a block weighs that is an object counted on its own.
const SEPARATE: u64 = u64::MAX;

/// The blocks that a walk has met.
#[derive(Default)]
pub(crate) struct Ledger {
    numbers: Addresses,
    recent: Recent,
    blocks: Vec<Block>,
    /// From block to block.
    edges: Vec<(u32, u32)>,
    /// A block that is being walked was reached from one within it.
    circular: bool,
    /// The row of the object that is walked.
    row: u32,
    /// Blocks with the rows that reached them directly before their present one did.
    earlier_rows: Vec<(u32, u32)>,
    /// The length at which pairs are looked for that are in it twice.
    many_rows: usize,
    /// Blocks that are to be walked again, with the addresses that they had.
    buried: Vec<(u32, usize)>,
    /// Those of them that still have a place in `numbers`, by address.
    places_left: FxHashMap<usize, u32>,
}

/// The number of a block in its ledger.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct BlockId(u32);

/// What a ledger says to an object that reaches a block that was walked already, or is counted on its own.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Met {
    /// The object is, for now, the one who is charged.
    pub(crate) claimed: bool,
    /// Something of the block, or of those that it reaches, could not be read.
    pub(crate) unread: bool,
}

/// A shared block.
///
/// As small as it can be: what a walk of many shared blocks costs is the memory that it goes through.
#[derive(Debug)]
struct Block {
    address: usize,
    /// Its own bytes and what it owns, without further shared blocks.
    bytes: u64,
    /// The lowest serial that reaches it, first directly, after `settle` at all.
    first: u64,
    /// The lowest serial but that one.
    second: u64,
    /// The row of the last object that reached it directly.
    row: u32,
    state: State,
}

/// How far a block was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// It is being walked.
    Open,
    Read,
    /// Something of it, or of those that it reaches, could not be read.
    Unread,
}

impl Ledger {
    /// Makes the block at `address` one that is counted on its own: who reaches it adds nothing.
    pub(crate) fn separate(&mut self, address: usize) {
        let known = self.find(address).map(BlockId);
        if let Some(block) = known.or_else(|| self.enter(address)) {
            let block = &mut self.blocks[block.0 as usize];
            (block.bytes, block.state) = (SEPARATE, State::Read);
        }
    }

    /// Tells in which row of the snapshot the next objects are.
    #[inline]
    pub(crate) fn set_row(&mut self, row: u32) {
        if row != self.row {
            self.row = row;
            self.recent.clear();
        }
    }

    /// Whether it is known, without much ado, that it changes nothing that the object `serial` reaches the block at
    /// `address`.
    #[inline]
    pub(crate) fn is_settled(&self, address: usize, serial: u64) -> bool {
        self.recent.settled(address, serial)
    }

    /// Notes that the object `serial` reaches the block at `address`. `None` if it is not known.
    #[inline]
    pub(crate) fn reach(&mut self, address: usize, serial: u64) -> Option<Met> {
        let number = self.find(address)?;
        if self.blocks[number as usize].row != self.row {
            self.reach_by_row(number);
        }
        let block = &mut self.blocks[number as usize];
        let unread = block.state == State::Unread;
        if serial > block.second {
            if !unread {
                self.recent.note(address, block.second);
            }
            return Some(Met { claimed: false, unread });
        }
        block.lower(serial);
        Some(Met { claimed: block.first == serial && block.bytes != SEPARATE, unread })
    }

    /// Notes that the block `from` reaches the block at `address`. `None` if that is not known.
    pub(crate) fn reach_from(&mut self, from: BlockId, address: usize) -> Option<Met> {
        let number = self.find(address)?;
        let block = &self.blocks[number as usize];
        self.circular |= block.state == State::Open;
        // A thousand handles to one block in a row are one edge.
        let edge = (from.0, number);
        if self.edges.last() != Some(&edge) && block.bytes != SEPARATE {
            self.edges.push(edge);
        }
        Some(Met { claimed: false, unread: block.state == State::Unread })
    }

    /// Notes that a block was walked, and whether something of it, or of those that it reaches, could not be read.
    /// `outermost`: no other block is being walked.
    #[inline]
    pub(crate) fn close(&mut self, block: BlockId, unread: bool, outermost: bool) {
        self.blocks[block.0 as usize].state = if unread { State::Unread } else { State::Read };
        if outermost && std::mem::take(&mut self.circular) && unread {
            // Those that reach it in a circle were closed when nobody knew.
            self.blocks[block.0 as usize..].iter_mut().for_each(|block| block.state = State::Unread);
        }
    }

    /// Enters a block that is not known. `None` when no more can be numbered: what is beyond is not counted rather than
    /// counted wrongly.
    pub(crate) fn enter(&mut self, address: usize) -> Option<BlockId> {
        self.push(Block { address, bytes: 0, first: NOBODY, second: NOBODY, row: NO_ROW, state: State::Open })
    }

    /// Enters a block that is not known and that the object `serial` reaches.
    #[inline]
    pub(crate) fn enter_reached(&mut self, address: usize, serial: u64) -> Option<BlockId> {
        self.push(Block { address, bytes: 0, first: serial, second: NOBODY, row: self.row, state: State::Open })
    }

    /// Enters a block that is not known and that the block `from` reaches.
    pub(crate) fn enter_reached_from(&mut self, from: BlockId, address: usize) -> Option<BlockId> {
        let block = self.enter(address)?;
        self.edges.push((from.0, block.0));
        Some(block)
    }

    /// Always inlined: it is most of what a new block costs.
    #[inline(always)]
    fn push(&mut self, block: Block) -> Option<BlockId> {
        let number = u32::try_from(self.blocks.len()).ok().filter(|&number| number != u32::MAX)?;
        if self.numbers.is_full() {
            self.grow();
        }
        if self.places_left.is_empty() || !self.take_place(block.address, number) {
            self.numbers.insert(block.address, number);
        }
        self.blocks.push(block);
        Some(BlockId(number))
    }

    /// The block at `address`, if it is known and not counted on its own.
    pub(crate) fn block(&self, address: usize) -> Option<BlockId> {
        let number = self.find(address)?;
        (self.blocks[number as usize].bytes != SEPARATE).then_some(BlockId(number))
    }

    /// Whether no object older than `serial` is known to reach a block directly.
    pub(crate) fn may_belong_to(&self, block: BlockId, serial: u64) -> bool {
        serial <= self.blocks[block.0 as usize].first
    }

    /// Sets what a block weighs: its own bytes and what it owns, without further shared blocks.
    #[inline]
    pub(crate) fn weigh(&mut self, block: BlockId, bytes: u64) {
        self.blocks[block.0 as usize].bytes = bytes;
    }

    /// Notes that the present row reaches a block that another one reached before.
    #[cold]
    #[inline(never)]
    fn reach_by_row(&mut self, number: u32) {
        let before = std::mem::replace(&mut self.blocks[number as usize].row, self.row);
        if before == NO_ROW {
            return;
        }
        self.earlier_rows.push((number, before));
        // Objects of different rows that come by turns would otherwise make it as long as there are objects.
        if self.earlier_rows.len() > self.many_rows.max(MANY_ROWS) {
            self.earlier_rows.sort_unstable();
            self.earlier_rows.dedup();
            self.many_rows = 2 * self.earlier_rows.len();
        }
    }

    #[inline]
    fn find(&self, address: usize) -> Option<u32> {
        self.numbers.get(address, |number| self.blocks.get(number as usize).is_some_and(|b| b.address == address))
    }

    #[cold]
    fn grow(&mut self) {
        self.numbers.grow();
        self.insert_all();
    }

    fn insert_all(&mut self) {
        // In the order in which they were met, which is more or less that of the table.
        for (number, block) in (0u32..).zip(&self.blocks).filter(|(_, block)| !block.is_buried()) {
            self.numbers.insert(block.address, number);
        }
    }
}

impl Block {
    /// What it adds to the shared bytes of each row that reaches it.
    fn shared_bytes(&self) -> u64 {
        if self.second == NOBODY || self.bytes == SEPARATE { 0 } else { self.bytes }
    }

    /// Takes in a reacher; whether it was not among the two that are kept and now is.
    #[inline]
    fn lower(&mut self, serial: u64) -> bool {
        if serial < self.first {
            self.second = self.first;
            self.first = serial;
            true
        } else if serial > self.first && serial < self.second {
            self.second = serial;
            true
        } else {
            false
        }
    }
}
