//! The traits that `Arc` has, by the value.

use std::borrow::Borrow;
use std::collections::{BTreeSet, HashSet};
use std::error::Error;
use std::fmt::{self, Display, Formatter};
use std::hash::{BuildHasher, RandomState};

use classtracker::{DeepSizeOf, Tracked};

#[test]
fn equality_order_and_hash_are_the_values() {
    let (one, two) = (Tracked::new(1), Tracked::new(2));
    assert!(one == Tracked::new(1) && one != two && one < two && two >= one);
    assert_eq!(one.cmp(&two), 1.cmp(&2));
    assert_eq!(one.partial_cmp(&two), 1.partial_cmp(&2));
    assert_eq!(Tracked::new(f64::NAN).partial_cmp(&Tracked::new(0.0)), None);
    let state = RandomState::new();
    assert_eq!(state.hash_one(&one), state.hash_one(1));
}

#[test]
fn a_set_of_handles_is_asked_by_the_value() {
    let words = ["b", "a", "c"].map(|word| Tracked::new(String::from(word)));
    let hashed: HashSet<Tracked<String>> = words.iter().cloned().collect();
    assert!(hashed.contains(&String::from("a")) && !hashed.contains(&String::from("d")));
    let sorted: BTreeSet<Tracked<String>> = words.into_iter().collect();
    assert_eq!(sorted.iter().map(|word| word.as_str()).collect::<String>(), "abc");
    let borrowed: &String = sorted.first().unwrap().borrow();
    assert_eq!(borrowed, "a");
}

#[test]
fn texts_are_the_values() {
    let text = Tracked::new("a\n");
    assert_eq!(format!("{text} {text:?} {text:>4}"), format!("{0} {0:?} {0:>4}", "a\n"));
    assert_eq!(format!("{text:p}"), format!("{:p}", Tracked::as_ptr(&text)));
    assert_eq!(AsRef::<&str>::as_ref(&text), &"a\n");
}

#[test]
fn handles_come_from_values_boxes_and_defaults() {
    assert_eq!(*Tracked::from(1), 1);
    assert_eq!(*Tracked::<i32>::from(Box::new(2)), 2);
    assert_eq!(*Tracked::<String>::default(), "");
    let converted: Tracked<Vec<u8>> = vec![3].into();
    assert_eq!(*converted, [3]);
}

#[derive(Debug, DeepSizeOf)]
struct Failed(Option<Box<Failed>>);

impl Display for Failed {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("failed")
    }
}

impl Error for Failed {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.0.as_deref().map(|source| source as _)
    }
}

#[test]
fn an_error_stays_an_error() {
    let error = Tracked::new(Failed(Some(Box::new(Failed(None)))));
    let error: &dyn Error = &error;
    assert_eq!((error.to_string().as_str(), error.source().unwrap().to_string().as_str()), ("failed", "failed"));
    assert!(error.source().unwrap().source().is_none());
}

#[test]
fn functions_of_the_handle_hide_no_method_of_the_value() {
    #[derive(Clone, DeepSizeOf)]
    struct Busy;
    impl Busy {
        fn serial(&self) -> &'static str {
            "the value's"
        }
        fn downgrade(&self) -> &'static str {
            "the value's too"
        }
    }
    let busy = Tracked::new(Busy);
    assert_eq!((busy.serial(), busy.downgrade()), ("the value's", "the value's too"));
}
