//! Tuples up to 16, arrays of any length, slices.

use super::plain::as_its_parts;
use super::{Inspect, Walk};

macro_rules! tuples {
    ($($first:ident $($name:ident)*;)+) => {$(
        impl<$first: Inspect, $($name: Inspect),*> Inspect for ($first, $($name,)*) {
            #[inline]
            #[allow(non_snake_case, reason = "a value is named after its type here")]
            fn inspect(&self, walk: &mut Walk<'_>) {
                let ($first, $($name,)*) = self;
                let mut names = NAMES.iter();
                let mut name = || names.next().copied().unwrap_or_default();
                walk.field(name(), $first);
                $(walk.field(name(), $name);)*
            }

            as_its_parts! { $first $($name)* }
        }
    )+};
}

const NAMES: [&str; 16] = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "14", "15"];

tuples! {
    A;
    A B;
    A B C;
    A B C D;
    A B C D E;
    A B C D E F;
    A B C D E F G;
    A B C D E F G H;
    A B C D E F G H I;
    A B C D E F G H I J;
    A B C D E F G H I J K;
    A B C D E F G H I J K L;
    A B C D E F G H I J K L M;
    A B C D E F G H I J K L M N;
    A B C D E F G H I J K L M N O;
    A B C D E F G H I J K L M N O P;
}

impl<T: Inspect, const N: usize> Inspect for [T; N] {
    #[inline]
    fn inspect(&self, walk: &mut Walk<'_>) {
        walk.elements(N, self);
    }

    #[inline]
    fn owns_nothing() -> bool {
        N == 0 || T::owns_nothing()
    }

    #[inline]
    fn holds_counted_values() -> bool {
        N != 0 && T::holds_counted_values()
    }

    #[inline]
    fn is_steady() -> bool {
        N == 0 || T::is_steady()
    }
}

impl<T: Inspect> Inspect for [T] {
    #[inline]
    fn inspect(&self, walk: &mut Walk<'_>) {
        walk.elements(self.len(), self);
    }
}
