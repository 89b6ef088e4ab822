//! The reference counts of one object: strong and weak in one word.

use super::sync::{AtomicU64, Ordering};

/// Strong handles in the low half; weak handles in the high half, plus one while any strong handle lives.
///
/// One word for both lets a single load tell that a handle is the only one of either kind, so that the last drop of the
/// usual object needs no read-modify-write at all. A half that reaches 2^31 sticks there: the object is then never freed,
/// which is better than to stop the program or to free what is in use.
pub(super) struct Counts(AtomicU64);

const STRONG: u64 = 1;
const WEAK: u64 = 1 << 32;
const UNIQUE: u64 = STRONG | WEAK;
/// From here on a half is stuck.
const STUCK: u32 = 1 << 31;
/// Where a stuck half is put: far from both ends, so that racing threads cannot move it out.
const STUCK_AT: u32 = 3 << 30;

#[inline]
fn strong(word: u64) -> u32 {
    word as u32
}

#[inline]
fn weak(word: u64) -> u32 {
    (word >> 32) as u32
}

impl Counts {
    #[inline]
    pub(super) fn unique() -> Self {
        Self(AtomicU64::new(UNIQUE))
    }

    /// Of an object that has a weak handle before it has a value.
    pub(super) fn weak_only() -> Self {
        Self(AtomicU64::new(2 * WEAK))
    }

    /// The value of an object made by [`Counts::weak_only`] is in place.
    pub(super) fn first_strong(&self) {
        // Release: who upgrades sees the value.
        self.0.fetch_add(STRONG, Ordering::Release);
    }

    pub(super) fn strong(&self) -> usize {
        // Relaxed: a number to show, no one acts on it.
        strong(self.0.load(Ordering::Relaxed)) as usize
    }

    pub(super) fn weak(&self) -> usize {
        // Relaxed: as in `strong`.
        let word = self.0.load(Ordering::Relaxed);
        (weak(word) as usize).saturating_sub(usize::from(strong(word) > 0))
    }

    /// Whether this handle is the only one, strong or weak.
    #[inline]
    pub(super) fn is_unique(&self) -> bool {
        // Acquire: what the other handles did to the value before they went is done.
        self.0.load(Ordering::Acquire) == UNIQUE
    }

    /// Whether this strong handle is the only one; weak ones there may be.
    pub(super) fn is_only_strong(&self) -> bool {
        // Acquire: what the other handles did to the value and to the slot before they went is done.
        strong(self.0.load(Ordering::Acquire)) == 1
    }

    #[inline]
    pub(super) fn add_strong(&self) {
        // Relaxed: the caller's own handle keeps the object alive.
        let old = self.0.fetch_add(STRONG, Ordering::Relaxed);
        if strong(old) >= STUCK {
            self.stick();
        }
    }

    pub(super) fn add_weak(&self) {
        // Relaxed: as in `add_strong`.
        let old = self.0.fetch_add(WEAK, Ordering::Relaxed);
        if weak(old) >= STUCK {
            self.stick();
        }
    }

    /// One strong handle more, if there is one.
    pub(super) fn upgrade(&self) -> bool {
        // Relaxed: only the exchange below decides.
        let mut word = self.0.load(Ordering::Relaxed);
        while strong(word) != 0 {
            if strong(word) >= STUCK {
                return true;
            }
            // Acquire: the value that `first_strong` published is seen. Relaxed on failure: we only look again.
            match self.0.compare_exchange_weak(word, word + STRONG, Ordering::Acquire, Ordering::Relaxed) {
                Ok(_) => return true,
                Err(now) => word = now,
            }
        }
        false
    }

    /// One strong handle less; whether it was the last.
    #[inline]
    pub(super) fn drop_strong(&self) -> bool {
        // Release: what this handle did to the value is done before another thread destroys it.
        let old = self.0.fetch_sub(STRONG, Ordering::Release);
        // As a rule others are left: neither 1 nor stuck, in a single comparison.
        strong(old).wrapping_sub(2) >= STUCK - 2 && self.dropped_last_or_stuck(old)
    }

    #[cold]
    fn dropped_last_or_stuck(&self, old: u64) -> bool {
        match strong(old) {
            1 => {
                // Acquire: what all the others did is done. (A load, not a fence: ThreadSanitizer knows no fences.)
                self.0.load(Ordering::Acquire);
                true
            }
            STUCK.. => {
                self.stick();
                false
            }
            _ => false,
        }
    }

    /// Takes the only strong handle away, if it is the only one; weak handles may be left.
    pub(super) fn take_only_strong(&self) -> bool {
        // Relaxed: only the exchange below decides.
        let mut word = self.0.load(Ordering::Relaxed);
        while strong(word) == 1 {
            // Acquire: what the other handles did to the value is done. (What we do to the memory is released with the weak
            // count.) Relaxed on failure: we only look again.
            match self.0.compare_exchange_weak(word, word - STRONG, Ordering::Acquire, Ordering::Relaxed) {
                Ok(_) => return true,
                Err(now) => word = now,
            }
        }
        false
    }

    /// One weak handle less; whether the memory can go.
    pub(super) fn drop_weak(&self) -> bool {
        // The last one needs no write. Acquire: all that used the memory is done.
        if self.0.load(Ordering::Acquire) == WEAK {
            return true;
        }
        // Release: what this handle did to the memory is done before another thread frees it.
        let old = self.0.fetch_sub(WEAK, Ordering::Release);
        match weak(old) {
            1 => {
                // Acquire: all that used the memory is done.
                self.0.load(Ordering::Acquire);
                true
            }
            STUCK.. => {
                self.stick();
                false
            }
            _ => false,
        }
    }

    /// Some half has run over: both are put where no number of handles moves them out, and the object stays for ever.
    #[cold]
    fn stick(&self) {
        // Relaxed: nothing is freed after this, so nothing needs an order.
        self.0.store(u64::from(STUCK_AT) << 32 | u64::from(STUCK_AT), Ordering::Relaxed);
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn a_count_that_runs_over_sticks_and_never_frees() {
        let counts = Counts(AtomicU64::new(WEAK | u64::from(STUCK)));
        counts.add_strong();
        assert_eq!(counts.strong(), STUCK_AT as usize);
        for _ in 0..10 {
            assert!(!counts.drop_strong());
            assert!(!counts.drop_weak());
        }
        assert!(counts.upgrade());
        assert_eq!(counts.strong(), STUCK_AT as usize);
        assert!(!counts.is_unique());
    }

    #[test]
    fn the_last_strong_and_then_the_last_weak_handle_are_told() {
        let counts = Counts::unique();
        counts.add_weak();
        counts.add_strong();
        assert_eq!((counts.strong(), counts.weak()), (2, 1));
        assert!(!counts.drop_strong());
        assert!(counts.drop_strong());
        assert!(!counts.upgrade());
        assert!(!counts.drop_weak());
        assert_eq!(counts.weak(), 1);
        assert!(counts.drop_weak());
    }
}
