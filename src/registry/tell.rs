//! Telling trackers of objects: what is said when, and that no harm comes of it.
//!
//! What a tracker does is user code: it runs under no lock, while no field of [`Local`](super::local::Local) is borrowed; a panic goes no
//! further; and what it makes itself gets no global tracker.

use std::sync::Arc;

use super::class::Class;
use super::handle::Tracked;
use super::identity::Identity;
use super::record::Kept;
use super::visit::ends;
use super::{registry, with_local};
use crate::told::{Bundle, Content, ObjectInfo, Tracker};

/// What happened to an object.
#[derive(Clone, Copy, PartialEq, Eq)]
enum News {
    Attached,
    Detached,
    Updated,
    Destroyed,
}

/// So deep in notifications, a thread tells only of deaths any more: those come to an end. It also looks whether there is stack left,
/// since they may be as many as there are objects.
///
/// A tracker that, when it is told, causes two notifications, each of which does the same, ends after 2 + 4 + 8 of them. What one needs
/// that means well is two or three.
const DEEP: u32 = 4;

fn tell(tracker: &dyn Tracker, news: News, object: &ObjectInfo<'_>) {
    let depth = with_local(|local| local.telling.replace(local.telling.get() + 1));
    if depth < DEEP || news == News::Destroyed {
        let call = || {
            ends(|| match news {
                News::Attached => tracker.notify_attached(object),
                News::Detached => tracker.notify_detached(object),
                News::Updated => tracker.notify_updated(object),
                News::Destroyed => tracker.notify_destroyed(object),
            })
        };
        if depth < DEEP {
            call();
        } else {
            crate::inspect::with_room(call);
        }
    }
    with_local(|local| local.telling.set(depth));
}

impl Identity {
    fn info<'i>(&self, class: &'static Class, bundle: Option<&'i Bundle>) -> ObjectInfo<'i> {
        ObjectInfo::new(class, self.serial(), self.origin().site(), bundle)
    }

    /// A new object, which nobody has seen yet, has got a tracker with its birth: tells it.
    #[inline(never)]
    pub(super) fn announce(&self, class: &'static Class) {
        match self.record() {
            Some(record) => {
                let Kept { tracker, bundle } = record.kept();
                if let Some(tracker) = tracker {
                    tell(&*tracker, News::Attached, &self.info(class, bundle.as_ref()));
                }
            }
            None => {
                // SAFETY: the object's claim holds, since nobody else has seen it and so nobody else could make a record.
                let tracker = unsafe { registry().trackers.tracker(self.first_tracker()) };
                tell(&**tracker, News::Attached, &self.info(class, None));
            }
        }
    }

    /// The object is dead, and nobody but the caller has it: tells its tracker, and gives up what was kept.
    #[inline(never)]
    pub(super) fn farewell(&self, class: &'static Class) {
        let Some(record) = self.record() else {
            // SAFETY: the object's claim holds until it is given up below.
            let tracker = unsafe { registry().trackers.tracker(self.first_tracker()) };
            tell(&**tracker, News::Destroyed, &self.info(class, None));
            return self.forsake();
        };
        let Kept { tracker, bundle } = record.empty();
        if let Some(tracker) = &tracker {
            tell(&**tracker, News::Destroyed, &self.info(class, bundle.as_ref()));
        }
        // A destructor that throws must not come between an object and its memory.
        ends(move || drop((tracker, bundle)));
    }

    /// Gives up the claim that the object was born with, if it still has it, and tells nobody: nobody else may have the object.
    pub(super) fn forsake(&self) {
        let number = self.first_tracker();
        if number == 0 || self.has_record() {
            return;
        }
        let row = with_local(|local| local.row.get());
        // SAFETY: nobody else has the object, so nobody else gives up its claim.
        let last = unsafe { registry().trackers.release(number, row) };
        if last.is_some() {
            ends(move || drop(last));
        }
    }

    pub(super) fn tracker(&self) -> Option<Arc<dyn Tracker>> {
        if !self.is_told() {
            return None;
        }
        self.recorded().kept().tracker
    }

    pub(super) fn set_tracker(&self, class: &'static Class, tracker: Option<Arc<dyn Tracker>>) {
        if tracker.is_none() && !self.is_told() {
            return;
        }
        // Else an object could be given a tracker only to tell it of its death, whose notification does the same again.
        if with_local(|local| local.telling.get()) >= DEEP {
            return;
        }
        let Kept { tracker: old, bundle } = self.recorded().set_tracker(tracker.clone());
        let object = self.info(class, bundle.as_ref());
        if let Some(old) = old {
            tell(&*old, News::Detached, &object);
        }
        if let Some(tracker) = tracker {
            tell(&*tracker, News::Attached, &object);
        }
    }

    pub(super) fn bundle(&self) -> Option<Bundle> {
        self.record()?.bundle()
    }

    pub(super) fn set_bundle(&self, class: &'static Class, bundle: Option<Bundle>) -> Option<Bundle> {
        let Kept { tracker, bundle: old } = self.recorded().set_bundle(bundle.clone());
        if let Some(tracker) = tracker {
            tell(&*tracker, News::Updated, &self.info(class, bundle.as_ref()));
        }
        old
    }
}

impl<T: ?Sized> Tracked<T> {
    /// Sets who is told of this object from now on; `None`: nobody.
    ///
    /// The tracker that it had, if it had one, is told first that the object is detached, even if it is the same one; then
    /// the new one that it is attached. An object that was made while tracking was off has no tracker, and gets none. Four
    /// [notifications](Tracker#what-a-tracker-may-do) deep, nothing happens.
    ///
    /// See [`Tracker`] for an example.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use classtracker::{DeepSizeOf, Inventory, Tracked};
    ///
    /// #[derive(DeepSizeOf)]
    /// struct Order(u32);
    ///
    /// let inventory = Arc::new(Inventory::new());
    /// let order = Tracked::new(Order(7));
    /// Tracked::set_tracker(&order, Some(inventory.clone()));
    /// assert_eq!(inventory.report("Order")?.rows[0].allocated, 1);
    /// Tracked::set_tracker(&order, None);
    /// assert_eq!(inventory.report("Order")?.rows[0].allocated, 0);
    /// # Ok::<(), classtracker::ClassNameError>(())
    /// ```
    pub fn set_tracker(this: &Self, tracker: Option<Arc<dyn Tracker>>) {
        if let Some(class) = this.header().class() {
            this.header().identity.set_tracker(class, tracker);
        }
    }

    /// Who is told of this object: the global tracker of the time when it was made, or what was
    /// [set](Tracked::set_tracker) since.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use classtracker::{Inventory, Tracked};
    ///
    /// let handle = Tracked::new(7_u32);
    /// Tracked::set_tracker(&handle, Some(Arc::new(Inventory::new())));
    /// assert!(Tracked::tracker(&handle).is_some());
    /// ```
    #[must_use]
    pub fn tracker(this: &Self) -> Option<Arc<dyn Tracker>> {
        this.header().identity.tracker()
    }

    /// Hangs any data on the object, in place of what hung there before, and tells its tracker that the object was updated. From then
    /// on each notification of this object carries it.
    ///
    /// An object that was made while tracking was off takes no bundle: it is dropped.
    ///
    /// ```
    /// use classtracker::Tracked;
    ///
    /// let handle = Tracked::new(7_u32);
    /// Tracked::set_bundle(&handle, "of the morning shift");
    /// let bundle = Tracked::bundle(&handle).unwrap();
    /// assert_eq!(bundle.get::<&str>(), Some(&"of the morning shift"));
    /// ```
    pub fn set_bundle(this: &Self, bundle: impl Content) {
        if let Some(class) = this.header().class() {
            this.header().identity.set_bundle(class, Some(Bundle::new(bundle)));
        }
    }

    /// What hangs on the object.
    ///
    /// ```
    /// use classtracker::Tracked;
    ///
    /// let handle = Tracked::new(7_u32);
    /// assert!(Tracked::bundle(&handle).is_none());
    /// Tracked::set_bundle(&handle, 10_u8);
    /// assert_eq!(Tracked::bundle(&handle).unwrap().get::<u8>(), Some(&10));
    /// ```
    #[must_use]
    pub fn bundle(this: &Self) -> Option<Bundle> {
        this.header().identity.bundle()
    }

    /// Takes away what hangs on the object, if something does, and tells its tracker that the object was updated.
    ///
    /// ```
    /// use classtracker::Tracked;
    ///
    /// let handle = Tracked::new(7_u32);
    /// Tracked::set_bundle(&handle, 10_u8);
    /// assert_eq!(Tracked::take_bundle(&handle).unwrap().get::<u8>(), Some(&10));
    /// assert!(Tracked::bundle(&handle).is_none());
    /// ```
    pub fn take_bundle(this: &Self) -> Option<Bundle> {
        Tracked::bundle(this)?;
        this.header().identity.set_bundle(this.header().class()?, None)
    }
}

/// Whether objects of `T` that are made from now on get the global tracker, those in a [`Tracked`] and those by value. They do at first.
///
/// Objects that have a tracker keep it, and any object can be [given one](Tracked::set_tracker).
///
/// ```standalone_crate
/// use std::sync::Arc;
/// use classtracker::{Inventory, Tracked, set_global_tracker, set_told};
///
/// set_global_tracker(Some(Arc::new(Inventory::new())));
/// set_told::<u8>(false);
/// assert!(Tracked::tracker(&Tracked::new(1_u8)).is_none());
/// assert!(Tracked::tracker(&Tracked::new(1_u16)).is_some());
/// ```
pub fn set_told<T: 'static>(told: bool) {
    registry().class_of::<T>().set_told(told);
    registry().class(&super::class::Seed::by_value::<T>()).set_told(told);
}
