//! Auto traits and sizes, at compile time: those of `Arc` and `Weak`.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::marker::{PhantomData, PhantomPinned};
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::rc::Rc;
use std::sync::{Arc, Mutex, MutexGuard, Weak};

use classtracker::{Tracked, TrackedMut, WeakTracked};

/// Whether a type implements a trait, as a constant: an inherent constant goes before one of a trait.
macro_rules! implements {
    ($type:ty: $trait:path) => {{
        struct Probe<T: ?Sized>(PhantomData<T>);
        #[allow(dead_code, reason = "only where the trait is not implemented")]
        trait Otherwise {
            const ANSWER: bool = false;
        }
        impl<T: ?Sized> Otherwise for Probe<T> {}
        #[allow(dead_code, reason = "only where the trait is implemented")]
        impl<T: ?Sized + $trait> Probe<T> {
            const ANSWER: bool = true;
        }
        Probe::<$type>::ANSWER
    }};
}

macro_rules! as_arc {
    ($($value:ty),+ $(,)?) => {$(
        as_arc!(@ $value: Send);
        as_arc!(@ $value: Sync);
        as_arc!(@ $value: Unpin);
        as_arc!(@ $value: UnwindSafe);
        as_arc!(@ $value: RefUnwindSafe);
    )+};
    (@ $value:ty: $trait:path) => {
        const _: () = assert!(implements!(Tracked<$value>: $trait) == implements!(Arc<$value>: $trait));
        const _: () = assert!(implements!(WeakTracked<$value>: $trait) == implements!(Weak<$value>: $trait));
    };
}

as_arc!(
    u8,
    String,
    str,
    [u32],
    Cell<u8>,
    RefCell<String>,
    Rc<u8>,
    *const u8,
    &'static mut u8,
    PhantomPinned,
    Mutex<u8>,
    Mutex<Cell<u8>>,
    MutexGuard<'static, u8>,
    dyn Any,
    dyn Any + Send,
    dyn Any + Send + Sync,
    dyn Any + Send + Sync + UnwindSafe + RefUnwindSafe,
);

// The probe itself tells one from the other.
const _: () = assert!(implements!(Tracked<u8>: Send) && implements!(Tracked<u8>: Sync));
const _: () = assert!(!implements!(Tracked<Cell<u8>>: Send) && !implements!(Tracked<Cell<u8>>: Sync));
const _: () = assert!(!implements!(Tracked<MutexGuard<'static, u8>>: Sync));
const _: () = assert!(implements!(Tracked<PhantomPinned>: Unpin));
const _: () = assert!(!implements!(Tracked<RefCell<u8>>: UnwindSafe));

// A guard is what `&mut T` is.
const _: () = assert!(implements!(TrackedMut<'static, u8>: Send) && implements!(TrackedMut<'static, u8>: Sync));
const _: () = assert!(!implements!(TrackedMut<'static, Cell<u8>>: Sync));
const _: () = assert!(!implements!(TrackedMut<'static, u8>: UnwindSafe));

const _: () = assert!(size_of::<Tracked<[u64; 9]>>() == size_of::<usize>());
const _: () = assert!(size_of::<Option<Tracked<u8>>>() == size_of::<usize>());
const _: () = assert!(size_of::<WeakTracked<u8>>() == size_of::<usize>());
const _: () = assert!(size_of::<TrackedMut<'static, u8>>() == size_of::<usize>());

/// Covariant, as `Arc` is.
#[allow(dead_code, reason = "to be compiled")]
fn shorter<'a>(
    handle: Tracked<&'static str>,
    weak: WeakTracked<&'static str>,
) -> (Tracked<&'a str>, WeakTracked<&'a str>) {
    (handle, weak)
}
