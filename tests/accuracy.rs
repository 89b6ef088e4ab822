//! Deep sizes of std's types against a counting allocator.

#[path = "accuracy/measure.rs"]
mod measure;

use measure::Report;
use std::borrow::Cow;
use std::cell::{Cell, LazyCell, OnceCell, RefCell};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap, HashSet, LinkedList, VecDeque};
use std::ffi::{CString, OsString};
use std::hash::{BuildHasherDefault, DefaultHasher};
use std::path::PathBuf;
use std::pin::Pin;
use std::rc::{self, Rc};
use std::sync::{self, Arc, LazyLock, Mutex, OnceLock, RwLock};
use std::time::{Duration, Instant, SystemTime};

/// An element that is aligned to more than the allocator's own alignment.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, classtracker::DeepSizeOf)]
#[repr(align(64))]
struct Aligned(u8);

/// A growing number of elements: empty, one, and at and just past the steps at which collections grow.
const STEPS: [usize; 24] = [0, 1, 2, 3, 4, 5, 7, 8, 9, 11, 12, 13, 14, 15, 16, 17, 28, 29, 56, 57, 112, 113, 143, 1000];

/// Numbers without an order, always the same.
fn scattered(count: usize) -> impl Iterator<Item = u64> {
    (0..count as u64).map(|number| number.wrapping_mul(0x9E37_79B9_7F4A_7C15))
}

#[test]
fn one_value_and_its_wrappers_are_exact() {
    let mut report = Report::default();
    report.exact("()", || ());
    report.exact("u64", || 7u64);
    report.exact("bool, char and floats", || (true, 'c', 1.5f32, 2.5f64));
    report.exact("i128", || 1i128);
    report.exact("String::new", String::new);
    report.exact("String", || "a string".to_owned());
    report.exact("String with spare room", || String::with_capacity(100));
    report.exact("Box<u64>", || Box::new(7u64));
    report.exact("Box<()>", || Box::new(()));
    report.exact("Box<str>", || Box::<str>::from("text"));
    report.exact("Box<[u32]>", || vec![1u32, 2, 3].into_boxed_slice());
    report.exact("Box<[String]>", || vec!["a".to_owned(), "bc".to_owned()].into_boxed_slice());
    report.exact("Box<[T]> of nothing", || Vec::<u64>::new().into_boxed_slice());
    report.exact("Box<Box<String>>", || Box::new(Box::new("x".to_owned())));
    report.exact("Box<Aligned>", || Box::new(Aligned(1)));
    report.exact("Option::None", || None::<Box<u8>>);
    report.exact("Option::Some", || Some("text".to_owned()));
    report.exact("Result::Ok", || Ok::<String, Box<u8>>("text".to_owned()));
    report.exact("Result::Err", || Err::<String, Box<u8>>(Box::new(1)));
    report.exact("array of 40", || [const { String::new() }; 40].map(|_| "x".to_owned()));
    report.exact("array of 0", || [(); 0].map(|()| "x".to_owned()));
    report.exact("tuple of 16", || {
        let text = || "x".to_owned();
        let four = || (text(), text(), text(), text());
        let (a, b, c, d) = four();
        let (e, f, g, h) = four();
        let (i, j, k, l) = four();
        let (m, n, o, p) = four();
        (a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p)
    });
    report.exact("Cell", || Cell::new(7));
    report.exact("RefCell", || RefCell::new("text".to_owned()));
    report.exact("Mutex", || Mutex::new(vec![1u16; 10]));
    report.exact("RwLock", || RwLock::new(vec![1u16; 10]));
    report.exact("OnceCell unset", OnceCell::<String>::new);
    report.exact("OnceCell", || OnceCell::from("text".to_owned()));
    report.exact("OnceLock unset", OnceLock::<String>::new);
    report.exact("OnceLock", || OnceLock::from("text".to_owned()));
    report.exact("LazyCell not asked", || LazyCell::<String>::new(|| "text".to_owned()));
    report.exact("LazyCell", || {
        let lazy = LazyCell::<String>::new(|| "text".to_owned());
        let _ = LazyCell::force(&lazy);
        lazy
    });
    report.exact("LazyLock not asked", || LazyLock::<String>::new(|| "text".to_owned()));
    report.exact("LazyLock", || {
        let lazy = LazyLock::<String>::new(|| "text".to_owned());
        let _ = LazyLock::force(&lazy);
        lazy
    });
    report.exact("Cow borrowed", || Cow::<'static, str>::Borrowed("text"));
    report.exact("Cow owned", || Cow::<'static, str>::Owned("text".to_owned()));
    report.exact("Cow of a slice", || Cow::<'static, [u64]>::Owned(vec![1, 2, 3]));
    report.exact("CString", || CString::new("text").unwrap());
    report.exact("CString of nothing", CString::default);
    report.exact("OsString", || OsString::from("text"));
    report.exact("PathBuf", || PathBuf::from("a").join("b"));
    report.exact("Pin<Box>", || Box::pin("text".to_owned()));
    report.exact("Pin<Arc>", || Arc::pin("text".to_owned()));
    report.exact("Pin<Rc>", || Rc::pin("text".to_owned()));
    report.exact("Pin<&>", || Pin::new(&7u8));
    report.exact("Reverse", || Reverse("text".to_owned()));
    report.exact("Wrapping", || std::num::Wrapping(7u8));
    report.exact("Saturating", || std::num::Saturating(7u8));
    report.exact("ManuallyDrop", || DroppedByHand(std::mem::ManuallyDrop::new("text".to_owned())));
    report.exact("Duration", || Duration::from_secs(1));
    report.exact("Instant", Instant::now);
    report.exact("SystemTime", SystemTime::now);
    report.exact("Range", || 1u64..7);
    report.exact("Range of texts", || "a".to_owned().."b".to_owned());
    report.exact("RangeInclusive", || "a".to_owned()..="b".to_owned());
    report.exact("RangeFrom", || "a".to_owned()..);
    report.exact("RangeTo", || .."b".to_owned());
    report.exact("RangeToInclusive", || ..="b".to_owned());
    report.exact("RangeFull", || ..);
    report.exact("Bound", || std::ops::Bound::Included("text".to_owned()));
    report.exact("Poll", || std::task::Poll::Ready("text".to_owned()));
    report.exact("ControlFlow", || std::ops::ControlFlow::<String, u8>::Break("text".to_owned()));
    report.exact("IpAddr", || std::net::IpAddr::from([127, 0, 0, 1]));
    report.exact("SocketAddr", || std::net::SocketAddr::from(([127, 0, 0, 1], 80)));
    report.exact("Ipv6Addr", || std::net::Ipv6Addr::LOCALHOST);
    report.exact("function pointer", || measure::error_of::<()> as fn(fn()) -> (i64, i64) as usize);
    report.exact("fn(u8) -> u8", || (|number| number) as fn(u8) -> u8);
    report.exact("AtomicU64", || sync::atomic::AtomicU64::new(1));
    report.exact("AtomicBool", || sync::atomic::AtomicBool::new(true));
    report.exact("NonZero", || std::num::NonZeroU32::MIN);
    report.exact("&'static str", || "text");
    report.exact("raw pointer", std::ptr::null::<String>);
    report.exact("PhantomData", || std::marker::PhantomData::<String>);
    report.finish(70);
}

/// The families of which the tests above take one each.
#[test]
fn all_plain_types_of_a_family_own_nothing() {
    fn own_nothing<T: classtracker::Inspect>() {
        assert!(T::owns_nothing(), "{}", std::any::type_name::<T>());
    }
    macro_rules! all {
        ($($type:ty),* $(,)?) => { $(own_nothing::<$type>();)* };
    }

    use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};
    use std::num::NonZero;
    use sync::atomic::{
        AtomicBool, AtomicI8, AtomicI16, AtomicI32, AtomicI64, AtomicIsize, AtomicPtr, AtomicU8, AtomicU16, AtomicU32,
        AtomicU64, AtomicUsize,
    };
    all!(AtomicBool, AtomicPtr<String>, AtomicI8, AtomicI16, AtomicI32, AtomicI64, AtomicIsize);
    all!(AtomicU8, AtomicU16, AtomicU32, AtomicU64, AtomicUsize);
    all!(NonZero<u8>, NonZero<u16>, NonZero<u32>, NonZero<u64>, NonZero<u128>, NonZero<usize>, NonZero<char>);
    all!(NonZero<i8>, NonZero<i16>, NonZero<i32>, NonZero<i64>, NonZero<i128>, NonZero<isize>);
    all!(IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6);
    all!(fn(), fn(u8) -> u16, unsafe extern "C" fn(i32), fn(u8, u8, u8, u8, u8, u8, u8) -> u8);
    all!(Duration, Instant, SystemTime, std::ops::RangeFull);
}

/// So that the test leaks nothing.
#[derive(classtracker::DeepSizeOf)]
struct DroppedByHand(std::mem::ManuallyDrop<String>);

impl Drop for DroppedByHand {
    fn drop(&mut self) {
        drop(std::mem::ManuallyDrop::into_inner(std::mem::take(&mut self.0)));
    }
}

#[test]
fn shared_blocks_are_exact() {
    let mut report = Report::default();
    report.exact("Rc<u8>", || Rc::new(1u8));
    report.exact("Rc<()>", || Rc::new(()));
    report.exact("Rc<String>", || Rc::new("text".to_owned()));
    report.exact("Rc<str> of every length", || {
        (0..20).map(|length| Rc::<str>::from("x".repeat(length))).collect::<Vec<_>>()
    });
    report.exact("Rc<[u16]>", || Rc::<[u16]>::from([1, 2, 3]));
    report.exact("Rc<Aligned>", || Rc::new(Aligned(1)));
    report.exact("Arc<u8>", || Arc::new(1u8));
    report.exact("Arc<u64>", || Arc::new(1u64));
    report.exact("Arc<u128>", || Arc::new(1u128));
    report.exact("Arc<str> of every length", || {
        (0..20).map(|length| Arc::<str>::from("x".repeat(length))).collect::<Vec<_>>()
    });
    report.exact("Arc<[String]>", || Arc::<[String]>::from(vec!["a".to_owned(), "bc".to_owned()]));
    report.exact("Arc<Aligned>", || Arc::new(Aligned(1)));
    report.exact("Arc<dyn Fn>", || Arc::new(7) as Arc<dyn classtracker::Inspect>);
    report.exact("two Arcs of one block", || {
        let text = Arc::new("text".to_owned());
        (Arc::clone(&text), text)
    });
    report.exact("a thousand Arcs of one block", || {
        let text = Arc::new("text".to_owned());
        vec![text; 1000]
    });
    report.exact("a thousand Rcs of two blocks", || {
        let (first, second) = (Rc::new("first".to_owned()), Rc::new("second".to_owned()));
        (0..1000).map(|number| Rc::clone(if number % 3 == 0 { &first } else { &second })).collect::<Vec<_>>()
    });
    report.exact("Arcs of Arcs", || {
        let inner = Arc::new("text".to_owned());
        (Arc::new(Arc::clone(&inner)), Arc::new(Arc::clone(&inner)), inner)
    });
    report.exact("Arc<Mutex<HashMap>>", || {
        Arc::new(Mutex::new(HashMap::from([("a".to_owned(), vec![1u8; 100]), ("b".to_owned(), vec![])])))
    });
    report.exact("Weak::new", || (rc::Weak::<u64>::new(), sync::Weak::<u64>::new()));
    report.exact("a living Weak", || {
        let strong = Arc::new("text".to_owned());
        (Arc::downgrade(&strong), strong)
    });
    report.exact("a dead rc::Weak", || Rc::downgrade(&Rc::new([1u8; 1000])));
    report.exact("a dead sync::Weak", || Arc::downgrade(&Arc::new([1u8; 1000])));
    report.exact("a dead Weak of what was aligned", || Arc::downgrade(&Arc::new(Aligned(1))));
    report.exact("two dead Weaks of one block", || {
        let weak = Arc::downgrade(&Arc::new([1u8; 1000]));
        (weak.clone(), weak)
    });
    report.exact("a dead Weak<str>", || Arc::downgrade(&Arc::<str>::from("text")));
    report.exact("a dead Weak<[u16]>", || Rc::downgrade(&Rc::<[u16]>::from([1, 2, 3])));
    report.exact("a cycle", || {
        /// Points to itself.
        #[derive(classtracker::DeepSizeOf)]
        struct Ring {
            next: RefCell<Option<Rc<Ring>>>,
            name: String,
        }
        /// Opens the ring at its end.
        #[derive(classtracker::DeepSizeOf)]
        struct Cycle(Rc<Ring>);
        impl Drop for Cycle {
            fn drop(&mut self) {
                drop(self.0.next.take());
            }
        }
        let first = Rc::new(Ring { next: RefCell::new(None), name: "first".to_owned() });
        let second = Rc::new(Ring { next: RefCell::new(Some(Rc::clone(&first))), name: "second".to_owned() });
        *first.next.borrow_mut() = Some(second);
        Cycle(first)
    });
    report.finish(26);
}

#[test]
fn sequences_are_exact_at_every_step() {
    let mut report = Report::default();
    for count in STEPS {
        let texts = || (0..count).map(|number| number.to_string());
        report.exact("Vec<u8>", || {
            let mut bytes = Vec::new();
            (0..count).for_each(|_| bytes.push(1u8));
            bytes
        });
        report.exact("Vec<String>", || texts().collect::<Vec<_>>());
        report.exact("Vec<()>", || vec![(); count]);
        report.exact("Vec<Aligned>", || vec![Aligned(1); count]);
        report.exact("Vec with spare room", || Vec::<u16>::with_capacity(count));
        report.exact("Vec after clear", || {
            let mut numbers = vec![1u64; count];
            numbers.clear();
            numbers
        });
        report.exact("Vec<Option<Box<u8>>>", || {
            (0..count).map(|n| (n % 2 == 0).then(|| Box::new(1u8))).collect::<Vec<_>>()
        });
        report.exact("VecDeque", || {
            let mut numbers = VecDeque::new();
            for number in 0..count {
                numbers.push_back(number);
                numbers.push_front(number);
            }
            numbers
        });
        report.exact("VecDeque<String> turned around", || {
            let mut texts = texts().collect::<VecDeque<_>>();
            texts.rotate_left(count / 2);
            texts
        });
        report.exact("BinaryHeap", || texts().collect::<BinaryHeap<_>>());
        report.exact("LinkedList<u8>", || vec![1u8; count].into_iter().collect::<LinkedList<_>>());
        report.exact("LinkedList<String>", || texts().collect::<LinkedList<_>>());
        report.exact("LinkedList<Aligned>", || vec![Aligned(1); count].into_iter().collect::<LinkedList<_>>());
    }
    report.finish(13 * STEPS.len());
}

#[test]
fn hash_tables_are_exact_at_every_step() {
    let mut report = Report::default();
    for count in STEPS {
        report.exact("HashMap<u64, u64>", || scattered(count).map(|key| (key, key)).collect::<HashMap<_, _>>());
        report.exact("HashMap grown", || {
            let mut map = HashMap::new();
            scattered(count).for_each(|key| {
                map.insert(key, ());
            });
            map
        });
        report.exact("HashMap<u8, u8>", || scattered(count).map(|key| (key as u8, 1u8)).collect::<HashMap<_, _>>());
        report.exact("HashMap<u8, u16>", || scattered(count).map(|key| (key as u8, 1u16)).collect::<HashMap<_, _>>());
        report.exact("HashMap<String, Vec<u8>>", || {
            scattered(count).map(|key| (key.to_string(), vec![1u8; key as usize % 10])).collect::<HashMap<_, _>>()
        });
        report.exact("HashMap<u16, Aligned>", || {
            scattered(count).map(|key| (key as u16, Aligned(1))).collect::<HashMap<_, _>>()
        });
        report.exact("HashMap with spare room", || HashMap::<u32, u32>::with_capacity(count));
        report.exact("HashMap of another hasher", || {
            scattered(count).map(|key| (key, 1u8)).collect::<HashMap<_, _, BuildHasherDefault<DefaultHasher>>>()
        });
        report.exact("HashMap after clear", || {
            let mut map = scattered(count).map(|key| (key, key)).collect::<HashMap<_, _>>();
            map.clear();
            map
        });
        report.exact("HashMap after shrinking", || {
            let mut map = scattered(count).map(|key| (key, key)).collect::<HashMap<_, _>>();
            map.retain(|key, _| key % 3 == 0);
            map.shrink_to_fit();
            map
        });
        report.exact("HashSet<u8>", || scattered(count).map(|key| key as u8).collect::<HashSet<_>>());
        report.exact("HashSet<String>", || scattered(count).map(|key| key.to_string()).collect::<HashSet<_>>());
        report.exact("HashSet<()>", || vec![(); count].into_iter().collect::<HashSet<_>>());
    }
    report.finish(13 * STEPS.len());
}

#[test]
fn hash_tables_are_exact_after_removals() {
    /// Elements enough for them to lie in both halves of the table.
    const KEPT: u64 = 40;

    let mut report = Report::default();
    for count in [1_000u64, 1_792, 10_000, 100_000] {
        report.exact("HashMap<u64, u64> after removals", || {
            let mut map = HashMap::new();
            (0..count).for_each(|key| {
                map.insert(key, key);
            });
            (KEPT..count).for_each(|key| {
                map.remove(&key);
            });
            map
        });
        report.exact("HashMap<u64, String> after removals", || {
            let mut map = HashMap::new();
            (0..count).for_each(|key| {
                map.insert(key, key.to_string());
            });
            (KEPT..count).for_each(|key| {
                map.remove(&key);
            });
            map
        });
        report.exact("HashSet<u32> in churn", || {
            let mut set = HashSet::new();
            for key in 0..count as u32 {
                set.insert(key);
                if key >= 900 {
                    set.remove(&(key - 900));
                }
            }
            set
        });
        report.exact("HashMap after drain", || {
            let mut map = scattered(count as usize).map(|key| (key, key)).collect::<HashMap<_, _>>();
            map.drain();
            map
        });
        report.exact("HashMap, every other removed", || {
            let mut map = scattered(count as usize).map(|key| (key, key)).collect::<HashMap<_, _>>();
            map.retain(|_, key| key.count_ones() % 2 == 0);
            map
        });
    }
    report
        .exact("HashMap<u64, u64> of half a million", || (0..500_000).map(|key| (key, key)).collect::<HashMap<_, _>>());
    report.exact("HashMap<u64, u64> of half a million in churn", || {
        let mut map = HashMap::new();
        for key in 0..1_300_000u64 {
            map.insert(key, key);
            if key >= 500_000 {
                map.remove(&(key - 500_000));
            }
        }
        map
    });
    report.finish(22);
}

#[test]
fn b_trees_are_exact_at_every_step() {
    let mut report = Report::default();
    for count in STEPS.into_iter().chain([5_000, 100_000]) {
        report.exact("BTreeMap in order", || {
            let mut map = BTreeMap::new();
            (0..count).for_each(|key| {
                map.insert(key, key);
            });
            map
        });
        report.exact("BTreeMap in any order", || {
            let mut map = BTreeMap::new();
            scattered(count).for_each(|key| {
                map.insert(key, 1u8);
            });
            map
        });
        report.exact("BTreeMap backwards", || {
            let mut map = BTreeMap::new();
            (0..count as u32).rev().for_each(|key| {
                map.insert(key, [1u16; 5]);
            });
            map
        });
        report.exact("BTreeMap collected", || (0..count).map(|key| (key, ())).collect::<BTreeMap<_, _>>());
        report.exact("BTreeMap after removals", || {
            let mut map = scattered(count).map(|key| (key, key)).collect::<BTreeMap<_, _>>();
            map.retain(|key, _| key % 10 == 0);
            map
        });
        report.exact("BTreeMap after removals one by one", || {
            let mut map = scattered(count).map(|key| (key, key.to_string())).collect::<BTreeMap<_, _>>();
            // One has to stay: see the exceptions.
            scattered(count).skip(1).filter(|key| key % 3 != 0).for_each(|key| {
                map.remove(&key);
            });
            map
        });
        report.exact("BTreeMap after clear", || {
            let mut map = (0..count).map(|key| (key, key)).collect::<BTreeMap<_, _>>();
            map.clear();
            map
        });
        report.exact("BTreeMap split and joined", || {
            let mut map = (0..count).map(|key| (key, key)).collect::<BTreeMap<_, _>>();
            let mut upper = map.split_off(&(count / 3));
            map.append(&mut upper);
            map
        });
        report.exact("BTreeMap<Aligned, String>", || {
            scattered(count).map(|key| (Aligned(key as u8), key.to_string())).collect::<BTreeMap<_, _>>()
        });
        report.exact("BTreeSet<u8>", || scattered(count).map(|key| key as u8).collect::<BTreeSet<_>>());
        report.exact("BTreeSet<String>", || scattered(count).map(|key| key.to_string()).collect::<BTreeSet<_>>());
        report.exact("BTreeSet<()>", || vec![(); count].into_iter().collect::<BTreeSet<_>>());
        report.exact("BTreeMap<(), String>", || {
            vec![((), "text".to_owned()); count].into_iter().collect::<BTreeMap<_, _>>()
        });
    }
    report.finish(13 * STEPS.len());
}

#[test]
fn nested_shapes_are_exact() {
    type Table = HashMap<String, BTreeMap<u32, Vec<Option<Box<str>>>>>;

    let mut report = Report::default();
    report.exact("Table", || -> Table {
        (0..20)
            .map(|key| (key.to_string(), (0..key).map(|key| (key, vec![Some("text".into()), None])).collect()))
            .collect()
    });
    report.exact("Vec<HashMap<u8, BTreeSet<u8>>>", || {
        (0..30u8).map(|key| HashMap::from([(key, (0..key).collect::<BTreeSet<_>>())])).collect::<Vec<_>>()
    });
    report.exact("Arc<RwLock<VecDeque<Rc<[String]>>>>", || {
        let texts: Rc<[String]> = Rc::from(vec!["a".to_owned(), "bc".to_owned()]);
        #[allow(clippy::arc_with_non_send_sync, reason = "the shape is the point")]
        Arc::new(RwLock::new((0..10).map(|_| Rc::clone(&texts)).collect::<VecDeque<_>>()))
    });
    report.exact("[Result<Cow<str>, Box<Reverse<String>>>; 3]", || {
        [Ok(Cow::Borrowed("text")), Ok(Cow::Owned("text".to_owned())), Err(Box::new(Reverse("text".to_owned())))]
    });
    report.exact("Box<dyn Inspect>", || {
        Box::new((0..10).map(|key| (key, key.to_string())).collect::<HashMap<_, _>>()) as Box<dyn classtracker::Inspect>
    });
    report.exact("LinkedList<BinaryHeap<Reverse<String>>>", || {
        (0..9)
            .map(|count| (0..count).map(|key: u8| Reverse(key.to_string())).collect())
            .collect::<LinkedList<BinaryHeap<_>>>()
    });
    report.finish(6);
}

/// What cannot be exact, and by how much it may be too small. Nothing is ever too large.
#[test]
fn exceptions_stay_within_their_bounds() {
    let mut report = Report::default();
    // Few elements after many removals: when all lie in one half of the table, it is taken for one of half the size, and
    // so on. One element can lie anywhere, and nothing but itself is left to go by.
    report.within((1 << 15) * 17, "HashMap<u64, u64>, one of 20,000 left", || {
        let mut map = HashMap::new();
        (0..20_000u64).for_each(|key| {
            map.insert(key, key);
        });
        (1..20_000u64).for_each(|key| {
            map.remove(&key);
        });
        map
    });
    // A tree that was emptied one by one keeps one leaf, an empty tree that was never filled has none, and nothing that
    // can be asked tells them apart.
    report.within(8 + 11 * 16 + 8, "BTreeMap<u64, u64>, the only element removed", || {
        let mut map = BTreeMap::from([(1u64, 1u64)]);
        map.remove(&1);
        map
    });
    report.finish(2);
}
