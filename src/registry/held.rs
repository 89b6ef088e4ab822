//! The registry's locks over a [`fork`](super::fork).
//!
//! In the child, walkers of the other threads are taken off their pages: they would keep the dead for ever. What other threads owned there
//! is lost: free slots, blocks of serials, objects that they alone had. A lock that could not be had stays
//! taken there: what it guards may be in pieces.

use std::time::Instant;

use super::class::Class;
use super::page::Page;
use super::{Registry, with_local};

impl Registry {
    /// Takes what can be had until then, in an order in which nobody takes two of them the other way round.
    pub(super) fn hold_all(&self, until: Instant) {
        if let Some(classes) = self.classes.hold(until) {
            classes.in_order.iter().for_each(|class| class.hold_all(until));
        }
        self.sites.hold(until);
        self.slab.hold(until);
        self.stripes.iter().for_each(|stripe| _ = stripe.hold(until));
        self.trackers.hold(until);
        self.spares.hold(until);
    }

    /// Lets go of what `hold_all` took.
    ///
    /// # Safety
    /// This thread must have called `hold_all`, and not this function since; in the child it must be the only one.
    pub(super) unsafe fn let_go_all(&self, in_child: bool) {
        let mut alone = false;
        if in_child {
            let (walks, row) = with_local(|local| (local.walks.get(), local.row.get()));
            self.rows.keep_only(row);
            // If this very thread is on a page, in the midst of sizing something, all pages must stay as they are.
            alone = walks == 0;
        }
        self.spares.end_hold();
        self.trackers.end_hold();
        self.stripes.iter().for_each(super::sync::Lock::end_hold);
        self.slab.end_hold();
        self.sites.end_hold();
        // SAFETY: one thread forks at a time, this one.
        if let Some(classes) = unsafe { self.classes.held() } {
            for class in &classes.in_order {
                // SAFETY: the caller's promise; it is the same list, since that was locked.
                unsafe { class.let_go_all(alone) };
            }
        }
        self.classes.end_hold();
    }
}

impl Class {
    fn hold_all(&self, until: Instant) {
        self.wishes.hold(until);
        for page in self.pages.hold(until).into_iter().flatten() {
            // SAFETY: pages are never freed.
            unsafe { &*page.0 }.hold(until);
        }
        self.threads.hold(until);
        self.events.hold(until);
        self.pool.hold(until);
    }

    /// # Safety
    /// This thread must have called `hold_all`, and not this function since; if it is `alone`, there must be no other, and it must
    /// not be on a page.
    unsafe fn let_go_all(&self, alone: bool) {
        self.pool.end_hold();
        self.events.end_hold();
        self.threads.end_hold();
        // SAFETY: one thread forks at a time, this one.
        for page in unsafe { self.pages.held() }.into_iter().flatten() {
            // SAFETY: pages are never freed.
            let page: &Page = unsafe { &*page.0 };
            if alone {
                // SAFETY: the caller's promise.
                unsafe { page.forget_walkers() };
            }
            page.end_hold();
        }
        self.pages.end_hold();
        self.wishes.end_hold();
    }
}
