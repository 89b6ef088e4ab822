//! Several walks over one snapshot's objects: each has a ledger of its own, and in the end they become one.
//!
//! Two walks may have met one block: it counts once, by its address. What they know of its reachers adds up, since the two lowest
//! of all are among the two lowest of each; its bytes are those that either has found.
//!
//! A block that could not be read because another walk had its lock is *buried*: nobody finds it any more, so that it is
//! walked anew with the object that has to be sized again. Edges that lead to it then go to the new one.

use rustc_hash::FxHashMap;

use super::{Block, BlockId, Ledger, NO_ROW, NOBODY, SEPARATE, State};

/// No number: no block ever gets it.
const NONE: u32 = u32::MAX;
/// Where a buried block lies: no block does.
const NOWHERE: usize = 1;

/// The numbers that the blocks of one ledger have in the one that took them in.
pub(crate) struct Renumbered {
    /// [`NONE`] where no more could be numbered.
    numbers: Vec<u32>,
    /// Those from here on were not known there.
    first_new: u32,
    buried: FxHashMap<u32, usize>,
}

impl Renumbered {
    /// The new number; `None` if no more could be numbered.
    pub(crate) fn of(&self, block: BlockId) -> Option<BlockId> {
        self.numbers.get(block.0 as usize).copied().filter(|&number| number != NONE).map(BlockId)
    }

    /// Whether the block was not known where it was taken in, and is not to be walked again.
    pub(crate) fn is_new(&self, block: BlockId) -> bool {
        self.of(block).is_some_and(|number| number.0 >= self.first_new) && !self.buried.contains_key(&block.0)
    }
}

impl Ledger {
    /// Takes in what another walk over objects of the same snapshot has met.
    pub(crate) fn absorb(&mut self, other: Self) -> Renumbered {
        let first_new = self.blocks.len() as u32;
        let buried: FxHashMap<u32, usize> = other.buried.iter().copied().collect();
        let mut numbers = Vec::with_capacity(other.blocks.len());
        self.make_room(other.blocks.len());
        for (number, block) in (0u32..).zip(other.blocks) {
            let new = match self.find(block.address) {
                Some(known) => {
                    self.join(known, &block);
                    Some(known)
                }
                None if block.is_buried() => self.push_buried(block, buried[&number]),
                None => self.push(block).map(|block| block.0),
            };
            numbers.push(new.unwrap_or(NONE));
        }
        let number = |old: u32| Some(numbers[old as usize]).filter(|&number| number != NONE);
        let edges = other.edges.into_iter();
        self.edges.extend(edges.filter_map(|(from, to)| Some((number(from)?, number(to)?))));
        let earlier = other.earlier_rows.into_iter();
        self.earlier_rows.extend(earlier.filter_map(|(block, row)| Some((number(block)?, row))));
        Renumbered { numbers, first_new, buried }
    }

    /// Buries a block that is not inside another one, and what of the blocks within it could not be read.
    #[cold]
    pub(crate) fn bury(&mut self, from: BlockId) {
        for (number, block) in (from.0..).zip(&mut self.blocks[from.0 as usize..]) {
            if block.state == State::Unread && block.address != NOWHERE {
                self.buried.push((number, block.address));
                self.places_left.insert(block.address, number);
                *block = Block {
                    address: NOWHERE,
                    bytes: 0,
                    first: NOBODY,
                    second: NOBODY,
                    row: NO_ROW,
                    state: State::Unread,
                };
            }
        }
    }

    /// Has a block take the place in the table of addresses that one had that was buried; whether there was one. (Else the table
    /// would fill with places of one address, for an object after the other that meets a closed lock.)
    #[cold]
    pub(super) fn take_place(&mut self, address: usize, number: u32) -> bool {
        let buried = self.places_left.remove(&address);
        buried.is_some_and(|buried| self.numbers.replace(address, buried, number))
    }

    /// Whether a block is to be walked again.
    pub(crate) fn is_buried(&self, block: BlockId) -> bool {
        self.blocks.get(block.0 as usize).is_some_and(Block::is_buried)
    }

    /// Has edges to buried blocks lead to those that came in their place. Those from them are there again.
    pub(super) fn redirect(&self, edges: &mut Vec<(u32, u32)>) {
        if self.buried.is_empty() {
            return;
        }
        let places: FxHashMap<_, _> =
            self.buried.iter().map(|&(number, address)| (number, self.find(address))).collect();
        edges.retain_mut(|(from, to)| match places.get(to) {
            _ if places.contains_key(from) => false,
            None => true,
            Some(Some(place)) => {
                *to = *place;
                true
            }
            Some(None) => false,
        });
    }

    /// Makes room for so many more blocks at once.
    fn make_room(&mut self, more: usize) {
        self.blocks.reserve(more);
        if self.numbers.reserve(more) {
            self.insert_all();
        }
    }

    fn push_buried(&mut self, block: Block, address: usize) -> Option<u32> {
        let number = u32::try_from(self.blocks.len()).ok().filter(|&number| number != NONE)?;
        self.blocks.push(block);
        self.buried.push((number, address));
        Some(number)
    }

    /// Adds what another walk knows of a block.
    fn join(&mut self, known: u32, other: &Block) {
        let block = &mut self.blocks[known as usize];
        block.lower(other.first);
        block.lower(other.second);
        if block.bytes == SEPARATE || other.bytes == SEPARATE {
            block.bytes = SEPARATE;
        } else if block.state == State::Unread && other.state == State::Read {
            block.bytes = other.bytes;
        }
        if other.state == State::Unread {
            block.state = State::Unread;
        }
        if other.row != NO_ROW && other.row != block.row {
            if block.row == NO_ROW {
                block.row = other.row;
            } else {
                self.earlier_rows.push((known, other.row));
            }
        }
    }
}

impl Block {
    /// Whether it can be found by its address.
    pub(super) fn is_buried(&self) -> bool {
        self.address == NOWHERE
    }
}
