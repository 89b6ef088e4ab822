//! How long objects lived, for classes of which that is asked: each thread counts for itself.

use classtracker_stats::Durations;

use super::class::Class;
use super::local::LocalClass;
use super::sync::{AtomicU64, Ordering, bump};

const CLASSES: usize = Durations::CLASSES;

/// How many lived how long, in the classes of [`Durations`]. One thread writes it, all may read it.
pub(super) struct Lifetimes([AtomicU64; CLASSES]);

/// The same of threads that have ended, or that cannot count for themselves.
pub(super) type Ended = Box<[u64; CLASSES]>;

impl Lifetimes {
    fn new() -> Self {
        Self(core::array::from_fn(|_| AtomicU64::new(0)))
    }

    pub(super) fn count(&self, class: usize) {
        bump(&self.0[class]);
    }

    pub(super) fn add_to(&self, sums: &mut [u64; CLASSES]) {
        for (sum, count) in sums.iter_mut().zip(&self.0) {
            // Relaxed: each count is whole by itself.
            *sum += count.load(Ordering::Relaxed);
        }
    }
}

impl Class {
    /// Sees to it that every thread that works with objects of this class has counters. Nothing is allocated under the lock, and
    /// nothing when an object is dropped.
    pub(super) fn give_counters(&self) {
        let mut ended: Option<Ended> = Some(Box::new([0; CLASSES]));
        let mut spare = Vec::new();
        loop {
            let mut threads = self.threads.lock();
            if threads.ended.is_none() {
                threads.ended = ended.take();
            }
            let without = threads.shares().filter(|share| share.lifetimes().is_none());
            let missing =
                without.filter(|share| spare.pop().map(|counters| share.set_lifetimes(counters)).is_none()).count();
            drop(threads);
            if missing == 0 {
                return;
            }
            spare.extend((0..missing).map(|_| Box::new(Lifetimes::new())));
        }
    }

    /// Counts for a thread that has no counters of its own.
    pub(super) fn count_lifetime(&self, class: usize) {
        if let Some(ended) = &mut self.threads.lock().ended {
            ended[class] += 1;
        }
    }

    /// How long those objects lived that died while this was asked; `None` if it never was.
    pub(crate) fn lifetimes(&self) -> Option<Durations> {
        let mut sums = [0; CLASSES];
        {
            let threads = self.threads.lock();
            sums.copy_from_slice(&**threads.ended.as_ref()?);
            threads.shares().filter_map(LocalClass::lifetimes).for_each(|lifetimes| lifetimes.add_to(&mut sums));
        }
        let length = sums.iter().rposition(|&count| count > 0).map_or(0, |last| last + 1);
        Some(Durations { counts: sums[..length].to_vec() })
    }
}
