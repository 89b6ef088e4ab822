//! How many values of each derived type a walk saw, and what they take.

mod apart;

use super::ledger::BlockId;
use apart::Apart;
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;

/// The values that a walk saw.
///
/// Each value takes its flat bytes and what was found within it; what the counted values within it take is theirs. So the
/// rows add up to the bytes that were walked, but for those that lie in no counted value.
#[derive(Default)]
pub(crate) struct Census {
    /// What the counted values take that lie directly within the present one.
    pub(super) within: u64,
    rows: Vec<Row>,
    /// By the address and length of the name, which is quicker than by the name; one name may lie at several addresses.
    numbers: FxHashMap<(usize, usize), usize>,
    /// The row of the last value: the next one is often of the same type.
    last: usize,
    /// What may not count in the end, while other threads walk for the same snapshot.
    apart: Option<Apart>,
}

struct Row {
    name: &'static str,
    count: u64,
    bytes: u64,
}

impl Census {
    /// Takes in a value that takes `bytes` with all in it; `outer` is what [`within`](Self::within) was before it. It lies in the
    /// object with this serial, or in a shared `block`.
    pub(super) fn add(&mut self, name: &'static str, bytes: u64, outer: u64, serial: u64, block: Option<BlockId>) {
        let own = bytes.saturating_sub(self.within);
        self.within = outer.wrapping_add(bytes);
        self.find_row(name);
        if let Some(apart) = &mut self.apart
            && apart.takes(self.last, own, serial, block)
        {
            return;
        }
        let row = &mut self.rows[self.last];
        row.count += 1;
        // Here as elsewhere: see `Measured::MOST_BYTES`.
        row.bytes = row.bytes.wrapping_add(own);
    }

    /// Forgets the values that are being walked.
    pub(super) fn break_off(&mut self) {
        self.within = 0;
    }

    /// Type, number of values, bytes of their own: the most bytes first, then by name.
    pub(super) fn finish(self) -> Vec<(&'static str, u64, u64)> {
        let mut by_name: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
        for row in self.rows {
            let sum = by_name.entry(row.name).or_default();
            sum.0 += row.count;
            sum.1 = sum.1.wrapping_add(row.bytes);
        }
        let mut rows: Vec<_> = by_name.into_iter().map(|(name, (count, bytes))| (name, count, bytes)).collect();
        // Stable: by name among equals.
        rows.sort_by_key(|&(_, _, bytes)| std::cmp::Reverse(bytes));
        rows
    }

    /// Has `last` be the row of this type.
    fn find_row(&mut self, name: &'static str) {
        if !self.rows.get(self.last).is_some_and(|row| std::ptr::eq(row.name, name)) {
            let rows = &mut self.rows;
            self.last = *self.numbers.entry((name.as_ptr().addr(), name.len())).or_insert_with(|| {
                rows.push(Row { name, count: 0, bytes: 0 });
                rows.len() - 1
            });
        }
    }
}
