//! Cells, and values that are made when they are first asked for.

use super::{Inspect, Walk};
use std::cell::{Cell, LazyCell, OnceCell, RefCell};
use std::sync::{LazyLock, OnceLock};

/// A `Cell` lends nothing: only what needs no look inside can be sized, and the content of another type is `unread`.
impl<T: Inspect> Inspect for Cell<T> {
    #[inline]
    fn inspect(&self, walk: &mut Walk<'_>) {
        if !T::owns_nothing() && std::mem::needs_drop::<T>() {
            walk.unread();
        }
    }

    #[inline]
    fn owns_nothing() -> bool {
        T::owns_nothing() || !std::mem::needs_drop::<T>()
    }

    /// No value is seen, so none is counted.
    #[inline]
    fn holds_counted_values() -> bool {
        false
    }
}

/// A mutably borrowed cell is `unread`.
impl<T: Inspect + ?Sized> Inspect for RefCell<T> {
    #[inline]
    fn inspect(&self, walk: &mut Walk<'_>) {
        match self.try_borrow() {
            Ok(value) => value.inspect(walk),
            Err(_) => walk.unread(),
        }
    }
}

macro_rules! once {
    ($($type:ident),+) => {$(
        /// What was not set yet owns nothing.
        impl<T: Inspect> Inspect for $type<T> {
            #[inline]
            fn inspect(&self, walk: &mut Walk<'_>) {
                if let Some(value) = self.get() {
                    value.inspect(walk);
                }
            }

            // Not all that is said of its parts: a value of a steady type may still come.
            #[inline]
            fn owns_nothing() -> bool {
                T::owns_nothing()
            }

            #[inline]
            fn holds_counted_values() -> bool {
                T::holds_counted_values()
            }
        }
    )+};
}

once! { OnceCell, OnceLock }

macro_rules! lazy {
    ($($type:ident),+) => {$(
        /// It is not forced: what was not made yet owns nothing. What its initializer owns is not seen.
        impl<T: Inspect, F> Inspect for $type<T, F> {
            #[inline]
            fn inspect(&self, walk: &mut Walk<'_>) {
                if let Some(value) = $type::get(self) {
                    value.inspect(walk);
                }
            }
        }
    )+};
}

lazy! { LazyCell, LazyLock }
