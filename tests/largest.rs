//! Which objects a snapshot lists: the largest of each class, of equal ones the oldest, whatever order they come in.

use std::cmp::Reverse;

use classtracker::{ClassTracker, DeepSizeOf, Detail, TrackOptions, Tracked};
use proptest::prelude::*;

#[derive(DeepSizeOf)]
struct Item(Vec<u8>);

/// Bytes of their own and serial of the `most` largest, as a list that is sorted tells it.
fn largest(items: &[Tracked<Item>], most: usize) -> Vec<(u64, u64)> {
    let size = |item: &Tracked<Item>| (size_of::<Item>() + item.0.capacity()) as u64;
    let serial = |item: &Tracked<Item>| Tracked::serial(item).unwrap_or_default();
    let mut all: Vec<_> = items.iter().map(|item| (size(item), serial(item))).collect();
    all.sort_unstable_by_key(|&(bytes, serial)| (Reverse(bytes), serial));
    all.truncate(most);
    all.sort_unstable_by_key(|&(_, serial)| serial);
    all
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn a_snapshot_lists_the_largest_and_of_equal_ones_the_oldest(
        sizes in proptest::collection::vec(0_usize..40, 0..700),
        most in prop_oneof![Just(0_usize), Just(1), 2_usize..200, Just(1000)],
        ascending in any::<bool>(),
    ) {
        let mut sizes = sizes;
        if ascending {
            sizes.sort_unstable();
        }
        let items: Vec<_> = sizes.iter().map(|&size| Tracked::new(Item(Vec::with_capacity(size)))).collect();
        let tracker = ClassTracker::new();
        // Other cases ran before in this process: theirs are dropped by now.
        tracker.track_class_with::<Item>(TrackOptions::new().detail(Detail::Largest(most)));
        let snapshot = tracker.create_snapshot("");
        let listed: Vec<_> = snapshot.objects.iter().map(|object| (object.bytes, object.object.serial)).collect();
        prop_assert_eq!(listed, largest(&items, most));
        let row = &snapshot.classes[0];
        prop_assert_eq!(row.live, items.len() as u64);
        prop_assert_eq!(row.smallest_bytes, largest(&items, items.len()).iter().map(|&(bytes, _)| bytes).min());
        prop_assert_eq!(row.largest_bytes, largest(&items, items.len()).iter().map(|&(bytes, _)| bytes).max());
    }
}
