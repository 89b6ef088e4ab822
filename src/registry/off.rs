//! The registry of a program that is built without tracking: there is none.
//!
//! The same face as that of the module it stands for, so that nothing else needs to know. [`Tracked`] is an `Arc` in size and speed,
//! there are no classes, and a walk finds nothing.

#[cfg(all(unix, not(loom)))]
mod fork;
mod fork_lock;
mod raced;
mod sync;
// This file stands for `mod.rs`: what is below it would be looked for among the files that it stands for.
#[path = "off/trackable.rs"]
mod trackable;
#[path = "off/tracked.rs"]
mod tracked;

use core::any::TypeId;
use core::convert::Infallible;
use core::marker::PhantomData;
use core::ops::Deref;
use core::panic::Location;
use core::sync::atomic::{AtomicU64, Ordering};
use std::sync::Arc;
use std::time::Duration;

use classtracker_stats::Durations;

use crate::told::{Bundle, Tracker};

pub use trackable::Trackable;
pub use tracked::{Tracked, TrackedMut, WeakTracked};

pub(crate) use fork_lock::{ForkLock, Turn};
pub(crate) use raced::Raced;

/// Whether there is anything that could be tracked.
pub(crate) const TRACKS: bool = false;

/// Does nothing: the program was built without tracking.
#[allow(clippy::extra_unused_type_parameters, reason = "the face is that of the real one")]
pub fn set_told<T: 'static>(_told: bool) {}

pub(crate) struct Registry(());

static REGISTRY: Registry = Registry(());

pub(crate) fn registry() -> &'static Registry {
    &REGISTRY
}

impl Registry {
    /// There are no locks.
    #[cfg(all(unix, not(loom)))]
    fn hold_all(&self, _until: std::time::Instant) {}

    /// # Safety
    /// None is needed.
    #[cfg(all(unix, not(loom)))]
    unsafe fn let_go_all(&self, _in_child: bool) {}

    pub(crate) fn cut(&self) -> u64 {
        0
    }

    pub(crate) fn set_enabled(&self, _enabled: bool) {}

    pub(crate) fn is_enabled(&self) -> bool {
        false
    }

    /// A class that has no object, whatever `T` is.
    #[allow(clippy::extra_unused_type_parameters, reason = "the face is that of the real one")]
    pub(crate) fn class_of<T: 'static>(&self) -> &'static Class {
        static CLASS: Class = Class(());
        &CLASS
    }

    pub(crate) fn global_tracker(&self) -> Option<Arc<dyn Tracker>> {
        None
    }

    pub(crate) fn set_global_tracker(&self, _tracker: Option<Arc<dyn Tracker>>) {}

    pub(crate) fn classes(&self) -> Vec<&'static Class> {
        Vec::new()
    }

    pub(crate) fn counted_classes(&self) -> Vec<(&'static Class, Counted)> {
        Vec::new()
    }

    pub(crate) fn site(&self, _location: &'static Location<'static>) -> u32 {
        0
    }

    pub(crate) fn site_with_stack(&self, _location: &'static Location<'static>) -> u32 {
        0
    }

    pub(crate) fn stack(&self, _site: u32) -> Option<Arc<[usize]>> {
        None
    }

    pub(crate) fn location(&self, _site: u32) -> Option<&'static Location<'static>> {
        None
    }

    pub(crate) fn overhead_bytes(&self) -> usize {
        0
    }
}

pub(crate) fn next_serial() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    // Relaxed: no two calls get the same number.
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// What is known of objects by value: there are none.
#[derive(Clone, Copy)]
pub(crate) struct Counted {
    pub(crate) type_id: TypeId,
    pub(crate) flat_bytes: usize,
}

pub(crate) struct Class(());

impl Class {
    pub(crate) fn index(&self) -> u32 {
        0
    }

    pub(crate) fn name(&self) -> &'static str {
        ""
    }

    pub(crate) fn object_type(&self) -> TypeId {
        TypeId::of::<Infallible>()
    }

    pub(crate) fn counted(&self) -> Option<Counted> {
        None
    }

    pub(crate) fn is<T: 'static>(&self) -> bool {
        // No type has this one for its class.
        TypeId::of::<T>() == TypeId::of::<Infallible>()
    }

    pub(crate) fn totals(&self) -> (u64, u64) {
        (0, 0)
    }

    pub(crate) fn visits(&self) -> Pages {
        Pages(())
    }
}

/// What a tracker asks of a class: there is nothing to be had.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Wishes {
    pub(crate) trace_one_of: u32,
    pub(crate) lifetimes: bool,
    pub(crate) events: u32,
}

/// What was recorded: nothing.
pub(crate) struct Since {
    pub(crate) events: Vec<(Duration, u64)>,
    pub(crate) lost: u64,
    pub(crate) next: u64,
}

pub(crate) struct Watch(());

impl Class {
    pub(crate) fn watch(&'static self, _wishes: Wishes) -> Watch {
        Watch(())
    }

    pub(crate) fn lifetimes(&self) -> Option<Durations> {
        None
    }

    pub(crate) fn events_so_far(&self) -> u64 {
        0
    }

    pub(crate) fn events_since(&self, from: u64) -> Since {
        Since { events: Vec::new(), lost: 0, next: from }
    }
}

pub(crate) struct Pages(());

impl Pages {
    pub(crate) fn len(&self) -> usize {
        0
    }
}

/// Where an object stands: none does.
#[derive(Clone, Copy)]
pub(crate) struct Place(Infallible);

impl Place {
    pub(crate) fn serial(&self) -> u64 {
        match self.0 {}
    }

    pub(crate) fn is_alive(&self) -> bool {
        match self.0 {}
    }
}

/// An object that a walk finds: none does.
pub(crate) struct Object<'v, T>(AnyObject<'v>, PhantomData<&'v T>);

impl<'v, T> Object<'v, T> {
    pub(crate) fn value(&self) -> Option<&'v T> {
        match self.0.0 {}
    }

    pub(crate) fn handle(&self) -> Option<Tracked<T>> {
        match self.0.0 {}
    }
}

impl<'v, T> Deref for Object<'v, T> {
    type Target = AnyObject<'v>;

    fn deref(&self) -> &AnyObject<'v> {
        &self.0
    }
}

/// The same, whatever it is of.
pub(crate) struct AnyObject<'v>(Infallible, PhantomData<&'v ()>);

impl<'v> AnyObject<'v> {
    pub(crate) fn serial(&self) -> u64 {
        match self.0 {}
    }

    pub(crate) fn birth(&self) -> Duration {
        match self.0 {}
    }

    pub(crate) fn site(&self) -> u32 {
        match self.0 {}
    }

    pub(crate) fn site_key(&self) -> SiteKey {
        match self.0 {}
    }

    pub(crate) fn place(&self) -> Place {
        match self.0 {}
    }

    pub(crate) fn of<T: 'static>(&self) -> Option<Object<'v, T>> {
        match self.0 {}
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct SiteKey(());

impl SiteKey {
    pub(crate) const NONE: Self = Self(());

    pub(crate) fn tells(self) -> bool {
        false
    }
}

pub(crate) trait Visitor<T> {
    fn object(&mut self, object: &Object<'_, T>, value: &T);
    fn borrowed(&mut self, object: &Object<'_, T>);
    fn panicked(&mut self, object: &Object<'_, T>);
    fn remembers(&self) -> bool {
        false
    }
    fn recall(&mut self, _known: &Known) -> bool {
        false
    }
    fn begin_page(&mut self) {}
    fn end_page(&mut self) -> Option<Sizes> {
        None
    }
}

/// What is known of a page: there is none.
pub(crate) enum Known {}

pub(crate) struct Sizes {
    pub(crate) bytes: u64,
    pub(crate) smallest: u64,
    pub(crate) largest: u64,
}

impl Known {
    pub(crate) fn live() -> u64 {
        0
    }

    pub(crate) fn sizes(&self) -> Sizes {
        match *self {}
    }

    pub(crate) fn oldest(&self) -> u64 {
        match *self {}
    }

    pub(crate) fn youngest(&self) -> u64 {
        match *self {}
    }

    pub(crate) fn site(&self) -> u32 {
        match *self {}
    }

    pub(crate) fn site_key(&self) -> SiteKey {
        match *self {}
    }
}

pub(crate) struct Walker(());

impl Walker {
    pub(crate) fn new() -> Self {
        Self(())
    }

    pub(crate) fn visit<T: 'static>(&self, _pages: &Pages, _index: usize, _visitor: &mut impl Visitor<T>) {}

    pub(crate) fn visit_place<T: 'static, R>(&self, place: Place, _look: impl FnOnce(Object<'_, T>) -> R) -> Option<R> {
        match place.0 {}
    }

    pub(crate) fn step_aside(&self) {}
}

pub(crate) struct Listed {
    pub(crate) serial: u64,
    pub(crate) birth: Duration,
    pub(crate) site: u32,
    pub(crate) bundle: Option<Bundle>,
}

pub(crate) fn objects(_class: &Class) -> Vec<Listed> {
    Vec::new()
}

/// Counters of what a tracker is told: it is told nothing.
pub(crate) struct Tallies(());

pub(crate) enum Count {
    Attached,
    Detached,
    Destroyed,
}

#[derive(Clone, Copy, Default)]
pub(crate) struct Heard {
    pub(crate) attached: u64,
    pub(crate) detached: u64,
    pub(crate) destroyed: u64,
}

impl Tallies {
    pub(crate) fn new() -> Self {
        Self(())
    }

    pub(crate) fn add(&self, _class: &Class, _count: Count) {}

    pub(crate) fn read(&self, _class: &Class) -> Heard {
        Heard::default()
    }
}

/// Something that is looked at when a tracker is told of an object.
pub(crate) struct Flag(());

impl Flag {
    pub(crate) fn new() -> Self {
        Self(())
    }

    pub(crate) fn get(&self) -> bool {
        false
    }

    pub(crate) fn set(&self, _on: bool) {}
}
