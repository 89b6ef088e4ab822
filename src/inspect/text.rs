//! Text, of all kinds.

use super::{Inspect, Walk};
use std::ffi::{CStr, CString, OsStr, OsString};
use std::path::{Path, PathBuf};

/// Text that lies where it is: its bytes are its flat size.
macro_rules! flat_text {
    ($($type:ty),+) => {$(
        impl Inspect for $type {
            #[inline]
            fn inspect(&self, _walk: &mut Walk<'_>) {}
        }
    )+};
}

flat_text! { str, CStr, OsStr, Path }

macro_rules! owned_text {
    ($($type:ty),+) => {$(
        impl Inspect for $type {
            #[inline]
            fn inspect(&self, walk: &mut Walk<'_>) {
                walk.heap(self.capacity());
            }

            #[inline]
            fn is_steady() -> bool {
                true
            }
        }
    )+};
}

owned_text! { String, OsString, PathBuf }

/// The allocation of a `CString` is exact, with the zero at its end.
impl Inspect for CString {
    #[inline]
    fn inspect(&self, walk: &mut Walk<'_>) {
        walk.heap(self.as_bytes_with_nul().len());
    }

    #[inline]
    fn is_steady() -> bool {
        true
    }
}
