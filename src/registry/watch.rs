//! What trackers ask of a class beyond its being known: stacks, lifetimes, a history. The most demanding of them gets its way.
//!
//! Threads are told in two ways. A creation that is to be watched must not take the fast road: the list of recent classes and
//! sites of each thread is given up under the next epoch, and the class stays out of it, or has its thread stop at a number of
//! creations. A drop that is to be watched finds that its thread has reached the number of drops at which it stops, 0.

use super::class::{Class, Threads};
use super::sync::Ordering;
use super::{EPOCH, Registry, registry};

/// What one tracker asks.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Wishes {
    /// The stack of one object of so many is recorded; 0: of none.
    pub(crate) trace_one_of: u32,
    /// Whether it is counted how long objects live.
    pub(crate) lifetimes: bool,
    /// How many creations and drops are remembered; 0: none.
    pub(crate) events: u32,
}

const LIFETIMES: u64 = 1 << 32;
const EVENTS: u64 = 1 << 33;

impl Wishes {
    /// What fulfils both.
    fn and(self, other: Self) -> Self {
        let both = self.trace_one_of != 0 && other.trace_one_of != 0;
        let (less, more) = (self.trace_one_of.min(other.trace_one_of), self.trace_one_of.max(other.trace_one_of));
        Self {
            trace_one_of: if both { less } else { more },
            lifetimes: self.lifetimes || other.lifetimes,
            events: self.events.max(other.events),
        }
    }

    fn word(self) -> u64 {
        let flag = |on: bool, flag: u64| if on { flag } else { 0 };
        u64::from(self.trace_one_of) | flag(self.lifetimes, LIFETIMES) | flag(self.events > 0, EVENTS)
    }
}

/// What is asked of a class now.
#[derive(Clone, Copy)]
pub(super) struct Watched {
    pub(super) trace_one_of: u32,
    pub(super) lifetimes: bool,
    pub(super) events: bool,
}

impl Watched {
    /// Whether every creation must take the slow road.
    pub(super) fn creations(self) -> bool {
        self.trace_one_of == 1 || self.events
    }

    /// Whether every drop must.
    pub(super) fn drops(self) -> bool {
        self.lifetimes || self.events
    }
}

/// Wishes that are in force as long as this lives.
pub(crate) struct Watch {
    class: &'static Class,
    wishes: Wishes,
}

impl Class {
    /// Has wishes fulfilled for objects made from now on (as far as their threads can know).
    pub(crate) fn watch(&'static self, wishes: Wishes) -> Watch {
        self.change_wishes(|all| all.push(wishes));
        Watch { class: self, wishes }
    }

    fn change_wishes(&self, change: impl FnOnce(&mut Vec<Wishes>)) {
        let mut all = self.wishes.lock();
        change(&mut all);
        let now = all.iter().fold(Wishes::default(), |sum, &wishes| sum.and(wishes));
        if now.events > 0 {
            self.keep_events(now.events as usize);
        }
        // Relaxed: only this writes it, under the lock; who must see it is told by the epoch, or by `watch_drops`.
        if self.watched.swap(now.word(), Ordering::Relaxed) != now.word() {
            if now.lifetimes {
                self.give_counters();
            }
            self.threads.lock().watch_drops(self.watched().drops());
            registry().tell_threads();
        }
        if now.events == 0 {
            self.keep_events(0);
        }
    }

    /// What is asked of this class now.
    pub(super) fn watched(&self) -> Watched {
        // Relaxed: who was told of a change sees it.
        let word = self.watched.load(Ordering::Relaxed);
        Watched { trace_one_of: word as u32, lifetimes: word & LIFETIMES != 0, events: word & EVENTS != 0 }
    }
}

impl Threads {
    /// Has all drops take the slow road, or none.
    pub(super) fn watch_drops(&self, watched: bool) {
        self.shares().for_each(|share| share.watch_drops(watched));
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.class.change_wishes(|all| {
            if let Some(place) = all.iter().position(|&wishes| wishes == self.wishes) {
                all.swap_remove(place);
            }
        });
    }
}

impl Registry {
    /// Wishes have changed: each thread looks again before its next creation.
    fn tell_threads(&self) {
        // Relaxed: what follows passes it on.
        self.wish_changes.fetch_add(1, Ordering::Relaxed);
        // Release: who reads the new epoch sees that wishes have changed, and which.
        self.control.0.fetch_add(EPOCH, Ordering::Release);
    }

    /// How often wishes have changed, for who has read the control word by `control_for_serials`.
    pub(super) fn wish_changes(&self) -> u64 {
        // Relaxed: see `tell_threads`.
        self.wish_changes.load(Ordering::Relaxed)
    }
}
