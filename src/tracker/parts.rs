//! The named parts of the objects of one row, merged by path.

use std::collections::HashMap;
use std::sync::Arc;

use classtracker_stats::Referent;
use rustc_hash::FxHashMap;

use crate::inspect::Part;

/// A tree of parts. Parts of the same names, all the way down, are one.
#[derive(Default)]
pub(super) struct Parts {
    nodes: Vec<Node>,
    by_path: FxHashMap<(u32, &'static str), u32>,
    /// The parts on the way to the present one.
    way: Vec<u32>,
}

struct Node {
    part: Part,
    children: Vec<u32>,
}

/// The parent of the parts of the object itself.
const OBJECT: u32 = u32::MAX;

impl Parts {
    /// Adds the parts of one object, in pre-order.
    pub(super) fn merge(&mut self, parts: &[Part]) {
        self.way.clear();
        for part in parts {
            self.way.truncate((part.level as usize).saturating_sub(1));
            let parent = self.way.last().copied().unwrap_or(OBJECT);
            let number = self.of(parent, part);
            let known = &mut self.nodes[number as usize].part;
            known.count += part.count;
            known.flat_bytes += part.flat_bytes;
            known.bytes += part.bytes;
            self.way.push(number);
        }
    }

    fn of(&mut self, parent: u32, part: &Part) -> u32 {
        if let Some(&number) = self.by_path.get(&(parent, part.name)) {
            return number;
        }
        let number = self.nodes.len() as u32;
        let part = Part { count: 0, flat_bytes: 0, bytes: 0, ..*part };
        self.nodes.push(Node { part, children: Vec::new() });
        self.by_path.insert((parent, part.name), number);
        if let Some(parent) = self.nodes.get_mut(parent as usize) {
            parent.children.push(number);
        }
        number
    }

    /// The parts in pre-order, as data.
    pub(super) fn referents(&self, names: &mut PartNames) -> Vec<Referent> {
        let mut all = Vec::with_capacity(self.nodes.len());
        let top = (0..).zip(&self.nodes).filter(|(_, node)| node.part.level == 1).map(|(number, _)| number);
        let mut stack: Vec<u32> = top.collect();
        stack.reverse();
        while let Some(number) = stack.pop() {
            let Node { part, children } = &self.nodes[number as usize];
            all.push(names.referent(part));
            stack.extend(children.iter().rev());
        }
        all
    }
}

/// The names of parts, each stored once.
#[derive(Default)]
pub(super) struct PartNames(HashMap<&'static str, Arc<str>>);

impl PartNames {
    /// A part as data. What no name covers (padding, and what a type owns without a name for it) is called so.
    pub(super) fn referent(&mut self, part: &Part) -> Referent {
        let name = if part.name.is_empty() { "(own)" } else { part.name };
        let name = self.0.entry(name).or_insert_with(|| name.into());
        Referent::new(Arc::clone(name), part.level, part.count, part.flat_bytes, part.bytes)
    }
}

/// The one part of an object whose parts are not known: `name` says why.
pub(super) fn whole(name: &'static str, flat_bytes: u64, bytes: u64) -> Vec<Part> {
    vec![Part { name, level: 1, count: 1, flat_bytes, bytes }]
}
