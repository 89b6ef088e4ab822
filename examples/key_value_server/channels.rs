//! Who listens to what.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use classtracker::{DeepSizeOf, Tracked, WeakTracked};
use parking_lot::Mutex;
use tokio::sync::Notify;

/// One connection's interest in one channel, and what was published there that it has not read yet.
#[derive(DeepSizeOf)]
pub(crate) struct Subscription {
    pub(crate) channel: Box<[u8]>,
    pub(crate) waiting: Mutex<VecDeque<Vec<u8>>>,
    /// Wakes the connection.
    #[deep_size(skip)]
    wake: Arc<Notify>,
}

/// A subscriber that lags behind by this many messages loses the oldest: nobody's memory is for those who do not read.
const MOST_WAITING: usize = 10_000;

type Listeners = Vec<WeakTracked<Subscription>>;

#[derive(Default)]
pub(crate) struct Channels {
    by_name: Mutex<HashMap<Box<[u8]>, Listeners>>,
}

impl Channels {
    /// A subscription; it ends when it is dropped.
    pub(crate) fn subscribe(&self, channel: &[u8], wake: &Arc<Notify>) -> Tracked<Subscription> {
        let waiting = Mutex::new(VecDeque::new());
        let subscription = Tracked::new(Subscription { channel: channel.into(), waiting, wake: Arc::clone(wake) });
        let mut by_name = self.by_name.lock();
        let listeners = by_name.entry(channel.into()).or_default();
        // Those who have left are forgotten when the next one comes: the list is never longer than the most there were, and one.
        listeners.retain(|listener| listener.strong_count() > 0);
        listeners.push(Tracked::downgrade(&subscription));
        subscription
    }

    /// Gives a message to all who listen; how many they are.
    pub(crate) fn publish(&self, channel: &[u8], message: &[u8]) -> usize {
        let mut by_name = self.by_name.lock();
        let Some(listeners) = by_name.get_mut(channel) else { return 0 };
        listeners.retain(|listener| listener.strong_count() > 0);
        let reached: Vec<_> = listeners.iter().filter_map(WeakTracked::upgrade).collect();
        if reached.is_empty() {
            by_name.remove(channel);
        }
        drop(by_name);
        for subscription in &reached {
            let mut waiting = subscription.waiting.lock();
            if waiting.len() >= MOST_WAITING {
                waiting.pop_front();
            }
            waiting.push_back(message.to_vec());
            drop(waiting);
            subscription.wake.notify_one();
        }
        reached.len()
    }
}
