//! Each creation and each drop of a class' objects, for classes of which that is asked.
//!
//! Here, and only here, objects of all threads take one lock. Under it nothing is allocated and no user code runs.

use core::ops::Range;
use std::collections::VecDeque;
use std::time::Duration;

use super::class::Class;

/// The last events of a class: when they came, and how many objects were alive then. Bounded.
pub(super) struct Events {
    kept: VecDeque<(Duration, u64)>,
    room: usize,
    /// How many there were, the forgotten ones included.
    seen: u64,
    live: u64,
}

/// Events since some moment, and how many more there were, before those, that are forgotten.
pub(crate) struct Since {
    pub(crate) events: Vec<(Duration, u64)>,
    pub(crate) lost: u64,
    /// Where the next look begins.
    pub(crate) next: u64,
}

impl Events {
    fn record(&mut self, created: bool) {
        self.live = if created { self.live + 1 } else { self.live.saturating_sub(1) };
        if self.kept.len() >= self.room {
            self.kept.pop_front();
        }
        self.kept.push_back((crate::clock::elapsed(), self.live));
        self.seen += 1;
    }

    pub(super) fn bytes(&self) -> usize {
        self.kept.capacity() * size_of::<(Duration, u64)>()
    }

    /// How many of those before the kept ones came after the first `from`.
    fn lost(&self, from: u64) -> u64 {
        (self.seen - self.kept.len() as u64).saturating_sub(from)
    }

    /// The places of the kept ones that came after the first `from`.
    fn after(&self, from: u64) -> Range<usize> {
        let known = self.seen.saturating_sub(from).min(self.kept.len() as u64) as usize;
        self.kept.len() - known..self.kept.len()
    }
}

impl Class {
    /// Makes room for so many events; 0: none are recorded any more.
    pub(super) fn keep_events(&self, room: usize) {
        // Whatever is allocated or freed here is so without the lock: the allocator may drop objects of this very class.
        let mut kept = VecDeque::with_capacity(room);
        let (created, dropped) = self.totals();
        let mut events = self.events.lock();
        let old = match &mut *events {
            _ if room == 0 => events.take().map(|events| events.kept),
            Some(events) if events.room >= room => Some(kept),
            Some(events) => {
                kept.extend(events.kept.drain(..));
                events.room = room;
                Some(std::mem::replace(&mut events.kept, kept))
            }
            None => {
                *events = Some(Events { kept, room, seen: 0, live: created - dropped });
                None
            }
        };
        drop(events);
        drop(old);
    }

    /// An object was made, or dropped.
    #[cold]
    pub(super) fn record(&self, created: bool) {
        if let Some(events) = &mut *self.events.lock() {
            events.record(created);
        }
    }

    /// The events after the first `from`, of those that there were since they are recorded.
    pub(crate) fn events_since(&self, from: u64) -> Since {
        // Room for the list is made without the lock, for the same reason.
        let mut events = Vec::new();
        loop {
            let guard = self.events.lock();
            let Some(known) = &*guard else { return Since { events, lost: 0, next: from } };
            let since = known.after(from);
            if events.capacity() >= since.len() {
                events.extend(known.kept.range(since).copied());
                return Since { events, lost: known.lost(from), next: known.seen };
            }
            let wanted = since.len();
            drop(guard);
            events = Vec::with_capacity(wanted);
        }
    }

    /// How many events there were so far.
    pub(crate) fn events_so_far(&self) -> u64 {
        self.events.lock().as_ref().map_or(0, |events| events.seen)
    }
}
