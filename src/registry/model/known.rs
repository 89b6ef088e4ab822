//! What a walk knows of a page, against what changes it.

use super::{Reached, Value, check, class, object, spawn, started};
use crate::Tracked;
use crate::registry::object::Object;
use crate::registry::page::SLOTS;
use crate::registry::visit::{Pages, Visitor};
use crate::registry::{Known, Sizes, Walker};

/// Adds up what the objects are, or takes what is known of the page.
#[derive(Default)]
struct Sum {
    live: u64,
    bytes: u64,
    recalled: bool,
}

impl Visitor<Value> for Sum {
    fn object(&mut self, _: &Object<'_, Value>, value: &Value) {
        self.live += 1;
        self.bytes += value.read();
    }

    fn borrowed(&mut self, _: &Object<'_, Value>) {}

    fn panicked(&mut self, _: &Object<'_, Value>) {}

    fn remembers(&self) -> bool {
        true
    }

    fn recall(&mut self, known: &Known) -> bool {
        (self.live, self.bytes, self.recalled) = (Known::live(), known.sizes().bytes, true);
        true
    }

    fn end_page(&mut self) -> Option<Sizes> {
        (self.live == SLOTS as u64).then_some(Sizes { bytes: self.bytes, smallest: 0, largest: 0 })
    }
}

/// What is found on the only page.
fn sum(pages: &Pages) -> Sum {
    assert_eq!(pages.len(), 1);
    let mut sum = Sum::default();
    Walker::new().visit(pages, 0, &mut sum);
    sum
}

/// Objects that fill a page: 1, 2 and so on.
fn full_page() -> Vec<Tracked<Value>> {
    let objects: Vec<_> = (1..=SLOTS as u64).map(object).collect();
    assert_eq!(class().visits().len(), 1);
    objects
}

/// What all of them add up to.
const ALL: u64 = (SLOTS * (SLOTS + 1) / 2) as u64;

/// Finds: what is kept of a page that an object has left meanwhile, or leaves later; a drop that does not look.
#[test]
fn a_page_is_learnt_against_a_drop() {
    static LEARNT: Reached = Reached::new("the page is known with all its objects");
    check(3, || {
        let mut objects = full_page();
        let pages = class().visits();
        let walker = spawn(move || {
            let first = sum(&pages);
            let second = sum(&pages);
            if second.recalled {
                LEARNT.mark();
                assert_eq!((second.live, second.bytes), (SLOTS as u64, ALL));
            }
            assert!(second.live <= first.live);
        });
        started();
        drop(objects.remove(0));
        walker.join().unwrap();
        let left = sum(&class().visits());
        assert_eq!((left.live, left.bytes), (SLOTS as u64 - 1, ALL - 1));
    });
    LEARNT.check();
}

/// Finds: the same of a value that is changed.
#[test]
fn a_page_is_learnt_against_a_mutable_borrow() {
    static LEARNT: Reached = Reached::new("the page is known as it was before");
    static LENT: Reached = Reached::new("the value is lent");
    check(3, || {
        let mut objects = full_page();
        let pages = class().visits();
        let walker = spawn(move || {
            sum(&pages);
            let second = sum(&pages);
            if second.recalled && second.bytes == ALL {
                LEARNT.mark();
            }
        });
        started();
        let written = Tracked::get_mut(&mut objects[0]).map(|mut value| value.write(8)).is_some();
        walker.join().unwrap();
        let bytes = if written { ALL - 1 + 8 } else { ALL };
        if written {
            LENT.mark();
        }
        for recalled in [None, Some(true)] {
            let all = sum(&class().visits());
            assert_eq!((all.live, all.bytes), (SLOTS as u64, bytes));
            assert!(recalled.is_none_or(|recalled| recalled == all.recalled), "nothing changed since");
        }
    });
    LEARNT.check();
    LENT.check();
}

/// Finds: a walker that comes while another reads, and takes for unchanged what was changed before it came.
#[test]
fn two_walkers_learn_a_page_against_a_drop() {
    check(2, || {
        let mut objects = full_page();
        let walkers = [class().visits(), class().visits()].map(|pages| spawn(move || drop(sum(&pages))));
        started();
        drop(objects.remove(0));
        for walker in walkers {
            walker.join().unwrap();
        }
        let left = sum(&class().visits());
        assert_eq!((left.live, left.bytes), (SLOTS as u64 - 1, ALL - 1));
    });
}

/// Finds: a page that stays known when an object leaves it and another one comes into its slot.
#[test]
fn a_known_page_against_an_object_that_takes_the_place_of_another() {
    static RECALLED: Reached = Reached::new("what was known is recalled");
    static READ: Reached = Reached::new("the new object is read");
    check(3, || {
        let mut objects = full_page();
        sum(&class().visits());
        let pages = class().visits();
        let walker = spawn(move || {
            let found = sum(&pages);
            match (found.live == SLOTS as u64, found.bytes) {
                (true, ALL) => RECALLED.mark(),
                (true, bytes) => {
                    assert_eq!(bytes, ALL - 1 + 8);
                    READ.mark();
                }
                (false, _) => {}
            }
        });
        started();
        drop(objects.remove(0));
        objects.push(object(8));
        walker.join().unwrap();
        let all = sum(&class().visits());
        assert_eq!((all.live, all.bytes), (SLOTS as u64, ALL - 1 + 8));
    });
    RECALLED.check();
    READ.check();
}
