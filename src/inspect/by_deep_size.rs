//! One line for a type that knows only deepsize's trait.

/// Implements [`Inspect`](crate::Inspect) for a type that implements [`deepsize::DeepSizeOf`] already, as one sum.
///
/// ```
/// use classtracker::DeepSizeOf;
///
/// struct Buffer(Vec<u8>);
///
/// impl DeepSizeOf for Buffer {
///     fn deep_size_of_children(&self, context: &mut classtracker::__private::Context) -> usize {
///         self.0.deep_size_of_children(context)
///     }
/// }
///
/// classtracker::inspect_by_deep_size!(Buffer);
///
/// assert_eq!(classtracker::deep_size_of(&Buffer(vec![0; 10])), size_of::<Buffer>() + 10);
/// ```
///
/// Generic types bring their parameters in braces: `inspect_by_deep_size!({T: DeepSizeOf} Wrapper<T>)`.
#[macro_export]
macro_rules! inspect_by_deep_size {
    ($($({$($generic:tt)*})? $type:ty),+ $(,)?) => {$(
        impl$(<$($generic)*>)? $crate::__private::Inspect for $type {
            fn inspect(&self, walk: &mut $crate::__private::Walk<'_>) {
                walk.opaque(self);
            }
        }
    )+};
}
