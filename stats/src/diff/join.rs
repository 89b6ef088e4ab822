//! Two lists of objects side by side.

use std::cmp::Ordering;
use std::sync::Arc;
use std::time::Duration;

use crate::{ListedObject, Snapshot};

/// A birth is read from a clock that may be behind by this much, never ahead: the slowest tick of Linux.
const COARSE: Duration = Duration::from_millis(10);

/// When a snapshot was taken, as far as that tells whether an object was there already.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Line {
    begun: Duration,
    done: Duration,
}

impl Line {
    /// The line lies somewhere between when the snapshot was begun and when its walk was done.
    pub(crate) fn at(snapshot: &Snapshot) -> Self {
        Self { begun: snapshot.elapsed, done: snapshot.elapsed.saturating_add(snapshot.duration) }
    }

    /// Whether an object of this birth was made after it; `None` if that is not sure.
    pub(crate) fn is_after(self, birth: Option<Duration>) -> Option<bool> {
        let birth = birth?;
        if birth > self.done {
            Some(true)
        } else if birth.saturating_add(COARSE) < self.begun {
            Some(false)
        } else {
            None
        }
    }
}

/// An object that at least one of two snapshots lists.
pub(super) enum Joined<A, B> {
    Both(A, B),
    Before(A),
    After {
        object: B,
        /// Whether the snapshot before lists an object with a higher serial. Serials rise from snapshot to snapshot, so
        /// this one was made before it, too.
        older: bool,
    },
}

impl<A: ListedObject, B: ListedObject> Joined<A, B> {
    pub(super) fn class(&self) -> &Arc<str> {
        match self {
            Self::Both(object, _) | Self::Before(object) => object.class(),
            Self::After { object, .. } => object.class(),
        }
    }
}

/// Gives each object of either list once, by serial. Lists that do not rise give what they give, but come to an end.
pub(super) fn join<A: ListedObject, B: ListedObject, E>(
    mut before: impl Iterator<Item = Result<A, E>>,
    mut after: impl Iterator<Item = Result<B, E>>,
    mut each: impl FnMut(Joined<A, B>),
) -> Result<(), E> {
    let mut next_before = before.next().transpose()?;
    let mut next_after = after.next().transpose()?;
    loop {
        let order = match (&next_before, &next_after) {
            (Some(before), Some(after)) => before.serial().cmp(&after.serial()),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => return Ok(()),
        };
        let older = next_before.is_some();
        let joined = match (order, next_before.take_if(|_| order.is_le()), next_after.take_if(|_| order.is_ge())) {
            (Ordering::Equal, Some(before), Some(after)) => Joined::Both(before, after),
            (_, Some(before), _) => Joined::Before(before),
            (_, None, Some(object)) => Joined::After { object, older },
            (_, None, None) => return Ok(()),
        };
        each(joined);
        if next_before.is_none() {
            next_before = before.next().transpose()?;
        }
        if next_after.is_none() {
            next_after = after.next().transpose()?;
        }
    }
}
