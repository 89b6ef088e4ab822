//! Who says how large an object is: its own `Inspect`, or a function that the user gives.

use crate::Inspect;
use crate::inspect::{ClassKey, Sizer};

/// Sizes objects by their [`Inspect`]: what [`TrackOptions`](super::TrackOptions) do if not told otherwise.
///
/// ```
/// use classtracker::{ByInspect, TrackOptions};
///
/// // What the options' second parameter is unless they are told otherwise.
/// let options: TrackOptions<String, ByInspect> = TrackOptions::new();
/// # drop(options);
/// ```
#[derive(Debug, Clone, Copy)]
pub struct ByInspect(());

impl ByInspect {
    pub(super) const fn new() -> Self {
        Self(())
    }
}

/// Sizes objects by a function: see [`TrackOptions::size_with`](super::TrackOptions::size_with).
///
/// ```
/// use classtracker::{BySize, TrackOptions};
///
/// struct Image { pixels: Vec<u8> }
///
/// let options: TrackOptions<Image, BySize<Image>> =
///     TrackOptions::new().size_with(|image: &Image| size_of::<Image>() + image.pixels.capacity());
/// # drop(options);
/// ```
pub struct BySize<T: ?Sized>(pub(super) fn(&T) -> usize);

impl<T: ?Sized> Clone for BySize<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: ?Sized> Copy for BySize<T> {}

/// How the objects of a class are sized: [`ByInspect`] or [`BySize`].
///
/// It can be named, so that functions can hand options on, and not be implemented.
///
/// ```
/// use std::sync::Arc;
/// use classtracker::{ClassTracker, Sizing, TrackOptions};
///
/// fn track_named<T: Send + Sync + 'static>(
///     tracker: &ClassTracker,
///     object: &Arc<T>,
///     name: &str,
///     options: TrackOptions<T, impl Sizing<T>>,
/// ) -> u64 {
///     tracker.track_object_with(object, options.name(format!("service {name}")))
/// }
///
/// let (tracker, object) = (ClassTracker::new(), Arc::new(vec![1_u8, 2, 3]));
/// track_named(&tracker, &object, "log", TrackOptions::new());
/// assert_eq!(&*tracker.create_snapshot("").classes[0].class, "service log");
/// ```
pub trait Sizing<T: ?Sized>: private::Measure<T> + Copy + Send + Sync + 'static {}

impl<T: Inspect + ?Sized> Sizing<T> for ByInspect {}
impl<T: ?Sized + 'static> Sizing<T> for BySize<T> {}

pub(super) mod private {
    use super::{ClassKey, Sizer};

    #[allow(private_interfaces, reason = "sealed: nobody outside can name this trait")]
    pub trait Measure<T: ?Sized> {
        /// Whether objects are inspected, so that there may be more to say of one than its bytes.
        const INSPECTS: bool;
        /// Sizes an object that the sizer has begun with: its bytes. A panic of user code passes through, and must be answered by
        /// `Sizer::broken_off`.
        fn measure_or_panic(self, sizer: &mut Sizer<'_>, value: &T) -> u64;
        /// Whether it says the same of an object until that is borrowed mutably.
        fn is_steady() -> bool
        where
            T: Sized;
        /// The class that the object is filed under: the concrete one of a trait object that can tell it.
        fn class_key(self, value: &T) -> ClassKey
        where
            T: 'static;
    }
}

#[allow(private_interfaces, reason = "as above")]
impl<T: Inspect + ?Sized> private::Measure<T> for ByInspect {
    const INSPECTS: bool = true;

    #[inline]
    fn measure_or_panic(self, sizer: &mut Sizer<'_>, value: &T) -> u64 {
        sizer.measure_or_panic(value)
    }

    #[inline]
    fn is_steady() -> bool
    where
        T: Sized,
    {
        T::is_steady()
    }

    fn class_key(self, value: &T) -> ClassKey
    where
        T: 'static,
    {
        value.class()
    }
}

#[allow(private_interfaces, reason = "as above")]
impl<T: ?Sized> private::Measure<T> for BySize<T> {
    const INSPECTS: bool = false;

    #[inline]
    fn measure_or_panic(self, _sizer: &mut Sizer<'_>, value: &T) -> u64 {
        (self.0)(value) as u64
    }

    #[inline]
    fn is_steady() -> bool
    where
        T: Sized,
    {
        false
    }

    fn class_key(self, _value: &T) -> ClassKey
    where
        T: 'static,
    {
        ClassKey::of::<T>()
    }
}
