//! Having objects fetched from memory before they are read.

use core::mem::size_of;

use super::node::Node;
use super::page::Page;
use super::slot::Slot;

/// The most lines of an object that are fetched ahead: those of a long one are as good as in order, which the processor sees by itself.
const LINES: usize = 4;

/// Nodes are aligned to 16 bytes, by most allocators: such a piece is in one line, and the first of a header is not read.
const PIECE: usize = 16;

const LINE_BYTES: usize = 64;

/// Whether what is read of a node is more than one line in any case.
const fn is_long<T>() -> bool {
    size_of::<Node<T>>() - PIECE > LINE_BYTES
}

/// Has an object fetched from memory that will be read soon: what is read of its header, and its value. What it owns elsewhere is not known yet.
/// And the beginning of one that will be read later, if they are long: the processor often fetches the line beside one by itself, and what
/// is on its way then need not be waited for.
///
/// Every line is named: one that is not costs as much, when it is read, as all that was gained. And no further than into the second
/// level of the caches: what the first can wait for at a time is few, and a walk that fills all of it stands still. From there it takes
/// a dozen cycles, which run beside others.
#[inline]
pub(super) fn prefetch<T>(soon: &Slot, later: &Slot) {
    let object = soon.hint();
    let last = (size_of::<Node<T>>() - 1) / PIECE * PIECE;
    let mut offset = PIECE;
    fetch(if is_long::<T>() { later.hint() } else { object }, offset);
    for _ in 1..LINES {
        if offset == last {
            break;
        }
        offset = (offset + LINE_BYTES).min(last);
        fetch(object, offset);
    }
}

/// Has what is known of a page fetched from memory, and who reads it.
#[inline]
pub(super) fn prefetch_page(page: *const Page) {
    fetch(page, 0);
    fetch(page, LINE_BYTES);
}

#[inline]
fn fetch<T>(from: *const T, offset: usize) {
    let address = from.wrapping_byte_add(offset);
    #[cfg(all(target_arch = "x86_64", not(loom)))]
    {
        use core::arch::x86_64::{_MM_HINT_T1, _mm_prefetch};
        // SAFETY: a prefetch reads nothing: any address will do.
        unsafe { _mm_prefetch::<_MM_HINT_T1>(address.cast()) };
    }
    #[cfg(not(all(target_arch = "x86_64", not(loom))))]
    let _ = address;
}
