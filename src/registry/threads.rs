//! The one registry of the process, and how a thread finds its own part of it.

pub(crate) use imp::registry;
pub(super) use imp::{close_at_thread_exit, with_local};

#[cfg(not(loom))]
mod imp {
    use crate::registry::Registry;
    use crate::registry::local::Local;

    static REGISTRY: Registry = Registry::new();

    thread_local! {
        static LOCAL: Local = const { Local::new() };
        static EXIT: Exit = const { Exit };
    }

    struct Exit;

    impl Drop for Exit {
        fn drop(&mut self) {
            LOCAL.with(Local::close);
        }
    }

    #[inline]
    pub(crate) fn registry() -> &'static Registry {
        &REGISTRY
    }

    /// Runs `work` with this thread's own part. It works at any time of the thread's life: `Local` has no destructor.
    #[inline(always)]
    pub(in crate::registry) fn with_local<R>(work: impl FnOnce(&Local) -> R) -> R {
        // With `work` inside, `with` would grow too large to be inlined, and who it is for could not be told where it is.
        let local = LOCAL.with(core::ptr::from_ref);
        // SAFETY: it has no destructor, and so lives as long as its thread, which is this one.
        work(unsafe { &*local })
    }

    /// Arranges that this thread's [`Local`] is closed when the thread ends; false if that is over already.
    pub(in crate::registry) fn close_at_thread_exit() -> bool {
        EXIT.try_with(|_| ()).is_ok()
    }
}

#[cfg(loom)]
mod imp {
    use crate::registry::Registry;
    use crate::registry::local::Local;

    loom::lazy_static! {
        static ref REGISTRY: Registry = Registry::new();
    }

    loom::thread_local! {
        static LOCAL: Closing = Closing(Local::new());
    }

    /// Loom takes all of a thread's locals away before it drops the first: this one closes itself.
    struct Closing(Local);

    impl Drop for Closing {
        fn drop(&mut self) {
            self.0.close();
        }
    }

    pub(crate) fn registry() -> &'static Registry {
        &REGISTRY
    }

    pub(in crate::registry) fn with_local<R>(work: impl FnOnce(&Local) -> R) -> R {
        let mut work = Some(work);
        match LOCAL.try_with(|local| work.take().map(|work| work(&local.0))) {
            Ok(Some(result)) => result,
            // The thread is past its destructors: one more, closed from the start.
            _ => {
                let local = Local::new();
                local.close();
                (work.take().expect("not used yet"))(&local)
            }
        }
    }

    pub(in crate::registry) fn close_at_thread_exit() -> bool {
        true
    }
}
