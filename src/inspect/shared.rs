//! `Rc`, `Arc` and their weak handles.

use super::{Inspect, Walk};
use std::pin::Pin;
use std::rc::{self, Rc};
use std::sync::{self, Arc};

/// The bytes of the allocation behind an `Rc` or `Arc`: two counters, then the value at its alignment.
#[inline]
pub(crate) const fn block_size(size: usize, align: usize) -> usize {
    let counters = 2 * size_of::<usize>();
    let align = if align > align_of::<usize>() { align } else { align_of::<usize>() };
    (counters.next_multiple_of(align) + size).next_multiple_of(align)
}

/// Walks the block that holds `value`. Its address is that of the value, as `as_ptr` of the handle gives it.
#[inline]
fn block<T: Inspect + ?Sized>(value: &T, alone: impl Fn() -> bool, walk: &mut Walk<'_>) {
    let bytes = block_size(size_of_val(value), align_of_val(value));
    walk.block((&raw const *value).cast(), bytes, alone, |walk| value.inspect(walk));
}

macro_rules! counted {
    ($($strong:ident, $weak:path;)+) => {$(
        /// The block counts once, for the first object that reaches it.
        impl<T: Inspect + ?Sized> Inspect for $strong<T> {
            #[inline]
            fn inspect(&self, walk: &mut Walk<'_>) {
                block(&**self, || $strong::strong_count(self) == 1 && $strong::weak_count(self) == 0, walk);
            }
        }

        impl<T: Inspect + ?Sized> Inspect for Pin<$strong<T>> {
            #[inline]
            fn inspect(&self, walk: &mut Walk<'_>) {
                block(&**self, || false, walk);
            }
        }

        /// A weak handle owns nothing as long as the value lives. Afterwards it keeps the allocation.
        impl<T> Inspect for $weak {
            #[inline]
            fn inspect(&self, walk: &mut Walk<'_>) {
                if self.strong_count() == 0 && !is_dangling(self.as_ptr().cast()) {
                    walk.shared(self.as_ptr().cast(), block_size(size_of::<T>(), align_of::<T>()), |_| ());
                }
            }
        }
    )+};
}

counted! {
    Rc, rc::Weak<T>;
    Arc, sync::Weak<T>;
}

macro_rules! weak_unsized {
    ($($({$generic:ident})? $type:ty, $element:ty;)+) => {$(
        impl$(<$generic>)? Inspect for $type {
            #[inline]
            fn inspect(&self, walk: &mut Walk<'_>) {
                let address = self.as_ptr() as *const [$element];
                if self.strong_count() == 0 && !is_dangling(address.cast()) {
                    let bytes = block_size(address.len() * size_of::<$element>(), align_of::<$element>());
                    walk.shared(address.cast(), bytes, |_| ());
                }
            }
        }
    )+};
}

weak_unsized! {
    {T} rc::Weak<[T]>, T;
    {T} sync::Weak<[T]>, T;
    rc::Weak<str>, u8;
    sync::Weak<str>, u8;
}

/// Whether a weak handle was made by `Weak::new`, without an allocation: std gives it the highest address.
#[inline]
fn is_dangling(address: *const ()) -> bool {
    address.addr() == usize::MAX
}
