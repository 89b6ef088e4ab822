//! Sizes all objects of a snapshot in one walk.

use super::Inspect;
use super::ledger::Shares;
use super::session::{Covers, Session};
use super::walk::Walk;
use deepsize::{Context, DeepSizeOf};
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;

/// What a snapshot tells its walk.
#[derive(Default)]
pub(crate) struct SizerOptions {
    /// Which tracked objects are counted on their own.
    pub(crate) covers: Option<Rc<dyn Covers>>,
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
                    let mut sizer = Sizer {
                        walk: Walk::new(context, session),
                    };
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

    /// Sizes an object. A panic in an impl costs this object: it is `unread`.
    pub(crate) fn object<T: Inspect + ?Sized>(&mut self, serial: u64, value: &T) -> Measured {
        let walk = &mut self.walk;
        walk.begin();
        let session = walk.session();
        session.serial = serial;
        (session.block, session.unread, session.claims) = (None, false, false);
        let whole = catch_unwind(AssertUnwindSafe(|| value.inspect(walk)));
        let bytes = (self.walk.bytes() + size_of_val(value)) as u64;
        let session = self.walk.session();
        session.block = None;
        Measured {
            bytes,
            unread: session.unread || whole.is_err(),
            claims: session.claims,
        }
    }

    /// Says what the shared blocks add to which object. To be called when all objects were sized.
    pub(crate) fn settle(&mut self) -> Shares {
        self.walk.session().ledger.settle()
    }
}
