//! A process that forks: the child has one thread, and a copy of everything that the others held.
//!
//! Before a fork every lock of the registry is taken, so that nothing is half done; after it they are let go, on both sides. (Not for the short
//! kind of fork that only starts another program.) In the child, walkers of the other threads are taken off their pages: they would
//! keep the dead for ever. What other threads owned there is lost: free slots, blocks of serials, claims on a tracker, objects
//! that they alone had.

use super::class::Class;
use super::sync::Ordering;
use super::{Registry, registry, with_local};

/// Sees to it that forks are prepared for, from the first call on.
#[cold]
pub(super) fn prepare(registry: &Registry) {
    // Relaxed: it is called once, whoever does so.
    if registry.forks.swap(1, Ordering::Relaxed) == 0 {
        // SAFETY: the handlers live as long as this code, and do nothing that a fork forbids.
        unsafe { libc::pthread_atfork(Some(before), Some(after_in_parent), Some(after_in_child)) };
    }
}

extern "C" fn before() {
    registry().hold_all();
}

extern "C" fn after_in_parent() {
    // SAFETY: `before` has run on this thread.
    unsafe { registry().let_go_all(|_| ()) };
}

extern "C" fn after_in_child() {
    let (walks, row) = with_local(|local| (local.walks.get(), local.row.get()));
    registry().rows.keep_only(row);
    let alone = |class: &Class| {
        // If this very thread is on a page, in the midst of sizing something, all pages must stay as they are.
        if walks == 0 {
            // SAFETY: `before` has taken all locks of the class, and there is no other thread.
            unsafe { class.forget_walkers() };
        }
    };
    // SAFETY: `before` has run on this thread.
    unsafe { registry().let_go_all(alone) };
}

impl Registry {
    /// In an order in which nobody takes two of them the other way round.
    fn hold_all(&self) {
        self.trackers.hold();
        for class in &self.classes.hold().in_order {
            class.hold_all();
        }
        self.sites.hold();
        self.slab.hold();
        self.stripes.iter().for_each(|stripe| _ = stripe.hold());
    }

    /// Lets go of what `hold_all` took; of each class after `look`.
    ///
    /// # Safety
    /// This thread must have called `hold_all`, and not this function since.
    unsafe fn let_go_all(&self, look: impl Fn(&Class)) {
        for stripe in &self.stripes {
            // SAFETY: we hold it.
            unsafe { stripe.let_go() };
        }
        // SAFETY: we hold it.
        unsafe { self.slab.let_go() };
        // SAFETY: we hold it.
        unsafe { self.sites.let_go() };
        // SAFETY: we hold it.
        let classes = unsafe { self.classes.held() };
        for class in &classes.in_order {
            look(class);
            // SAFETY: `hold_all` took its locks; it is the same list, since that was locked.
            unsafe { class.let_go_all() };
        }
        // SAFETY: we hold it.
        unsafe { self.classes.let_go() };
        // SAFETY: we hold it.
        unsafe { self.trackers.let_go() };
    }
}

impl Class {
    fn hold_all(&self) {
        self.wishes.hold();
        for page in self.pages.hold() {
            // SAFETY: pages are never freed.
            unsafe { &*page.0 }.hold();
        }
        self.threads.hold();
        self.events.hold();
        self.pool.hold();
    }

    /// # Safety
    /// This thread must have called `hold_all`, and not this function since.
    unsafe fn let_go_all(&self) {
        // SAFETY: we hold it.
        unsafe { self.pool.let_go() };
        // SAFETY: we hold it.
        unsafe { self.events.let_go() };
        // SAFETY: we hold it.
        unsafe { self.threads.let_go() };
        // SAFETY: we hold it.
        for page in unsafe { self.pages.held() } {
            // SAFETY: pages are never freed.
            let page = unsafe { &*page.0 };
            // SAFETY: `hold_all` took its lock.
            unsafe { page.let_go() };
        }
        // SAFETY: we hold it.
        unsafe { self.pages.let_go() };
        // SAFETY: we hold it.
        unsafe { self.wishes.let_go() };
    }

    /// # Safety
    /// This thread must hold all locks of the class, and there be no other thread.
    unsafe fn forget_walkers(&self) {
        // SAFETY: we hold it.
        for page in unsafe { self.pages.held() } {
            // SAFETY: pages are never freed.
            let page = unsafe { &*page.0 };
            // SAFETY: the caller's promise.
            unsafe { page.forget_walkers() };
        }
    }
}
