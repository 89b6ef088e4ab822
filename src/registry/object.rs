//! A live object, as a walker sees it.

use core::any::TypeId;
use core::marker::PhantomData;
use core::ops::Deref;
use core::ptr::NonNull;
use std::time::Duration;

use super::destroy::header_of;
use super::handle::Tracked;
use super::identity::SiteKey;
use super::node::{Header, Node};
use super::slot::{Found, Slot};
use super::visit::Place;
use crate::told::Bundle;

/// A live object, readable for as long as the visit's closure runs.
pub(crate) struct Object<'v, T> {
    any: AnyObject<'v>,
    of: PhantomData<&'v T>,
}

/// The same, whatever it is of: what is to be done with it is compiled once, not for each class.
#[derive(Clone, Copy)]
pub(crate) struct AnyObject<'v> {
    header: NonNull<Header>,
    exclusive: bool,
    scope: PhantomData<&'v Header>,
}

impl<'v> AnyObject<'v> {
    /// One that a walker has found in a slot, and may read for `'v`; whether its value is borrowed mutably.
    #[inline]
    pub(super) fn found(header: NonNull<Header>, exclusive: bool) -> Self {
        Self { header, exclusive, scope: PhantomData }
    }

    pub(super) fn address(&self) -> *const Header {
        self.header.as_ptr()
    }

    pub(super) fn is_exclusive(&self) -> bool {
        self.exclusive
    }

    #[inline]
    fn header(&self) -> &'v Header {
        // SAFETY: invariant 2: the visit keeps the node from being freed. Headers are only ever read, but for the counts.
        unsafe { header_of(self.header.cast::<Node<()>>()) }
    }

    #[inline]
    pub(crate) fn serial(&self) -> u64 {
        self.header().identity.serial()
    }

    /// When it was made, from the first use of tracking on.
    pub(crate) fn birth(&self) -> Duration {
        self.header().identity.origin().birth()
    }

    /// The number of the place where it was made; see [`Registry::location`](super::Registry::location).
    pub(crate) fn site(&self) -> u32 {
        self.header().identity.origin().site()
    }

    /// Tells whether it was made where another was, and is cheaper to get than [`AnyObject::site`].
    #[inline]
    pub(crate) fn site_key(&self) -> SiteKey {
        self.header().identity.site_key()
    }

    /// What hangs on it.
    pub(crate) fn bundle(&self) -> Option<Bundle> {
        self.header().identity.bundle()
    }

    pub(crate) fn place(&self) -> Place {
        Place::new(self.header().slot, self.serial())
    }

    /// What it is, if its class is that of `T`.
    pub(crate) fn of<T: 'static>(&self) -> Option<Object<'v, T>> {
        self.is_found_by(TypeId::of::<T>()).then(|| Object::of(*self))
    }

    fn is_found_by(&self, type_id: TypeId) -> bool {
        self.header().class().is_some_and(|class| class.is_found_by(type_id))
    }

    /// Raises the count of its handles; false if the last one is just being dropped, or if it is borrowed mutably.
    fn upgrade(&self) -> bool {
        !self.exclusive && self.header().counts.upgrade()
    }
}

impl<'v, T> Object<'v, T> {
    /// Its class must be that of `T`.
    #[inline]
    pub(super) fn of(any: AnyObject<'v>) -> Self {
        Self { any, of: PhantomData }
    }

    /// Its value; `None` while it is borrowed mutably.
    #[inline]
    pub(crate) fn value(&self) -> Option<&'v T> {
        if self.exclusive {
            return None;
        }
        let node = self.header.cast::<Node<T>>();
        // SAFETY: the page's class was checked to be that of `T`; invariant 2 keeps the node; invariant 4 keeps writers out,
        // and `T: Sync` was asked for when the object was made.
        Some(unsafe { &(*node.as_ptr()).value })
    }

    /// A handle, unless the last one is just being dropped.
    pub(crate) fn handle(&self) -> Option<Tracked<T>> {
        // SAFETY: the count was raised for this handle, and the node is one of `T` as in `value`.
        self.upgrade().then(|| unsafe { Tracked::from_node(self.header.cast()) })
    }
}

impl<'v, T> Deref for Object<'v, T> {
    type Target = AnyObject<'v>;

    #[inline]
    fn deref(&self) -> &AnyObject<'v> {
        &self.any
    }
}

#[inline]
pub(super) fn found<'v>(slot: &Slot) -> Option<AnyObject<'v>> {
    let (header, exclusive) = match slot.find() {
        Found::Nothing => return None,
        Found::Object(header) => (header, false),
        Found::Exclusive(header) => (header, true),
    };
    Some(AnyObject::found(NonNull::new(header)?, exclusive))
}
