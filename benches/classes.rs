//! A program with thousands of classes: what a snapshot takes for each.
//!
//! Prints `name <tab> value <tab> bound <tab> ok|over`, a line for each figure; the spread goes to stderr.
//!
//! What is compiled for a class is compiled for each of them here, which takes minutes. So the classes whose objects are walked are five
//! hundred; those that are counted where they stand are five thousand.

mod processor;
mod report;

use std::any::Any;
use std::hint::black_box;
use std::marker::PhantomData;

use classtracker::{ClassTracker, Inspect, Trackable, Tracked, Walk};
use processor::processor_seconds;
use report::show;

const COUNTED: usize = 5_000;
const WALKED: usize = 500;
/// Of each class.
const OBJECTS: usize = 10;
const ROUNDS: usize = 25;

/// A figure of a class' number.
struct Digit<const DIGIT: usize>;

/// Tells types apart by a number, and holds nothing.
type Number<Digits> = PhantomData<fn() -> Digits>;

/// A class for each number of four figures.
struct Counted<A: 'static, B: 'static, C: 'static, D: 'static> {
    _counted: Trackable<Self>,
    _number: Number<(A, B, C, D)>,
}

/// A class for each number of three figures.
struct Walked<A, B, C> {
    name: Vec<u8>,
    _number: Number<(A, B, C)>,
}

impl<A, B, C> Inspect for Walked<A, B, C> {
    fn inspect(&self, walk: &mut Walk<'_>) {
        walk.field("name", &self.name);
    }
}

#[derive(Default)]
struct Program {
    tracker: ClassTracker,
    objects: Vec<Box<dyn Any>>,
}

/// Calls a function for each of the figures that follow those given.
macro_rules! figures {
    (@one $function:ident, $program:expr, [$($given:ty),*], $digit:literal) => {
        $function::<$($given,)* Digit<$digit>>($program)
    };
    ($function:ident, $program:expr, $given:tt, $($digit:literal)*) => {
        $(figures!(@one $function, $program, $given, $digit);)*
    };
}

macro_rules! all_figures {
    ($function:ident, $program:expr $(, $given:ty)*) => {
        figures!($function, $program, [$($given),*], 0 1 2 3 4 5 6 7 8 9)
    };
}

fn counted_1<A: 'static>(program: &mut Program) {
    all_figures!(counted_2, program, A);
}

fn counted_2<A: 'static, B: 'static>(program: &mut Program) {
    all_figures!(counted_3, program, A, B);
}

fn counted_3<A: 'static, B: 'static, C: 'static>(program: &mut Program) {
    all_figures!(counted, program, A, B, C);
}

fn counted<A: 'static, B: 'static, C: 'static, D: 'static>(program: &mut Program) {
    let object = || Counted::<A, B, C, D> { _counted: Trackable::new(), _number: PhantomData };
    program.objects.push(Box::new([(); OBJECTS].map(|()| object())));
}

fn walked_1<A: 'static>(program: &mut Program) {
    all_figures!(walked_2, program, A);
}

fn walked_2<A: 'static, B: 'static>(program: &mut Program) {
    all_figures!(walked, program, A, B);
}

fn walked<A: 'static, B: 'static, C: 'static>(program: &mut Program) {
    program.tracker.track_class::<Walked<A, B, C>>();
    let object = || Tracked::new(Walked::<A, B, C> { name: vec![1; 10], _number: PhantomData });
    program.objects.push(Box::new([(); OBJECTS].map(|()| object())));
}

fn main() {
    let mut program = Program::default();
    figures!(walked_1, &mut program, [], 0 1 2 3 4);
    show(&format!("snapshot of {WALKED} classes of {OBJECTS} objects, us per class"), snapshots(&program, WALKED));
    figures!(counted_1, &mut program, [], 0 1 2 3 4);
    let name = format!("the same with {COUNTED} more that are counted by value, us per class");
    show(&name, snapshots(&program, WALKED + COUNTED));
    black_box(program.objects);
}

/// What snapshots take, in microseconds a class.
fn snapshots(program: &Program, classes: usize) -> Vec<f64> {
    let snapshot = program.tracker.create_snapshot("");
    assert_eq!(snapshot.classes.len(), classes);
    assert!(snapshot.classes.iter().all(|row| row.live == OBJECTS as u64), "each has all of its objects");
    program.tracker.set_keep_last(1);
    let round = || {
        let start = processor_seconds();
        black_box(program.tracker.create_snapshot(""));
        (processor_seconds() - start) / classes as f64 * 1e6
    };
    (0..ROUNDS).map(|_| round()).collect()
}
