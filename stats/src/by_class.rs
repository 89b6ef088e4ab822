use std::collections::HashMap;
use std::sync::Arc;

/// Something for each class, found fast where the same classes come in the same order again and again.
#[derive(Debug)]
pub(crate) struct ByClass<T> {
    items: Vec<(Arc<str>, T)>,
    places: HashMap<Arc<str>, usize>,
    /// Where the class is expected that is asked for next.
    next: usize,
}

impl<T> Default for ByClass<T> {
    fn default() -> Self {
        Self { items: Vec::new(), places: HashMap::new(), next: 0 }
    }
}

impl<T> ByClass<T> {
    /// What there is of a class, made anew if that is nothing.
    pub(crate) fn of(&mut self, class: &Arc<str>, new: impl FnOnce() -> T) -> &mut T {
        let expected = self.items.get(self.next).is_some_and(|(known, _)| Arc::ptr_eq(known, class) || known == class);
        let place = if expected {
            self.next
        } else {
            match self.places.get(class) {
                Some(place) => *place,
                None => {
                    self.items.push((Arc::clone(class), new()));
                    self.places.insert(Arc::clone(class), self.items.len() - 1);
                    self.items.len() - 1
                }
            }
        };
        self.next = if place + 1 < self.items.len() { place + 1 } else { 0 };
        &mut self.items[place].1
    }

    pub(crate) fn classes(&self) -> impl Iterator<Item = &Arc<str>> {
        self.items.iter().map(|(class, _)| class)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&Arc<str>, &T)> {
        self.items.iter().map(|(class, item)| (class, item))
    }

    pub(crate) fn values_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.items.iter_mut().map(|(_, item)| item)
    }

    pub(crate) fn into_values(self) -> impl Iterator<Item = T> {
        self.items.into_iter().map(|(_, item)| item)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_is_found_in_any_order_and_by_name() {
        let mut counts: ByClass<u32> = ByClass::default();
        for name in ["a", "b", "c", "a", "b", "c", "c", "b", "d", "a", "b", "x", "d"] {
            *counts.of(&Arc::from(name), || 0) += 1;
        }
        let found: Vec<_> = counts.iter().map(|(class, count)| (&**class, *count)).collect();
        assert_eq!(found, [("a", 3), ("b", 4), ("c", 3), ("d", 2), ("x", 1)]);
    }
}
