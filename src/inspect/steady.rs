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
        // Also when a question by hand panics.
        let _answered = Answered(open);
        answer()
    })
    .unwrap_or(false)
}

struct Answered<'o>(&'o RefCell<Vec<fn() -> bool>>);

impl Drop for Answered<'_> {
    fn drop(&mut self) {
        self.0.borrow_mut().pop();
    }
}

/// The answer of a collection, whose elements may be what it lies in: there every circle of types is found, also one whose types answer
/// by hand.
macro_rules! as_elements {
    ($first:ty $(, $more:ty)*) => {
        fn is_steady() -> bool {
            $crate::inspect::is_steady(<Self as $crate::inspect::Inspect>::is_steady, || {
                <$first as $crate::inspect::Inspect>::is_steady() $(&& <$more as $crate::inspect::Inspect>::is_steady())*
            })
        }
    };
}
pub(crate) use as_elements;
