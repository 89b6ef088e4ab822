//! The parts that several threads found for one row, put together.
//!
//! Parts of one name are one. They stand in the order in which one thread alone would have met them: each part knows the
//! stretch of the walk in which it was met first.

use super::{NONE, OBJECT, Part, Referents};
use rustc_hash::FxHashMap;

/// The numbers that the parts of one tree have in the one that took them in.
pub(crate) struct RenumberedParts(pub(super) Vec<u32>);

impl Referents {
    /// The objects that follow belong to this stretch of the walk; numbers rise.
    pub(crate) fn set_stretch(&mut self, stretch: u32) {
        self.stretch = stretch;
    }

    /// Takes in the parts that another thread found. No object is under way on either side.
    pub(crate) fn absorb(&mut self, other: &Self) -> RenumberedParts {
        let mut numbers = vec![OBJECT];
        for part in other.parts.iter().skip(1) {
            // Parents come before their parts.
            let parent = numbers[part.parent as usize];
            let (number, met) = match self.child_of(parent, part.name) {
                Some(number) => (number, self.parts[number as usize].met.min(part.met)),
                None => (self.look_for_child(parent, part.name), part.met),
            };
            let own = &mut self.parts[number as usize];
            own.met = met;
            own.total.add(part.total);
            own.total.add(part.now);
            own.counts |= part.counts || part.scope != 0;
            numbers.push(number);
        }
        self.total_rest.add(other.total_rest);
        RenumberedParts(numbers)
    }

    /// Has the parts stand in the order in which they were met.
    pub(crate) fn put_in_order(&mut self) {
        let mut children = vec![Vec::new(); self.parts.len()];
        for (number, part) in (0u32..).zip(&self.parts).skip(1) {
            children[part.parent as usize].push(number);
        }
        for (parent, mut children) in children.into_iter().enumerate() {
            children.sort_by_key(|&child| self.parts[child as usize].met);
            let first = children.first().copied().unwrap_or(NONE);
            (self.parts[parent].child, self.parts[parent].expected) = (first, first);
            for (at, &child) in children.iter().enumerate() {
                self.parts[child as usize].next = children.get(at + 1).copied().unwrap_or(first);
            }
        }
    }

    /// Puts the parts of one object into the order of the tree.
    pub(crate) fn sort(&self, parts: &mut [Part]) {
        let mut places = FxHashMap::default();
        self.in_order(|_| true, |number, _| _ = places.insert(number, places.len()));
        // The part of each level that the present one lies in.
        let mut path = vec![OBJECT];
        let mut keyed: Vec<(usize, Part)> = Vec::with_capacity(parts.len());
        for part in &*parts {
            path.truncate(part.level.max(1) as usize);
            let number = path.last().and_then(|&parent| self.child_of(parent, part.name));
            // The rest, which has no name, comes last.
            let place = number.and_then(|number| places.get(&number)).copied().unwrap_or(usize::MAX);
            path.push(number.unwrap_or(NONE));
            keyed.push((place, *part));
        }
        keyed.sort_by_key(|&(place, _)| place);
        parts.iter_mut().zip(keyed).for_each(|(part, (_, sorted))| *part = sorted);
    }
}
