//! Random values of derived types against a counting allocator.

#[path = "accuracy/measure.rs"]
mod measure;

use classtracker::DeepSizeOf;
use measure::error_of;
use proptest::prelude::*;
use std::borrow::Cow;
use std::cell::RefCell;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap, HashSet, LinkedList, VecDeque};
use std::rc::Rc;
use std::sync::{Arc, Mutex, OnceLock, RwLock};

/// Makes a type from a few random numbers. The numbers are borrowed, so that nothing but the value is allocated.
trait Make {
    fn make(seed: &[u16]) -> Self;
}

macro_rules! shapes {
    ($($(#[$attribute:meta])* $name:ident { $($field:ident: $type:ty),+ $(,)? })+) => {
        $(
            #[derive(DeepSizeOf)]
            #[allow(dead_code, reason = "they are there to be sized")]
            $(#[$attribute])*
            struct $name { $($field: $type),+ }

            impl Make for $name {
                fn make(seed: &[u16]) -> Self {
                    Self { $($field: Make::make(seed.get(stringify!($field).len()..).unwrap_or_default())),+ }
                }
            }
        )+

        proptest! {
            #![proptest_config(ProptestConfig::with_cases(64))]

            #[test]
            fn random_values_are_exact(seed in prop::collection::vec(any::<u16>(), 0..80)) {
                $(
                    let (error, live) = error_of(|| $name::make(&seed));
                    prop_assert_eq!(error, 0, "{} with {} bytes", stringify!($name), live);
                )+
            }
        }
    };
}

macro_rules! plain {
    ($($type:ty),+) => {$(
        impl Make for $type {
            fn make(seed: &[u16]) -> Self {
                seed.first().copied().unwrap_or(1) as Self
            }
        }
    )+};
}

plain! { u8, u16, u32, u64, i128 }

/// As many elements as the first number says, each made from what follows.
fn some<T: Make>(seed: &[u16]) -> impl Iterator<Item = T> {
    let count = usize::from(seed.first().copied().unwrap_or(0) % 40);
    (1..=count).map_while(move |from| seed.get(from..)).map(T::make)
}

macro_rules! collections {
    ($($type:ident: $($bound:path),*;)+) => {$(
        impl<T: Make $(+ $bound)*> Make for $type<T> {
            fn make(seed: &[u16]) -> Self {
                some(seed).collect()
            }
        }
    )+};
}

collections! {
    Vec:;
    VecDeque:;
    LinkedList:;
    BinaryHeap: Ord;
    BTreeSet: Ord;
    HashSet: Eq, std::hash::Hash;
}

macro_rules! wrappers {
    ($($type:ident: $new:path;)+) => {$(
        impl<T: Make> Make for $type<T> {
            fn make(seed: &[u16]) -> Self {
                $new(T::make(seed))
            }
        }
    )+};
}

wrappers! {
    Box: Box::new;
    Rc: Rc::new;
    Arc: Arc::new;
    Mutex: Mutex::new;
    RwLock: RwLock::new;
    RefCell: RefCell::new;
    OnceLock: OnceLock::from;
    Reverse: Reverse;
}

impl Make for String {
    fn make(seed: &[u16]) -> Self {
        some::<u8>(seed).map(|byte| char::from(byte % 128)).collect()
    }
}

impl Make for Box<str> {
    fn make(seed: &[u16]) -> Self {
        String::make(seed).into()
    }
}

impl Make for Arc<[u16]> {
    fn make(seed: &[u16]) -> Self {
        seed.into()
    }
}

impl Make for Cow<'static, str> {
    fn make(seed: &[u16]) -> Self {
        if seed.len().is_multiple_of(2) { Cow::Borrowed("text") } else { Cow::Owned(String::make(seed)) }
    }
}

impl<T: Make> Make for Option<T> {
    fn make(seed: &[u16]) -> Self {
        seed.first().is_some_and(|first| first % 3 > 0).then(|| T::make(&seed[1..]))
    }
}

impl<K: Make + Ord, V: Make> Make for BTreeMap<K, V> {
    fn make(seed: &[u16]) -> Self {
        some(seed).zip(some(seed)).collect()
    }
}

impl<K: Make + Eq + std::hash::Hash, V: Make> Make for HashMap<K, V> {
    fn make(seed: &[u16]) -> Self {
        some(seed).zip(some(seed)).collect()
    }
}

impl<A: Make, B: Make> Make for (A, B) {
    fn make(seed: &[u16]) -> Self {
        (A::make(seed), B::make(seed.get(1..).unwrap_or_default()))
    }
}

impl<T: Make> Make for [T; 3] {
    fn make(seed: &[u16]) -> Self {
        [0, 1, 2].map(|from| T::make(seed.get(from..).unwrap_or_default()))
    }
}

shapes! {
    Plain { a: u8, bc: u64, def: i128 }
    Text { name: String, label: Box<str>, shown: Cow<'static, str> }
    Texts { all: Vec<String>, some: VecDeque<Option<String>> }
    Boxes { one: Box<u16>, inner: Box<Text>, maybe: Option<Box<Texts>> }
    Table { rows: HashMap<u16, String>, names: HashMap<String, Vec<u8>> }
    Sets { ids: HashSet<u32>, words: HashSet<String>, pairs: HashSet<(u8, u16)> }
    Tree { ordered: BTreeMap<u16, String>, by_name: BTreeMap<String, u8> }
    Ordered { ids: BTreeSet<u64>, words: BTreeSet<String>, heap: BinaryHeap<Reverse<String>> }
    Lists { bytes: LinkedList<u8>, words: LinkedList<String>, trees: LinkedList<Tree> }
    Shared { name: Arc<String>, numbers: Arc<[u16]>, counted: Rc<Vec<String>> }
    Locked { mutex: Mutex<String>, lock: RwLock<Vec<u16>>, once: OnceLock<String>, cell: RefCell<Text> }
    State { state: Arc<Mutex<HashMap<String, Vec<Plain>>>>, queue: RwLock<VecDeque<Text>> }
    Nested { deep: Vec<HashMap<u16, BTreeMap<u8, Vec<String>>>>, flat: Vec<Vec<Vec<u8>>> }
    Arrays { texts: [String; 3], tables: [HashMap<u8, u8>; 3], trees: [BTreeSet<u16>; 3] }
    Pairs { pairs: Vec<(String, Box<u64>)>, map: HashMap<(u8, u8), (String, u16)> }
    Mixed { text: Text, table: Table, tree: Tree, sets: Sets }
    Layers { layers: Vec<Rc<RefCell<Mixed>>>, top: Option<Arc<Layer>> }
    Layer { text: Option<Text>, boxes: Vec<Boxes> }
    Wide { a: Vec<u8>, b: Vec<u16>, c: Vec<u32>, d: Vec<i128>, e: Vec<Option<u8>>, f: Vec<()> }
    #[repr(align(128))] Aligned { byte: u8, texts: Vec<String> }
    OfAligned { many: Vec<Aligned>, one: Box<Aligned>, map: HashMap<u8, Aligned>, tree: BTreeMap<u8, Aligned> }
}

impl Make for () {
    fn make(_seed: &[u16]) -> Self {}
}
