//! What a walk knows beyond the sum of the present object.

use super::census::Census;
use super::ledger::{BlockId, Ledger};
use deepsize::{Context, DeepSizeOf};
use std::mem;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

/// How long a walk waits for locks in all, so that many held locks cost no more than a few.
const PATIENCE: Duration = Duration::from_millis(100);

/// Which tracked objects are counted on their own in this walk, so that a handle to them adds nothing.
pub(crate) trait Covers: Send + Sync {
    /// Whether the object of class `class_index` with this `serial` is counted on its own.
    fn covers(&self, class_index: u32, serial: u64) -> bool;
}

/// What a walk knows. It owns all of it, so that it can be lent to foreign code through a thread-local.
pub(crate) struct Session {
    pub(crate) ledger: Ledger,
    /// The object that is sized.
    pub(crate) serial: u64,
    /// The shared block that is walked, when the walk is inside of one.
    pub(crate) block: Option<BlockId>,
    /// Something of this object could not be read.
    pub(crate) unread: bool,
    /// This object is, for now, the one that is charged for at least one shared block.
    pub(crate) claims: bool,
    /// Other threads walk for the same snapshot, and may have what this one needs.
    others: bool,
    /// Something of this object could not be read, perhaps because one of them was reading it: see
    /// [`locked_out`](Self::locked_out).
    pub(crate) busy: bool,
    /// How long locks may still be waited for.
    pub(crate) patience: Duration,
    /// What of it is kept for when the others have ended.
    reserve: Duration,
    /// The address of the context that it was lent with last.
    pub(crate) lent_with: usize,
    pub(crate) covers: Option<Arc<dyn Covers>>,
    pub(crate) pace: Option<Rc<dyn Fn()>>,
    /// The values of derived types that were seen, if they are counted.
    pub(crate) census: Option<Box<Census>>,
    kind: Kind,
}

enum Kind {
    /// All objects of a snapshot: shared blocks are charged at the end.
    Snapshot,
    /// One value, sized outside of any snapshot: its shared blocks count where they are met first. The marker is how
    /// the session knows a deepsize context again, see [`Session::knows`].
    Alone(Arc<Marker>),
}

/// An entry in a deepsize context that tells that a session belongs to it.
struct Marker(u8);

impl DeepSizeOf for Marker {
    fn deep_size_of_children(&self, _context: &mut Context) -> usize {
        usize::from(self.0)
    }
}

impl Session {
    /// The session of a snapshot.
    pub(crate) fn snapshot(covers: Option<Arc<dyn Covers>>, pace: Option<Rc<dyn Fn()>>) -> Self {
        Self { covers, pace, ..Self::new(Kind::Snapshot) }
    }

    /// A session for what is sized outside of any snapshot; `context` will be known to it.
    pub(crate) fn alone(context: &mut Context) -> Self {
        let marker = Arc::new(Marker(0));
        // Enters the marker into the context; what it weighs is of no interest.
        let _ = marker.deep_size_of_children(context);
        Self::new(Kind::Alone(marker))
    }

    /// Whether this session belongs to `context`. A context cannot be read, but an `Arc` that it has seen weighs nothing.
    pub(crate) fn knows(&self, context: &mut Context) -> bool {
        match &self.kind {
            Kind::Snapshot => false,
            Kind::Alone(marker) => marker.deep_size_of_children(context) == 0,
        }
    }

    /// Notes that the value that is walked reaches the shared block at `address`; whether the block is known.
    #[inline(never)]
    pub(crate) fn meet(&mut self, address: usize) -> bool {
        let met = match self.block {
            None => self.ledger.reach(address, self.serial),
            Some(from) => self.ledger.reach_from(from, address),
        };
        let Some(met) = met else { return false };
        self.claims |= met.claimed;
        self.unread |= met.unread;
        true
    }

    /// Whether it is known, without much ado, that it changes nothing to reach the block at `address`.
    #[inline]
    pub(crate) fn is_settled(&self, address: usize, serial: u64) -> bool {
        self.block.is_none() && self.ledger.is_settled(address, serial)
    }

    /// Enters a block that [`meet`](Self::meet) did not know. `None` if there are more than can be counted.
    pub(crate) fn enter(&mut self, address: usize) -> Option<BlockId> {
        let block = match self.block {
            None => self.ledger.enter_reached(address, self.serial),
            Some(from) => self.ledger.enter_reached_from(from, address),
        }?;
        self.claims = true;
        Some(block)
    }

    /// The known block at `address`, if the object that is sized may be charged for it as far as is known.
    pub(crate) fn claimed_block(&self, address: usize) -> Option<BlockId> {
        self.ledger.block(address).filter(|&block| self.ledger.may_belong_to(block, self.serial))
    }

    /// Takes in what a block weighs that was walked, and whether something of it could not be read; what of its bytes counts
    /// at once for the value that is walked.
    #[inline]
    pub(crate) fn weigh(&mut self, block: BlockId, bytes: usize, unread: bool) -> usize {
        self.ledger.close(block, unread, self.block.is_none());
        if unread && self.busy && self.block.is_none() {
            self.ledger.bury(block);
        }
        match self.kind {
            Kind::Snapshot => {
                self.ledger.weigh(block, bytes as u64);
                0
            }
            Kind::Alone(_) => bytes,
        }
    }

    /// Notes that a lock stayed closed.
    ///
    /// In a shared block it may be another thread of this very snapshot that has it. Then the object and the blocks that it is
    /// in are to be walked again when the others have ended: what a snapshot says must not depend on how many walk.
    #[cold]
    pub(crate) fn locked_out(&mut self) {
        self.unread = true;
        if self.others && self.block.is_some() {
            (self.busy, self.claims) = (true, true);
        }
    }

    /// Tells whether other threads walk for the same snapshot.
    pub(crate) fn set_others(&mut self, others: bool) {
        self.others = others;
        if others {
            self.reserve = self.patience / 2;
            self.patience -= self.reserve;
        } else {
            self.patience += mem::take(&mut self.reserve);
        }
        match &mut self.census {
            Some(census) if others => census.set_apart(),
            Some(census) => census.unite(&self.ledger),
            None => (),
        }
    }

    fn new(kind: Kind) -> Self {
        Self {
            ledger: Ledger::default(),
            serial: 0,
            block: None,
            unread: false,
            claims: false,
            others: false,
            busy: false,
            patience: PATIENCE,
            reserve: Duration::ZERO,
            lent_with: 0,
            covers: None,
            pace: None,
            census: None,
            kind,
        }
    }
}
