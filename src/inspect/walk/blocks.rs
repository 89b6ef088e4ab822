//! Shared blocks: each is walked once, by whoever comes to it first.

use super::Walk;
use crate::inspect::ledger::BlockId;
use crate::inspect::referents::Entered;
use std::mem;

impl Walk<'_> {
    /// Whether the tracked object of this class with this serial is counted on its own in this walk.
    pub(crate) fn covers(&mut self, class_index: u32, serial: u64) -> bool {
        self.session().covers.as_ref().is_some_and(|covers| covers.covers(class_index, serial))
    }

    /// As [`shared`](Self::shared), for a block of which can be told whether it has just the one owner that is walked.
    ///
    /// Such a block need not be remembered: nobody else can reach it.
    #[inline]
    pub(crate) fn block(
        &mut self,
        address: *const (),
        bytes: usize,
        alone: impl Fn() -> bool,
        inspect: impl FnOnce(&mut Walk<'_>),
    ) {
        match &self.session {
            // What most of many objects do that share a few blocks, so it has to be short.
            Some(session) if session.is_settled(address.addr(), self.serial) => (),
            Some(_) => self.unsettled_block(address.addr(), bytes, alone, inspect),
            // The count lies in the block, which is elsewhere in memory. So it is read last, but for those who have no table.
            None if alone() => {
                self.heap(bytes);
                self.deeper(inspect);
            }
            None => self.unsettled_block(address.addr(), bytes, alone, inspect),
        }
    }

    #[inline]
    fn unsettled_block(
        &mut self,
        address: usize,
        bytes: usize,
        alone: impl Fn() -> bool,
        inspect: impl FnOnce(&mut Walk<'_>),
    ) {
        if self.detailed {
            self.detailed_block(address, bytes, alone, inspect);
        } else if !self.session().meet(address) {
            self.new_block(address, bytes, alone, inspect);
        }
    }

    #[inline(never)]
    fn new_block(
        &mut self,
        address: usize,
        bytes: usize,
        alone: impl Fn() -> bool,
        inspect: impl FnOnce(&mut Walk<'_>),
    ) {
        if alone() {
            self.heap(bytes);
            return self.deeper(inspect);
        }
        if let Some(block) = self.session().enter(address) {
            InBlock::enter(self, block, bytes, true).walk(inspect);
        }
    }

    /// As [`block`](Self::block) while parts get names. A block that is known already is walked once more, for its names,
    /// unless an older object reaches it too: then it is not charged to this one.
    #[cold]
    fn detailed_block(
        &mut self,
        address: usize,
        bytes: usize,
        alone: impl Fn() -> bool,
        inspect: impl FnOnce(&mut Walk<'_>),
    ) {
        let session = self.session();
        let known = session.meet(address);
        if !known && alone() {
            self.heap(bytes);
            return self.deeper(inspect);
        }
        let block = if known { session.claimed_block(address) } else { session.enter(address) };
        let Some(block) = block else { return };
        let Some(entered) = self.referents.as_mut().and_then(|referents| referents.enter_block(block)) else {
            return;
        };
        // The values in a known block were counted when it was new.
        let census = self.census;
        self.census = census && !known;
        let mut inside = InBlock::enter(self, block, bytes, !known);
        inside.part = Some(entered);
        inside.walk(inspect);
        self.census = census;
    }

    /// Walks the content of a shared block: what of it lies in no counted value belongs to none of those that reach it, so
    /// that the census does not depend on who comes first.
    #[inline]
    fn apart(&mut self, inspect: impl FnOnce(&mut Walk<'_>)) {
        let outer = self.counted(0);
        self.deeper(inspect);
        self.counted(outer);
    }
}

/// A shared block that is walked; dropped, also by unwinding, the walk goes back to what is around it.
///
/// A block that a panic breaks off weighs what was found until then.
struct InBlock<'w, 'a> {
    walk: &'w mut Walk<'a>,
    block: BlockId,
    /// Whether nobody walked it before.
    new: bool,
    /// The block around it, if it is reached through one.
    around: Option<BlockId>,
    /// Bytes found around it so far, and whether something there could not be read.
    outer: (usize, bool),
    /// Its place among the parts, if they get names.
    part: Option<Entered>,
    whole: bool,
}

impl<'w, 'a> InBlock<'w, 'a> {
    fn enter(walk: &'w mut Walk<'a>, block: BlockId, bytes: usize, new: bool) -> Self {
        let session = walk.session();
        let around = session.block.replace(block);
        let unread = mem::take(&mut session.unread);
        let outer = (mem::replace(&mut walk.bytes, bytes), unread);
        Self { walk, block, new, around, outer, part: None, whole: false }
    }

    #[inline]
    fn walk(mut self, inspect: impl FnOnce(&mut Walk<'_>)) {
        self.walk.apart(inspect);
        self.whole = true;
    }
}

impl Drop for InBlock<'_, '_> {
    fn drop(&mut self) {
        let bytes = mem::replace(&mut self.walk.bytes, self.outer.0);
        let session = self.walk.session();
        session.block = self.around;
        let unread = session.unread | !self.whole;
        session.unread = unread | self.outer.1;
        let charged = if self.new { session.weigh(self.block, bytes, unread) } else { 0 };
        match (self.part.take(), &mut self.walk.referents) {
            (Some(part), Some(referents)) => referents.leave_block(part, bytes),
            _ => self.walk.heap(charged),
        }
    }
}
