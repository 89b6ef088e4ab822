//! Panics of the program's own code inside ours: they end what was asked of it, and nothing else.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Runs code of the program's; a panic in it goes no further.
#[inline]
pub(crate) fn contain<R>(work: impl FnOnce() -> R) -> Result<R, Thrown> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|payload| Thrown(Some(payload)))
}

/// What a panic has thrown.
pub(crate) struct Thrown(Option<Box<dyn Any + Send>>);

impl Thrown {
    /// The text of the panic, where it has one.
    pub(crate) fn message(&self) -> &str {
        let payload = self.0.as_deref();
        let text = payload.and_then(|payload| payload.downcast_ref::<&str>().copied());
        let owned = || payload.and_then(|payload| payload.downcast_ref::<String>()).map(String::as_str);
        text.or_else(owned).unwrap_or("no text")
    }
}

impl Drop for Thrown {
    fn drop(&mut self) {
        let Some(mut payload) = self.0.take() else { return };
        // It may itself throw when it is dropped, and so may what it throws. What has not come to an end after some turns is left.
        for _ in 0..8 {
            match catch_unwind(AssertUnwindSafe(|| drop(payload))) {
                Ok(()) => return,
                Err(again) => payload = again,
            }
        }
        std::mem::forget(payload);
    }
}

#[cfg(test)]
mod tests {
    use super::contain;

    struct Bomb;

    impl Drop for Bomb {
        fn drop(&mut self) {
            std::panic::panic_any(Bomb);
        }
    }

    #[test]
    fn a_panic_is_caught_with_its_text() {
        let message = |work: fn()| contain(work).map_err(|thrown| thrown.message().to_owned());
        assert_eq!(message(|| ()), Ok(()));
        assert_eq!(message(|| panic!("plain")), Err("plain".into()));
        assert_eq!(message(|| panic!("{} and {}", 1, 2)), Err("1 and 2".into()));
        assert_eq!(message(|| std::panic::panic_any(7)), Err("no text".into()));
    }

    #[test]
    fn what_is_thrown_may_throw_in_its_turn_without_end() {
        assert!(contain(|| std::panic::panic_any(Bomb)).is_err());
    }
}
