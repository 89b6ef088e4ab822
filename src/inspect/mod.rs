//! How large a value is, with everything that it owns.
//!
//! [`Inspect`] is what a type tells, [`Walk`] is whom it tells it to. One walk runs over all objects of a snapshot, so
//! that data that several of them share through `Rc` or `Arc` counts once.
//!
//! No code below this module is `unsafe`, and none of it allocates while it only sums, but for the table of shared blocks.
#![forbid(unsafe_code)]

mod addresses;
mod carry;
mod census;
mod class;
mod deep_size;
mod depth;
mod ledger;
mod recent;
mod referents;
mod row_shares;
mod session;
mod sizer;
mod steady;
mod wait;
mod walk;

mod b_tree;
mod boxes;
mod by_deep_size;
mod cells;
mod crates;
mod hash;
mod locks;
mod plain;
mod sequences;
mod shared;
mod text;
mod tuples;

#[cfg(test)]
mod tests;

pub use self::deep_size::deep_size_of;
pub use self::walk::Walk;

pub(crate) use self::carry::deep_size_of_children;
pub(crate) use self::class::ClassKey;
#[cfg(feature = "track")]
pub(crate) use self::depth::with_room;
#[allow(unused_imports, reason = "what a caller of the sizer names")]
pub(crate) use self::ledger::{Renumbered, Shares};
#[allow(unused_imports, reason = "what a caller of the sizer names")]
pub(crate) use self::referents::{Held, Part, Referents, RenumberedParts};
pub(crate) use self::session::Covers;
pub(crate) use self::sizer::{Measured, Met, Sizer, SizerOptions};
pub(crate) use self::steady::is_steady;

/// A type that can tell what it owns beyond its own flat bytes.
///
/// The derive [`DeepSizeOf`](crate::DeepSizeOf) implements it, together with [`deepsize::DeepSizeOf`]; it is there for the
/// types of the standard library, and behind features for those of popular crates. By hand it is a line per field:
///
/// ```
/// use classtracker::{Inspect, Walk};
///
/// struct Picture {
///     name: String,
///     layers: Vec<String>,
/// }
///
/// impl Inspect for Picture {
///     fn inspect(&self, walk: &mut Walk<'_>) {
///         walk.field("name", &self.name);
///         walk.field("layers", &self.layers);
///     }
/// }
/// ```
///
/// The trait is dyn-compatible: a `Box<dyn Shape>` can be sized when `Inspect` is a supertrait of `Shape`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot tell what it owns",
    label = "`{Self}` implements neither `classtracker::Inspect` nor `deepsize::DeepSizeOf`",
    note = "derive it: `#[derive(classtracker::DeepSizeOf)]`",
    note = "for a field of a foreign type: `#[deep_size(skip)]` or `#[deep_size(with = function)]`",
    note = "a type parameter needs the bound `Inspect`"
)]
pub trait Inspect {
    /// Tells the walk what the value owns beyond its own flat bytes (`size_of_val`).
    fn inspect(&self, walk: &mut Walk<'_>);

    /// Whether no value of this type owns anything, so that the elements of a collection need not be visited.
    ///
    /// ```
    /// use classtracker::{Inspect, Walk};
    ///
    /// struct Point {
    ///     x: f64,
    ///     y: f64,
    /// }
    ///
    /// impl Inspect for Point {
    ///     fn inspect(&self, _: &mut Walk<'_>) {}
    ///
    ///     // A million points are then sized without a look at any of them.
    ///     fn owns_nothing() -> bool {
    ///         true
    ///     }
    /// }
    ///
    /// let line = vec![Point { x: 0.0, y: 0.0 }, Point { x: 1.0, y: 1.0 }];
    /// assert_eq!(classtracker::deep_size_of(&line), 24 + 2 * 16);
    /// # let _ = (line[0].x, line[0].y);
    /// ```
    fn owns_nothing() -> bool
    where
        Self: Sized,
    {
        false
    }

    /// Whether `inspect` tells the same of a value of this type, whatever happens, until somebody has it mutably: then snapshots need not
    /// read again [what they have read](crate::ClassTracker::set_remembering). False where the value can be changed while it is shared (by a
    /// cell, a lock, an atomic number that is told of), or where it shares what it owns with others.
    ///
    /// The derive finds it out from the fields. If not told otherwise, only types that own nothing are.
    ///
    /// ```
    /// use classtracker::{Inspect, Walk};
    ///
    /// struct Picture {
    ///     name: String,
    ///     layers: Vec<String>,
    /// }
    ///
    /// impl Inspect for Picture {
    ///     fn inspect(&self, walk: &mut Walk<'_>) {
    ///         walk.field("name", &self.name);
    ///         walk.field("layers", &self.layers);
    ///     }
    ///
    ///     // Neither can change in a `Tracked<Picture>` but by `Tracked::get_mut` and its like.
    ///     fn is_steady() -> bool {
    ///         true
    ///     }
    /// }
    /// ```
    fn is_steady() -> bool
    where
        Self: Sized,
    {
        Self::owns_nothing()
    }

    /// Whether values of this type may have a census take note of them, themselves or what lies in them. Only asked of types
    /// that own nothing: collections of those that do not either need not be visited at all.
    #[doc(hidden)]
    fn holds_counted_values() -> bool
    where
        Self: Sized,
    {
        true
    }

    /// The concrete class of the value, also behind `dyn`.
    #[doc(hidden)]
    fn class(&self) -> ClassKey
    where
        Self: 'static,
    {
        ClassKey::of::<Self>()
    }
}
