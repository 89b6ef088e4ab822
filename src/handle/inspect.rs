//! What a handle tells a walk: nothing, if its object is counted on its own; otherwise what an `Arc` would.

use deepsize::Context;

use crate::{__private, DeepSizeOf, Inspect, Tracked, WeakTracked};

// Built without tracking, handles say of themselves what `Arc` and `Weak` say.
#[cfg(feature = "track")]
mod registered {
    use crate::registry::HEADER_BYTES;
    use crate::{Inspect, Tracked, Walk, WeakTracked};

    /// The header is the tracker's own, in its overhead: an object is charged with its value alone.
    impl<T: Inspect + ?Sized> Inspect for Tracked<T> {
        fn inspect(&self, walk: &mut Walk<'_>) {
            if let Some((class, place)) = Tracked::entry(self)
                && walk.covers(class.index(), place.serial())
            {
                return;
            }
            walk.shared(Tracked::address(self), size_of_val(&**self), |walk| (**self).inspect(walk));
        }
    }

    /// A weak handle to a live object owns nothing; to a dead one, a part in memory that nobody else can use.
    impl<T> Inspect for WeakTracked<T> {
        fn inspect(&self, walk: &mut Walk<'_>) {
            if let Some(address) = self.dead_address() {
                walk.shared(address, HEADER_BYTES + size_of::<T>(), |_| ());
            }
        }
    }
}

impl<T: Inspect + ?Sized> DeepSizeOf for Tracked<T> {
    fn deep_size_of_children(&self, context: &mut Context) -> usize {
        __private::deep_size_of_children(self, context)
    }
}

impl<T> DeepSizeOf for WeakTracked<T> {
    fn deep_size_of_children(&self, context: &mut Context) -> usize {
        __private::deep_size_of_children(self, context)
    }
}
