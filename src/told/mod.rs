//! Trackers that are told: when an object comes to them, leaves them, gets another bundle, or dies.
#![forbid(unsafe_code)]

mod bundle;
mod info;
mod instances;
mod inventory;
mod names;
mod report;

use std::sync::Arc;

pub use bundle::{Bundle, Content};
pub use info::ObjectInfo;
pub use instances::{ClassInstances, Instance, live_instances};
pub use inventory::Inventory;
pub use names::ClassNameError;
use report::Shown;
pub use report::{InventoryReport, InventoryRow, ListedObject};

use crate::registry::registry;

/// Is told of objects: of all that are made while it is the [global tracker](set_global_tracker), and of each that it is
/// [set](crate::Tracked::set_tracker) for. It need not listen to everything.
///
/// ```standalone_crate
/// use std::sync::{Arc, Mutex};
/// use classtracker::{ObjectInfo, Tracked, Tracker, set_global_tracker};
///
/// #[derive(Default)]
/// struct Log(Mutex<Vec<String>>);
///
/// impl Tracker for Log {
///     fn notify_attached(&self, object: &ObjectInfo<'_>) {
///         self.0.lock().unwrap().push(format!("{} {} came", object.class(), object.serial()));
///     }
///     fn notify_destroyed(&self, object: &ObjectInfo<'_>) {
///         self.0.lock().unwrap().push(format!("{} {} died, {:?}", object.class(), object.serial(), object.bundle()));
///     }
/// }
///
/// let log = Arc::new(Log::default());
/// set_global_tracker(Some(log.clone()));
/// let number = Tracked::new(7_u32);
/// Tracked::set_bundle(&number, "in good health");
/// drop(number);
/// assert_eq!(*log.0.lock().unwrap(), ["u32 1 came", "u32 1 died, Some(\"in good health\")"]);
/// ```
///
/// # What a tracker may do
/// Anything. It is called on the thread on which something happens to the object, under no lock of this crate.
/// - It may panic: that ends the one notification, and nothing else.
/// - It may take its time: that holds up this thread, and no other.
/// - It may make and drop tracked objects, take snapshots, and set trackers, the global one included. **Objects that are made inside a
///   notification do not get the global tracker**: a tracker that makes an object of its own at each turn would be told of that one, too.
/// - It may cause further notifications, but not without end: four of them deep, no tracker is set any more, and none is told of updates.
///   Deaths are told of, however deep.
///
/// It never gets the object itself, so it cannot bring back one that is being dropped.
///
/// # When it is called
/// - [`notify_attached`](Self::notify_attached) before [`Tracked::new`](crate::Tracked::new) returns, and before any other thread can find the
///   object.
/// - [`notify_destroyed`](Self::notify_destroyed) when the last handle is gone and before the value is dropped, or, where the value is taken
///   out of its handle, after that. If a snapshot reads the object just then, it is called on the snapshot's thread some
///   moments later. It is called while a thread unwinds or ends, too, and after `main` has returned.
/// - Calls for one object follow one another as what happened to it does. If several threads change its tracker or its bundle
///   at once, each makes its own calls in its own order.
pub trait Tracker: Send + Sync {
    /// The object has this tracker from now on.
    fn notify_attached(&self, object: &ObjectInfo<'_>) {
        let _ = object;
    }

    /// The object does not have this tracker any more.
    ///
    /// ```
    /// use std::sync::{Arc, Mutex};
    /// use classtracker::{ObjectInfo, Tracked, Tracker};
    ///
    /// #[derive(Default)]
    /// struct Guests(Mutex<Vec<u64>>);
    ///
    /// impl Tracker for Guests {
    ///     fn notify_attached(&self, object: &ObjectInfo<'_>) {
    ///         self.0.lock().unwrap().push(object.serial());
    ///     }
    ///     fn notify_detached(&self, object: &ObjectInfo<'_>) {
    ///         self.0.lock().unwrap().retain(|guest| *guest != object.serial());
    ///     }
    /// }
    ///
    /// let guests = Arc::new(Guests::default());
    /// let guest = Tracked::new(7_u32);
    /// Tracked::set_tracker(&guest, Some(guests.clone()));
    /// assert_eq!(guests.0.lock().unwrap().len(), 1);
    /// Tracked::set_tracker(&guest, None);
    /// assert_eq!(guests.0.lock().unwrap().len(), 0);
    /// ```
    fn notify_detached(&self, object: &ObjectInfo<'_>) {
        let _ = object;
    }

    /// The object has another bundle.
    ///
    /// ```
    /// use std::sync::{Arc, Mutex};
    /// use classtracker::{ObjectInfo, Tracked, Tracker};
    ///
    /// #[derive(Default)]
    /// struct Log(Mutex<Vec<String>>);
    ///
    /// impl Tracker for Log {
    ///     fn notify_updated(&self, object: &ObjectInfo<'_>) {
    ///         self.0.lock().unwrap().push(format!("{:?}", object.bundle()));
    ///     }
    /// }
    ///
    /// let log = Arc::new(Log::default());
    /// let number = Tracked::new(7_u32);
    /// Tracked::set_tracker(&number, Some(log.clone()));
    /// Tracked::set_bundle(&number, "seen");
    /// Tracked::take_bundle(&number);
    /// assert_eq!(*log.0.lock().unwrap(), ["Some(\"seen\")", "None"]);
    /// ```
    fn notify_updated(&self, object: &ObjectInfo<'_>) {
        let _ = object;
    }

    /// The object is dead.
    fn notify_destroyed(&self, object: &ObjectInfo<'_>) {
        let _ = object;
    }
}

/// Sets the tracker that every object gets that is made from now on, in a [`Tracked`](crate::Tracked) or with a
/// [`Trackable`](crate::Trackable); `None`: no tracker. Objects that were made before keep what they have.
///
/// The tracker before it is let go when the last object dies that still has it, and no notification of it is under way; at once, if
/// there is none. Threads that used it need do nothing for that: they may sleep for ever. A class can [opt out](crate::set_told).
///
/// See [`Tracker`] for an example.
///
/// ```standalone_crate
/// use std::sync::Arc;
/// use classtracker::{Inventory, Tracked, global_tracker, set_global_tracker};
///
/// let before = Tracked::new(1_u8);
/// set_global_tracker(Some(Arc::new(Inventory::new())));
/// let after = Tracked::new(2_u8);
/// assert!(Tracked::tracker(&before).is_none());
/// assert!(Tracked::tracker(&after).is_some());
/// set_global_tracker(None);
/// assert!(global_tracker().is_none());
/// assert!(Tracked::tracker(&after).is_some(), "it keeps what it has");
/// ```
pub fn set_global_tracker(tracker: Option<Arc<dyn Tracker>>) {
    registry().set_global_tracker(tracker);
}

/// The tracker that objects get that are made now.
///
/// ```standalone_crate
/// use std::sync::Arc;
/// use classtracker::{Inventory, Tracker, global_tracker, set_global_tracker};
///
/// assert!(global_tracker().is_none());
/// let inventory: Arc<dyn Tracker> = Arc::new(Inventory::new());
/// set_global_tracker(Some(inventory.clone()));
/// assert!(Arc::ptr_eq(&global_tracker().unwrap(), &inventory));
/// ```
#[must_use]
pub fn global_tracker() -> Option<Arc<dyn Tracker>> {
    registry().global_tracker()
}
