//! What generated code needs, and nobody else: no part of the stable interface.
#![forbid(unsafe_code)]

pub use crate::inspect::{Inspect, Walk};
pub use deepsize::{Context, DeepSizeOf};

use std::marker::PhantomData;
use std::{rc, sync};

/// What a derived `DeepSizeOf` does.
#[inline]
pub fn deep_size_of_children<T: Inspect + ?Sized>(value: &T, context: &mut Context) -> usize {
    crate::inspect::deep_size_of_children(value, context)
}

/// What a derived `is_steady` answers, if the fields' types give `answer`.
pub fn is_steady(question: fn() -> bool, answer: impl FnOnce() -> bool) -> bool {
    crate::inspect::is_steady(question, answer)
}

/// A field whose type is to be asked what it knows.
///
/// The method call in generated code, `(&&&&&Field(&value)).walk(..)`, takes the first of the traits below whose impl
/// holds, since method resolution takes off one `&` after the other: `Inspect` before `DeepSizeOf` before `Copy` before
/// weak handles to objects without a known size. The last takes every type, so that one that knows nothing of all that is
/// told what is missing.
pub struct Field<'v, T: ?Sized>(pub &'v T);

/// As [`Field`], for the question whether a type owns nothing.
pub struct Type<T>(PhantomData<T>);

impl<T> Type<T> {
    /// The type `T`.
    #[must_use]
    pub const fn new() -> Self {
        Self(PhantomData)
    }
}

impl<T> Default for Type<T> {
    fn default() -> Self {
        Self::new()
    }
}

/// A type that knows `Inspect`.
pub trait ByInspect {
    /// Walks the field.
    fn walk(&self, name: &'static str, walk: &mut Walk<'_>);
}

impl<T: Inspect + ?Sized> ByInspect for &&&&Field<'_, T> {
    #[inline]
    fn walk(&self, name: &'static str, walk: &mut Walk<'_>) {
        walk.field(name, self.0);
    }
}

/// A type that knows only deepsize's trait.
pub trait ByDeepSizeOf {
    /// Walks the field.
    fn walk(&self, name: &'static str, walk: &mut Walk<'_>);
}

impl<T: DeepSizeOf + ?Sized> ByDeepSizeOf for &&&Field<'_, T> {
    #[inline]
    fn walk(&self, name: &'static str, walk: &mut Walk<'_>) {
        walk.field_with(name, size_of_val(self.0), |walk| walk.opaque(self.0));
    }
}

/// A type that can be copied bit by bit, and so owns nothing.
pub trait ByCopy {
    /// Walks the field.
    fn walk(&self, name: &'static str, walk: &mut Walk<'_>);
}

impl<T: Copy> ByCopy for &&Field<'_, T> {
    #[inline]
    fn walk(&self, name: &'static str, walk: &mut Walk<'_>) {
        walk.field_with(name, size_of::<T>(), |_| ());
    }
}

/// A weak handle to an object whose size is not known when it is dead.
pub trait ByWeak {
    /// Walks the field.
    fn walk(&self, name: &'static str, walk: &mut Walk<'_>);
}

macro_rules! by_weak {
    ($($weak:path),+) => {$(
        impl<T: ?Sized> ByWeak for &Field<'_, $weak> {
            #[inline]
            fn walk(&self, name: &'static str, walk: &mut Walk<'_>) {
                walk.field_with(name, size_of_val(self.0), |walk| {
                    // The last weak handle keeps an allocation whose size nobody knows any more.
                    if self.0.strong_count() == 0 && self.0.as_ptr().addr() != usize::MAX {
                        walk.unread();
                    }
                });
            }
        }
    )+};
}

by_weak! { rc::Weak<T>, sync::Weak<T> }

/// Any other type: an error, which says that `Inspect` is missing.
pub trait ByNothing<T: ?Sized> {
    /// Walks the field, if it could be walked.
    fn walk(&self, name: &'static str, walk: &mut Walk<'_>)
    where
        T: Inspect;
}

impl<T: ?Sized> ByNothing<T> for Field<'_, T> {
    fn walk(&self, name: &'static str, walk: &mut Walk<'_>)
    where
        T: Inspect,
    {
        walk.field(name, self.0);
    }
}

/// A type that can say whether it owns nothing, and whether it is steady.
pub trait OwnsByInspect {
    /// Whether no value of the type owns anything.
    fn owns_nothing(&self) -> bool;
    /// Whether the type is steady.
    fn is_steady(&self) -> bool;
}

impl<T: Inspect> OwnsByInspect for &&Type<T> {
    #[inline]
    fn owns_nothing(&self) -> bool {
        T::owns_nothing()
    }

    #[inline]
    fn is_steady(&self) -> bool {
        T::is_steady()
    }
}

/// A type that only deepsize knows: it may own something, and change it.
pub trait OwnsByDeepSizeOf {
    /// Whether no value of the type owns anything.
    fn owns_nothing(&self) -> bool;
    /// Whether the type is steady.
    fn is_steady(&self) -> bool;
}

impl<T: DeepSizeOf> OwnsByDeepSizeOf for &Type<T> {
    #[inline]
    fn owns_nothing(&self) -> bool {
        false
    }

    #[inline]
    fn is_steady(&self) -> bool {
        false
    }
}

/// Any other type: it owns nothing when there is nothing to drop.
pub trait OwnsByDrop {
    /// Whether no value of the type owns anything.
    fn owns_nothing(&self) -> bool;
    /// Whether the type is steady.
    fn is_steady(&self) -> bool;
}

impl<T> OwnsByDrop for Type<T> {
    #[inline]
    fn owns_nothing(&self) -> bool {
        !std::mem::needs_drop::<T>()
    }

    #[inline]
    fn is_steady(&self) -> bool {
        !std::mem::needs_drop::<T>()
    }
}
