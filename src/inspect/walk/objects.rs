//! One object after the other: where a walk begins, and what is left when an object ends.

use super::Walk;
use super::pace::PACE;
use crate::inspect::carry::{self, Origin};
use crate::inspect::referents::Referents;
use crate::inspect::session::Session;
use deepsize::Context;
use std::mem;

impl<'a> Walk<'a> {
    pub(crate) fn new(context: &'a mut Context, session: Session) -> Self {
        Self {
            bytes: 0,
            budget: PACE,
            serial: 0,
            depth: 0,
            touched: false,
            naming: false,
            in_values: false,
            detailed: false,
            census: false,
            origin: Origin::Own,
            referents: None,
            session: Some(Box::new(session)),
            context,
        }
    }

    /// A walk that goes on with the one that `context` belongs to, as soon as that matters.
    #[inline]
    pub(crate) fn visiting(context: &'a mut Context) -> Self {
        // A depth at which the stack is looked at soon: how deep the foreign code is in is not known.
        Self {
            bytes: 0,
            budget: PACE,
            serial: 0,
            depth: u32::MAX,
            // The session comes with its serial.
            touched: true,
            naming: false,
            in_values: false,
            detailed: false,
            // What foreign code asks for belongs, in one sum, to the value that called it.
            census: false,
            origin: Origin::Last,
            referents: None,
            session: None,
            context,
        }
    }

    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Begins with the next object. What is not set here is as an object leaves it that touches nothing, or is put back by
    /// [`Walk::end_touched`] or [`Walk::break_off`].
    #[inline]
    pub(crate) fn begin(&mut self, serial: u64) {
        (self.bytes, self.serial, self.touched) = (0, serial, false);
    }

    /// Whether there is more to say of the object that ends than its bytes; see [`Walk::end_touched`].
    #[inline]
    pub(crate) fn is_touched(&self) -> bool {
        self.touched
    }

    /// Ends with an object: whether something of it could not be read, and whether it claims shared blocks.
    #[inline]
    pub(crate) fn end_touched(&mut self) -> (bool, bool) {
        if self.budget > PACE {
            self.budget = PACE;
        }
        let session = self.session();
        (mem::take(&mut session.unread), mem::take(&mut session.claims))
    }

    /// Counts the values of derived types from here on.
    pub(crate) fn count_values(&mut self) {
        self.session().census = Some(Box::default());
        self.census = true;
    }

    /// Sets where the parts of the next objects are added up; what was set before.
    pub(crate) fn set_referents(&mut self, referents: Option<Box<Referents>>) -> Option<Box<Referents>> {
        mem::replace(&mut self.referents, referents)
    }

    /// Where the parts of the present object are added up.
    pub(crate) fn referents(&mut self) -> Option<&mut Referents> {
        self.referents.as_deref_mut()
    }

    /// Begins with an object whose parts get names.
    pub(crate) fn begin_detailed(&mut self, serial: u64, levels: u32) {
        self.begin(serial);
        if let Some(referents) = &mut self.referents {
            referents.begin(levels);
            (self.naming, self.detailed) = (referents.naming(), true);
        }
        // There is more to say than its bytes.
        let _ = self.session();
    }

    /// Forgets what was under way in an object that broke off.
    #[cold]
    pub(crate) fn break_off(&mut self) {
        self.depth = 0;
        let session = self.session();
        session.block = None;
        let census = session.census.as_mut();
        let counts = census.is_some();
        if let Some(census) = census {
            census.break_off();
        }
        self.census = counts;
        self.end_detailed();
    }

    /// Ends with it.
    pub(crate) fn end_detailed(&mut self) {
        (self.naming, self.in_values, self.detailed) = (false, false, false);
    }

    #[inline]
    pub(crate) fn session(&mut self) -> &mut Session {
        let session = self.session.get_or_insert_with(|| {
            let (session, origin) = carry::find(self.context);
            self.origin = origin;
            self.serial = session.serial;
            session
        });
        if !self.touched {
            self.touched = true;
            session.serial = self.serial;
        }
        session
    }
}

impl Drop for Walk<'_> {
    fn drop(&mut self) {
        if let Some(session) = self.session.take() {
            carry::give_back(session, self.origin);
        }
    }
}
