//! The clock, read by the function that the kernel maps into every process for it.
//!
//! Each new object is dated. The C library's function for that only calls the kernel's, and takes a third of the time for it. So this one is
//! looked up here: in the kernel's image, which is a small shared library. Where there is none (as under some tools that run a program
//! instruction by instruction), the C library's is called.

use core::ffi::{CStr, c_int};
use core::ptr::{null_mut, with_exposed_provenance};
use core::sync::atomic::{AtomicPtr, Ordering};

type Read = unsafe extern "C" fn(libc::clockid_t, *mut libc::timespec) -> c_int;

/// The function that is called: first the one that looks for it.
static READ: AtomicPtr<()> = AtomicPtr::new(look_up_and_read as *mut ());

const NAME: &CStr = if cfg!(target_arch = "aarch64") { c"__kernel_clock_gettime" } else { c"__vdso_clock_gettime" };

/// Seconds and nanoseconds of the coarse monotonic clock: some nanoseconds to read, some milliseconds behind.
#[inline]
pub(crate) fn monotonic_coarse() -> (u64, u64) {
    let mut now = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // Relaxed: whichever function is found reads the clock.
    let read = READ.load(Ordering::Relaxed);
    // SAFETY: only functions of this type are stored.
    let read = unsafe { core::mem::transmute::<*mut (), Read>(read) };
    // It cannot fail: the clock has always been there. SAFETY: it writes the time where it is told.
    unsafe { read(libc::CLOCK_MONOTONIC_COARSE, &raw mut now) };
    (now.tv_sec as u64, now.tv_nsec as u64)
}

/// What is called first.
///
/// # Safety
/// `into` must be valid for a write.
#[cold]
unsafe extern "C" fn look_up_and_read(clock: libc::clockid_t, into: *mut libc::timespec) -> c_int {
    let found = kernels().unwrap_or(libc::clock_gettime as *mut ());
    // Relaxed: the function was there all the time.
    READ.store(found, Ordering::Relaxed);
    // SAFETY: the caller's promise.
    unsafe { libc::clock_gettime(clock, into) }
}

const LOADED: u32 = 1;
const DYNAMIC: u32 = 2;
const TAG_END: u64 = 0;
const TAG_HASH: u64 = 4;
const TAG_STRINGS: u64 = 5;
const TAG_SYMBOLS: u64 = 6;

/// Elsewhere nothing is looked up.
#[cfg(not(all(target_pointer_width = "64", any(target_env = "gnu", target_env = "musl"))))]
fn kernels() -> Option<*mut ()> {
    None
}

/// The kernel's function, in its image. Neither locks nor allocates.
#[cfg(all(target_pointer_width = "64", any(target_env = "gnu", target_env = "musl")))]
fn kernels() -> Option<*mut ()> {
    // SAFETY: it may be called at any time.
    let address = unsafe { libc::getauxval(libc::AT_SYSINFO_EHDR) } as usize;
    if address == 0 {
        return None;
    }
    let image = with_exposed_provenance::<u8>(address);
    // SAFETY: the kernel says that its image is there: a whole one, which is never changed nor taken away.
    let header = unsafe { &*image.cast::<libc::Elf64_Ehdr>() };
    let segments = image.wrapping_add(header.e_phoff as usize).cast::<libc::Elf64_Phdr>();
    // SAFETY: as above; so many segments the header announces.
    let segments = unsafe { core::slice::from_raw_parts(segments, header.e_phnum.into()) };
    let loaded = segments.iter().find(|segment| segment.p_type == LOADED)?;
    let dynamic = segments.iter().find(|segment| segment.p_type == DYNAMIC)?;
    // Where address 0 of the image would be.
    let zero = image.wrapping_add(loaded.p_offset as usize).wrapping_sub(loaded.p_vaddr as usize);

    let [mut strings, mut symbols, mut hash] = [null_mut::<u8>().cast_const(); 3];
    let mut entry = image.wrapping_add(dynamic.p_offset as usize).cast::<[u64; 2]>();
    loop {
        // SAFETY: as above; an entry that says so is the last.
        let [tag, value] = unsafe { *entry };
        let at = zero.wrapping_add(value as usize);
        match tag {
            TAG_END => break,
            TAG_STRINGS => strings = at,
            TAG_SYMBOLS => symbols = at,
            TAG_HASH => hash = at,
            _ => {}
        }
        entry = entry.wrapping_add(1);
    }
    if strings.is_null() || symbols.is_null() || hash.is_null() {
        return None;
    }
    // SAFETY: as above. The second number of the hash table is that of the symbols.
    let count = unsafe { *hash.cast::<u32>().wrapping_add(1) };
    // SAFETY: as above.
    let symbols = unsafe { core::slice::from_raw_parts(symbols.cast::<libc::Elf64_Sym>(), count as usize) };
    // SAFETY: as above; names end with a zero.
    let name =
        |symbol: &libc::Elf64_Sym| unsafe { CStr::from_ptr(strings.wrapping_add(symbol.st_name as usize).cast()) };
    let symbol = symbols.iter().find(|symbol| symbol.st_shndx != 0 && name(symbol) == NAME)?;
    Some(zero.wrapping_add(symbol.st_value as usize).cast_mut().cast())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn libraries() -> (u64, u64) {
        let mut now = libc::timespec { tv_sec: 0, tv_nsec: 0 };
        // SAFETY: it writes the time where it is told.
        assert_eq!(unsafe { libc::clock_gettime(libc::CLOCK_MONOTONIC_COARSE, &raw mut now) }, 0);
        (now.tv_sec as u64, now.tv_nsec as u64)
    }

    #[test]
    fn the_kernels_clock_is_the_librarys() {
        // The first call looks it up, the others use it.
        for _ in 0..3 {
            let before = libraries();
            let now = monotonic_coarse();
            assert!(before <= now && now <= libraries());
        }
        assert_ne!(READ.load(Ordering::Relaxed), look_up_and_read as *mut ());
    }

    #[test]
    fn where_the_kernel_has_an_image_its_function_is_called() {
        // SAFETY: it may be called at any time.
        let there = unsafe { libc::getauxval(libc::AT_SYSINFO_EHDR) } != 0;
        assert_eq!(kernels().is_some(), there);
    }
}
