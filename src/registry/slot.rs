//! A slot: where a live object stands, in one word that says what a walker may do with it.

use core::mem::align_of;
use core::ptr::null_mut;

use super::node::Header;
use super::page::{PAGE_BYTES, Page};
use super::sync::{AtomicPtr, Ordering, pause, swap_before_loads};

/// One word. It holds, told apart by the low bits (objects and slots are aligned to eight bytes):
///
/// | tag | the word is | who writes it next |
/// | --- | --- | --- |
/// | 0, not null | a live object | its last handle |
/// | null | taken: an object is about to come, or is on its way out | who took it |
/// | [`FREE`] | the next free slot of a list | the list's owner |
/// | [`EXCLUSIVE`] | a live object whose value is borrowed mutably | the borrower |
/// | [`LEAVING`] | an object whose handle dies and looks whether it is the only one; settled some instructions later | that handle |
/// | [`PARKED`] | a dead object that a walker may still read | the walker that leaves last |
/// | [`EMPTIED`] | the same, but its value was moved out: a walker may still read the header | the same |
#[repr(transparent)]
pub(super) struct Slot(AtomicPtr<Header>);

const FREE: usize = 1;
const EXCLUSIVE: usize = 2;
const LEAVING: usize = 3;
const PARKED: usize = 4;
const EMPTIED: usize = 5;
const TAGS: usize = 7;

const _: () = assert!(align_of::<Header>() > TAGS && align_of::<Slot>() > TAGS);

/// What is left of a dead object.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Remains {
    /// All of it.
    Value,
    /// Its memory: the value was moved out.
    Memory,
}

/// What a walker finds in a slot.
pub(super) enum Found {
    /// No live object.
    Nothing,
    /// A live object whose value may be read.
    Object(*mut Header),
    /// A live object whose value must not be read: it is borrowed mutably. Its header may.
    Exclusive(*mut Header),
}

/// A dead object, as it stands in its slot.
#[derive(Clone, Copy)]
pub(super) struct Parked(*mut Header);

impl Parked {
    pub(super) fn object(self) -> *mut Header {
        untagged(self.0)
    }

    pub(super) fn remains(self) -> Remains {
        if tag(self.0) == EMPTIED { Remains::Memory } else { Remains::Value }
    }
}

fn tagged(object: *mut Header, tag: usize) -> *mut Header {
    object.map_addr(|address| address | tag)
}

fn tag(word: *mut Header) -> usize {
    word.addr() & TAGS
}

fn untagged(word: *mut Header) -> *mut Header {
    word.map_addr(|address| address & !TAGS)
}

impl Slot {
    pub(super) fn free(next: *const Slot) -> Self {
        Self(AtomicPtr::new(tagged(next.cast_mut().cast(), FREE)))
    }

    /// The slot is free and comes before `next` in its owner's list.
    #[inline]
    pub(super) fn set_next(&self, next: *const Slot) {
        // Relaxed: a walker only has to see some word that is no object; the list travels under a lock.
        self.0.store(tagged(next.cast_mut().cast(), FREE), Ordering::Relaxed);
    }

    /// The slot after this one in a list of free slots.
    #[inline]
    pub(super) fn next(&self) -> *const Slot {
        // Relaxed: as in `set_next`.
        untagged(self.0.load(Ordering::Relaxed)).cast()
    }

    /// Shows an object to walkers.
    #[inline]
    pub(super) fn publish(&self, object: *mut Header) {
        // Release: a walker that finds the object sees its header and its value.
        self.0.store(object, Ordering::Release);
    }

    /// Takes a dead object away from walkers to come. What is read of the page's head after this tells of those before.
    pub(super) fn hide(&self) {
        swap_before_loads(&self.0, null_mut());
    }

    /// The same for an object that may turn out to live on: a walker that comes by waits until the slot is written again.
    /// The caller sees to that at once; no user code may come in between.
    #[inline]
    pub(super) fn hide_for_now(&self, object: *mut Header) {
        swap_before_loads(&self.0, tagged(object, LEAVING));
    }

    /// What was here is gone for good.
    pub(super) fn clear(&self) {
        // Relaxed: a walker only has to see some word that is no object.
        self.0.store(null_mut(), Ordering::Relaxed);
    }

    /// Takes away the value of an object that lives on.
    pub(super) fn hide_value(&self, object: *mut Header) {
        swap_before_loads(&self.0, tagged(object, EXCLUSIVE));
    }

    #[inline]
    pub(super) fn find(&self) -> Found {
        // Acquire: see `publish`.
        let mut word = self.0.load(Ordering::Acquire);
        if tag(word) == 0 {
            return if word.is_null() { Found::Nothing } else { Found::Object(word) };
        }
        if tag(word) == LEAVING {
            word = self.wait_until_settled();
        }
        match tag(word) {
            0 if !word.is_null() => Found::Object(word),
            EXCLUSIVE => Found::Exclusive(untagged(word)),
            _ => Found::Nothing,
        }
    }

    /// The word that comes after one that says [`LEAVING`]. In a forked child the thread that would write it may not exist: after
    /// a second or so the object is passed over.
    #[cold]
    fn wait_until_settled(&self) -> *mut Header {
        let mut round = 0;
        loop {
            pause(round);
            round = round.saturating_add(1);
            // Acquire: see `publish`.
            let word = self.0.load(Ordering::Acquire);
            // Two walkers that wait would let each other run for ever in a model; there, some rounds must do.
            if tag(word) != LEAVING || round > if cfg!(loom) { 3 } else { 10_000 } {
                return word;
            }
        }
    }

    /// Leaves a dead object to the walkers that may still read it. To be done, and asked, under the lock of the page's readers.
    pub(super) fn park(&self, object: *mut Header, remains: Remains) {
        let tag = if remains == Remains::Memory { EMPTIED } else { PARKED };
        // Relaxed: whoever acts on it holds the lock.
        self.0.store(tagged(object, tag), Ordering::Relaxed);
    }

    /// The object that was left here.
    pub(super) fn parked(&self) -> Option<Parked> {
        // Relaxed: parked under the lock.
        let word = self.0.load(Ordering::Relaxed);
        matches!(tag(word), PARKED | EMPTIED).then_some(Parked(word))
    }

    /// Clears the slot if a handle was about to settle it that will never come back. There must be no other thread.
    #[cfg(all(unix, not(loom)))]
    pub(super) fn forget_unsettled(&self) {
        // Relaxed: there is no other thread.
        if tag(self.0.load(Ordering::Relaxed)) == LEAVING {
            self.clear();
        }
    }

    /// What the slot holds, to be prefetched; never to be read.
    #[inline]
    pub(super) fn hint(&self) -> *const Header {
        // Relaxed: nothing is read through it.
        self.0.load(Ordering::Relaxed)
    }

    /// The page around this slot.
    ///
    /// # Safety
    /// `slot` must come from [`Page::slot`] (so that it may reach the whole page).
    #[inline]
    pub(super) unsafe fn page<'p>(slot: *const Slot) -> &'p Page {
        let page = slot.map_addr(|address| address & !(PAGE_BYTES - 1)).cast::<Page>();
        // SAFETY: pages are aligned to their size and never freed, and the slot's pointer spans its page.
        unsafe { &*page }
    }
}
