//! What can go wrong with a registration.

use std::fmt;

/// A registration that is not there.
///
/// ```
/// use classtracker::{ClassTracker, TrackError};
///
/// let error = ClassTracker::new().detach_class::<String>().unwrap_err();
/// assert!(matches!(error, TrackError::ClassNotTracked { .. }));
/// assert_eq!(error.to_string(), "class `alloc::string::String` is not tracked");
/// ```
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TrackError {
    /// The class is not tracked, or not any more.
    ClassNotTracked {
        /// The class' full path.
        class: &'static str,
    },
    /// Neither the object nor its class is tracked.
    ObjectNotTracked {
        /// The full path of the object's class.
        class: &'static str,
    },
}

impl fmt::Display for TrackError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ClassNotTracked { class } => write!(f, "class `{class}` is not tracked"),
            Self::ObjectNotTracked { class } => {
                write!(f, "this object of class `{class}` is not tracked, nor is its class")
            }
        }
    }
}

impl std::error::Error for TrackError {}
