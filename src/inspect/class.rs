//! The identity of a class in this process.

use std::any::{TypeId, type_name};

/// A class: a type by its identity, with its path as a name for people.
#[derive(Clone, Copy, Debug)]
pub struct ClassKey {
    /// What makes classes equal: names alone are not unique.
    pub id: TypeId,
    /// The path that the compiler gives to the type.
    pub name: &'static str,
}

impl ClassKey {
    /// The class of `T`.
    #[must_use]
    pub fn of<T: ?Sized + 'static>() -> Self {
        Self { id: TypeId::of::<T>(), name: type_name::<T>() }
    }
}

impl PartialEq for ClassKey {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Eq for ClassKey {}
