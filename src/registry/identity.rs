//! Who an object is: 16 bytes, in the header of a node or in a [`Trackable`](super::Trackable).

use core::ptr::{null_mut, without_provenance_mut};
use std::time::Duration;

use super::record::Record;
use super::sync::{AtomicPtr, Ordering};

/// An object's serial, when and where it was made, and who is told of it.
///
/// The second word is either the [`Origin`], or, if its lowest bit is set, the address of a [`Record`] with the origin and all that
/// else is kept for this object. A record comes at most once, and goes with the identity: who has found it may use it for as long.
pub(super) struct Identity {
    serial: Serial,
    word: AtomicPtr<Record>,
}

/// The mark of a record's address. An origin never has it.
const RECORD: usize = 1;

impl Identity {
    #[inline]
    pub(super) fn new(serial: Serial, origin: Origin) -> Self {
        Self { serial, word: AtomicPtr::new(without_provenance_mut(origin.0 as usize)) }
    }

    /// 0 if the object was made while tracking was off.
    #[inline]
    pub(super) fn serial(&self) -> u64 {
        self.serial.get()
    }

    pub(super) fn is_pinned(&self) -> bool {
        self.serial.is_pinned()
    }

    /// The number of the tracker that the object got when it was made; 0 for none. It holds as long as there is no record.
    pub(super) fn first_tracker(&self) -> u64 {
        self.serial.tracker()
    }

    pub(super) fn origin(&self) -> Origin {
        // Acquire: of a record, what it was made with is seen.
        let word = self.word.load(Ordering::Acquire);
        match Self::record_at(word) {
            // SAFETY: a record is not freed before the identity ends.
            Some(record) => unsafe { &*record }.origin(),
            None => Origin(word.addr() as u64),
        }
    }

    /// Tells whether the object was made where another was.
    #[inline]
    pub(super) fn site_key(&self) -> SiteKey {
        // Relaxed: it is only compared.
        SiteKey(self.word.load(Ordering::Relaxed).addr() as u32 & SiteKey::BITS)
    }

    /// What is kept for this object beside its identity, if anything is.
    pub(super) fn record(&self) -> Option<&Record> {
        // Acquire: what the record was made with is seen.
        let record = Self::record_at(self.word.load(Ordering::Acquire))?;
        // SAFETY: a record is not freed before the identity ends.
        Some(unsafe { &*record })
    }

    fn record_at(word: *mut Record) -> Option<*mut Record> {
        (word.addr() & RECORD != 0).then(|| word.map_addr(|address| address & !RECORD))
    }

    /// Gives the object a record. Only under the lock of [`Registry::stripe`](super::Registry::stripe), or by who made it and has shown
    /// it to nobody; and only once.
    pub(super) fn install(&self, record: Box<Record>) -> &Record {
        let record = Box::into_raw(record);
        // Release: who finds it sees what it was made with.
        self.word.store(record.map_addr(|address| address | RECORD), Ordering::Release);
        // SAFETY: just made, and not freed before the identity ends.
        unsafe { &*record }
    }

    /// Whether there is nothing to the end of this object, which is not pinned, but that it is counted: it has a serial, and nobody is told of it
    /// or was.
    #[inline]
    pub(super) fn is_plain(&self) -> bool {
        self.serial.is_plain() && !self.has_record()
    }

    /// Whether anybody is told of this object, or may have been: then its end is more than that of its memory.
    #[inline]
    pub(super) fn is_told(&self) -> bool {
        self.serial.tracker() != 0 || self.has_record()
    }

    #[inline]
    pub(super) fn has_record(&self) -> bool {
        // Relaxed: asked by who has the object for itself, after it has acquired what others did with it.
        self.word.load(Ordering::Relaxed).addr() & RECORD != 0
    }

    /// The identity ends: its record, if it has one, is the caller's.
    ///
    /// # Safety
    /// Nobody else may use this identity, or a record that was found through it, now or later.
    pub(super) unsafe fn take_record(&self) -> Option<Box<Record>> {
        // Relaxed: as in `has_record`.
        let record = Self::record_at(self.word.load(Ordering::Relaxed))?;
        // Relaxed: nobody looks any more.
        self.word.store(null_mut(), Ordering::Relaxed);
        // SAFETY: records come from `Box::into_raw` in `install`; the rest is the caller's promise.
        Some(unsafe { Box::from_raw(record) })
    }
}

/// An object's serial, from 1, or 0 if it was made while tracking was off; the tracker that it got, by number; and whether its
/// value is pinned. 59 bits of serial last for 18 years of a thousand million objects a second.
#[derive(Clone, Copy)]
pub(super) struct Serial(u64);

const PINNED: u64 = 1 << 63;
const TRACKER_SHIFT: u32 = 59;
/// The numbers of trackers that fit beside a serial: 1 to 15.
pub(super) const MOST_TRACKERS: u64 = 15;
const SERIAL: u64 = (1 << TRACKER_SHIFT) - 1;

impl Serial {
    #[inline]
    pub(super) fn new(serial: u64, tracker: u64, pinned: bool) -> Self {
        Self(serial | tracker << TRACKER_SHIFT | if pinned { PINNED } else { 0 })
    }

    #[inline]
    fn get(self) -> u64 {
        self.0 & SERIAL
    }

    #[inline]
    fn tracker(self) -> u64 {
        (self.0 & !PINNED) >> TRACKER_SHIFT
    }

    /// Whether there is a serial and nothing beside it.
    #[inline]
    fn is_plain(self) -> bool {
        // From 1 to the last one: a single comparison.
        self.0.wrapping_sub(1) < SERIAL
    }

    fn is_pinned(self) -> bool {
        self.0 & PINNED != 0
    }
}

/// When and where an object was made, in eight bytes: 39 bits of time, 24 bits of site, and a bit that is always 0.
#[derive(Clone, Copy)]
pub(super) struct Origin(u64);

const SITE_BITS: u32 = 24;
const SITE_SHIFT: u32 = 1;
const TICKS_SHIFT: u32 = SITE_SHIFT + SITE_BITS;
/// Sites beyond this many are not told apart any more; see [`super::sites`].
pub(super) const MAX_SITES: usize = (1 << SITE_BITS) - 1;

impl Origin {
    /// `ticks`: see [`crate::clock::ticks`]; 39 bits last for 17 years of uptime.
    #[inline]
    pub(super) fn new(ticks: u64, site: u32) -> Self {
        Self::undated(site).at(ticks)
    }

    /// Of an object whose birth is not dated.
    #[inline]
    pub(super) const fn undated(site: u32) -> Self {
        Self((site as u64) << SITE_SHIFT)
    }

    /// Dates one that is undated.
    #[inline]
    pub(super) fn at(self, ticks: u64) -> Self {
        Self(ticks << TICKS_SHIFT | self.0)
    }

    pub(super) fn birth(self) -> Duration {
        crate::clock::since_start(self.0 >> TICKS_SHIFT)
    }

    /// How long ago that was.
    pub(super) fn age(self) -> Duration {
        crate::clock::between(self.0 >> TICKS_SHIFT, crate::clock::ticks())
    }

    pub(super) fn site(self) -> u32 {
        (self.0 >> SITE_SHIFT) as u32 & MAX_SITES as u32
    }
}

/// Where an object was made, as it stands in its identity. Two that are equal and [tell](SiteKey::tells) mean the same place.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct SiteKey(u32);

impl SiteKey {
    const BITS: u32 = (MAX_SITES as u32) << SITE_SHIFT | RECORD as u32;
    /// Equal to none that an object has.
    pub(crate) const NONE: Self = Self(u32::MAX);

    /// False of an object with a record: the bits are those of an address.
    #[inline]
    pub(crate) fn tells(self) -> bool {
        self.0 & RECORD as u32 == 0
    }
}
