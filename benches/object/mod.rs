//! The object of which there are many: two allocations of its own, of different lengths.

use classtracker::DeepSizeOf;

#[derive(DeepSizeOf)]
pub(crate) struct Object {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) values: Vec<u32>,
}

impl Object {
    pub(crate) fn new(id: u64) -> Self {
        Self { id, name: "x".repeat((id % 37) as usize), values: vec![1; (id % 13) as usize] }
    }

    /// What it owns, as a program would reckon it by hand.
    pub(crate) fn owned_bytes(&self) -> usize {
        self.name.capacity() + self.values.capacity() * size_of::<u32>()
    }
}
