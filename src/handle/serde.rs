//! Handles and fields through serde: as their value, and as nothing.

use core::fmt;
use core::marker::PhantomData;

use serde::de::{Error, IgnoredAny, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{Inspect, Trackable, Tracked};

/// As the value. What hangs on the object is not written.
impl<T: Serialize + ?Sized> Serialize for Tracked<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (**self).serialize(serializer)
    }
}

/// Makes a new object, with a serial of its own and the tracker that a new object gets. Handles to one object become objects of their own.
impl<'de, T: Deserialize<'de> + Inspect + Send + Sync + 'static> Deserialize<'de> for Tracked<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::deserialize(deserializer).map(Self::new)
    }
}

/// As nothing: `null` or an absent field in formats for people, no bytes in binary ones.
impl<T: 'static> Serialize for Trackable<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() { serializer.serialize_none() } else { serializer.serialize_unit() }
    }
}

/// Counts a new object, with a serial of its own and the tracker that a new object gets. The field may be absent where the format can
/// tell.
impl<'de, T: 'static> Deserialize<'de> for Trackable<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // An absent field is offered as one for people, and only as an option.
        if deserializer.is_human_readable() {
            deserializer.deserialize_option(Nothing(PhantomData))
        } else {
            deserializer.deserialize_unit(Nothing(PhantomData))
        }
    }
}

struct Nothing<T>(PhantomData<fn() -> T>);

impl<'de, T: 'static> Visitor<'de> for Nothing<T> {
    type Value = Trackable<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("nothing, in the place of a `Trackable`")
    }

    fn visit_none<E: Error>(self) -> Result<Self::Value, E> {
        Ok(Trackable::new())
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(Trackable::new())
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        IgnoredAny::deserialize(deserializer).map(|_| Trackable::new())
    }
}
