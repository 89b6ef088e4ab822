//! The named parts of an object, down to a level, merged by name.
//!
//! While the parts are found, nobody knows yet which shared blocks the object will be charged for. So the content of a
//! block makes a tree of its own, and [`Referents::settle`] joins those that belong to the object to the part that reached
//! them. A block that is reached through another block never belongs to a higher serial than that one, so no tree that
//! stays hangs on one that goes.

use super::ledger::{BlockId, Shares};
use rustc_hash::FxHashSet;

/// No part.
const NONE: u32 = u32::MAX;
/// Room for the parts of most objects at the first levels.
const USUAL: usize = 12;

/// The parts of one object.
pub(crate) struct Referents {
    serial: u64,
    parts: Vec<Node>,
    blocks: Vec<Block>,
    seen: FxHashSet<BlockId>,
    /// What is walked at present.
    current: u32,
    levels: u32,
}

/// A part of an object, or several of one name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Part {
    pub(crate) name: &'static str,
    /// 1 for a part of the object itself.
    pub(crate) level: u32,
    pub(crate) count: u64,
    pub(crate) flat_bytes: u64,
    /// With all that it owns.
    pub(crate) bytes: u64,
}

struct Node {
    part: Part,
    parent: u32,
    child: u32,
    sibling: u32,
    /// The child that was asked for last: the one behind it is often the next.
    recent: u32,
}

/// The content of a shared block.
struct Block {
    id: BlockId,
    root: u32,
    /// The part that reached it.
    at: u32,
}

impl Referents {
    /// For the object `serial` of `flat` bytes, down to `levels`, at least one.
    pub(super) fn new(serial: u64, flat: usize, levels: u32) -> Self {
        let mut made = Self {
            serial,
            parts: Vec::with_capacity(USUAL),
            blocks: Vec::new(),
            seen: FxHashSet::default(),
            current: 0,
            levels,
        };
        made.push(Part { name: "", level: 0, count: 1, flat_bytes: flat as u64, bytes: 0 }, NONE);
        made
    }

    /// Whether parts of what is walked at present get names.
    pub(super) fn naming(&self) -> bool {
        self.parts[self.current as usize].part.level < self.levels
    }

    /// Goes into a part of what is walked at present; what to give to [`leave`](Self::leave).
    pub(super) fn enter(&mut self, name: &'static str, count: usize, flat: usize) -> u32 {
        let outer = self.current;
        let part = self.child_named(outer, name);
        self.current = part;
        let part = &mut self.parts[part as usize].part;
        part.count += count as u64;
        part.flat_bytes += flat as u64;
        part.bytes += flat as u64;
        outer
    }

    /// Goes back, after `bytes` were found beyond the flat ones.
    pub(super) fn leave(&mut self, outer: u32, bytes: usize) {
        self.parts[self.current as usize].part.bytes += bytes as u64;
        self.current = outer;
    }

    /// Goes into a shared block, the first time that this object reaches it; what to give to
    /// [`leave`](Self::leave).
    pub(super) fn enter_block(&mut self, id: BlockId) -> Option<u32> {
        if !self.seen.insert(id) {
            return None;
        }
        let outer = self.current;
        let level = self.parts[outer as usize].part.level;
        let root = self.push(Part { name: "", level, count: 0, flat_bytes: 0, bytes: 0 }, NONE);
        self.blocks.push(Block { id, root, at: outer });
        self.current = root;
        Some(outer)
    }

    /// All parts in the order of a table: each before its own parts. The parts of level 1 add up to the deep size of the
    /// object, `bytes` of which are its own and the rest what `shares` gives it: what no part has (padding, above all) is a
    /// part without a name.
    pub(crate) fn settle(mut self, bytes: u64, shares: &Shares) -> Vec<Part> {
        // The inner blocks first: so a tree that is joined is complete.
        for Block { id, root, at } in std::mem::take(&mut self.blocks).into_iter().rev() {
            if shares.owner(id) != Some(self.serial) {
                continue;
            }
            let weight = self.parts[root as usize].part.bytes;
            let mut up = at;
            while up != NONE {
                self.parts[up as usize].part.bytes += weight;
                up = self.parts[up as usize].parent;
            }
            self.join(root, at);
        }
        let mut parts = Vec::with_capacity(self.parts.len() + 1);
        self.list(0, &mut parts);
        let named: u64 = parts.iter().filter(|part| part.level == 1).map(|part| part.bytes).sum();
        let deep = bytes + shares.get(self.serial).map_or(0, |share| share.bytes);
        if deep > named {
            parts.push(Part { name: "", level: 1, count: 1, flat_bytes: 0, bytes: deep - named });
        }
        parts
    }

    /// Moves the parts of `from` to `into`, by name.
    fn join(&mut self, from: u32, into: u32) {
        let mut next = self.parts[from as usize].child;
        while next != NONE {
            let child = next;
            next = self.parts[child as usize].sibling;
            let part = self.parts[child as usize].part;
            let target = self.child_named(into, part.name);
            let sum = &mut self.parts[target as usize].part;
            sum.count += part.count;
            sum.flat_bytes += part.flat_bytes;
            sum.bytes += part.bytes;
            self.join(child, target);
        }
    }

    #[inline]
    fn child_named(&mut self, of: u32, name: &'static str) -> u32 {
        let recent = self.parts[of as usize].recent;
        let next = self.parts.get(recent as usize).map_or(NONE, |node| node.sibling);
        // By address: names that are equal elsewhere are found below.
        let is = |part: u32| self.parts.get(part as usize).is_some_and(|node| std::ptr::eq(node.part.name, name));
        let child = if is(next) {
            next
        } else if is(recent) {
            return recent;
        } else {
            self.look_for_child(of, name)
        };
        self.parts[of as usize].recent = child;
        child
    }

    #[inline(never)]
    fn look_for_child(&mut self, of: u32, name: &'static str) -> u32 {
        let mut last = NONE;
        let mut next = self.parts[of as usize].child;
        while next != NONE {
            if self.parts[next as usize].part.name == name {
                return next;
            }
            last = next;
            next = self.parts[next as usize].sibling;
        }
        let level = self.parts[of as usize].part.level + 1;
        let child = self.push(Part { name, level, count: 0, flat_bytes: 0, bytes: 0 }, of);
        if last == NONE {
            self.parts[of as usize].child = child;
        } else {
            self.parts[last as usize].sibling = child;
        }
        child
    }

    /// As deep as there are levels.
    fn list(&self, of: u32, into: &mut Vec<Part>) {
        let mut next = self.parts[of as usize].child;
        while next != NONE {
            into.push(self.parts[next as usize].part);
            self.list(next, into);
            next = self.parts[next as usize].sibling;
        }
    }

    fn push(&mut self, part: Part, parent: u32) -> u32 {
        let number = self.parts.len() as u32;
        self.parts.push(Node { part, parent, child: NONE, sibling: NONE, recent: NONE });
        number
    }
}
