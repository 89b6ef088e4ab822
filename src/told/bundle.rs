use std::any::Any;
use std::fmt;
use std::sync::Arc;

/// What can be hung on an object: anything that can show itself and be shared between threads.
///
/// ```
/// use classtracker::{Content, Tracked};
///
/// #[derive(Debug)]
/// struct Order { number: u32 }
///
/// let handle = Tracked::new(7_u32);
/// let orders: Vec<Order> = vec![Order { number: 12 }];
/// Tracked::set_bundle(&handle, orders);
/// # fn is_content<T: Content>() {}
/// # is_content::<Vec<Order>>();
/// assert_eq!(format!("{:?}", Tracked::bundle(&handle).unwrap()), "[Order { number: 12 }]");
/// # let _ = |order: Order| order.number;
/// ```
pub trait Content: Any + fmt::Debug + Send + Sync {}

impl<T: Any + fmt::Debug + Send + Sync> Content for T {}

/// Any data that hangs on an object: see [`Tracked::set_bundle`](crate::Tracked::set_bundle). A clone of it is the same data.
///
/// ```
/// use classtracker::Bundle;
///
/// let bundle = Bundle::new(vec![1, 2]);
/// assert_eq!(bundle.get::<Vec<i32>>(), Some(&vec![1, 2]));
/// assert_eq!(bundle.get::<String>(), None);
/// assert_eq!(format!("{bundle:?}"), "[1, 2]");
/// ```
#[derive(Clone)]
pub struct Bundle(Arc<dyn Content>);

impl Bundle {
    /// Any data as a bundle; a bundle as itself.
    #[must_use]
    pub fn new<B: Content>(data: B) -> Self {
        let any: &dyn Any = &data;
        match any.downcast_ref::<Self>() {
            Some(bundle) => bundle.clone(),
            None => Self(Arc::new(data)),
        }
    }

    /// The data, if it is of this type.
    #[must_use]
    pub fn get<B: Any>(&self) -> Option<&B> {
        let data: &dyn Any = &*self.0;
        data.downcast_ref()
    }

    /// Whether both are the same data, not only equal.
    ///
    /// ```
    /// use classtracker::Bundle;
    ///
    /// let bundle = Bundle::new(7_u32);
    /// assert!(bundle.ptr_eq(&bundle.clone()));
    /// assert!(!bundle.ptr_eq(&Bundle::new(7_u32)));
    /// ```
    #[must_use]
    pub fn ptr_eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

/// As the data shows itself.
impl fmt::Debug for Bundle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
