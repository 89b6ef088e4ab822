//! The tree of parts: which are whose, and in which order.

use super::{NONE, OBJECT, Part, Referents, Sums};

/// A part. Those of one parent are a ring, in the order in which they were met first.
pub(super) struct Node {
    pub(super) name: &'static str,
    pub(super) level: u32,
    pub(super) parent: u32,
    /// The next one in the ring.
    pub(super) next: u32,
    /// The first of its own parts.
    pub(super) child: u32,
    /// Which of its own parts is expected: the one behind that which was met last.
    pub(super) expected: u32,
    /// The stretch of the walk in which it was met first, and its number there.
    pub(super) met: (u32, u32),
    /// Whether any earlier object has it. If not, only blocks that were charged elsewhere had it.
    pub(super) counts: bool,
    /// What `now` belongs to; 0: nothing.
    pub(super) scope: u64,
    pub(super) now: Sums,
    /// What earlier objects add up to.
    pub(super) total: Sums,
}

impl Referents {
    pub(super) fn child_named(&mut self, of: u32, name: &'static str) -> u32 {
        let expected = self.parts[of as usize].expected;
        let child = match self.parts.get(expected as usize) {
            // By address: names that are equal elsewhere are found below.
            Some(part) if std::ptr::eq(part.name, name) => expected,
            _ => self.look_for_child(of, name),
        };
        self.parts[of as usize].expected = self.parts[child as usize].next;
        child
    }

    #[inline(never)]
    pub(super) fn look_for_child(&mut self, of: u32, name: &'static str) -> u32 {
        let Node { child: first, level, .. } = self.parts[of as usize];
        let mut last = NONE;
        let mut next = first;
        while let Some(part) = self.parts.get(next as usize) {
            if part.name == name {
                return next;
            }
            last = next;
            next = if part.next == first { NONE } else { part.next };
        }
        let child = self.parts.len() as u32;
        self.parts.push(Node { met: (self.stretch, child), ..Node::new(name, level + 1, of) });
        let (before, after) = if last == NONE { (child, child) } else { (last, first) };
        self.parts[child as usize].next = after;
        self.parts[before as usize].next = child;
        if last == NONE {
            self.parts[of as usize].child = child;
        }
        child
    }

    /// Shows the parts that are `wanted`, each before its own. One that is not has none that is.
    pub(super) fn in_order(&self, wanted: impl Fn(&Node) -> bool, mut show: impl FnMut(u32, &Node)) {
        let mut number = self.parts[OBJECT as usize].child;
        while let Some(part) = self.parts.get(number as usize) {
            let mut part = part;
            if wanted(part) {
                show(number, part);
                if part.child != NONE {
                    number = part.child;
                    continue;
                }
            }
            // Up, until there is one behind it.
            while part.parent != OBJECT && part.next == self.parts[part.parent as usize].child {
                part = &self.parts[part.parent as usize];
            }
            let end = part.next == self.parts[part.parent as usize].child;
            number = if end { NONE } else { part.next };
        }
    }

    pub(super) fn child_of(&self, parent: u32, name: &str) -> Option<u32> {
        let first = self.parts.get(parent as usize)?.child;
        let mut next = first;
        while let Some(part) = self.parts.get(next as usize) {
            if part.name == name {
                return Some(next);
            }
            next = if part.next == first { NONE } else { part.next };
        }
        None
    }
}

impl Node {
    pub(super) fn new(name: &'static str, level: u32, parent: u32) -> Self {
        Self {
            name,
            level,
            parent,
            next: NONE,
            child: NONE,
            expected: NONE,
            met: (0, 0),
            counts: false,
            scope: 0,
            now: Sums::default(),
            total: Sums::default(),
        }
    }

    pub(super) fn clear(&mut self) {
        (self.scope, self.now) = (0, Sums::default());
    }

    pub(super) fn with(&self, sums: Sums) -> Part {
        let Sums { count, flat_bytes, bytes } = sums;
        Part { name: self.name, level: self.level, count, flat_bytes, bytes }
    }
}
