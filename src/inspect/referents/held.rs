//! Objects that are taken out until it is known what they have to pay for shared data.

use super::absorb::RenumberedParts;
use super::{Block, NONE, OBJECT, Referents, Sums};
use crate::inspect::ledger::{Renumbered, Shares};

/// The parts of an object that may have to pay for shared data.
pub(crate) struct Held {
    serial: u64,
    whole: u32,
    own: Box<[(u32, Sums)]>,
    blocks: Box<[Block]>,
    added: Box<[(u32, Sums)]>,
}

impl Referents {
    /// Takes the present object out, until it is known what it has to pay for shared data.
    pub(crate) fn hold(&mut self, serial: u64) -> Held {
        let mut own = Vec::new();
        self.in_order(|part| part.scope == self.object, |number, part| own.push((number, part.now)));
        for &(part, _) in &own {
            self.parts[part as usize].clear();
        }
        let held = Held {
            serial,
            whole: self.whole,
            own: own.into(),
            blocks: self.blocks.drain(..).collect(),
            added: self.added.drain(..).collect(),
        };
        self.forget_blocks();
        held
    }

    /// Takes an object in again as the present one, which has `bytes` with what `shares` charges it for.
    pub(crate) fn resume(&mut self, held: &Held, bytes: u64, shares: &Shares) {
        self.begin(0);
        self.whole = held.whole;
        for &(part, sums) in &held.own {
            self.now(part).add(sums);
        }
        for block in held.blocks.iter().filter(|block| shares.owner(block.id) == Some(held.serial)) {
            for &(part, sums) in &held.added[block.added.start as usize..block.added.end as usize] {
                self.now(part).add(sums);
            }
            let mut up = block.at;
            while up != OBJECT {
                let sums = self.now(up);
                sums.bytes = sums.bytes.wrapping_add(block.bytes);
                up = self.parts[up as usize].parent;
            }
        }
        self.end(bytes);
    }
}

impl Held {
    /// Has its parts and blocks bear the numbers that they have in the tree and the ledger that took in those it is from.
    pub(crate) fn renumber(&mut self, parts: &RenumberedParts, blocks: &Renumbered) {
        let part = |number: &mut u32| {
            if *number != NONE {
                *number = parts.0[*number as usize];
            }
        };
        part(&mut self.whole);
        self.own.iter_mut().chain(&mut self.added).for_each(|(number, _)| part(number));
        let mut known = Vec::with_capacity(self.blocks.len());
        for mut block in std::mem::take(&mut self.blocks) {
            part(&mut block.at);
            if let Some(id) = blocks.of(block.id) {
                block.id = id;
                known.push(block);
            }
        }
        self.blocks = known.into();
    }
}
