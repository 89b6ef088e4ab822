use std::cmp::Ordering;
use std::cmp::Reverse;
use std::collections::HashMap;
use std::sync::Arc;

use super::collect::Object;
use crate::names::last_segment;
use crate::{Query, SortKey};

/// Sorts by the query's keys. The serial breaks the last ties, so the order is total and the same every time.
pub(super) fn sort(objects: &mut [Object<'_>], query: &Query) {
    let names = short_names(objects, query);
    objects.sort_unstable_by(|a, b| {
        let by_keys = query
            .sort
            .iter()
            .map(|key| compare(*key, a, b, &names))
            .find(|order| order.is_ne())
            .unwrap_or(Ordering::Equal);
        let order = by_keys.then(a.record.serial.cmp(&b.record.serial));
        if query.reversed { order.reverse() } else { order }
    });
}

fn compare(key: SortKey, a: &Object<'_>, b: &Object<'_>, names: &HashMap<Arc<str>, String>) -> Ordering {
    match key {
        SortKey::Class => a.record.class.cmp(&b.record.class),
        SortKey::Name => names.get(&a.record.class).cmp(&names.get(&b.record.class)),
        SortKey::Birth => absent_last(a.record.birth.as_ref(), b.record.birth.as_ref()),
        SortKey::Death => absent_last(a.death(), b.death()),
        SortKey::Size => b.largest.cmp(&a.largest),
        SortKey::TSize => absent_last(a.in_largest_total.map(Reverse), b.in_largest_total.map(Reverse)),
        SortKey::Repr => absent_last(a.record.repr.as_ref(), b.record.repr.as_ref()),
        SortKey::Serial => a.record.serial.cmp(&b.record.serial),
    }
}

fn absent_last<T: Ord>(a: Option<T>, b: Option<T>) -> Ordering {
    match (a, b) {
        (Some(a), Some(b)) => a.cmp(&b),
        (a, b) => b.is_some().cmp(&a.is_some()),
    }
}

/// The short name of each class, made once a class rather than at each comparison.
fn short_names(objects: &[Object<'_>], query: &Query) -> HashMap<Arc<str>, String> {
    let mut names = HashMap::new();
    if query.sort.contains(&SortKey::Name) {
        for object in objects {
            let class = &object.record.class;
            if !names.contains_key(class) {
                names.insert(Arc::clone(class), last_segment(class));
            }
        }
    }
    names
}
