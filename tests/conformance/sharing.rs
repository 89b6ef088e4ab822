//! Data that several objects share counts once, and objects that hold tracked objects do not count them.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};

use classtracker::{ClassTracker, DeepSizeOf, Detail, TrackOptions, Tracked};
use proptest::prelude::*;

use crate::support::{bytes_of, row};

/// What an `Arc` adds to its value.
const COUNTS: u64 = 2 * size_of::<usize>() as u64;

#[test]
fn p16_shared_data_is_charged_to_the_first_object_that_has_it_at_the_time() {
    #[derive(DeepSizeOf)]
    struct Owner(Mutex<Option<Arc<Vec<u8>>>>);

    let flat = size_of::<Owner>() as u64;
    let list = COUNTS + size_of::<Vec<u8>>() as u64 + 1000;
    let tracker = ClassTracker::new();
    tracker.track_class::<Owner>();
    let data = Arc::new(vec![0; 1000]);
    let a = Tracked::new(Owner(Mutex::new(None)));
    let b = Tracked::new(Owner(Mutex::new(Some(Arc::clone(&data)))));
    let serials = [&a, &b].map(|owner| Tracked::serial(owner).unwrap());

    let sizes = || {
        let snapshot = tracker.create_snapshot("");
        let sizes = serials.map(|serial| bytes_of(&snapshot, serial).unwrap());
        assert_eq!(sizes.iter().sum::<u64>(), row::<Owner>(&snapshot).bytes);
        sizes
    };
    assert_eq!(sizes(), [flat, flat + list]);
    *a.0.lock().unwrap() = Some(data);
    assert_eq!(sizes(), [flat + list, flat]);
    *a.0.lock().unwrap() = None;
    assert_eq!(sizes(), [flat, flat + list]);
}

#[test]
fn p16_the_order_of_serials_holds_across_classes_and_for_single_objects() {
    #[derive(DeepSizeOf)]
    struct One(Arc<[u8; 104]>);
    #[derive(DeepSizeOf)]
    struct Two(Arc<[u8; 104]>);

    let data = Arc::new([0; 104]);
    let block = COUNTS + 104;
    let pointer = size_of::<usize>() as u64;
    let tracker = ClassTracker::new();
    tracker.track_class::<Two>();
    tracker.track_class::<One>();
    let one = Tracked::new(One(Arc::clone(&data)));
    let two = Tracked::new(Two(Arc::clone(&data)));
    // An `Arc` gets its serial when it is registered.
    let three = Arc::new(One(Arc::clone(&data)));
    let serials = [Tracked::serial(&one).unwrap(), Tracked::serial(&two).unwrap(), tracker.track_object(&three)];
    let sizes = |serials: &[u64]| {
        let snapshot = tracker.create_snapshot("");
        serials.iter().map(|serial| bytes_of(&snapshot, *serial).unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(sizes(&serials), [pointer + block, pointer, pointer]);
    drop(one);
    assert_eq!(sizes(&serials[1..]), [pointer + block, pointer]);
    drop(two);
    assert_eq!(sizes(&serials[2..]), [pointer + block]);
}

#[test]
fn p17_a_tracked_object_inside_another_adds_nothing_whichever_was_made_first() {
    #[derive(DeepSizeOf)]
    struct Inner(Vec<u8>);
    #[derive(DeepSizeOf)]
    struct Outer(Mutex<Vec<Tracked<Inner>>>);

    let tracker = ClassTracker::new();
    tracker.track_class::<Outer>();
    tracker.track_class::<Inner>();
    let older = Tracked::new(Inner(vec![0; 100]));
    let outer = Tracked::new(Outer(Mutex::new(Vec::new())));
    let younger = Tracked::new(Inner(vec![0; 200]));
    *outer.0.lock().unwrap() = vec![older.clone(), younger.clone()];
    let snapshot = tracker.create_snapshot("");
    let handles = 2 * size_of::<Tracked<Inner>>();
    assert_eq!(row::<Outer>(&snapshot).bytes, (size_of::<Outer>() + handles) as u64);
    assert_eq!(row::<Inner>(&snapshot).bytes, 2 * size_of::<Inner>() as u64 + 100 + 200);
}

#[test]
fn p17_an_object_tracked_by_itself_inside_another_adds_nothing_in_either_order() {
    #[derive(DeepSizeOf)]
    struct Inner(Vec<u8>);
    #[derive(DeepSizeOf)]
    struct Outer(Arc<Inner>, Tracked<Inner>);

    for inner_first in [true, false] {
        let tracker = ClassTracker::new();
        let arc = Arc::new(Inner(vec![0; 100]));
        let tracked = Tracked::new(Inner(vec![0; 200]));
        let outer = Arc::new(Outer(Arc::clone(&arc), tracked.clone()));
        let inner = || {
            tracker.track_object(&arc);
            tracker.track_object(&tracked);
        };
        if inner_first {
            inner();
            tracker.track_object(&outer);
        } else {
            tracker.track_object(&outer);
            inner();
        }
        let snapshot = tracker.create_snapshot("");
        assert_eq!(row::<Outer>(&snapshot).bytes, size_of::<Outer>() as u64);
        assert_eq!(row::<Inner>(&snapshot).bytes, 2 * size_of::<Inner>() as u64 + 100 + 200);
    }
}

#[test]
fn p17_an_object_that_is_not_tracked_by_this_tracker_is_part_of_the_one_that_holds_it() {
    #[derive(DeepSizeOf)]
    struct Inner(Vec<u8>);
    #[derive(DeepSizeOf)]
    struct Outer(Tracked<Inner>);

    let outers = ClassTracker::new();
    outers.track_class::<Outer>();
    let both = ClassTracker::new();
    both.track_class::<Outer>();
    both.track_class::<Inner>();
    let only_new = ClassTracker::new();
    only_new.track_class::<Outer>();
    let outer = Tracked::new(Outer(Tracked::new(Inner(vec![0; 100]))));
    only_new.track_class_with::<Inner>(TrackOptions::new().only_new());

    let flat = size_of::<Outer>() as u64;
    let inner = size_of::<Inner>() as u64 + 100;
    assert_eq!(row::<Outer>(&outers.create_snapshot("")).bytes, flat + inner);
    assert_eq!(
        row::<Outer>(&only_new.create_snapshot("")).bytes,
        flat + inner,
        "it was made too early to count by itself"
    );
    let snapshot = both.create_snapshot("");
    assert_eq!((row::<Outer>(&snapshot).bytes, row::<Inner>(&snapshot).bytes), (flat, inner));
    drop(outer);
}

/// A block that several owners may share, and that may share others.
#[derive(DeepSizeOf)]
struct Block {
    payload: Vec<u8>,
    blocks: Vec<Arc<Block>>,
}

/// What is tracked.
#[derive(DeepSizeOf)]
struct Owner<const CLASS: u8> {
    blocks: Vec<Arc<Block>>,
    owners: Vec<Tracked<Owner<1>>>,
}

/// Numbers stand for blocks and owners that were made before, modulo how many there are.
#[derive(Debug, Clone)]
struct Graph {
    /// For each block: its payload's length and the blocks that it holds.
    blocks: Vec<(usize, Vec<usize>)>,
    /// In order of creation.
    steps: Vec<Step>,
}

#[derive(Debug, Clone)]
enum Step {
    /// An object of a tracked class that holds these blocks, and these objects.
    Make { other_class: bool, blocks: Vec<usize>, owners: Vec<usize> },
    /// An `Arc` of its own.
    Register(Vec<usize>),
    /// The object that was made so many steps ago goes, and its place is free for the next one.
    Drop(usize),
}

fn graphs() -> impl Strategy<Value = Graph> {
    let some = || prop::collection::vec(0_usize..64, 0..4);
    let make = (any::<bool>(), some(), some()).prop_map(|(other_class, blocks, owners)| Step::Make {
        other_class,
        blocks,
        owners,
    });
    let step = prop_oneof![4 => make, 1 => some().prop_map(Step::Register), 2 => (0_usize..64).prop_map(Step::Drop)];
    (prop::collection::vec((0_usize..100, some()), 1..12), prop::collection::vec(step, 1..24))
        .prop_map(|(blocks, steps)| Graph { blocks, steps })
}

/// Every handle that the test holds to an object.
enum Handle {
    One(Tracked<Owner<1>>),
    Two(Tracked<Owner<2>>),
    Single(u64, Arc<Owner<3>>),
}

impl Handle {
    /// Serial, flat size, and what it holds.
    fn parts(&self) -> (u64, usize, &[Arc<Block>], usize) {
        match self {
            Self::One(owner) => {
                (Tracked::serial(owner).unwrap(), size_of_val(&**owner), &owner.blocks, owner.owners.capacity())
            }
            Self::Two(owner) => {
                (Tracked::serial(owner).unwrap(), size_of_val(&**owner), &owner.blocks, owner.owners.capacity())
            }
            Self::Single(serial, owner) => (*serial, size_of_val(&**owner), &owner.blocks, owner.owners.capacity()),
        }
    }
}

/// The bytes of all blocks that are reached from `blocks` and that nobody was charged for.
fn charge(blocks: &[Arc<Block>], charged: &mut HashSet<*const Block>) -> usize {
    let mut bytes = 0;
    for block in blocks {
        if charged.insert(Arc::as_ptr(block)) {
            let own = block.payload.capacity() + block.blocks.capacity() * size_of::<usize>();
            bytes += COUNTS as usize + size_of::<Block>() + own + charge(&block.blocks, charged);
        }
    }
    bytes
}

fn check(graph: &Graph) -> Result<(), TestCaseError> {
    let mut blocks: Vec<Arc<Block>> = Vec::new();
    for (length, inner) in &graph.blocks {
        let inner = if blocks.is_empty() { Vec::new() } else { pick(inner, &blocks) };
        blocks.push(Arc::new(Block { payload: vec![0; *length], blocks: inner }));
    }
    let tracker = ClassTracker::new();
    let all = || TrackOptions::new().detail(Detail::All).only_new();
    tracker.track_class_with::<Owner<1>>(all());
    tracker.track_class_with::<Owner<2>>(TrackOptions::new().detail(Detail::All).only_new());

    let mut handles: Vec<Handle> = Vec::new();
    for step in &graph.steps {
        match step {
            Step::Make { other_class, blocks: held, owners } => {
                let known: Vec<_> = handles
                    .iter()
                    .filter_map(|handle| match handle {
                        Handle::One(owner) => Some(owner.clone()),
                        Handle::Two(_) | Handle::Single(..) => None,
                    })
                    .collect();
                let owners = if known.is_empty() { Vec::new() } else { pick(owners, &known) };
                let held = pick(held, &blocks);
                handles.push(if *other_class {
                    Handle::Two(Tracked::new(Owner { blocks: held, owners }))
                } else {
                    Handle::One(Tracked::new(Owner { blocks: held, owners }))
                });
            }
            Step::Register(held) => {
                let owner = Arc::new(Owner { blocks: pick(held, &blocks), owners: Vec::new() });
                handles.push(Handle::Single(
                    tracker.track_object_with(&owner, TrackOptions::new().detail(Detail::All)),
                    owner,
                ));
            }
            Step::Drop(ago) => {
                if !handles.is_empty() {
                    // (It stays alive if another one holds it.)
                    handles.swap_remove(ago % handles.len());
                }
            }
        }
    }
    // Blocks that no object holds are nobody's.
    drop(blocks);

    let mut alive: Vec<Handle> = tracker.instances::<Owner<1>>().into_iter().map(Handle::One).collect();
    alive.extend(handles.into_iter().filter(|handle| !matches!(handle, Handle::One(_))));
    alive.sort_by_key(|handle| handle.parts().0);
    let mut charged = HashSet::new();
    let expected: Vec<_> = alive
        .iter()
        .map(|handle| {
            let (serial, flat, blocks, owners) = handle.parts();
            let capacity = match handle {
                Handle::One(owner) => owner.blocks.capacity(),
                Handle::Two(owner) => owner.blocks.capacity(),
                Handle::Single(_, owner) => owner.blocks.capacity(),
            };
            let own = flat + (capacity + owners) * size_of::<usize>();
            (serial, (own + charge(blocks, &mut charged)) as u64)
        })
        .collect();

    let snapshot = tracker.create_snapshot("");
    let found: Vec<_> = snapshot.objects.iter().map(|row| (row.object.serial, row.bytes)).collect();
    prop_assert_eq!(&found, &expected);
    let sum = |pairs: &[(u64, u64)]| pairs.iter().map(|(_, bytes)| bytes).sum::<u64>();
    prop_assert_eq!(snapshot.tracked_bytes(), sum(&expected));
    prop_assert_eq!(snapshot.classes.iter().map(|row| row.live).sum::<u64>(), alive.len() as u64);
    Ok(())
}

fn pick<T: Clone>(numbers: &[usize], from: &[T]) -> Vec<T> {
    numbers.iter().map(|number| from[number % from.len()].clone()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 500, ..ProptestConfig::default() })]

    #[test]
    fn p16_each_shared_block_of_any_graph_is_charged_once_to_the_lowest_serial_that_reaches_it(graph in graphs()) {
        check(&graph)?;
    }
}
