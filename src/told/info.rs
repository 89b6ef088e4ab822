use std::any::TypeId;
use std::fmt;
use std::panic::Location;

use super::Bundle;
use crate::registry::{Class, registry};

/// What a tracker is told of an object: who it is, and what hangs on it. Never the object itself.
///
/// ```
/// use std::any::TypeId;
/// use std::sync::{Arc, Mutex};
/// use classtracker::{ObjectInfo, Tracked, Tracker};
///
/// /// Where those texts were made that died.
/// #[derive(Default)]
/// struct Graves(Mutex<Vec<String>>);
///
/// impl Tracker for Graves {
///     fn notify_destroyed(&self, object: &ObjectInfo<'_>) {
///         if object.type_id() == TypeId::of::<String>() && !object.is_by_value() {
///             let (class, serial) = (object.class(), object.serial());
///             let site = object.site().map(|site| site.file());
///             let line = format!("{class} {serial} of {site:?}: {:?}", object.bundle());
///             self.0.lock().unwrap().push(line);
///         }
///     }
/// }
///
/// let graves = Arc::new(Graves::default());
/// let text = Tracked::new(String::from("short-lived"));
/// Tracked::set_tracker(&text, Some(graves.clone()));
/// drop(text);
/// assert!(graves.0.lock().unwrap()[0].starts_with("alloc::string::String "));
/// ```
pub struct ObjectInfo<'i> {
    class: &'static Class,
    serial: u64,
    site: u32,
    bundle: Option<&'i Bundle>,
}

impl<'i> ObjectInfo<'i> {
    pub(crate) fn new(class: &'static Class, serial: u64, site: u32, bundle: Option<&'i Bundle>) -> Self {
        Self { class, serial, site, bundle }
    }

    /// The object's serial: unique in the process.
    #[must_use]
    pub fn serial(&self) -> u64 {
        self.serial
    }

    /// The full path of the object's type. Two types may have one name: what tells them apart is
    /// [`type_id`](Self::type_id).
    #[must_use]
    pub fn class(&self) -> &'static str {
        self.class.name()
    }

    /// The object's type.
    #[must_use]
    pub fn type_id(&self) -> TypeId {
        self.class.object_type()
    }

    /// Its class, as the registry knows it.
    pub(super) fn registered(&self) -> &'static Class {
        self.class
    }

    /// Whether the object stands by value, with a [`Trackable`](crate::Trackable); otherwise it is in a [`Tracked`](crate::Tracked).
    #[must_use]
    pub fn is_by_value(&self) -> bool {
        self.class.counted().is_some()
    }

    /// Where the object was made; `None` once sixteen million places are known.
    #[must_use]
    pub fn site(&self) -> Option<&'static Location<'static>> {
        registry().location(self.site)
    }

    /// What hangs on the object.
    #[must_use]
    pub fn bundle(&self) -> Option<&'i Bundle> {
        self.bundle
    }
}

impl fmt::Debug for ObjectInfo<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ObjectInfo")
            .field("class", &self.class())
            .field("serial", &self.serial)
            .field("site", &self.site())
            .field("bundle", &self.bundle)
            .finish_non_exhaustive()
    }
}
