//! An order between two threads for which only the one pays that comes seldom.
//!
//! Each of two threads writes a word and then reads the other's; one of them must see what the other wrote. For that both need a barrier
//! between writing and reading. Linux can make all threads of the process run one at the moment when it is asked to (`membarrier`):
//! then the thread that comes often needs none. Where it cannot, or must not, both have their own.

#[cfg(loom)]
use super::sync::{Ordering, fence};

/// Finds out whether the system helps. Before anybody relies on [`heavy`].
pub(super) fn prepare() {
    system::prepare();
}

/// The barrier of the thread that comes often.
#[inline(always)]
pub(super) fn light() {
    #[cfg(loom)]
    fence(Ordering::SeqCst);
    #[cfg(not(loom))]
    system::light();
}

/// The barrier of the thread that comes seldom: what others wrote before their last [`light`] is seen, or what this one wrote is seen
/// by them after it. `false` if the system refuses, which it did not when it was asked whether it would.
#[must_use]
pub(super) fn heavy() -> bool {
    #[cfg(loom)]
    fence(Ordering::SeqCst);
    system::heavy()
}

#[cfg(all(target_os = "linux", not(loom)))]
mod system {
    use core::sync::atomic::compiler_fence;

    use crate::registry::sync::{AtomicU32, Ordering, fence};

    /// 1 if all threads can be made to run a barrier.
    static HELPS: AtomicU32 = AtomicU32::new(0);

    const PRIVATE_EXPEDITED: i32 = 1 << 3;
    const REGISTER_PRIVATE_EXPEDITED: i32 = 1 << 4;

    fn ask(command: i32) -> bool {
        // SAFETY: the call reads numbers alone.
        unsafe { libc::syscall(libc::SYS_membarrier, command, 0, 0) == 0 }
    }

    pub(super) fn prepare() {
        // Relaxed: who does not see it yet runs a barrier of its own, which is never wrong.
        if HELPS.load(Ordering::Relaxed) == 0 && ask(REGISTER_PRIVATE_EXPEDITED) && ask(PRIVATE_EXPEDITED) {
            HELPS.store(1, Ordering::Relaxed);
        }
    }

    #[inline(always)]
    pub(super) fn light() {
        // Relaxed: as above.
        if HELPS.load(Ordering::Relaxed) != 0 {
            // The compiler alone must keep the order.
            compiler_fence(Ordering::SeqCst);
        } else {
            fence(Ordering::SeqCst);
        }
    }

    pub(super) fn heavy() -> bool {
        fence(Ordering::SeqCst);
        // Relaxed: nobody relies on it before it is set; what this thread does not see, others may, so it is asked in any case.
        // A process must register first, and a fork may have to once more.
        ask(PRIVATE_EXPEDITED)
            || (ask(REGISTER_PRIVATE_EXPEDITED) && ask(PRIVATE_EXPEDITED))
            || HELPS.load(Ordering::Relaxed) == 0
    }
}

#[cfg(not(all(target_os = "linux", not(loom))))]
mod system {
    #[cfg(not(loom))]
    use crate::registry::sync::{Ordering, fence};

    pub(super) fn prepare() {}

    #[cfg(not(loom))]
    #[inline(always)]
    pub(super) fn light() {
        fence(Ordering::SeqCst);
    }

    pub(super) fn heavy() -> bool {
        #[cfg(not(loom))]
        fence(Ordering::SeqCst);
        true
    }
}
