//! Having objects fetched from memory before they are read.

use core::mem::size_of;

use super::node::{Header, Node};

/// The most lines of an object that are fetched ahead: those of a long one are as good as in order, which the processor sees by itself.
const LINES: usize = 4;

/// Nodes are aligned to 16 bytes, by most allocators: such a piece is in one line, and the first of a header is not read.
const PIECE: usize = 16;

/// Has the first line of an object fetched from memory: what is read of its header.
#[inline]
pub(super) fn prefetch_first(object: *const Header) {
    fetch(object.wrapping_byte_add(PIECE).cast());
}

/// The same for the others: its value. What it owns elsewhere is not known yet.
///
/// Every line is named: one that is not costs as much, when it is read, as all that was gained. And no further than into the second
/// level of the caches: what the first can wait for at a time is few, and a walk that fills all of it stands still. From there it takes
/// a dozen cycles, which run beside others.
#[inline]
pub(super) fn prefetch_others<T>(object: *const Header) {
    const LINE_BYTES: usize = 64;
    let last = (size_of::<Node<T>>() - 1) / PIECE * PIECE;
    let mut offset = PIECE;
    for _ in 1..LINES {
        if offset == last {
            break;
        }
        offset = (offset + LINE_BYTES).min(last);
        fetch(object.wrapping_byte_add(offset).cast());
    }
}

#[inline]
fn fetch(address: *const i8) {
    #[cfg(all(target_arch = "x86_64", not(loom)))]
    {
        use core::arch::x86_64::{_MM_HINT_T1, _mm_prefetch};
        // SAFETY: a prefetch reads nothing: any address will do.
        unsafe { _mm_prefetch::<_MM_HINT_T1>(address) };
    }
    #[cfg(not(all(target_arch = "x86_64", not(loom))))]
    let _ = address;
}
