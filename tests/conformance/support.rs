//! What most tests ask of a snapshot.

use std::any::type_name;

use classtracker::stats::{ClassRow, Snapshot};

/// The row of the class `T`.
#[track_caller]
pub(crate) fn row<T: ?Sized>(snapshot: &Snapshot) -> &ClassRow {
    row_named(snapshot, type_name::<T>())
}

/// The row with this name.
#[track_caller]
pub(crate) fn row_named<'s>(snapshot: &'s Snapshot, name: &str) -> &'s ClassRow {
    let classes: Vec<_> = snapshot.classes.iter().map(|row| &row.class).collect();
    snapshot.class(name).unwrap_or_else(|| panic!("{name} is not among {classes:?}"))
}

/// Objects alive, made and dropped.
pub(crate) fn counts(row: &ClassRow) -> (u64, u64, u64) {
    (row.live, row.created, row.dropped)
}

/// The deep size of the listed object with this serial; `None` if it is not listed.
pub(crate) fn bytes_of(snapshot: &Snapshot, serial: u64) -> Option<u64> {
    let at = snapshot.objects.binary_search_by_key(&serial, |row| row.object.serial).ok()?;
    Some(snapshot.objects[at].bytes)
}
