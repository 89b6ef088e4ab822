//! Values as deep as memory is large: the stack grows when it has to.
//!
//! A list of a million boxes is walked by a million nested calls. Rather than to cut it off and count the rest as unread,
//! the walk looks at the stack at every 32nd level and goes on upon a new piece of stack when the present one is short.
//! What that costs on the way is a counter up and down.

/// How many levels lie between two looks at the stack.
const STRIDE: u32 = 32;
/// What 32 levels may need, with a generous 16 KiB for each.
const RED_ZONE: usize = STRIDE as usize * 16 * 1024;
/// A piece of stack: large enough that changing to it is rare.
const PIECE: usize = 16 * 1024 * 1024;

/// Whether it is time to look at the stack at this depth.
#[inline]
pub(super) fn due(depth: u32) -> bool {
    depth.is_multiple_of(STRIDE)
}

/// Runs `f` with enough stack for the next levels.
#[cold]
#[inline(never)]
pub(crate) fn with_room<R>(f: impl FnOnce() -> R) -> R {
    stacker::maybe_grow(RED_ZONE, PIECE, f)
}
