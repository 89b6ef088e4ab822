//! What a walk tells apart within an object: parts that have names, and values that are counted by type.

use super::Walk;
use std::mem;

impl Walk<'_> {
    /// Walks a part, or `count` of them, that takes `flat` bytes within the value, under its name.
    #[cold]
    pub(super) fn name(&mut self, name: &'static str, count: usize, flat: usize, inspect: impl FnOnce(&mut Walk<'_>)) {
        let Some(referents) = &mut self.referents else { return inspect(self) };
        self.naming = referents.enter(name, count, flat);
        let outer = mem::take(&mut self.bytes);
        let inside = InPart { walk: self, outer };
        inspect(&mut *inside.walk);
    }

    /// Walks a value of a derived type, and counts it.
    #[cold]
    pub(super) fn count(&mut self, name: &'static str, flat: usize, inspect: impl FnOnce(&mut Walk<'_>)) {
        let outer = self.counted(0);
        let before = self.bytes;
        inspect(self);
        let bytes = flat.wrapping_add(self.bytes.wrapping_sub(before)) as u64;
        let session = self.session();
        if let Some(census) = &mut session.census {
            census.add(name, bytes, outer, session.serial, session.block);
        }
    }

    /// Sets what the counted values within the present one take in all; what it was.
    #[inline]
    pub(super) fn counted(&mut self, bytes: u64) -> u64 {
        if !self.census {
            return 0;
        }
        self.session().census.as_mut().map_or(0, |census| mem::replace(&mut census.within, bytes))
    }
}

/// A part that is walked; dropped, also by unwinding, the walk goes back to what is around it.
struct InPart<'w, 'a> {
    walk: &'w mut Walk<'a>,
    /// Bytes found around it so far.
    outer: usize,
}

impl Drop for InPart<'_, '_> {
    #[inline]
    fn drop(&mut self) {
        let bytes = mem::replace(&mut self.walk.bytes, self.outer);
        self.walk.naming = true;
        if let Some(referents) = &mut self.walk.referents {
            referents.leave(bytes);
        }
        self.walk.heap(bytes);
    }
}
