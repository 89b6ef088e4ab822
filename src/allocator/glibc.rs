//! glibc's `malloc`, if it is what the program's blocks come from.

use core::ffi::c_void;
use core::hint::black_box;

use classtracker_stats::{AllocatorMemory, AllocatorSource};

use crate::registry::Raced;

type Mallinfo2 = unsafe extern "C" fn() -> libc::mallinfo2;

/// What glibc has given out; `None` if this is not the allocator of the program, or is older than 2.33.
pub(super) fn memory() -> Option<AllocatorMemory> {
    static IN_USE: Raced<Option<Mallinfo2>> = Raced::new();
    let ask = (*IN_USE.get_or_make(|| function().filter(|&ask| is_in_use(ask))))?;
    let info = call(ask);
    let mut memory = AllocatorMemory::new(AllocatorSource::Glibc, (info.uordblks + info.hblkhd) as u64);
    memory.held_bytes = Some((info.arena + info.hblkhd) as u64);
    Some(memory)
}

/// Looked up while the program runs: linked, it would bar every program from systems with an older glibc.
fn function() -> Option<Mallinfo2> {
    // SAFETY: the name ends with a zero.
    let address = unsafe { libc::dlsym(libc::RTLD_DEFAULT, c"mallinfo2".as_ptr()) };
    // SAFETY: glibc's function of this name has this type; a null pointer is `None`.
    unsafe { core::mem::transmute::<*mut c_void, Option<Mallinfo2>>(address) }
}

fn call(ask: Mallinfo2) -> libc::mallinfo2 {
    // SAFETY: it takes nothing and may be called at any time.
    unsafe { ask() }
}

/// Whether a block of the program is one of glibc's: then a large one shows, to the byte, in what glibc has mapped.
///
/// Other threads may map or unmap something at the same moment: hence several attempts. A block that is not glibc's could only pass for one if
/// another thread made one of just this odd size meanwhile.
fn is_in_use(ask: Mallinfo2) -> bool {
    /// Beyond the largest that glibc takes from a heap of its own. It is never touched, so it takes no memory.
    const SIZE: usize = (33 << 20) + 54_321;
    let page = rustix::param::page_size();
    let chunk = (SIZE + size_of::<usize>()).next_multiple_of(2 * size_of::<usize>());
    let mapped = (chunk + size_of::<usize>()).next_multiple_of(page);
    (0..4).any(|_| {
        let before = call(ask);
        let mut block = Vec::<u8>::new();
        if block.try_reserve_exact(SIZE).is_err() {
            return false;
        }
        let with = call(ask);
        drop(black_box(block));
        with.hblkhd.wrapping_sub(before.hblkhd) == mapped && with.hblks.wrapping_sub(before.hblks) == 1
    })
}
