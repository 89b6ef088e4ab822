//! Types that own nothing but their flat bytes.

use super::{Inspect, Walk};
use std::alloc::Layout;
use std::any::TypeId;
use std::cmp;
use std::marker::{PhantomData, PhantomPinned};
use std::mem::Discriminant;
use std::net;
use std::num;
use std::ops::RangeFull;
use std::panic::Location;
use std::pin::Pin;
use std::sync::atomic;
use std::time::{Duration, Instant, SystemTime};

macro_rules! plain {
    ($($({$($generic:tt)*})? $type:ty),+ $(,)?) => {$(
        impl$(<$($generic)*>)? Inspect for $type {
            #[inline]
            fn inspect(&self, _walk: &mut Walk<'_>) {}

            #[inline]
            fn owns_nothing() -> bool {
                true
            }

            #[inline]
            fn holds_counted_values() -> bool {
                false
            }
        }
    )+};
}
pub(super) use plain;

/// What a type tells of all its values that has values of these and nothing else that is on the heap.
macro_rules! as_its_parts {
    ($first:ident $($more:ident)*) => {
        #[inline]
        fn owns_nothing() -> bool {
            $first::owns_nothing() $(&& $more::owns_nothing())*
        }

        #[inline]
        fn holds_counted_values() -> bool {
            $first::holds_counted_values() $(|| $more::holds_counted_values())*
        }

        #[inline]
        fn is_steady() -> bool {
            $first::is_steady() $(&& $more::is_steady())*
        }
    };
}
pub(super) use as_its_parts;

plain! {
    (), bool, char,
    u8, u16, u32, u64, u128, usize,
    i8, i16, i32, i64, i128, isize,
    f32, f64,
    num::NonZeroU8, num::NonZeroU16, num::NonZeroU32, num::NonZeroU64, num::NonZeroU128, num::NonZeroUsize,
    num::NonZeroI8, num::NonZeroI16, num::NonZeroI32, num::NonZeroI64, num::NonZeroI128, num::NonZeroIsize,
    num::NonZero<char>,
    atomic::AtomicBool,
    atomic::AtomicU8, atomic::AtomicU16, atomic::AtomicU32, atomic::AtomicUsize,
    atomic::AtomicI8, atomic::AtomicI16, atomic::AtomicI32, atomic::AtomicIsize,
    {T} atomic::AtomicPtr<T>,
    Duration, Instant, SystemTime,
    net::IpAddr, net::Ipv4Addr, net::Ipv6Addr,
    net::SocketAddr, net::SocketAddrV4, net::SocketAddrV6,
    RangeFull, cmp::Ordering, TypeId, Layout, PhantomPinned,
    std::thread::ThreadId, std::fs::FileType, std::process::ExitStatus, std::io::ErrorKind,
    std::hash::RandomState, std::hash::DefaultHasher, std::fmt::Error,
    num::ParseIntError, num::ParseFloatError, std::str::Utf8Error, std::convert::Infallible,
    atomic::Ordering,
    Location<'_>,
    {T: ?Sized} PhantomData<T>,
    {T} Discriminant<T>,
    // Borrowed, not owned.
    {T: ?Sized} &T,
    {T: ?Sized} &mut T,
    {T: ?Sized} Pin<&T>,
    {T: ?Sized} Pin<&mut T>,
    {T: ?Sized} *const T,
    {T: ?Sized} *mut T,
    {T: ?Sized} std::ptr::NonNull<T>,
}

#[cfg(target_has_atomic = "64")]
plain! { atomic::AtomicU64, atomic::AtomicI64 }

macro_rules! function_pointers {
    ($($argument:ident)*) => {
        plain! {
            {Output, $($argument),*} fn($($argument),*) -> Output,
            {Output, $($argument),*} unsafe fn($($argument),*) -> Output,
            {Output, $($argument),*} extern "C" fn($($argument),*) -> Output,
            {Output, $($argument),*} unsafe extern "C" fn($($argument),*) -> Output,
        }
    };
}

function_pointers! {}
function_pointers! { A }
function_pointers! { A B }
function_pointers! { A B C }
function_pointers! { A B C D }
function_pointers! { A B C D E }
function_pointers! { A B C D E F }
function_pointers! { A B C D E F G }
function_pointers! { A B C D E F G H }
