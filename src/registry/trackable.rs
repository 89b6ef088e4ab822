//! `Trackable`: what makes a struct countable where it stands.

use core::marker::PhantomData;
use core::panic::Location;

use super::class::Seed;
use super::node::{Origin, Serial};
use super::{registry, with_local};

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
    serial: Serial,
    origin: Origin,
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
        let (serial, origin) = with_local(|local| {
            local.count_created(registry(), Seed::id_by_value::<T>(), Seed::by_value::<T>, location)
        });
        Self { serial: Serial::new(serial, false), origin, of: PhantomData }
    }

    fn is_counted(&self) -> bool {
        self.serial.get() != 0
    }

    /// The object's serial: unique in the process, among objects of all kinds. `None` if it was made while tracking was off.
    #[must_use]
    pub fn serial(&self) -> Option<u64> {
        self.is_counted().then(|| self.serial.get())
    }

    /// Where the object was made. `None` if that was while tracking was off.
    #[must_use]
    pub fn site(&self) -> Option<&'static Location<'static>> {
        registry().location(self.origin.site())
    }
}

impl<T: 'static> Drop for Trackable<T> {
    #[inline]
    fn drop(&mut self) {
        if self.is_counted() {
            with_local(|local| local.count_dropped(Seed::id_by_value::<T>(), Seed::by_value::<T>));
        }
    }
}
