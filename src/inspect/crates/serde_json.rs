//! `serde_json`: values of any depth.

use crate::inspect::b_tree::Nodes;
use crate::inspect::hash::Span;
use crate::inspect::plain::plain;
use crate::inspect::{Inspect, Walk};
use serde_json::{Map, Number, Value};

impl Inspect for Value {
    fn inspect(&self, walk: &mut Walk<'_>) {
        match self {
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
            Value::String(text) => text.inspect(walk),
            Value::Array(values) => values.inspect(walk),
            Value::Object(map) => map.inspect(walk),
        }
    }

    #[inline]
    fn is_steady() -> bool {
        true
    }
}

/// A B-tree, or a vector of entries with a table of indices where some crate of the program turns on `preserve_order`:
/// keys that lie as far apart as such entries tell. Of those the room that is not used is not seen.
impl Inspect for Map<String, Value> {
    fn inspect(&self, walk: &mut Walk<'_>) {
        /// An entry of the vector.
        struct Entry {
            _hash: usize,
            _key: String,
            _value: Value,
        }

        let addresses = || self.keys().map(|key| (&raw const *key).addr());
        let in_order = addresses()
            .zip(addresses().skip(1))
            .next()
            .is_some_and(|(first, second)| second.wrapping_sub(first) == size_of::<Entry>());
        if in_order {
            walk.heap(self.len() * size_of::<Entry>() + Span::default().bytes::<usize>(self.len()));
        } else {
            let mut nodes = Nodes::new(size_of::<String>());
            addresses().for_each(|address| nodes.add(address));
            walk.heap(nodes.bytes::<String, Value>());
        }
        walk.entries(self.len(), self);
    }

    #[inline]
    fn is_steady() -> bool {
        true
    }
}

plain! { Number }
