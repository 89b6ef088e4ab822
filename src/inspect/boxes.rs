//! Owning pointers and wrappers around one value.

use super::plain::as_its_parts;
use super::{Inspect, Walk};
use deepsize::DeepSizeOf;
use std::borrow::Cow;
use std::cmp::Reverse;
use std::mem::ManuallyDrop;
use std::num::{Saturating, Wrapping};
use std::ops::{Bound, ControlFlow, Range, RangeFrom, RangeInclusive, RangeTo, RangeToInclusive};
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::task::Poll;

impl<T: Inspect + ?Sized> Inspect for Box<T> {
    #[inline]
    fn inspect(&self, walk: &mut Walk<'_>) {
        walk.heap(size_of_val(&**self));
        walk.nested(&**self);
    }
}

impl<T: Inspect + ?Sized> Inspect for Pin<Box<T>> {
    #[inline]
    fn inspect(&self, walk: &mut Walk<'_>) {
        walk.heap(size_of_val(&**self));
        walk.nested(&**self);
    }
}

impl<B: ToOwned<Owned: Inspect> + ?Sized> Inspect for Cow<'_, B> {
    #[inline]
    fn inspect(&self, walk: &mut Walk<'_>) {
        match self {
            Cow::Borrowed(_) => {}
            Cow::Owned(owned) => owned.inspect(walk),
        }
    }
}

impl<T: Inspect> Inspect for Option<T> {
    #[inline]
    fn inspect(&self, walk: &mut Walk<'_>) {
        if let Some(value) = self {
            value.inspect(walk);
        }
    }

    as_its_parts! { T }
}

impl<T: Inspect, E: Inspect> Inspect for Result<T, E> {
    #[inline]
    fn inspect(&self, walk: &mut Walk<'_>) {
        match self {
            Ok(value) => value.inspect(walk),
            Err(error) => error.inspect(walk),
        }
    }

    as_its_parts! { T E }
}

impl<T: Inspect> Inspect for Poll<T> {
    #[inline]
    fn inspect(&self, walk: &mut Walk<'_>) {
        if let Poll::Ready(value) = self {
            value.inspect(walk);
        }
    }

    as_its_parts! { T }
}

impl<B: Inspect, C: Inspect> Inspect for ControlFlow<B, C> {
    #[inline]
    fn inspect(&self, walk: &mut Walk<'_>) {
        match self {
            ControlFlow::Break(value) => value.inspect(walk),
            ControlFlow::Continue(value) => value.inspect(walk),
        }
    }

    as_its_parts! { B C }
}

impl<T: Inspect> Inspect for Bound<T> {
    #[inline]
    fn inspect(&self, walk: &mut Walk<'_>) {
        if let Bound::Included(value) | Bound::Excluded(value) = self {
            value.inspect(walk);
        }
    }

    as_its_parts! { T }
}

macro_rules! wrappers {
    ($($type:ident: $($part:tt).+;)+) => {$(
        impl<T: Inspect> Inspect for $type<T> {
            #[inline]
            fn inspect(&self, walk: &mut Walk<'_>) {
                $(self.$part.inspect(walk);)+
            }

            as_its_parts! { T }
        }
    )+};
}

wrappers! {
    Reverse: 0;
    Wrapping: 0;
    Saturating: 0;
    AssertUnwindSafe: 0;
    RangeFrom: start;
    RangeTo: end;
    RangeToInclusive: end;
    Range: start.end;
}

impl<T: Inspect> Inspect for RangeInclusive<T> {
    #[inline]
    fn inspect(&self, walk: &mut Walk<'_>) {
        self.start().inspect(walk);
        self.end().inspect(walk);
    }

    as_its_parts! { T }
}

impl<T: Inspect + ?Sized> Inspect for ManuallyDrop<T> {
    #[inline]
    fn inspect(&self, walk: &mut Walk<'_>) {
        (**self).inspect(walk);
    }
}

macro_rules! opaque_objects {
    ($($type:ty),+) => {$(
        /// A value behind deepsize's own trait: one sum.
        impl Inspect for $type {
            fn inspect(&self, walk: &mut Walk<'_>) {
                walk.opaque(self);
            }
        }
    )+};
}

opaque_objects! {
    dyn DeepSizeOf + '_,
    dyn DeepSizeOf + Send + '_,
    dyn DeepSizeOf + Sync + '_,
    dyn DeepSizeOf + Send + Sync + '_
}
