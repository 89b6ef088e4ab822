//! Lists of referents, all those of a frame side by side. How many belong to which row stands elsewhere.

use super::column::{Column, Values};
use super::decode::Bad;
use super::tables::{Known, Tables};
use super::wire::{Packed, ReferentsWire};
use crate::Referent;

/// Referents that are being packed, in the order of `ReferentsWire`.
#[derive(Default)]
pub(super) struct ReferentColumns([Column; 5]);

impl ReferentColumns {
    pub(super) fn push(&mut self, referents: &[Referent], known: &mut Known) {
        let [name, up, count, flat_bytes, bytes] = &mut self.0;
        let mut before = 0;
        for (level, referent) in Referent::with_levels(referents) {
            name.push(known.name(&referent.name));
            // How far it is from the deepest level that may follow the one before: so none can be too deep.
            up.push(u64::from(before + 1 - level));
            count.push(referent.count);
            flat_bytes.push(referent.flat_bytes);
            bytes.push_delta(referent.bytes, referent.flat_bytes);
            before = level;
        }
    }

    pub(super) fn clear(&mut self) {
        self.0.iter_mut().for_each(Column::clear);
    }

    pub(super) fn wire(&self) -> ReferentsWire<'_> {
        let [name, up, count, flat_bytes, bytes] = self.0.each_ref().map(|column| Packed(&column.0));
        ReferentsWire { name, up, count, flat_bytes, bytes }
    }
}

/// Referents that are being read.
pub(super) struct ReferentValues<'a> {
    name: Values<'a>,
    up: Values<'a>,
    count: Values<'a>,
    flat_bytes: Values<'a>,
    bytes: Values<'a>,
    /// How many are left, as far as their names tell. No row may claim more.
    left: u64,
}

impl<'a> ReferentValues<'a> {
    pub(super) fn of_classes(wire: &ReferentsWire<'a>) -> Self {
        const WHAT: [&str; 5] = [
            "referents of classes: name",
            "referents of classes: up",
            "referents of classes: count",
            "referents of classes: flat bytes",
            "referents of classes: bytes",
        ];
        Self::new(wire, WHAT)
    }

    pub(super) fn of_objects(wire: &ReferentsWire<'a>) -> Self {
        const WHAT: [&str; 5] = [
            "referents of objects: name",
            "referents of objects: up",
            "referents of objects: count",
            "referents of objects: flat bytes",
            "referents of objects: bytes",
        ];
        Self::new(wire, WHAT)
    }

    fn new(wire: &ReferentsWire<'a>, what: [&'static str; 5]) -> Self {
        let name = Values::new(wire.name.0, what[0]);
        Self {
            left: name.count() as u64,
            name,
            up: Values::new(wire.up.0, what[1]),
            count: Values::new(wire.count.0, what[2]),
            flat_bytes: Values::new(wire.flat_bytes.0, what[3]),
            bytes: Values::new(wire.bytes.0, what[4]),
        }
    }

    /// The next `count` referents: all those of one row.
    pub(super) fn next(&mut self, count: u64, tables: &Tables) -> Result<Vec<Referent>, Bad> {
        let Some(left) = self.left.checked_sub(count) else {
            return Err(self.name.bad(format!("{count} more referents"), self.left));
        };
        self.left = left;
        let mut referents = Vec::with_capacity(usize::try_from(count).unwrap_or(0));
        let mut before = 0;
        for _ in 0..count {
            let name = tables.name(self.name.next()?)?;
            let up = self.up.next()?;
            let up = u32::try_from(up).ok().filter(|up| *up <= before);
            let level = before + 1 - up.ok_or_else(|| self.up.bad("a level from 1 on", "less"))?;
            let flat_bytes = self.flat_bytes.next()?;
            let bytes = self.bytes.next_delta(flat_bytes)?;
            referents.push(Referent::new(name, level, self.count.next()?, flat_bytes, bytes));
            before = level;
        }
        Ok(referents)
    }

    pub(super) fn finish(self) -> Result<(), Bad> {
        for column in [self.name, self.up, self.count, self.flat_bytes, self.bytes] {
            column.finish()?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::{Expect, expect};

    fn read(lists: [&[u8]; 5], count: u64) -> Result<Vec<Referent>, Bad> {
        let [name, up, count_of, flat_bytes, bytes] = lists.map(Packed);
        let wire = ReferentsWire { name, up, count: count_of, flat_bytes, bytes };
        let mut values = ReferentValues::of_objects(&wire);
        let tables = Tables { names: vec!["a".into(), "b".into()], ..Tables::default() };
        let referents = values.next(count, &tables)?;
        values.finish()?;
        Ok(referents)
    }

    fn check(lists: [&[u8]; 5], count: u64, expected: Expect) {
        expected.assert_eq(&match read(lists, count) {
            Ok(referents) => format!("{referents:?}"),
            Err(Bad::Layout { what, expected, found }) => format!("{what}: expected {expected}, found {found}"),
            Err(Bad::Reference { what, expected, found }) => format!("{what} below {expected}, found {found}"),
            #[cfg(not(feature = "compression"))]
            Err(Bad::Compressed) => "compressed".to_owned(),
        });
    }

    #[test]
    fn lists_that_are_no_trees_are_errors() {
        check(
            [&[0, 1, 0], &[0, 0, 2], &[1, 9, 1], &[8, 9, 8], &[0, 2, 0]],
            3,
            expect![[
                r#"[Referent { name: "a", level: 1, count: 1, flat_bytes: 8, bytes: 8 }, Referent { name: "b", level: 2, count: 9, flat_bytes: 9, bytes: 10 }, Referent { name: "a", level: 1, count: 1, flat_bytes: 8, bytes: 8 }]"#
            ]],
        );
        check(
            [&[0], &[1], &[1], &[8], &[0]],
            1,
            expect!["referents of objects: up: expected a level from 1 on, found less"],
        );
        check(
            [&[0, 1], &[0, 2], &[1, 1], &[8, 8], &[0, 0]],
            2,
            expect!["referents of objects: up: expected a level from 1 on, found less"],
        );
        check([&[2], &[0], &[1], &[8], &[0]], 1, expect!["a name below 2, found 2"]);
        check(
            [&[0], &[0], &[1], &[8], &[0]],
            2,
            expect!["referents of objects: name: expected 2 more referents, found 1"],
        );
        check(
            [&[0], &[0], &[1], &[8], &[0]],
            u64::MAX,
            expect!["referents of objects: name: expected 18446744073709551615 more referents, found 1"],
        );
        check(
            [&[0], &[0], &[1], &[8], &[0]],
            0,
            expect!["referents of objects: name: expected the end of the list, found 1 bytes more"],
        );
        check(
            [&[0], &[0], &[], &[8], &[0]],
            1,
            expect!["referents of objects: count: expected another number, found the end of the list"],
        );
    }
}
