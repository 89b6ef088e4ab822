//! Sizes all objects of a snapshot in one walk.

use super::Inspect;
use super::census::Census;
use super::ledger::{Ledger, Renumbered, Shares};
use super::referents::{Held, Part, Referents};
use super::session::{Covers, Session};
use super::walk::Walk;
use deepsize::{Context, DeepSizeOf};
use std::cell::Cell;
use std::mem;
use std::rc::Rc;
use std::sync::Arc;

/// What a snapshot tells its walk.
#[derive(Default)]
pub(crate) struct SizerOptions {
    /// Which tracked objects are counted on their own.
    pub(crate) covers: Option<Arc<dyn Covers>>,
    /// Called at most once for an object, when its sizing takes long.
    pub(crate) pace: Option<Rc<dyn Fn()>>,
}

/// What an object measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Measured {
    /// Flat bytes and own heap, without shared blocks.
    pub(crate) bytes: u64,
    /// Something of it could not be read: a held lock, a mutably borrowed cell, an impl that panicked.
    pub(crate) unread: bool,
    /// It is, for now, the one that is charged for at least one shared block: [`Sizer::settle`] may have a share for it.
    pub(crate) claims: bool,
}

impl Measured {
    /// No address space has room for more: whoever says more of an object is wrong.
    ///
    /// What impls say is added up without a look at it, and wraps. So nothing that they say ends a snapshot, and what is told of the
    /// others stays true.
    pub(crate) const MOST_BYTES: u64 = 1 << 56;

    /// The same, or what is left of it where it cannot be true: the object's `flat` bytes, and that the rest is not known.
    pub(crate) fn or_flat(self, flat: u64) -> Self {
        if self.bytes > Self::MOST_BYTES { Self { bytes: flat, unread: true, ..self } } else { self }
    }

    /// An object that was read and that shares nothing.
    pub(crate) fn plain(bytes: u64) -> Self {
        Self { bytes, unread: false, claims: false }
    }
}

/// What a sizer has met beyond single objects.
pub(crate) struct Met {
    ledger: Ledger,
    census: Option<Box<Census>>,
}

/// Sizes objects, one after the other, each shared block once.
pub(crate) struct Sizer<'a> {
    walk: Walk<'a>,
}

impl Sizer<'_> {
    /// Runs `f` with a sizer. A deepsize context is to be had only from inside a `deep_size_of_children`, so that is
    /// where `f` runs.
    pub(crate) fn run<R>(options: SizerOptions, f: impl FnOnce(&mut Sizer<'_>) -> R) -> R {
        struct Within<F, R>(Cell<Option<F>>, SizerOptions, Cell<Option<R>>);

        impl<F: FnOnce(&mut Sizer<'_>) -> R, R> DeepSizeOf for Within<F, R> {
            fn deep_size_of_children(&self, context: &mut Context) -> usize {
                if let Some(f) = self.0.take() {
                    let session = Session::snapshot(self.1.covers.clone(), self.1.pace.clone());
                    let mut sizer = Sizer { walk: Walk::new(context, session) };
                    self.2.set(Some(f(&mut sizer)));
                }
                0
            }
        }

        let within = Within(Cell::new(Some(f)), options, Cell::new(None));
        within.deep_size_of();
        match within.2.into_inner() {
            Some(result) => result,
            None => unreachable!("deep_size_of always asks for the children"),
        }
    }

    /// Tells that the block at `address` is itself a tracked object: to reach it adds nothing, and it is not walked from
    /// there. The address is that of the value, as `Arc::as_ptr` gives it.
    pub(crate) fn separate(&mut self, address: *const ()) {
        self.walk.session().ledger.separate(address.addr());
    }

    /// Has the values of derived types counted from here on, for [`Sizer::census`].
    pub(crate) fn count_values(&mut self) {
        self.walk.count_values();
    }

    /// Tells in which row of the snapshot the next objects are, 0 at first: for [`Shares::shared_bytes`]. To be called when
    /// the row changes.
    pub(crate) fn set_row(&mut self, row: u32) {
        self.walk.session().ledger.set_row(row);
    }

    /// Sizes an object. A panic in an impl costs this object: it is `unread`.
    #[cfg(test)]
    pub(crate) fn object<T: Inspect + ?Sized>(&mut self, serial: u64, value: &T) -> Measured {
        use std::panic::{AssertUnwindSafe, catch_unwind};
        let sized = catch_unwind(AssertUnwindSafe(|| self.detailed(serial, value, 0)));
        sized.unwrap_or_else(|_| self.broken_off(size_of_val(value)))
    }

    /// Sizes an object, and adds up its parts down to `levels`, if that is not 0.
    #[cfg(test)]
    pub(crate) fn detailed<T: Inspect + ?Sized>(&mut self, serial: u64, value: &T, levels: u32) -> Measured {
        self.begin_detailed(serial, levels);
        let bytes = self.measure_or_panic(value);
        self.end(true, size_of_val(value), bytes, levels)
    }

    /// Begins with an object, whose parts get no names.
    #[inline]
    pub(crate) fn begin(&mut self, serial: u64) {
        self.walk.begin(serial);
    }

    /// Begins with an object whose parts are added up down to `levels`, if that is not 0.
    pub(crate) fn begin_detailed(&mut self, serial: u64, levels: u32) {
        if levels == 0 {
            self.walk.begin(serial);
        } else {
            self.walk.begin_detailed(serial, levels);
        }
    }

    /// Sizes the object that was begun with: its bytes, and, where there is [more](Self::has_more) to say, that is for
    /// [`Sizer::end`]. A panic in an impl passes through: who catches it calls [`Sizer::broken_off`]. (To be ready to catch
    /// costs more than to size a small object, so it is done once for many.)
    #[inline]
    pub(crate) fn measure_or_panic<T: Inspect + ?Sized>(&mut self, value: &T) -> u64 {
        value.inspect(&mut self.walk);
        self.walk.bytes().wrapping_add(size_of_val(value)) as u64
    }

    /// Whether there is more to say of the object than its bytes: most share nothing, can be read, and have no named parts.
    #[inline]
    pub(crate) fn has_more(&self) -> bool {
        self.walk.is_touched()
    }

    /// Ends with an object of `flat` bytes, which has `bytes` in all. If it claims blocks and its parts get names, it must be
    /// [held](Sizer::hold) until they are settled. `told`: it was inspected here; else nothing is known but its bytes.
    #[inline]
    pub(crate) fn end(&mut self, told: bool, flat: usize, bytes: u64, levels: u32) -> Measured {
        let walk = &mut self.walk;
        if levels > 0 {
            walk.end_detailed();
        }
        if !told {
            let measured = Measured::plain(bytes);
            if levels > 0 {
                self.whole(flat, measured);
            }
            return measured;
        }
        let (unread, claims) = if walk.is_touched() { walk.end_touched() } else { (false, false) };
        if levels > 0
            && !claims
            && let Some(referents) = walk.referents()
        {
            referents.end(bytes);
        }
        Measured { bytes, unread, claims }
    }

    /// Sets where the parts of the next objects are added up; what was set before.
    pub(crate) fn set_referents(&mut self, referents: Option<Box<Referents>>) -> Option<Box<Referents>> {
        self.walk.set_referents(referents)
    }

    /// Adds up an object whose parts are not known as one part: it was measured otherwise, or its sizing broke off.
    #[cold]
    pub(crate) fn whole(&mut self, flat: usize, measured: Measured) {
        if let Some(referents) = self.walk.referents() {
            referents.whole("(not broken down)", flat);
            if !measured.claims {
                referents.end(measured.bytes);
            }
        }
    }

    /// The parts of the object that was sized last, which does not count until it is [resumed](Referents::resume).
    pub(crate) fn hold(&mut self, serial: u64) -> Option<Held> {
        Some(self.walk.referents()?.hold(serial))
    }

    /// The parts of the object that was sized last; none if they do not get names.
    pub(crate) fn parts(&mut self) -> Vec<Part> {
        self.walk.referents().map_or_else(Vec::new, |referents| referents.of_object())
    }

    /// What was found of an object, of `flat` bytes, whose sizing panicked.
    #[cold]
    pub(crate) fn broken_off(&mut self, flat: usize) -> Measured {
        let bytes = self.walk.bytes().wrapping_add(flat) as u64;
        self.walk.break_off();
        let (_, claims) = self.walk.end_touched();
        Measured { bytes, unread: true, claims }
    }

    /// The values of derived types that were seen so far: type, number, and bytes of their own (flat and owned, without those of
    /// further counted values within them); the most bytes first, then by name. Empty if they are not counted.
    ///
    /// What of a shared block lies in no counted value belongs to none. So does what a value found whose sizing panicked.
    pub(crate) fn census(&mut self) -> Vec<(&'static str, u64, u64)> {
        let census = self.walk.session().census.as_mut().map(mem::take);
        census.map_or_else(Vec::new, |census| census.finish())
    }

    /// Tells whether other threads size objects for the same snapshot: not at first.
    pub(crate) fn set_others(&mut self, others: bool) {
        self.walk.session().set_others(others);
    }

    /// Whether the object that was sized last, which claims blocks and is unread, has to be sized again when no other thread
    /// sizes any more.
    pub(crate) fn is_to_be_sized_again(&mut self) -> bool {
        let session = self.walk.session();
        let busy = mem::take(&mut session.busy);
        if busy && let Some(census) = &mut session.census {
            census.take_back(session.serial);
        }
        busy
    }

    /// What was met so far, for the sizer that will settle it. This one forgets it.
    pub(crate) fn leave(&mut self) -> Met {
        let session = self.walk.session();
        Met { ledger: mem::take(&mut session.ledger), census: session.census.as_mut().map(mem::take) }
    }

    /// Takes in what another sizer met that sized other objects of the same snapshot, and says which numbers its blocks have here. To be
    /// called when no other thread sizes any more.
    pub(crate) fn absorb(&mut self, met: Met) -> Renumbered {
        let session = self.walk.session();
        let blocks = session.ledger.absorb(met.ledger);
        if let (Some(census), Some(theirs)) = (&mut session.census, met.census) {
            census.absorb(*theirs, &blocks);
        }
        blocks
    }

    /// Says what the shared blocks add to which object. To be called when all objects were sized.
    pub(crate) fn settle(&mut self) -> Shares {
        self.walk.session().ledger.settle()
    }
}
