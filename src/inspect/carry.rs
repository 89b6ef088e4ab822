//! How a walk passes through foreign code.
//!
//! A type that knows only [`deepsize::DeepSizeOf`] gets the walk's context, and may call our own impls with it in turn.
//! These must go on with the same walk, yet nothing but the context reaches them. So the walk's session lies in a
//! thread-local while foreign code runs, and whoever needs one takes it from there.

use super::Inspect;
use super::session::Session;
use super::walk::Walk;
use deepsize::Context;
use std::cell::Cell;

thread_local! {
    /// The session of the walk that foreign code runs in.
    static LENT: Cell<Option<Box<Session>>> = const { Cell::new(None) };
    /// The last session of a value that was sized outside of any snapshot. When a foreign container calls our impl once
    /// for each element, all with one context, they find it here again, and share it.
    static LAST: Cell<Option<Box<Session>>> = const { Cell::new(None) };
}

/// What our `DeepSizeOf` impls do: the walk that `context` belongs to goes on, or a walk of their own begins.
///
/// Returns bytes. Outside of a snapshot these include shared blocks, each once.
#[inline]
pub(crate) fn deep_size_of_children<T: Inspect + ?Sized>(value: &T, context: &mut Context) -> usize {
    let mut walk = Walk::visiting(context);
    value.inspect(&mut walk);
    walk.bytes()
}

/// Where a session came from, and so where it has to go back to.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    /// The walk made it, and it ends with the walk.
    Own,
    Lent,
    Last,
}

/// The session that belongs to `context`, a new one if there is none.
#[cold]
pub(super) fn find(context: &mut Context) -> (Box<Session>, Origin) {
    if let Some(lent) = take(&LENT) {
        if lent.lent_with == address_of(context) {
            return (lent, Origin::Lent);
        }
        // Foreign code sizes something for itself, with a context of its own.
        give_back(lent, Origin::Lent);
    }
    // The old session lives until the new one is there: so their markers are not at the same address.
    let last = take(&LAST);
    match last {
        Some(last) if last.knows(context) => (last, Origin::Last),
        _ => (Box::new(Session::alone(context)), Origin::Last),
    }
}

/// Puts a session back that [`find`] gave.
#[cold]
pub(super) fn give_back(session: Box<Session>, origin: Origin) {
    let place = match origin {
        Origin::Own => return,
        Origin::Lent => &LENT,
        Origin::Last => &LAST,
    };
    // A thread that ends has no use for it any more.
    let _ = place.try_with(|place| place.set(Some(session)));
}

/// Lends the session in `slot` to foreign code until the loan is dropped, by unwinding too.
pub(super) fn lend<'s>(slot: &'s mut Option<Box<Session>>, context: &Context) -> Loan<'s> {
    let Some(mut session) = slot.take() else {
        // A walk that had no need of a session yet: what lies there may be that of a walk further out, and stays.
        return Loan { slot: None, before: None };
    };
    session.lent_with = address_of(context);
    let before = LENT.try_with(|lent| lent.replace(Some(session))).ok().flatten();
    Loan { slot: Some(slot), before }
}

/// A session that is lent.
pub(super) struct Loan<'s> {
    slot: Option<&'s mut Option<Box<Session>>>,
    before: Option<Box<Session>>,
}

impl Drop for Loan<'_> {
    fn drop(&mut self) {
        if let Some(slot) = self.slot.take() {
            *slot = LENT.try_with(|lent| lent.replace(self.before.take())).ok().flatten();
        }
    }
}

/// As long as a session is lent, its context stays where it is: no other one has the same address.
fn address_of(context: &Context) -> usize {
    (&raw const *context).addr()
}

fn take(place: &'static std::thread::LocalKey<Cell<Option<Box<Session>>>>) -> Option<Box<Session>> {
    place.try_with(Cell::take).ok().flatten()
}
