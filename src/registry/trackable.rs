//! `Trackable`: what makes a struct countable where it stands.

use core::marker::PhantomData;
use core::panic::Location;
use std::sync::Arc;

use super::class::{Class, Seed};
use super::identity::{Identity, Serial};
use super::{registry, with_local};
use crate::told::{Bundle, Content, Tracker};

/// A field that makes the struct around it countable, wherever it stands: in a `Vec`, on the stack, inside a map.
///
/// `T` is the struct itself. Every snapshot of every tracker has a row for `T`, with how many of them are alive, were made and were
/// dropped, and with their flat bytes. What they own is not known: nobody can come to an object that moves about.
///
/// ```standalone_crate
/// use classtracker::{ClassTracker, Trackable};
///
/// #[derive(Clone, Default)]
/// struct Request {
///     path: String,
///     tracked: Trackable<Request>,
/// }
///
/// let mut queue: Vec<Request> = vec![Request::default(); 3];
/// queue.pop();
/// let snapshot = ClassTracker::new().create_snapshot("");
/// let row = &snapshot.classes[0];
/// assert_eq!((row.live, row.created, row.dropped), (2, 3, 1));
///
/// // `Request` has no destructor of its own: it can be taken apart.
/// let Request { path, .. } = queue.remove(0);
/// assert_eq!(ClassTracker::new().create_snapshot("").classes[0].live, 1);
/// # drop((path, queue));
/// ```
///
/// It takes 16 bytes. All values of it are equal, so that the struct around can derive `PartialEq`, `Hash` and their like. A clone of it
/// is that of a new object, with a serial of its own.
///
/// When an object was made is not recorded: to read the clock would cost more than all the rest.
pub struct Trackable<T: 'static> {
    identity: Identity,
    of: PhantomData<fn() -> T>,
}

#[cfg(not(loom))]
const _: () = assert!(size_of::<Trackable<u8>>() <= 16);

impl<T: 'static> Trackable<T> {
    /// Counts a new object. Where it was made is this call's place, or that of the caller of a function that is
    /// `#[track_caller]` itself.
    #[inline]
    #[must_use]
    #[track_caller]
    pub fn new() -> Self {
        let location = Location::caller();
        // All that is rare stands elsewhere: this is a few instructions wherever it is used.
        match with_local(|local| local.count_created(registry(), Seed::id_by_value::<T>(), location)) {
            Some((serial, origin)) => Self::of(Identity::new(Serial::new(serial, 0, false), origin)),
            None => Self::new_told(location),
        }
    }

    #[inline(never)]
    fn new_told(location: &'static Location<'static>) -> Self {
        let given = with_local(|local| {
            local.count_created_told(registry(), Seed::id_by_value::<T>(), Seed::by_value::<T>, location)
        });
        let this = Self::of(given.identity(false));
        if this.identity.is_told() {
            this.identity.announce(Self::class());
        }
        this
    }

    #[inline]
    fn of(identity: Identity) -> Self {
        Self { identity, of: PhantomData }
    }

    fn class() -> &'static Class {
        with_local(|local| local.class_by_value(Seed::id_by_value::<T>(), Seed::by_value::<T>))
    }

    fn is_counted(&self) -> bool {
        self.identity.serial() != 0
    }

    /// The object's serial: unique in the process, among objects of all kinds. `None` if it was made while tracking was off.
    ///
    /// ```
    /// use classtracker::Trackable;
    ///
    /// struct Request {
    ///     tracked: Trackable<Request>,
    /// }
    ///
    /// let request = Request { tracked: Trackable::new() };
    /// let later = Request { tracked: Trackable::new() };
    /// assert!(request.tracked.serial() < later.tracked.serial());
    /// assert_eq!(request.tracked.site().unwrap().file(), file!());
    /// ```
    #[must_use]
    pub fn serial(&self) -> Option<u64> {
        self.is_counted().then(|| self.identity.serial())
    }

    /// Where the object was made. `None` if that was while tracking was off.
    #[must_use]
    pub fn site(&self) -> Option<&'static Location<'static>> {
        registry().location(self.identity.origin().site())
    }

    /// Sets who is told of this object from now on, as [`Tracked::set_tracker`](crate::Tracked::set_tracker) does.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use classtracker::{Inventory, Trackable, Tracker};
    ///
    /// struct Request {
    ///     path: String,
    ///     tracked: Trackable<Request>,
    /// }
    ///
    /// let inventory = Arc::new(Inventory::new());
    /// let request = Request { path: "/".into(), tracked: Trackable::new() };
    /// request.tracked.set_tracker(Some(inventory.clone()));
    /// assert!(request.tracked.tracker().is_some());
    /// assert_eq!(inventory.report("Request")?.rows[0].allocated, 1);
    /// # let _ = request.path;
    /// # Ok::<(), classtracker::ClassNameError>(())
    /// ```
    pub fn set_tracker(&self, tracker: Option<Arc<dyn Tracker>>) {
        if self.is_counted() {
            self.identity.set_tracker(Self::class(), tracker);
        }
    }

    /// Who is told of this object.
    #[must_use]
    pub fn tracker(&self) -> Option<Arc<dyn Tracker>> {
        self.identity.tracker()
    }

    /// Hangs any data on the object, as [`Tracked::set_bundle`](crate::Tracked::set_bundle) does.
    ///
    /// ```
    /// use classtracker::Trackable;
    ///
    /// struct Request {
    ///     tracked: Trackable<Request>,
    /// }
    ///
    /// let request = Request { tracked: Trackable::new() };
    /// request.tracked.set_bundle("from the load test");
    /// let bundle = request.tracked.bundle().unwrap();
    /// assert_eq!(bundle.get::<&str>(), Some(&"from the load test"));
    /// assert!(request.tracked.take_bundle().is_some());
    /// assert!(request.tracked.bundle().is_none());
    /// ```
    pub fn set_bundle(&self, bundle: impl Content) {
        if self.is_counted() {
            self.identity.set_bundle(Self::class(), Some(Bundle::new(bundle)));
        }
    }

    /// What hangs on the object.
    #[must_use]
    pub fn bundle(&self) -> Option<Bundle> {
        self.identity.bundle()
    }

    /// Takes away what hangs on the object, if something does, and tells its tracker that the object was updated.
    pub fn take_bundle(&self) -> Option<Bundle> {
        self.bundle()?;
        self.identity.set_bundle(Self::class(), None)
    }

    /// The object dies, and this thread does not know its class yet, or somebody is told of it, or was, or it is not counted.
    #[inline(never)]
    fn end(&mut self) {
        if !self.is_counted() {
            return;
        }
        with_local(|local| local.count_dropped(Seed::id_by_value::<T>(), Seed::by_value::<T>));
        if self.identity.is_told() {
            self.identity.farewell(Self::class());
            // SAFETY: the object is ours alone, and is being dropped.
            unsafe { self.identity.discard() };
        }
    }
}

impl<T: 'static> Drop for Trackable<T> {
    #[inline]
    fn drop(&mut self) {
        let count = || with_local(|local| local.count_dropped_quickly(Seed::id_by_value::<T>()));
        if !self.identity.is_plain() || !count() {
            self.end();
        }
    }
}
