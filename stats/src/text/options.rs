use std::cell::Cell;

use tabled::builder::Builder;

thread_local! {
    static CURRENT: Cell<TextOptions> = const { Cell::new(TextOptions::STANDARD) };
}

/// How answers write themselves as text. The default is what programs print.
///
/// ```
/// use classtracker_stats::{Bytes, ByteUnits, TextOptions};
///
/// let mut options = TextOptions::default();
/// options.bytes = ByteUnits::Exact;
/// assert_eq!(options.apply(|| Bytes(41_062).to_string()), "41062 B");
/// assert_eq!(Bytes(41_062).to_string(), "40.1 KiB");
/// ```
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct TextOptions {
    /// In which units bytes are written.
    pub bytes: ByteUnits,
    /// How many columns the place has that is written to. In tables that are wider, the names in the first column are shortened,
    /// to no less than twelve characters. `None` for no limit.
    pub columns: Option<usize>,
}

/// In which units [`Bytes`](crate::Bytes) and [`BytesChange`](crate::BytesChange) are written.
///
/// See [`TextOptions`] for an example.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum ByteUnits {
    /// In the largest unit of 1024 that leaves a whole part.
    #[default]
    Largest,
    /// In bytes.
    Exact,
}

impl TextOptions {
    const STANDARD: Self = Self { bytes: ByteUnits::Largest, columns: None };

    /// Calls `write`. Whatever it writes as text, on this thread, is written as these options say: also a [`Bytes`](crate::Bytes)
    /// in a text of its own.
    pub fn apply<R>(self, write: impl FnOnce() -> R) -> R {
        /// Puts back what was there before, even if `write` panics.
        struct Before(TextOptions);
        impl Drop for Before {
            fn drop(&mut self) {
                CURRENT.set(self.0);
            }
        }
        let _before = Before(CURRENT.replace(self));
        write()
    }

    pub(crate) fn current() -> Self {
        CURRENT.get()
    }
}

/// A name is not made shorter than this.
const LEAST: usize = 12;

/// The same rows, with the first cells as short as the options ask for; `gap` columns are between two cells.
pub(super) fn fitted(builder: Builder, gap: usize) -> Builder {
    let Some(columns) = TextOptions::current().columns else {
        return builder;
    };
    let mut rows: Vec<Vec<String>> = builder.into();
    let mut widths: Vec<usize> = Vec::new();
    for row in &rows {
        widths.resize(widths.len().max(row.len()), 0);
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let others: usize = widths.iter().skip(1).map(|width| gap + width).sum();
    let room = columns.saturating_sub(others).max(LEAST);
    for name in rows.iter_mut().filter_map(|row| row.first_mut()) {
        shorten(name, room);
    }
    rows.into()
}

/// Takes out as much of the middle as it must.
fn shorten(name: &mut String, columns: usize) {
    let count = name.chars().count();
    if count > columns {
        let kept = columns - 1;
        let begin: String = name.chars().take(kept / 2).collect();
        let end: String = name.chars().skip(count - (kept - kept / 2)).collect();
        *name = format!("{begin}…{end}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Bytes, BytesChange};

    #[test]
    fn bytes_are_exact_where_that_is_wanted_and_only_there() {
        let options = TextOptions { bytes: ByteUnits::Exact, columns: None };
        let text = || format!("{} {} {:>12}|", Bytes(5_000), BytesChange(-5_000), Bytes(u64::from(u32::MAX)));
        assert_eq!(options.apply(text), "5000 B -5000 B 4294967295 B|");
        let panicked = std::panic::catch_unwind(|| options.apply(|| panic!("in the middle")));
        assert!(panicked.is_err());
        assert_eq!(text(), "4.9 KiB -4.9 KiB      4.0 GiB|");
    }

    #[test]
    fn names_give_way_until_the_table_fits() {
        let rows = [["", "live", "bytes"], ["  app::staff::Employee", "12", "200 B"]];
        let fitted = |columns| {
            let options = TextOptions { bytes: ByteUnits::Largest, columns };
            let builder = Builder::from_iter(rows);
            let rows: Vec<Vec<String>> = options.apply(|| fitted(builder, 2)).into();
            rows[1][0].clone()
        };
        assert_eq!(fitted(None), "  app::staff::Employee");
        assert_eq!(fitted(Some(35)), "  app::staff::Employee");
        assert_eq!(fitted(Some(30)), "  app::s…Employee");
        assert_eq!(fitted(Some(5)), "  app…ployee");
    }
}
