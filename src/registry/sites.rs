//! The places where objects are made, by number; and the stacks that led there, where they are recorded.

use core::panic::Location;
use std::sync::Arc;

use rustc_hash::{FxBuildHasher, FxHashMap};

use super::identity::MAX_SITES;

/// Number 0 stands for a place that is not known. Equal places have equal numbers, also where the compiler keeps several
/// copies of one. A place with a stack has a number of its own, for each stack.
pub(super) struct Sites {
    sites: Vec<Site>,
    places: FxHashMap<&'static Location<'static>, u32>,
    with_stack: FxHashMap<(u32, u32), u32>,
    stacks: Vec<Arc<[usize]>>,
    stack_numbers: FxHashMap<Arc<[usize]>, u32>,
    stack_bytes: usize,
}

#[derive(Clone, Copy)]
struct Site {
    place: &'static Location<'static>,
    stack: Option<u32>,
}

/// Stacks beyond this many are not recorded: a program can make any number of them.
const MOST_STACKS: usize = 1 << 16;
/// The stack of which nothing is known but that it was to be recorded: its calls are all left out.
const LOST: &[usize] = &[0];

impl Sites {
    pub(super) const fn new() -> Self {
        Self {
            sites: Vec::new(),
            places: FxHashMap::with_hasher(FxBuildHasher),
            with_stack: FxHashMap::with_hasher(FxBuildHasher),
            stacks: Vec::new(),
            stack_numbers: FxHashMap::with_hasher(FxBuildHasher),
            stack_bytes: 0,
        }
    }

    /// The number of a place; 0 once the table is full (16 million places).
    pub(super) fn intern(&mut self, place: &'static Location<'static>) -> u32 {
        if let Some(&number) = self.places.get(place) {
            return number;
        }
        let number = self.add(Site { place, stack: None });
        if number != 0 {
            self.places.insert(place, number);
        }
        number
    }

    /// The number of a place reached by a stack, as [`super::stack::capture`] gives it.
    pub(super) fn intern_with_stack(&mut self, place: &'static Location<'static>, stack: &[usize]) -> u32 {
        let plain = self.intern(place);
        if plain == 0 || stack.is_empty() {
            return plain;
        }
        let stack = match self.stack_numbers.get(stack) {
            Some(&known) => known,
            None if self.stacks.len() < MOST_STACKS => self.add_stack(stack),
            None => match self.stack_numbers.get(LOST) {
                Some(&lost) => lost,
                None => self.add_stack(LOST),
            },
        };
        if let Some(&number) = self.with_stack.get(&(plain, stack)) {
            return number;
        }
        let number = self.add(Site { place, stack: Some(stack) });
        if number == 0 {
            return plain;
        }
        self.with_stack.insert((plain, stack), number);
        number
    }

    fn add(&mut self, site: Site) -> u32 {
        if self.sites.len() >= MAX_SITES {
            return 0;
        }
        self.sites.push(site);
        self.sites.len() as u32
    }

    fn add_stack(&mut self, stack: &[usize]) -> u32 {
        let number = self.stacks.len() as u32;
        let stack: Arc<[usize]> = stack.into();
        self.stack_bytes += size_of_val(&*stack) + 2 * size_of::<usize>();
        self.stacks.push(Arc::clone(&stack));
        self.stack_numbers.insert(stack, number);
        number
    }

    fn get(&self, number: u32) -> Option<Site> {
        self.sites.get((number as usize).checked_sub(1)?).copied()
    }

    pub(super) fn place(&self, number: u32) -> Option<&'static Location<'static>> {
        Some(self.get(number)?.place)
    }

    /// The calls that led there, the innermost first; a 0 at the end stands for those left out.
    pub(super) fn stack(&self, number: u32) -> Option<Arc<[usize]>> {
        Some(Arc::clone(&self.stacks[self.get(number)?.stack? as usize]))
    }

    pub(super) fn overhead_bytes(&self) -> usize {
        // A bucket and its control byte.
        let table = |capacity: usize, entry: usize| capacity * (entry + 1);
        self.sites.capacity() * size_of::<Site>()
            + table(self.places.capacity(), size_of::<(&Location<'static>, u32)>())
            + table(self.with_stack.capacity(), size_of::<((u32, u32), u32)>())
            + table(self.stack_numbers.capacity(), size_of::<(Arc<[usize]>, u32)>())
            + self.stacks.capacity() * size_of::<Arc<[usize]>>()
            + self.stack_bytes
    }
}
