//! The places where objects are made, by number.

use core::panic::Location;

use rustc_hash::{FxBuildHasher, FxHashMap};

use super::node::MAX_SITES;

/// Number 0 stands for a place that is not known. Equal places have equal numbers, also where the compiler keeps several
/// copies of one.
pub(super) struct Sites {
    numbers: FxHashMap<&'static Location<'static>, u32>,
    places: Vec<&'static Location<'static>>,
}

impl Sites {
    pub(super) const fn new() -> Self {
        Self { numbers: FxHashMap::with_hasher(FxBuildHasher), places: Vec::new() }
    }

    /// The number of a place; 0 once the table is full (16 million places).
    pub(super) fn intern(&mut self, place: &'static Location<'static>) -> u32 {
        if let Some(&number) = self.numbers.get(place) {
            return number;
        }
        if self.places.len() >= MAX_SITES {
            return 0;
        }
        self.places.push(place);
        let number = self.places.len() as u32;
        self.numbers.insert(place, number);
        number
    }

    pub(super) fn get(&self, number: u32) -> Option<&'static Location<'static>> {
        self.places.get((number as usize).checked_sub(1)?).copied()
    }

    pub(super) fn overhead_bytes(&self) -> usize {
        self.places.capacity() * size_of::<&Location<'static>>()
            // A bucket and its control byte.
            + self.numbers.capacity() * (size_of::<(&Location<'static>, u32)>() + 1)
    }
}
