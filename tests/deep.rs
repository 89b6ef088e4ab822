//! Structures that are too deep for any stack: a snapshot sizes them to their end, however little stack its thread has.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed, which is what it is for")]

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use classtracker::stats::ClassRow;
use classtracker::{ClassTracker, DeepSizeOf, TrackOptions, Tracked};

/// Each level takes about a kilobyte of stack while it is walked.
const DEPTH: usize = 1_000_000;
/// Where it is the way there that counts: deeper than any thread's stack, too.
const DEEP: usize = 200_000;

/// A binary tree, with a text at each node.
#[derive(DeepSizeOf, Default)]
struct Tree {
    text: String,
    left: Option<Box<Tree>>,
    right: Option<Box<Tree>>,
}

impl Tree {
    /// A tree that has grown to one side and the other, with a leaf at each node's other side.
    fn leaning(depth: usize) -> Self {
        (0..depth).fold(Self::default(), |tree, number| {
            let (tree, leaf) = (Some(Box::new(tree)), Some(Box::default()));
            let (left, right) = if number % 2 == 0 { (tree, leaf) } else { (leaf, tree) };
            Self { text: "x".repeat(number % 3), left, right }
        })
    }

    fn deep_size(depth: usize) -> usize {
        (2 * depth + 1) * size_of::<Self>() + (0..depth).map(|number| number % 3).sum::<usize>()
    }
}

/// Takes itself apart: what the compiler makes would need as much stack as there are nodes.
impl Drop for Tree {
    fn drop(&mut self) {
        let mut rest = vec![self.left.take(), self.right.take()];
        while let Some(next) = rest.pop() {
            if let Some(mut tree) = next {
                rest.extend([tree.left.take(), tree.right.take()]);
            }
        }
    }
}

/// A list whose elements others may hold as well.
#[derive(DeepSizeOf)]
struct Link {
    next: Option<Arc<Link>>,
}

impl Drop for Link {
    fn drop(&mut self) {
        let mut next = self.next.take();
        while let Some(mut link) = next.and_then(Arc::into_inner) {
            next = link.next.take();
        }
    }
}

/// The row of the tracker's only class in a snapshot that a thread with little stack takes.
fn row(tracker: &ClassTracker) -> ClassRow {
    let little = thread::Builder::new().stack_size(128 << 10);
    thread::scope(|scope| {
        let snapshot = little.spawn_scoped(scope, || tracker.create_snapshot("")).unwrap();
        snapshot.join().unwrap().classes[0].clone()
    })
}

#[test]
fn a_tree_of_a_million_levels_is_sized_to_its_end() {
    let tree = Arc::new(Tree::leaning(DEPTH));
    let tracker = ClassTracker::new();
    tracker.track_object(&tree);
    let row = row(&tracker);
    assert_eq!((row.bytes as usize, row.unread), (Tree::deep_size(DEPTH), 0));
}

#[test]
fn so_it_is_with_its_parts_named_and_its_values_counted() {
    let tree = Arc::new(Tree::leaning(DEEP));
    let tracker = ClassTracker::new();
    tracker.track_object_with(&tree, TrackOptions::new().resolution_level(3));
    tracker.set_census(true);
    let row = row(&tracker);
    assert_eq!((row.bytes as usize, row.unread), (Tree::deep_size(DEEP), 0));
    let parts = row.referents.iter().filter(|part| part.level == 1);
    assert_eq!(parts.map(|part| part.bytes).sum::<u64>(), row.bytes);
    let snapshots = tracker.snapshots();
    let census = &snapshots[0].census.as_ref().unwrap()[0];
    assert_eq!((census.count, census.bytes), (2 * DEEP as u64 + 1, row.bytes));
}

#[test]
fn so_it_is_on_the_thread_of_periodic_snapshots() {
    let tree = Tracked::new(Tree::leaning(DEEP));
    let tracker = ClassTracker::new();
    tracker.track_class::<Tree>();
    tracker.start_periodic_snapshots(Duration::from_secs(60));
    let taken = || tracker.snapshots().first().cloned();
    let snapshot = std::iter::repeat_with(|| {
        thread::sleep(Duration::from_millis(10));
        taken()
    });
    let snapshot = snapshot.take(6000).flatten().next().unwrap();
    assert_eq!((snapshot.classes[0].bytes as usize, snapshot.classes[0].unread), (Tree::deep_size(DEEP), 0));
    drop(tree);
}

#[test]
fn a_deep_list_of_shared_blocks_is_sized_to_its_end() {
    let list = (0..DEEP).fold(Link { next: None }, |next, _| Link { next: Some(Arc::new(next)) });
    let list = Arc::new(list);
    let tracker = ClassTracker::new();
    tracker.track_object(&list);
    let row = row(&tracker);
    let block = 2 * size_of::<usize>() + size_of::<Link>();
    assert_eq!((row.bytes as usize, row.unread), (size_of::<Link>() + DEEP * block, 0));
}
