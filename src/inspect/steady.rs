//! Whether all types that values of a type consist of are steady, also where such a type is within itself.

use std::cell::{Cell, RefCell};

/// So many questions are asked for one answer: the types of a program may lie within each other in more ways than there is time for.
const QUESTIONS: u32 = 10_000;

thread_local! {
    /// The questions that wait for an answer, by the function that asks; each only once.
    static OPEN: RefCell<Vec<fn() -> bool>> = const { RefCell::new(Vec::new()) };
    static ASKED: Cell<u32> = const { Cell::new(0) };
}

/// The answer of a type whose parts give `answer`; `question` is its own [`is_steady`](super::Inspect::is_steady).
///
/// A type that is asked while it waits for an answer, since it is a part of itself, is steady as far as that goes: its other parts decide.
/// (Two types may have one function if both do the same, and then both have one answer. One type may have two functions; then
/// the questions come to an end, and the answer is that it is not steady, which only costs time.)
pub(crate) fn is_steady(question: fn() -> bool, answer: impl FnOnce() -> bool) -> bool {
    // Where a thread ends, nothing is steady.
    OPEN.try_with(|open| {
        if open.borrow().iter().any(|&other| std::ptr::fn_addr_eq(other, question)) {
            return true;
        }
        let asked = if open.borrow().is_empty() { 0 } else { ASKED.get() + 1 };
        ASKED.set(asked);
        if asked > QUESTIONS {
            return false;
        }
        open.borrow_mut().push(question);
        let is_steady = answer();
        open.borrow_mut().pop();
        is_steady
    })
    .unwrap_or(false)
}
