//! What an inventory knows, as data and as text.

use std::fmt;

use super::Bundle;
use crate::panics::contain;

/// What an [`Inventory`](crate::Inventory) knows of some classes. Its `Display` is a line for each class, and one for each object that is listed.
///
/// See [`Inventory::report`](crate::Inventory::report) for an example.
#[non_exhaustive]
#[derive(Debug, Clone, Default)]
pub struct InventoryReport {
    /// In order of the classes' names.
    pub rows: Vec<InventoryRow>,
}

/// What an [`Inventory`](crate::Inventory) knows of one class.
///
/// See [`Inventory::report`](crate::Inventory::report) for an example.
#[non_exhaustive]
#[derive(Debug, Clone)]
pub struct InventoryRow {
    /// The class' full path, with a note or a number behind it if it is not the only class of this name.
    pub class: String,
    /// Whether its objects stand by value.
    pub by_value: bool,
    /// Live objects that have this tracker.
    pub allocated: u64,
    /// How many more those are than at the last dump.
    pub change: i64,
    /// Objects that died with this tracker.
    pub retired: u64,
    /// The objects, in order of their serials, if they are listed: those that came since that was switched on. The others of
    /// [`allocated`](Self::allocated) are not known.
    pub objects: Option<Vec<ListedObject>>,
}

/// An object that has the tracker.
///
/// See [`Inventory::set_listing`](crate::Inventory::set_listing) for an example.
#[non_exhaustive]
#[derive(Debug, Clone)]
pub struct ListedObject {
    /// Its serial.
    pub serial: u64,
    /// What hangs on it.
    pub bundle: Option<Bundle>,
}

impl fmt::Display for InventoryReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.rows.is_empty() {
            return writeln!(f, "no object has had this tracker");
        }
        let width = |of: &dyn Fn(&InventoryRow) -> usize| self.rows.iter().map(of).max().unwrap_or(0);
        let name = width(&|row| row.class.chars().count());
        let allocated = width(&|row| row.allocated.to_string().len());
        let change = width(&|row| row.change_text().len());
        let retired = width(&|row| row.retired.to_string().len());
        for row in &self.rows {
            writeln!(
                f,
                "{:name$}  allocated: {:>allocated$} {:>change$}  retired: {:>retired$}",
                row.class,
                row.allocated,
                row.change_text(),
                row.retired,
            )?;
            let Some(objects) = &row.objects else { continue };
            let serial = objects.last().map_or(0, |last| last.serial.to_string().len());
            for object in objects {
                write!(f, "  #{:<serial$}", object.serial)?;
                match &object.bundle {
                    Some(bundle) => writeln!(f, "  {}", Shown(bundle))?,
                    None => writeln!(f)?,
                }
            }
            let others = row.allocated.saturating_sub(objects.len() as u64);
            if others > 0 {
                writeln!(f, "  and {others} that came before they were listed")?;
            }
        }
        Ok(())
    }
}

impl InventoryRow {
    fn change_text(&self) -> String {
        format!("({:+})", self.change)
    }
}

/// A bundle in a line: on one line, and whatever its own `Debug` does.
pub(super) struct Shown<'b>(pub(super) &'b Bundle);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match contain(|| format!("{:?}", self.0)) {
            Ok(text) => f.write_str(&text.replace(['\n', '\r'], " ")),
            Err(_) => f.write_str("(its Debug panics)"),
        }
    }
}
