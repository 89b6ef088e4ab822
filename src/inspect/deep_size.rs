//! The size of a single value.

use super::{Inspect, carry};
use deepsize::{Context, DeepSizeOf};
use std::cell::Cell;

/// The deep size of a value in bytes: its flat size and everything that it owns, shared blocks once each.
///
/// What [`DeepSizeOf::deep_size_of`] is for derived types, this is for every type that can be tracked, such as std's maps,
/// for which deepsize's own figures are estimates. Sizes are those that were asked from the allocator. What could not be
/// read, as the content of a held lock, is missing.
///
/// ```
/// use std::collections::HashMap;
///
/// let ages = HashMap::from([("Ada".to_owned(), 36)]);
/// let name = 3;
/// // A table of 4 buckets with a control byte each, rounded up, and a group of 16 control bytes more.
/// # #[cfg(target_arch = "x86_64")]
/// assert_eq!(classtracker::deep_size_of(&ages), size_of_val(&ages) + 4 * size_of::<(String, i32)>() + 4 + 16 + name);
/// ```
#[must_use]
pub fn deep_size_of<T: Inspect + ?Sized>(value: &T) -> usize {
    struct Within<'v, T: ?Sized>(&'v T, Cell<usize>);

    impl<T: Inspect + ?Sized> DeepSizeOf for Within<'_, T> {
        fn deep_size_of_children(&self, context: &mut Context) -> usize {
            self.1.set(carry::deep_size_of_children(self.0, context));
            0
        }
    }

    // A context is to be had only there. What was found comes back beside: to be added up it may be too much, if an impl is wrong.
    let within = Within(value, Cell::new(0));
    within.deep_size_of();
    within.1.get().wrapping_add(size_of_val(value))
}
