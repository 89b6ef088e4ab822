//! Elements and entries: under which names they are walked, and whether they need be visited at all.

use super::Walk;
use crate::inspect::Inspect;
use std::mem;

impl Walk<'_> {
    /// As [`elements`](Self::elements), where `visit` inspects the elements.
    #[inline]
    pub(crate) fn elements_by<T: Inspect>(&mut self, length: usize, visit: impl FnOnce(&mut Walk<'_>)) {
        if self.naming {
            self.name("elements", length, length.saturating_mul(size_of::<T>()), |walk| walk.visit::<T>(length, visit));
        } else {
            self.visit::<T>(length, visit);
        }
    }

    /// As [`entries`](Self::entries), where `visit` walks the [entries](Self::entry).
    #[inline]
    pub(crate) fn entries_by<K: Inspect, V: Inspect>(&mut self, length: usize, visit: impl FnOnce(&mut Walk<'_>)) {
        let visits = self.visits_entries::<K, V>() && length != 0;
        if self.naming && !(visits && self.visits_elements::<K>()) {
            self.name("keys", length, length.saturating_mul(size_of::<K>()), |_| ());
            self.name("values", length, length.saturating_mul(size_of::<V>()), |walk| {
                if visits {
                    let outer = mem::replace(&mut walk.in_values, true);
                    walk.visiting_elements(length);
                    walk.deeper(visit);
                    walk.in_values = outer;
                }
            });
        } else if visits {
            self.visiting_elements(length);
            self.deeper(visit);
        }
    }

    #[inline]
    pub(crate) fn entry<K: Inspect, V: Inspect>(&mut self, key: &K, value: &V) {
        if self.naming && self.in_values {
            // What is in the value may be a map of its own.
            self.in_values = false;
            value.inspect(self);
            self.in_values = true;
        } else if self.naming {
            self.name("keys", 1, size_of::<K>(), |walk| key.inspect(walk));
            self.name("values", 1, size_of::<V>(), |walk| value.inspect(walk));
        } else {
            key.inspect(self);
            value.inspect(self);
        }
    }

    /// Whether elements of this type are visited at all.
    #[inline]
    pub(crate) fn visits_elements<T: Inspect>(&self) -> bool {
        !T::owns_nothing() || (self.census && T::holds_counted_values())
    }

    /// Whether entries of these types are visited at all.
    #[inline]
    pub(crate) fn visits_entries<K: Inspect, V: Inspect>(&self) -> bool {
        self.visits_elements::<K>() || self.visits_elements::<V>()
    }

    #[inline]
    fn visit<T: Inspect>(&mut self, length: usize, visit: impl FnOnce(&mut Walk<'_>)) {
        if length != 0 && self.visits_elements::<T>() {
            self.visiting_elements(length);
            self.deeper(visit);
        }
    }
}
