//! The calls that led somewhere, as bare addresses: their names are looked up when they are shown.

/// So many calls at most, the innermost ones.
#[cfg(feature = "backtrace")]
const MOST: usize = 128;

/// Hands out the addresses of the calls that led here, the innermost first; a 0 behind the last if there were more. Nothing, if the
/// system cannot tell.
///
/// No lock is taken, and nothing is allocated.
#[cfg(feature = "backtrace")]
#[inline(never)]
pub(super) fn capture<R>(with: impl FnOnce(&[usize]) -> R) -> R {
    let mut calls = [0; MOST + 1];
    let mut count = 0;
    let each = |frame: &backtrace::Frame| {
        let call = frame.ip().addr();
        // Where a thread begins, some systems have one more, at 0.
        if call != 0 {
            calls[count] = if count < MOST { call } else { 0 };
            count += 1;
        }
        count <= MOST
    };
    // Elsewhere the crate's own lock is needed: there the system's unwinder must not be called by two threads at once.
    #[cfg(not(any(unix, all(windows, target_pointer_width = "64"))))]
    backtrace::trace(each);
    // SAFETY: the unwinders of these systems may be called by any number of threads at once.
    #[cfg(any(unix, all(windows, target_pointer_width = "64")))]
    unsafe {
        backtrace::trace_unsynchronized(each);
    }
    with(&calls[..count])
}

/// Stacks cannot be recorded without the feature `backtrace`.
#[cfg(not(feature = "backtrace"))]
pub(super) fn capture<R>(with: impl FnOnce(&[usize]) -> R) -> R {
    with(&[])
}
