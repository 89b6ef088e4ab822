//! The named parts of the objects of a row, down to a level, merged by name.
//!
//! One tree serves all objects. What the present object adds to a part stands there apart from the total, until another
//! object comes to that part. So an object costs as much as it has parts, nothing is allocated for it, and what it adds can
//! still be listed, or taken back.
//!
//! While the parts are found, nobody knows yet which shared blocks the object will be charged for. So what the content of a
//! block adds is noted for itself, and an object that reached such blocks is [held](Held) until that is settled. A
//! block that is reached through another block never belongs to a higher serial than that one, so the parts that stay never
//! lie in one that goes.

mod absorb;
mod held;
mod tree;

use super::ledger::BlockId;
use rustc_hash::FxHashSet;
use std::mem;
use std::ops::Range;

pub(crate) use absorb::RenumberedParts;
pub(crate) use held::Held;
use tree::Node;

/// No part.
const NONE: u32 = u32::MAX;
/// The object itself.
const OBJECT: u32 = 0;

/// A part of an object, or of all objects of a row; or several of one name.
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

/// The parts of all objects of a row, and those of the present one.
pub(crate) struct Referents {
    parts: Vec<Node>,
    /// What is walked at present.
    current: u32,
    /// How many levels of the present object get names.
    levels: u32,
    /// What sums are taken for at present: the present object itself, or the content of one block.
    scope: u64,
    /// The scope of the present object itself. Those of its blocks are higher, those of earlier objects lower.
    object: u64,
    last_scope: u64,
    /// What of the present object no part has (padding, above all).
    rest: Sums,
    total_rest: Sums,
    /// The one part that stands for the present object, when it is not broken down.
    whole: u32,
    /// What the parts that the blocks under way touched had before.
    before: Vec<Before>,
    /// What the present object reached.
    blocks: Vec<Block>,
    added: Vec<(u32, Sums)>,
    seen: FxHashSet<BlockId>,
    /// The stretch of the walk that the present object belongs to.
    stretch: u32,
}

#[derive(Clone, Copy, Default)]
struct Sums {
    count: u64,
    flat_bytes: u64,
    bytes: u64,
}

/// What a part had before a block came to it.
struct Before {
    part: u32,
    scope: u64,
    sums: Sums,
}

/// A shared block that is walked: what to go back to.
pub(super) struct Entered {
    id: BlockId,
    scope: u64,
    before: usize,
}

/// The content of a shared block.
struct Block {
    id: BlockId,
    /// The part that reached it.
    at: u32,
    bytes: u64,
    /// What it adds to parts, in a list.
    added: Range<u32>,
}

impl Referents {
    pub(crate) fn new() -> Self {
        Self {
            parts: vec![Node::new("", 0, NONE)],
            current: OBJECT,
            levels: 0,
            scope: 0,
            object: 0,
            last_scope: 0,
            rest: Sums::default(),
            total_rest: Sums::default(),
            whole: NONE,
            before: Vec::new(),
            blocks: Vec::new(),
            added: Vec::new(),
            seen: FxHashSet::default(),
            stretch: 0,
        }
    }

    /// Begins with an object whose parts get names down to this level.
    pub(super) fn begin(&mut self, levels: u32) {
        self.last_scope += 1;
        (self.scope, self.object) = (self.last_scope, self.last_scope);
        self.current = OBJECT;
        self.levels = levels;
        self.rest = Sums::default();
        self.whole = NONE;
        if !self.blocks.is_empty() {
            self.forget_blocks();
        }
    }

    /// Whether parts of what is walked at present get names.
    #[inline]
    pub(super) fn naming(&self) -> bool {
        self.parts.get(self.current as usize).is_some_and(|part| part.level < self.levels)
    }

    /// Goes into a part of what is walked at present; [`leave`](Self::leave) goes back. Whether its own parts get names.
    #[inline]
    pub(super) fn enter(&mut self, name: &'static str, count: usize, flat: usize) -> bool {
        let sums = Sums { count: count as u64, flat_bytes: flat as u64, bytes: flat as u64 };
        let level = match self.enter_expected(name, sums) {
            Some(level) => level,
            None => self.enter_any(name, sums),
        };
        level < self.levels
    }

    /// Goes into a part that comes where it came before, as the first of the present object, and outside of any shared block:
    /// the usual way. Its level, if it was so.
    #[inline]
    fn enter_expected(&mut self, name: &'static str, sums: Sums) -> Option<u32> {
        let around = self.current as usize;
        let expected = self.parts.get(around)?.expected;
        let part = self.parts.get_mut(expected as usize)?;
        // By address: names that are equal elsewhere are found the other way.
        if !std::ptr::eq(part.name, name) || self.scope != self.object || part.scope >= self.object {
            return None;
        }
        part.total.add(part.now);
        part.counts |= part.scope != 0;
        (part.scope, part.now) = (self.scope, sums);
        let (next, level) = (part.next, part.level);
        self.parts[around].expected = next;
        self.current = expected;
        Some(level)
    }

    #[inline(never)]
    fn enter_any(&mut self, name: &'static str, sums: Sums) -> u32 {
        self.current = self.child_named(self.current, name);
        self.now(self.current).add(sums);
        self.parts[self.current as usize].level
    }

    /// Goes back, after `bytes` were found beyond the flat ones.
    #[inline]
    pub(super) fn leave(&mut self, bytes: usize) {
        if let Some(part) = self.parts.get_mut(self.current as usize) {
            part.now.bytes = part.now.bytes.wrapping_add(bytes as u64);
            self.current = part.parent;
        }
    }

    /// Goes into a shared block, the first time that this object reaches it.
    pub(super) fn enter_block(&mut self, id: BlockId) -> Option<Entered> {
        if !self.seen.insert(id) {
            return None;
        }
        self.last_scope += 1;
        let outer = mem::replace(&mut self.scope, self.last_scope);
        Some(Entered { id, scope: outer, before: self.before.len() })
    }

    /// Goes back, after the block was found to have `bytes` in all.
    pub(super) fn leave_block(&mut self, entered: Entered, bytes: usize) {
        let begin = self.added.len() as u32;
        for Before { part, scope, sums } in self.before.drain(entered.before..) {
            let node = &mut self.parts[part as usize];
            self.added.push((part, node.now));
            (node.scope, node.now) = (scope, sums);
        }
        let added = begin..self.added.len() as u32;
        self.blocks.push(Block { id: entered.id, at: self.current, bytes: bytes as u64, added });
        self.scope = entered.scope;
    }

    /// Ends an object that has `bytes` in all: what no part has is a part without a name.
    pub(super) fn end(&mut self, bytes: u64) {
        let mut named = 0;
        let first = self.parts[OBJECT as usize].child;
        let mut next = first;
        while let Some(part) = self.parts.get(next as usize) {
            if part.scope == self.object {
                named = part.now.bytes.wrapping_add(named);
            }
            next = if part.next == first { NONE } else { part.next };
        }
        let rest = bytes.saturating_sub(named);
        if rest == 0 {
            return;
        }
        match self.parts.get_mut(self.whole as usize) {
            Some(whole) => whole.now.bytes = whole.now.bytes.wrapping_add(rest),
            None => {
                self.rest = Sums { count: 1, flat_bytes: 0, bytes: rest };
                self.total_rest.add(self.rest);
            }
        }
    }

    /// Makes the present object one of a single part, because its parts are not known: `name` says so.
    pub(super) fn whole(&mut self, name: &'static str, flat: usize) {
        self.forget();
        self.begin(1);
        self.enter(name, 1, flat);
        self.whole = self.current;
        self.leave(0);
    }

    /// Takes back what the present object added: its sizing broke off.
    #[cold]
    pub(super) fn forget(&mut self) {
        for part in self.parts.iter_mut().filter(|part| part.scope >= self.object) {
            part.clear();
        }
        self.before.clear();
        self.forget_blocks();
    }

    /// The parts of the present object in the order of a table, each before its own parts. Those of level 1 add up to the
    /// bytes that [`end`](Self::end) was told.
    pub(crate) fn of_object(&self) -> Vec<Part> {
        let mut parts = Vec::new();
        self.in_order(|part| part.scope == self.object, |_, part| parts.push(part.with(part.now)));
        parts.extend(Self::without_name(self.rest));
        parts
    }

    /// The same for all objects.
    pub(crate) fn of_all(&self) -> Vec<Part> {
        let mut parts = Vec::new();
        let sums = |part: &Node| {
            let mut sums = part.total;
            sums.add(part.now);
            sums
        };
        self.in_order(|part| part.counts || part.scope != 0, |_, part| parts.push(part.with(sums(part))));
        parts.extend(Self::without_name(self.total_rest));
        parts
    }

    fn without_name(rest: Sums) -> Option<Part> {
        (rest.bytes > 0).then(|| Node::new("", 1, OBJECT).with(rest))
    }

    #[cold]
    fn forget_blocks(&mut self) {
        self.blocks.clear();
        self.added.clear();
        self.seen.clear();
    }

    /// What the present scope has added to a part.
    fn now(&mut self, number: u32) -> &mut Sums {
        let part = &mut self.parts[number as usize];
        if part.scope != self.scope {
            let inner = self.scope != self.object;
            if part.scope < self.object {
                part.total.add(part.now);
                part.counts |= part.scope != 0;
                part.clear();
            }
            if inner {
                self.before.push(Before { part: number, scope: part.scope, sums: part.now });
                part.now = Sums::default();
            }
            part.scope = self.scope;
        }
        &mut part.now
    }
}

impl Default for Referents {
    fn default() -> Self {
        Self::new()
    }
}

impl Sums {
    #[inline]
    fn add(&mut self, other: Self) {
        // What an impl says may be wrong, and too much: see `Measured::MOST_BYTES`.
        self.count = self.count.wrapping_add(other.count);
        self.flat_bytes = self.flat_bytes.wrapping_add(other.flat_bytes);
        self.bytes = self.bytes.wrapping_add(other.bytes);
    }
}
