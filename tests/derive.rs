//! What can be derived, and what the derived impls say.
#![forbid(unsafe_code)]
#![deny(warnings)]
// The types are here for their shapes.
#![allow(dead_code)]

use classtracker::{DeepSizeOf, Inspect, Walk, deep_size_of};
use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::ffi::CString;
use std::marker::PhantomData;
use std::path::PathBuf;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, OnceLock, Weak};

/// Both traits say the same, and what is expected beyond the flat size.
#[track_caller]
fn check<T: DeepSizeOf + Inspect + ?Sized>(value: &T, owned: usize) {
    assert_eq!(deep_size_of(value), size_of_val(value) + owned);
    assert_eq!(T::deep_size_of(value), size_of_val(value) + owned);
}

#[test]
fn structs_of_every_kind() {
    #[derive(DeepSizeOf)]
    struct Unit;
    #[derive(DeepSizeOf)]
    struct Tuple(u8, String, Vec<String>);
    #[derive(DeepSizeOf)]
    struct Named {
        r#type: String,
        inner: Tuple,
        bytes: [u8; 50],
    }

    check(&Unit, 0);
    let tuple = || Tuple(1, "ab".to_owned(), Vec::new());
    check(&tuple(), 2);
    check(&Named { r#type: "abc".to_owned(), inner: tuple(), bytes: [0; 50] }, 5);
    assert!(Unit::owns_nothing() && !Named::owns_nothing());
}

#[test]
fn enums() {
    #[derive(DeepSizeOf)]
    enum Shape {
        Point,
        Named(String, u8),
        Group { name: String, parts: Vec<Shape> },
    }
    #[derive(DeepSizeOf)]
    enum Plain {
        One = 1,
        Two,
    }
    #[derive(DeepSizeOf)]
    enum Never {}

    check(&Shape::Point, 0);
    check(&Shape::Named("abc".to_owned(), 1), 3);
    let group = Shape::Group { name: "ab".to_owned(), parts: vec![Shape::Named("x".to_owned(), 1)] };
    check(&group, 2 + size_of::<Shape>() + 1);
    check(&Plain::Two, 0);
    check(&None::<Never>, 0);
    assert!(Plain::owns_nothing() && Never::owns_nothing() && !Shape::owns_nothing());
}

#[test]
fn what_is_steady() {
    #[derive(DeepSizeOf)]
    struct Page {
        id: AtomicU64,
        text: Option<String>,
        links: HashMap<String, Vec<[CString; 2]>>,
        parent: Weak<u8>,
    }
    #[derive(DeepSizeOf)]
    struct Text(Vec<(u8, String)>, OnceLock<u8>, BTreeMap<u8, VecDeque<PathBuf>>);
    // Within themselves, and within each other.
    #[derive(DeepSizeOf)]
    struct Tree {
        name: String,
        branches: Vec<Tree>,
    }
    #[derive(DeepSizeOf)]
    enum Even {
        Zero,
        After(Vec<Odd>),
    }
    #[derive(DeepSizeOf)]
    struct Odd(Vec<Even>, String);
    #[derive(DeepSizeOf)]
    enum Value {
        List(Vec<Value>),
        Map(BTreeMap<String, Value>, HashMap<u8, Tree>),
        Cell(Vec<Value>, RefCell<String>),
    }
    #[derive(DeepSizeOf)]
    struct Generic<T>(Vec<T>);
    #[derive(DeepSizeOf)]
    struct With(#[deep_size(with = nothing)] u8);
    #[derive(DeepSizeOf)]
    struct Skipped(#[deep_size(skip)] Mutex<String>);
    fn nothing(_: &u8, _: &mut Walk<'_>) {}

    assert!(u8::is_steady() && AtomicU64::is_steady() && <&RefCell<String>>::is_steady());
    assert!(String::is_steady() && <Option<Vec<String>>>::is_steady() && <[(u8, String); 3]>::is_steady());
    assert!(Text::is_steady() && Tree::is_steady() && Even::is_steady() && Odd::is_steady() && Skipped::is_steady());
    assert!(Generic::<Tree>::is_steady() && !Generic::<Value>::is_steady() && !Value::is_steady());
    // Each time once more: nothing is left of the last question.
    assert!(Tree::is_steady() && !Value::is_steady() && Even::is_steady());
    assert!(!Page::is_steady() && !With::is_steady());
    assert!(!<Arc<str>>::is_steady() && !<Vec<Arc<str>>>::is_steady() && !<Box<str>>::is_steady());
    assert!(!<RefCell<u8>>::is_steady() && !<Mutex<u8>>::is_steady() && !<OnceLock<String>>::is_steady());
    assert!(!<(u8, RefCell<u8>)>::is_steady() && !<HashMap<u8, Mutex<u8>>>::is_steady());
}

/// By hand one says it as one would say it of any other field.
#[test]
fn what_is_steady_by_hand() {
    struct Node(Vec<Node>);
    impl Inspect for Node {
        fn inspect(&self, walk: &mut Walk<'_>) {
            walk.field("0", &self.0);
        }
        fn is_steady() -> bool {
            <Vec<Node>>::is_steady()
        }
    }
    struct Faulty;
    impl Inspect for Faulty {
        fn inspect(&self, _: &mut Walk<'_>) {}
        fn is_steady() -> bool {
            panic!("a fault of this type")
        }
    }
    #[derive(DeepSizeOf)]
    struct Around(Vec<Faulty>);

    assert!(Node::is_steady() && <HashMap<String, Node>>::is_steady());
    for _ in 0..2 {
        std::panic::catch_unwind(Around::is_steady).unwrap_err();
        assert!(!<(Vec<Node>, Option<RefCell<u8>>)>::is_steady(), "nothing is left of the question that broke off");
    }
    // It costs what could be saved, and nothing else.
    let tracker = classtracker::ClassTracker::new();
    tracker.track_class::<Around>();
    let around = classtracker::Tracked::new(Around(vec![Faulty]));
    let row = &tracker.create_snapshot("").classes[0];
    assert_eq!((row.live, row.unread, row.bytes), (1, 0, deep_size_of(&*around) as u64));
}

/// Types that lie within each other in two to the power of thirty ways: the question has an answer all the same.
#[test]
fn what_is_steady_is_known_soon() {
    #[derive(DeepSizeOf)]
    struct Twice<T>(Vec<T>, Vec<T>);
    type Four<T> = Twice<Twice<T>>;
    type Sixteen<T> = Four<Four<T>>;
    type Many<T> = Sixteen<Sixteen<Sixteen<Sixteen<T>>>>;

    assert!(Sixteen::<String>::is_steady() && !Sixteen::<Arc<u8>>::is_steady());
    assert!(!Many::<Many<String>>::is_steady(), "it is not found out");
}

#[test]
fn packed_structs() {
    #[derive(DeepSizeOf)]
    #[repr(C, packed)]
    struct Packed {
        small: u8,
        large: u64,
        text: &'static str,
    }
    #[derive(DeepSizeOf)]
    #[repr(C, packed(2))]
    struct Two<T: Copy>(u8, T);

    check(&Packed { small: 1, large: 2, text: "x" }, 0);
    check(&Two(1, 2u64), 0);
}

#[test]
fn recursive_types() {
    #[derive(DeepSizeOf)]
    struct Node<T> {
        value: T,
        next: Option<Box<Node<T>>>,
    }
    #[derive(DeepSizeOf)]
    struct Tree {
        children: Vec<Tree>,
        by_name: HashMap<String, Tree>,
    }

    let last = Node { value: "ab".to_owned(), next: None };
    check(&Node { value: "c".to_owned(), next: Some(Box::new(last)) }, 3 + size_of::<Node<String>>());
    check(&Tree { children: Vec::new(), by_name: HashMap::new() }, 0);
}

#[test]
fn generics_with_and_without_bounds() {
    struct NotInspect;

    #[derive(DeepSizeOf)]
    struct Pair<A, B: Clone = A>
    where
        A: PartialEq,
    {
        a: A,
        b: B,
    }
    #[derive(DeepSizeOf)]
    struct Tagged<'a, T: ?Sized, Tag, const N: usize> {
        borrowed: &'a T,
        pointer: *const Tag,
        bytes: [u8; N],
        tag: PhantomData<Tag>,
        call: fn(Tag) -> Tag,
        visit: fn(&str) -> &str,
    }
    #[derive(DeepSizeOf)]
    struct Collected<I: Iterator> {
        items: Vec<I::Item>,
        last: Option<<I as Iterator>::Item>,
    }
    #[derive(DeepSizeOf)]
    struct Tail<T: ?Sized> {
        length: usize,
        tail: T,
    }

    check(&Pair { a: "ab".to_owned(), b: 1u8 }, 2);
    check(
        &Tagged::<'_, str, NotInspect, 3> {
            borrowed: "text",
            pointer: std::ptr::null(),
            bytes: [0; 3],
            tag: PhantomData,
            call: |tag| tag,
            visit: |text| text,
        },
        0,
    );
    // `I` itself tells nothing about its size.
    check(&Collected::<std::vec::IntoIter<String>> { items: Vec::new(), last: Some("ab".to_owned()) }, 2);
    let tail: Box<Tail<[String]>> = Box::new(Tail { length: 2, tail: ["ab".to_owned(), "c".to_owned()] });
    check(&*tail, 3);
}

#[test]
fn attributes_of_fields() {
    fn thousand(_handle: &usize, walk: &mut Walk<'_>) {
        walk.heap(1000);
    }
    struct Unknown(String);

    #[derive(DeepSizeOf)]
    struct Fields {
        #[deep_size(skip)]
        skipped: Unknown,
        #[deep_size(with = thousand, name = "foreign memory")]
        handle: usize,
    }
    #[derive(DeepSizeOf)]
    enum Variants {
        With(#[deep_size(with = Variants::of)] u8),
    }
    impl Variants {
        fn of(_value: &u8, walk: &mut Walk<'_>) {
            walk.heap(7);
        }
    }

    check(&Fields { skipped: Unknown("text".to_owned()), handle: 1 }, 1000);
    check(&Variants::With(1), 7);
    // What a function tells must not be cut off because the field itself is plain.
    check(&vec![Variants::With(1), Variants::With(2)], 2 * size_of::<Variants>() + 14);
}

#[test]
fn a_renamed_crate() {
    mod renamed {
        pub(super) use ::classtracker as other;
    }

    #[derive(DeepSizeOf)]
    #[deep_size(crate = renamed::other)]
    struct Renamed(String);

    check(&Renamed("ab".to_owned()), 2);
}

#[test]
fn fields_that_only_deepsize_knows() {
    use classtracker::__private::Context;

    /// A type of another crate.
    struct Foreign<T>(Vec<T>);
    impl<T: DeepSizeOf> DeepSizeOf for Foreign<T> {
        fn deep_size_of_children(&self, context: &mut Context) -> usize {
            self.0.deep_size_of_children(context)
        }
    }

    #[derive(DeepSizeOf)]
    struct Ours {
        name: Arc<String>,
        later: Weak<dyn Send>,
    }
    #[derive(DeepSizeOf)]
    struct Both {
        foreign: Foreign<Ours>,
        boxed: Box<dyn DeepSizeOf>,
        name: Arc<String>,
    }

    let name = Arc::new("ab".to_owned());
    let ours = || Ours { name: Arc::clone(&name), later: Weak::<u8>::new() };
    let both = Both { foreign: Foreign(vec![ours(), ours()]), boxed: Box::new(ours()), name: Arc::clone(&name) };
    // The name counts once, whichever way it is reached: through foreign code and through ours.
    let block = 16 + size_of::<String>() + 2;
    check(&both, 3 * size_of::<Ours>() + block);
    // A foreign container as the outermost: every call of ours is a walk of its own, with the same context.
    assert_eq!(Foreign(vec![ours(), ours()]).deep_size_of(), size_of::<Vec<Ours>>() + 2 * size_of::<Ours>() + block);
    assert_eq!(vec![both].deep_size_of(), size_of::<Vec<Both>>() + size_of::<Both>() + 3 * size_of::<Ours>() + block);
}

#[test]
fn trait_objects() {
    trait Animal: Inspect {}
    #[derive(DeepSizeOf)]
    struct Dog(String);
    impl Animal for Dog {}
    #[derive(DeepSizeOf)]
    struct Zoo(Vec<Box<dyn Animal>>);

    let zoo = Zoo(vec![Box::new(Dog("Rex".to_owned()))]);
    check(&zoo, size_of::<Box<dyn Animal>>() + size_of::<Dog>() + 3);
}

/// Where nothing is imported, and names mean something else.
mod bare {
    #![no_implicit_prelude]

    struct Option;
    struct Vec;
    struct String;
    struct Some;
    struct Ok;
    mod core {}
    mod std {}

    #[derive(::classtracker::DeepSizeOf)]
    pub(super) struct Bare<T> {
        pub(super) text: ::std::string::String,
        pub(super) value: T,
    }

    #[derive(::classtracker::DeepSizeOf)]
    pub(super) enum Either<A, B> {
        Left(A),
        Right { right: B },
    }
}

#[test]
fn without_a_prelude() {
    check(&bare::Bare { text: "ab".to_owned(), value: 1u8 }, 2);
    check(&bare::Either::<u8, _>::Right { right: "ab".to_owned() }, 2);
}
