//! A stack that is like the one before is not unwound again.
//!
//! The system's unwinder takes some two thousand instructions for each call. But most objects are made in a loop, or under one: the calls
//! that led to one are those that led to the one before, or all but the innermost of them are. So each thread remembers, of the last
//! stack that it recorded, each call *and where its address stands*: on this processor, right below the frame of who called.
//! - If recording begins at the same height of the stack, and each of those places holds the address that it held, it is the same stack: a function
//!   that was called from the same instruction, with its frame at the same height, has its own caller's address in the same place.
//! - Else it is unwound, until a call comes that was among the last stack's, in the same place, with all further ones still in theirs.
//!
//! That holds as long as a function's frame has the same size each time. It has not where a program goes over to another stack in between, so calls whose
//! addresses stand further apart than [`FARTHEST`] are not compared; nor where C code takes space on the stack by the amount, which
//! could only be mistaken if what it left there at another time stood just where a return address was, with that very value.

use core::arch::asm;
use core::cell::{Cell, UnsafeCell};
use core::hint::black_box;

use super::{MOST, Stack, unwind};

/// A call, and where its address stands.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Call {
    address: usize,
    place: usize,
}

/// The innermost calls of a stack.
struct Calls {
    calls: [Call; MOST],
    count: usize,
    /// Whether there were more.
    is_cut: bool,
}

/// What a thread remembers.
struct Last {
    calls: UnsafeCell<Calls>,
    /// At which height of the stack they were read.
    height: Cell<usize>,
}

thread_local! {
    static LAST: Last = const { Last { calls: UnsafeCell::new(Calls::new()), height: Cell::new(0) } };
}

/// Between any two stacks of a process there is as much that belongs to neither.
const FARTHEST: usize = 4096;

/// Reads the stack.
///
/// Never inlined: its frame is always the same, so that the address of one thing in it tells the height of the whole.
#[inline(never)]
pub(super) fn read(stack: &mut Stack) {
    let mark = 0_u8;
    let height = black_box(&raw const mark).addr();
    LAST.with(|last| {
        // SAFETY: nobody else comes here on this thread meanwhile: the unwinder neither allocates nor calls what would.
        let known = unsafe { &mut *last.calls.get() };
        let same = last.height.replace(height) == height;
        if same && known.count > 0 && known.first_moved(0, height).is_none() {
            return known.give(0, stack);
        }
        let fresh = known.unwind(height, stack);
        *known = fresh;
    });
}

impl Calls {
    const fn new() -> Self {
        Self { calls: [Call { address: 0, place: 0 }; MOST], count: 0, is_cut: false }
    }

    fn known(&self) -> &[Call] {
        &self.calls[..self.count]
    }

    /// One more; whether there was room.
    fn push(&mut self, call: Call) {
        match self.calls.get_mut(self.count) {
            Some(place) => {
                *place = call;
                self.count += 1;
            }
            None => self.is_cut = true,
        }
    }

    /// The calls from here on.
    fn give(&self, from: usize, stack: &mut Stack) {
        self.known()[from..].iter().for_each(|call| _ = stack.push(call.address));
        if self.is_cut {
            stack.push(CUT);
        }
    }

    /// The first call from there on whose address is not in its place any more. All places up to that one are in the part of the stack that is in
    /// use, if the one before `from` is.
    fn first_moved(&self, from: usize, height: usize) -> Option<usize> {
        // What is below the mark are functions that the reading one calls, in one place alone; they are gone.
        let moved = |call: &Call| call.place > height && word_at(call.place) != call.address;
        self.known()[from..].iter().position(moved).map(|index| from + index)
    }

    /// Reads the stack from frame to frame, but for what is known of it. What is to be known from now on.
    fn unwind(&self, height: usize, stack: &mut Stack) -> Self {
        let mut fresh = Self::new();
        let mut comparable = true;
        let mut next = 0;
        // From which call on all may be as before.
        let mut candidates = if self.is_cut { self.count } else { 0 };
        unwind(|frame| {
            let call = Call { address: frame.ip().addr(), place: frame.sp().addr().wrapping_sub(size_of::<usize>()) };
            if call.address == 0 {
                return true;
            }
            while self.known().get(next).is_some_and(|known| known.place < call.place) {
                next += 1;
            }
            if next >= candidates && call.place > height && self.known().get(next) == Some(&call) {
                match self.first_moved(next + 1, height) {
                    None => {
                        self.known()[next..].iter().for_each(|&call| fresh.push(call));
                        self.give(next, stack);
                        return false;
                    }
                    Some(moved) => candidates = moved + 1,
                }
            }
            if let Some(inner) = fresh.known().last().filter(|inner| inner.place > height) {
                comparable &= (1..=FARTHEST).contains(&call.place.wrapping_sub(inner.place));
            }
            comparable = comparable && (call.place <= height || word_at(call.place) == call.address);
            fresh.push(call);
            stack.push(call.address)
        });
        if !comparable {
            fresh.count = 0;
        }
        fresh
    }
}

/// Any address: the stack shows 0 in its place.
const CUT: usize = usize::MAX;

/// What stands at this address of the stack.
fn word_at(place: usize) -> usize {
    let word;
    // SAFETY: the place is in the part of this thread's stack that is in use: the unwinder has just found the address of a call there; or it did so
    // earlier, and the call that is at most `FARTHEST` further in is where it was. It may be anything by now, in the frame of any function: so
    // it is read as the processor does, not as the language does.
    unsafe {
        asm!(
            "mov {word}, qword ptr [{place}]",
            word = out(reg) word,
            place = in(reg) place,
            options(nostack, readonly, preserves_flags),
        );
    }
    word
}

#[cfg(test)]
mod tests {
    use super::*;

    // Vectors, so that no frame here is too large to be compared.
    #[inline(never)]
    fn again() -> Vec<usize> {
        let mut stack = Stack::new();
        read(&mut stack);
        stack.calls().to_vec()
    }

    /// Read without regard to other stacks.
    #[inline(never)]
    fn anew() -> Vec<usize> {
        let mut stack = Stack::new();
        unwind(|frame| stack.push(frame.ip().addr()));
        stack.calls().to_vec()
    }

    /// How many of the innermost calls belong to the one way of reading, and to the other; `None` if they do not agree on what comes after.
    #[inline(never)]
    fn innermost() -> Option<(usize, usize)> {
        let [again, anew] = [again(), anew()];
        // In the first call that both have in common they are at different instructions of this function: so it counts as different.
        let place = |start: usize| again.iter().position(|call| *call == anew[start]).map(|place| (place, start));
        let (one, other) = (0..anew.len()).find_map(place)?;
        let [again, anew] = [&again[one..], &anew[other..]];
        let end = |calls: &[usize]| if calls.last() == Some(&0) { calls.len() - 1 } else { usize::MAX };
        let both = again.len().min(anew.len()).min(end(again)).min(end(anew));
        let is_cut = both == end(again) || both == end(anew);
        (again[..both] == anew[..both] && (is_cut || again.len() == anew.len())).then_some((one, other))
    }

    /// Goes down by ways and frames that depend on every bit of `way`.
    #[inline(never)]
    fn descend(levels: u32, way: u64) -> Option<(usize, usize)> {
        let result = match (levels, way & 3) {
            (0, _) => innermost(),
            (_, 0) => descend(levels - 1, way.rotate_right(2)),
            (_, 1) => black_box(descend(levels - 1, way.rotate_right(2))),
            (_, 2) => with_more(levels, way, [1; 3]),
            (_, _) if way & 31 == 31 => stacker::grow(256 << 10, || descend(levels - 1, way.rotate_right(2))),
            _ => with_more(levels, way, [2; 60]),
        };
        black_box(result)
    }

    #[inline(never)]
    fn with_more<const WORDS: usize>(levels: u32, way: u64, words: [u64; WORDS]) -> Option<(usize, usize)> {
        let kept = black_box(words);
        let result = descend(levels - 1, way.rotate_right(2));
        black_box(kept);
        result
    }

    #[test]
    fn a_stack_is_read_as_if_none_had_been_read_before() {
        // None has been read on this thread: so this is right.
        let usual = innermost();
        assert!(usual.is_some());
        let mut random = 1_u64;
        for _ in 0..20_000 {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            // Some ways differ from those before far in, some far out, some not at all; some are too deep to be read to the end.
            let way = [random, random & 0xf, 0x1234_5678, random << 40][(random >> 60) as usize & 3];
            let levels =
                [random >> 33 & 7, 5, random >> 33 & 31, random >> 33 & 255][(random >> 56) as usize & 3] as u32;
            assert_eq!(descend(levels, way), usual, "{levels} levels, way {way:x}");
        }
    }

    #[test]
    fn a_stack_that_is_like_the_last_one_is_not_unwound() {
        let tamper = |last: &Last| {
            // SAFETY: nobody reads a stack meanwhile.
            let known = unsafe { &mut *last.calls.get() };
            assert!(known.count > 3 && !known.is_cut);
            // What is remembered of our own functions is not compared.
            assert!(known.calls[0].place < last.height.get());
            known.calls[0].address = 1;
        };
        // From one place, so that all are alike: nobody must know how often.
        let mut round = 0;
        while round < black_box(5) {
            let calls = again();
            assert_eq!(calls[0] == 1, round > black_box(2), "round {round}: {calls:x?}");
            if round == black_box(2) {
                LAST.with(tamper);
            }
            round = black_box(round + 1);
        }
    }
}
