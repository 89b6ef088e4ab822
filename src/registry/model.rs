//! Loom models of the registry: small programs on the real code, run under every order of their steps that the bound of each
//! admits, with every value that the orderings of its atomics let a load see.
//!
//! `RUSTFLAGS="--cfg loom" cargo test -p classtracker --lib --profile bench registry::model`
//!
//! # What all of them look at
//! - [`Value`] is read and written through loom's cell: a read that races with the destructor or with a mutable borrow fails.
//! - A header that is used while, or after, its node is freed fails ([`Life`](super::sync::Life)); so does a node that is
//!   freed twice, and one that is left over at the end.
//!
//! # What they bound
//! Two slots to a page, one class, and in each model a number of *preemptions*: how often a thread that could go on is stopped
//! between two of its steps (waiting is no preemption). Loom treats sequentially consistent accesses as acquire and release;
//! where the order of store and load matters, `sync.rs` gives it a fence, so the models ask no more than the fences give.
//! Slow roads of [`Local`](super::local::Local) (a list of classes that grows, a free list that is full) are not modelled:
//! they touch nothing shared.
//!
//! Models name the faults that they were seen to find, put into the code by hand; those in [`told`] say what they look at.
//!
//! # What they cannot see
//! Loom's read-modify-writes always read the newest value, and a fence stands where the machine has a sequentially consistent
//! swap. So these orderings were seen to matter in no model, and rest on the reasons beside them: those of `cut` and
//! `control_for_serials`, of `take_only_strong` and `is_only_strong`, and the release in `bump`.

mod borrow;
mod drop;
mod exit;
mod known;
mod line;
mod slots;
mod told;
mod walkers;
mod watch;

use core::cell::Cell;
use core::sync::atomic::{AtomicBool, Ordering};

use loom::cell::UnsafeCell;
use loom::sync::atomic::AtomicU64;
use loom::thread::JoinHandle;

use super::local::Local;
use super::object::Object;
use super::sync::NODES;
use super::visit::{Pages, Visitor};
use super::{Class, Tracked, Walker, registry, with_local};
use crate::{Inspect, Walk};

std::thread_local! {
    static VALUES: Cell<usize> = const { Cell::new(0) };
}

/// What the objects of the models hold.
struct Value(UnsafeCell<u64>);

// SAFETY: loom fails the model if uses of the cell race.
unsafe impl Sync for Value {}

impl Value {
    fn new(number: u64) -> Self {
        VALUES.set(VALUES.get() + 1);
        Self(UnsafeCell::new(number))
    }

    fn read(&self) -> u64 {
        // SAFETY: loom has just checked that nobody writes it.
        self.0.with(|number| unsafe { *number })
    }

    fn write(&mut self, number: u64) {
        // SAFETY: loom has just checked that nobody else uses it.
        self.0.with_mut(|place| unsafe { *place = number });
    }
}

impl Drop for Value {
    fn drop(&mut self) {
        self.write(0);
        VALUES.set(VALUES.get() - 1);
    }
}

impl Inspect for Value {
    fn inspect(&self, _walk: &mut Walk<'_>) {}
}

/// Runs a model under all orders with at most this many preemptions.
fn check(preemptions: usize, body: impl Fn() + Send + Sync + 'static) {
    let mut model = loom::model::Builder::new();
    model.preemption_bound = Some(preemptions);
    model.max_branches = 20_000;
    model.check(move || {
        body();
        // While there is a registry; see `Local::close`.
        with_local(Local::close);
        assert_eq!(VALUES.get(), 0, "every value is dropped once");
        assert_eq!(NODES.get(), 0, "every node is freed");
    });
}

loom::lazy_static! {
    static ref STARTED: AtomicU64 = AtomicU64::new(0);
}

/// A thread of a model that has begun. Loom looks for another order only where two threads touch one thing, and knows of each
/// thing only the last who touched it; so that every order of beginnings is among those that it starts from, all touch this.
fn started() {
    // Relaxed: it orders nothing.
    STARTED.fetch_add(1, Ordering::Relaxed);
}

fn spawn<R: 'static>(work: impl FnOnce() -> R + 'static) -> JoinHandle<R> {
    loom::thread::spawn(|| {
        started();
        work()
    })
}

fn object(number: u64) -> Tracked<Value> {
    Tracked::new(Value::new(number))
}

fn class() -> &'static Class {
    registry().class_of::<Value>()
}

/// Shows every object that is found on these pages.
fn walk(pages: &Pages, mut each: impl FnMut(&Object<'_, Value>)) {
    walk_by(&Walker::new(), pages, &mut each);
}

fn walk_by(walker: &Walker, pages: &Pages, each: &mut dyn FnMut(&Object<'_, Value>)) {
    struct Each<'e>(&'e mut dyn FnMut(&Object<'_, Value>));
    impl Visitor<Value> for Each<'_> {
        fn object(&mut self, object: &Object<'_, Value>, _value: &Value) {
            self.0(object);
        }
        fn borrowed(&mut self, object: &Object<'_, Value>) {
            self.0(object);
        }
        fn panicked(&mut self, _: &Object<'_, Value>) {}
    }
    for page in 0..pages.len() {
        walker.visit::<Value>(pages, page, &mut Each(each));
    }
}

/// Something that must happen in some order of a model, lest it checks nothing.
struct Reached(AtomicBool, &'static str);

impl Reached {
    const fn new(what: &'static str) -> Self {
        Self(AtomicBool::new(false), what)
    }

    fn mark(&self) {
        // Relaxed: a model's threads run on one thread of the system.
        self.0.store(true, Ordering::Relaxed);
    }

    fn check(&self) {
        assert!(self.0.load(Ordering::Relaxed), "in some order, {}", self.1);
    }
}
