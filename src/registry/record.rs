//! What is kept for one object beside its identity: the tracker that was set for it, and its bundle.

use core::mem::replace;
use std::sync::Arc;

use super::identity::{Identity, Origin};
use super::sync::{Life, UnsafeCell};
use super::visit::ends;
use super::{registry, with_local};
use crate::told::{Bundle, Tracker};

pub(super) struct Record {
    origin: Origin,
    /// Used only under the stripe of the record's address. (A lock in each record could not be taken before a fork: nobody knows
    /// where all records are.)
    kept: UnsafeCell<Kept>,
    /// Nothing, outside of models.
    life: Life,
}

/// Who is told of an object, and what it is told of it.
#[derive(Clone, Default)]
pub(super) struct Kept {
    pub(super) tracker: Option<Arc<dyn Tracker>>,
    pub(super) bundle: Option<Bundle>,
}

// SAFETY: what is kept is `Send + Sync`, and used under a lock.
unsafe impl Sync for Record {}

impl Record {
    fn new(origin: Origin, tracker: Option<Arc<dyn Tracker>>) -> Box<Self> {
        let kept = UnsafeCell::new(Kept { tracker, bundle: None });
        Box::new(Self { origin, kept, life: Life::new() })
    }

    fn with_kept<R>(&self, work: impl FnOnce(&mut Kept) -> R) -> R {
        self.life.used();
        let _stripe = registry().stripe(core::ptr::from_ref(self).addr()).lock();
        // SAFETY: under the lock nobody else uses it, and `work` does not come back here.
        self.kept.with_mut(|kept| work(unsafe { &mut *kept }))
    }

    pub(super) fn origin(&self) -> Origin {
        self.life.used();
        self.origin
    }

    /// What is kept now.
    pub(super) fn kept(&self) -> Kept {
        self.with_kept(|kept| kept.clone())
    }

    pub(super) fn bundle(&self) -> Option<Bundle> {
        self.with_kept(|kept| kept.bundle.clone())
    }

    /// Sets another tracker; returns what was kept before.
    pub(super) fn set_tracker(&self, tracker: Option<Arc<dyn Tracker>>) -> Kept {
        self.with_kept(|kept| Kept { tracker: replace(&mut kept.tracker, tracker), bundle: kept.bundle.clone() })
    }

    /// Sets another bundle. Returns the old one, to be dropped, and the tracker that is to be told.
    pub(super) fn set_bundle(&self, bundle: Option<Bundle>) -> Kept {
        self.with_kept(|kept| Kept { tracker: kept.tracker.clone(), bundle: replace(&mut kept.bundle, bundle) })
    }

    /// Takes out what is kept: the object is dead.
    pub(super) fn empty(&self) -> Kept {
        self.with_kept(core::mem::take)
    }
}

impl Identity {
    /// The object's record, made now if it has none.
    pub(super) fn recorded(&self) -> &Record {
        match self.record() {
            Some(record) => record,
            None => self.make_record(),
        }
    }

    #[cold]
    fn make_record(&self) -> &Record {
        // Outside of the lock, as is whatever it holds when it is not needed.
        let mut fresh = Some(Record::new(self.origin(), None));
        let number = self.first_tracker();
        let (trackers, row) = (&registry().trackers, with_local(|local| local.row.get()));
        let (record, given_up) = {
            let _stripe = registry().stripe(core::ptr::from_ref(self).addr()).lock();
            match (self.record(), fresh.take()) {
                (None, Some(mut record)) if number != 0 => {
                    // SAFETY: as long as there is no record, the object's claim on this tracker holds; that ends only here, under this
                    // lock, or with the object.
                    let tracker = unsafe { trackers.tracker(number) };
                    record.kept = UnsafeCell::new(Kept { tracker: Some(Arc::clone(tracker)), bundle: None });
                    (self.install(record), true)
                }
                (None, Some(record)) => (self.install(record), false),
                (known, unused) => {
                    fresh = unused;
                    (known.unwrap_or_else(|| unreachable!("a record was found or made")), false)
                }
            }
        };
        if let Some(unused) = fresh {
            unused.life.ends();
        }
        if given_up {
            // SAFETY: the claim was the object's, and now the record stands in its place.
            let last = unsafe { trackers.release(number, row) };
            // It may have been the last on this number; the record holds the tracker itself.
            ends(move || drop(last));
        }
        record
    }

    /// Gives a new object, which nobody has seen, a record with this tracker.
    pub(super) fn record_at_birth(&self, tracker: Option<Arc<dyn Tracker>>) {
        if tracker.is_some() {
            self.install(Record::new(self.origin(), tracker));
        }
    }

    /// The identity ends, and with it the record.
    ///
    /// # Safety
    /// As [`Identity::take_record`].
    #[cold]
    #[inline(never)]
    pub(super) unsafe fn discard(&self) {
        // SAFETY: the caller's promise.
        let Some(record) = (unsafe { self.take_record() }) else { return };
        // What the user gave may throw when it is dropped.
        let kept = record.empty();
        ends(move || drop(kept));
        if !record.life.ends() {
            // A model keeps the memory, to see whether it is used again.
            core::mem::forget(record);
        }
    }
}
