//! `bytes`: buffers that many handles look at.

use crate::inspect::{Inspect, Walk};
use bytes::{Bytes, BytesMut};

/// Neither the room of the whole buffer nor whether it is static can be asked of a handle. So what it looks at counts:
/// exactly for a buffer made from a full `Vec` with one handle, once for all handles that begin at the same byte, and for
/// static data too. What it does not look at of a buffer, and the 24 bytes that several handles have in common, are missing.
impl Inspect for Bytes {
    fn inspect(&self, walk: &mut Walk<'_>) {
        if self.is_unique() {
            walk.heap(self.len());
        } else if !self.is_empty() {
            walk.shared(self.as_ptr().cast(), self.len(), |_| ());
        }
    }
}

/// What was cut off in front is not counted any more, nor the 40 bytes that handles to several parts have in common.
impl Inspect for BytesMut {
    fn inspect(&self, walk: &mut Walk<'_>) {
        walk.heap(self.capacity());
    }

    #[inline]
    fn is_steady() -> bool {
        true
    }
}
