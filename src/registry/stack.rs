//! The calls that led somewhere, as bare addresses: their names are looked up when they are shown.

#[cfg(all(feature = "backtrace", target_arch = "x86_64", target_pointer_width = "64", target_os = "linux", not(loom)))]
mod again;

/// So many calls at most, the innermost ones.
#[cfg(feature = "backtrace")]
const MOST: usize = 128;

/// Hands out the addresses of the calls that led here, the innermost first; a 0 behind the last if there were more. Nothing, if the
/// system cannot tell.
///
/// No lock is taken, and nothing is allocated. Always inlined: each function on the way is one more to be unwound.
#[cfg(feature = "backtrace")]
#[inline(always)]
pub(super) fn capture<R>(with: impl FnOnce(&[usize]) -> R) -> R {
    let mut stack = Stack::new();
    #[cfg(all(target_arch = "x86_64", target_pointer_width = "64", target_os = "linux", not(loom)))]
    again::read(&mut stack);
    #[cfg(not(all(target_arch = "x86_64", target_pointer_width = "64", target_os = "linux", not(loom))))]
    unwind(|frame| stack.push(frame.ip().addr()));
    with(stack.calls())
}

/// Stacks cannot be recorded without the feature `backtrace`.
#[cfg(not(feature = "backtrace"))]
pub(super) fn capture<R>(with: impl FnOnce(&[usize]) -> R) -> R {
    with(&[])
}

/// The calls as they are handed out.
#[cfg(feature = "backtrace")]
struct Stack {
    calls: [usize; MOST + 1],
    count: usize,
}

#[cfg(feature = "backtrace")]
impl Stack {
    #[inline]
    fn new() -> Self {
        Self { calls: [0; MOST + 1], count: 0 }
    }

    /// The next call outwards; whether there is room for another.
    #[inline]
    fn push(&mut self, call: usize) -> bool {
        // Where a thread begins, some systems have one more, at 0.
        if call != 0 && self.count <= MOST {
            self.calls[self.count] = if self.count < MOST { call } else { 0 };
            self.count += 1;
        }
        self.count <= MOST
    }

    #[inline]
    fn calls(&self) -> &[usize] {
        &self.calls[..self.count]
    }
}

/// Has the system go from frame to frame, from the caller outwards, as long as `each` says so.
#[cfg(feature = "backtrace")]
#[inline(always)]
fn unwind(each: impl FnMut(&backtrace::Frame) -> bool) {
    // Elsewhere the crate's own lock is needed: there the system's unwinder must not be called by two threads at once.
    #[cfg(not(any(unix, all(windows, target_pointer_width = "64"))))]
    backtrace::trace(each);
    // SAFETY: the unwinders of these systems may be called by any number of threads at once.
    #[cfg(any(unix, all(windows, target_pointer_width = "64")))]
    unsafe {
        backtrace::trace_unsynchronized(each);
    }
}
