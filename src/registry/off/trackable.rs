//! `Trackable`: a field of no size.

use core::marker::PhantomData;
use core::panic::Location;
use std::sync::Arc;

use crate::told::{Bundle, Content, Tracker};

/// The field that makes the struct around it countable: the program was built without tracking (feature `track`), and it takes no space.
pub struct Trackable<T: 'static>(PhantomData<fn() -> T>);

impl<T: 'static> Trackable<T> {
    /// A field that counts nothing.
    #[inline]
    #[must_use]
    pub fn new() -> Self {
        Self(PhantomData)
    }

    /// `None`: the program was built without tracking.
    #[must_use]
    pub fn serial(&self) -> Option<u64> {
        None
    }

    /// Does nothing: the program was built without tracking.
    pub fn set_tracker(&self, _tracker: Option<Arc<dyn Tracker>>) {}

    /// `None`: the program was built without tracking.
    #[must_use]
    pub fn tracker(&self) -> Option<Arc<dyn Tracker>> {
        None
    }

    /// Drops the bundle: the program was built without tracking.
    pub fn set_bundle(&self, _bundle: impl Content) {}

    /// `None`: the program was built without tracking.
    #[must_use]
    pub fn bundle(&self) -> Option<Bundle> {
        None
    }

    /// `None`: the program was built without tracking.
    pub fn take_bundle(&self) -> Option<Bundle> {
        None
    }

    /// `None`: the program was built without tracking.
    #[must_use]
    pub fn site(&self) -> Option<&'static Location<'static>> {
        None
    }
}
