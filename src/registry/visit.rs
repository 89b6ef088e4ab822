//! The walker's side: reading the objects of a class while others create and drop.

use core::any::TypeId;
use core::cell::Cell;
use core::ptr::{NonNull, null};

use super::class::{Class, PageRef};
use super::destroy::destroy_parked;
use super::known::{Known, Sizes};
use super::node::Header;
use super::object::{AnyObject, Object, found};
use super::page::{LINE, Page, Released};
use super::prefetch::{prefetch, prefetch_page};
use super::slot::{Found, Slot};
use super::with_local;
use crate::panics::contain;

/// Where an object stands in the registry, whether or not it is still alive.
#[derive(Clone, Copy)]
pub(crate) struct Place {
    slot: *const Slot,
    serial: u64,
}

// SAFETY: slots are never freed and may be looked at from any thread.
unsafe impl Send for Place {}
// SAFETY: as above.
unsafe impl Sync for Place {}

impl Place {
    pub(super) fn new(slot: *const Slot, serial: u64) -> Self {
        Self { slot, serial }
    }

    pub(crate) fn serial(&self) -> u64 {
        self.serial
    }

    /// Whether the object is still alive. False is final.
    pub(crate) fn is_alive(&self) -> bool {
        let (page, slot) = self.page_and_slot();
        let walker = Walker::new();
        let _leave = walker.enter(page);
        self.find(slot).is_some()
    }

    fn page_and_slot(&self) -> (&'static Page, &'static Slot) {
        // SAFETY: slots come from `Page::slot`.
        let page = unsafe { Slot::page(self.slot) };
        // SAFETY: slots are never freed.
        (page, unsafe { &*self.slot })
    }

    /// The object, to be used only while the page is being visited.
    fn find<'v>(&self, slot: &Slot) -> Option<AnyObject<'v>> {
        let object = found(slot)?;
        (object.serial() == self.serial).then_some(object)
    }
}

/// What is known of a page with objects of these sizes: nothing if it does not have one in each slot, or if they come from several places.
/// To be asked by who has read them, and has not left the page.
fn known(page: &Page, sizes: Sizes) -> Option<Known> {
    let mut known: Option<Known> = None;
    for slot in page.slots() {
        let object = found(slot)?;
        let (serial, site_key) = (object.serial(), object.site_key());
        if object.is_exclusive()
            || !known.get_or_insert_with(|| Known::begin(sizes, serial, object.site(), site_key)).add(serial, site_key)
        {
            return None;
        }
    }
    known
}

/// How many lines of slots ahead of the one being read objects are fetched from memory; see [`prefetch`].
const SOON: usize = 4;
const LATER: usize = 8;
/// The same, in pages, for what is known of pages that need not be read.
const PAGES: usize = 8;

/// Who is shown the objects of a page.
pub(crate) trait Visitor<T> {
    /// An object, and its value.
    fn object(&mut self, object: &Object<'_, T>, value: &T);

    /// An object whose value is borrowed mutably.
    fn borrowed(&mut self, object: &Object<'_, T>);

    /// [`Visitor::object`] panicked on this one.
    fn panicked(&mut self, object: &Object<'_, T>);

    /// Whether what it finds of an object stays the same until the object is gone or is borrowed mutably. Only then it is asked for more.
    fn remembers(&self) -> bool {
        false
    }

    /// This is what a page holds; whether that is all it has to be told. Else it is shown the objects.
    fn recall(&mut self, _known: &Known) -> bool {
        false
    }

    /// Objects of a page come of which nothing is known.
    fn begin_page(&mut self) {}

    /// No more of them: their sizes, if there was one in each slot, and nothing else that was worth telling.
    fn end_page(&mut self) -> Option<Sizes> {
        None
    }
}

/// What is to be done on a page for objects of a type.
enum Step<'v> {
    /// To read on, from the cursor; `next` is the page to be read after this one.
    Read { page: &'static Page, next: &'static Page },
    /// To file an object in the reading of which something panicked.
    Panicked(AnyObject<'v>),
    /// To say what was found on the page, if that may be said again as long as nothing changes.
    Ended(&'v mut dyn FnMut(Sizes)),
}

/// Reads pages, one after the other. While it is on a page, nothing that it finds there is freed.
///
/// It can be shared with code that runs deep inside the reading of one object, and that may tell it to
/// [step aside](Walker::step_aside).
pub(crate) struct Walker {
    page: Cell<Option<&'static Page>>,
    /// The next slot to read.
    cursor: Cell<usize>,
    /// The object being read.
    current: Cell<*const Header>,
    /// The page was left; only `current` is kept.
    aside: Cell<bool>,
    /// What is known of the page when it is left.
    found: Cell<Option<Known>>,
}

impl Walker {
    pub(crate) fn new() -> Self {
        Self {
            page: Cell::new(None),
            cursor: Cell::new(0),
            current: Cell::new(null()),
            aside: Cell::new(false),
            found: Cell::new(None),
        }
    }

    /// Shows every live object of `T` on this page to `visitor`.
    ///
    /// A panic in [`Visitor::object`] is caught, once for the whole page rather than for each object;
    /// [`Visitor::panicked`] gets the object, and the visit goes on behind it.
    ///
    /// # Panics
    /// If `T` is not the class of the pages; and when `panicked` does.
    pub(crate) fn visit<T: 'static>(&self, pages: &Pages, index: usize, visitor: &mut impl Visitor<T>) {
        let mut learns = false;
        if visitor.remembers() {
            match pages.known(index, TypeId::of::<T>()) {
                Some(known) if visitor.recall(&known) => return,
                // It stays known: the objects are looked at for something else.
                Some(_) => {}
                None => {
                    learns = true;
                    visitor.begin_page();
                }
            }
        }
        self.visit_by(pages, index, TypeId::of::<T>(), &mut |step| match step {
            Step::Read { page, next } => self.read_on(page, next, visitor),
            Step::Panicked(object) => visitor.panicked(&Object::of(object)),
            Step::Ended(found) => {
                if learns && let Some(sizes) = visitor.end_page() {
                    found(sizes);
                }
            }
        });
    }

    /// As [`visit`](Self::visit), for objects of this type: what of it is the same for all of them, so that it is compiled once.
    fn visit_by(&self, pages: &Pages, index: usize, type_id: TypeId, take: &mut dyn FnMut(Step<'_>)) {
        let page = pages.page(index, type_id);
        let next = pages.0.get(index + 1).map_or(page, PageRef::page);
        let _leave = self.enter(page);
        while !ends(|| take(Step::Read { page, next })) {
            self.return_to_page();
            if let Some(header) = NonNull::new(self.current.get().cast_mut()) {
                // It may be borrowed mutably, and it may have died meanwhile; its header can be read in any case.
                let exclusive =
                    !matches!(page.slots()[self.cursor.get() - 1].find(), Found::Object(now) if now == header.as_ptr());
                take(Step::Panicked(AnyObject::found(header, exclusive)));
            }
        }
        take(Step::Ended(&mut |sizes| self.found.set(known(page, sizes))));
    }

    /// From the cursor to the end of the page.
    #[inline]
    fn read_on<T: 'static>(&self, page: &'static Page, next: &'static Page, visitor: &mut impl Visitor<T>) {
        let (lines, next) = (page.lines(), next.lines());
        let (mut number, mut offset) = (self.cursor.get() / LINE, self.cursor.get() % LINE);
        while let Some(line) = lines.get(number) {
            let ahead = |by| lines.get(number + by).unwrap_or_else(|| &next[(number + by) % next.len()]);
            let (soon, later) = (ahead(SOON), ahead(LATER));
            number += 1;
            let behind = (number - 1) * LINE + 1;
            // One by one, so that memory works while objects are sized.
            while let (Some(slot), Some(soon), Some(later)) = (line.get(offset), soon.get(offset), later.get(offset)) {
                prefetch::<T>(soon, later);
                self.read(behind + offset, slot, visitor);
                offset += 1;
            }
            offset = 0;
        }
    }

    /// Shows the object in a slot, if there is one; `behind` is where the visit goes on when that panics.
    #[inline(always)]
    fn read<T: 'static>(&self, behind: usize, slot: &Slot, visitor: &mut impl Visitor<T>) {
        // The usual object's way through here is the snapshot's inner loop: nothing of it meets the others'.
        let (header, exclusive) = match slot.find() {
            Found::Object(header) => (header, false),
            Found::Exclusive(header) => (header, true),
            Found::Nothing => return,
        };
        let Some(header) = NonNull::new(header) else { return };
        self.cursor.set(behind);
        self.current.set(header.as_ptr());
        let object = Object::of(AnyObject::found(header, exclusive));
        match object.value() {
            Some(value) => visitor.object(&object, value),
            None => visitor.borrowed(&object),
        }
        if self.aside.get() {
            self.return_to_page();
        }
    }

    /// Looks at one object, if it is still alive. `None` is final.
    ///
    /// # Panics
    /// If `T` is not the object's class; and when `look` does.
    pub(crate) fn visit_place<T: 'static, R>(&self, place: Place, look: impl FnOnce(Object<'_, T>) -> R) -> Option<R> {
        let (object, _leave) = self.enter_at(place, TypeId::of::<T>())?;
        Some(look(Object::of(object)))
    }

    /// Goes onto the page of an object of this type, if it is still alive.
    fn enter_at(&self, place: Place, type_id: TypeId) -> Option<(AnyObject<'_>, OnPage<'_>)> {
        let (page, slot) = place.page_and_slot();
        assert!(page.class().is_found_by(type_id), "an object is read as what it is");
        let leave = self.enter(page);
        let object = place.find(slot)?;
        self.current.set(object.address());
        Some((object, leave))
    }

    pub(super) fn enter(&self, page: &'static Page) -> OnPage<'_> {
        assert!(self.page.get().is_none(), "a walker is on one page at a time");
        with_local(|local| local.walks.set(local.walks.get() + 1));
        page.enter();
        self.page.set(Some(page));
        self.cursor.set(0);
        self.current.set(null());
        OnPage(self)
    }

    /// Leaves the page but keeps the present object, because reading it takes long: others of the page that die need not wait.
    /// Nothing happens if it was done already, or if too many walkers do so on this page.
    pub(crate) fn step_aside(&self) {
        let Some(page) = self.page.get() else { return };
        if !self.aside.get()
            && !self.current.get().is_null()
            && let Some(released) = page.leave_holding(self.current.get())
        {
            self.aside.set(true);
            destroy(released);
        }
    }

    fn return_to_page(&self) {
        if let Some(page) = self.page.get()
            && self.aside.replace(false)
        {
            page.come_back(self.current.get());
        }
    }
}

/// Leaves the page, also when what was done there panics.
pub(super) struct OnPage<'w>(&'w Walker);

impl Drop for OnPage<'_> {
    fn drop(&mut self) {
        self.0.return_to_page();
        if let Some(page) = self.0.page.take() {
            let released = page.leave(self.0.found.take().as_ref());
            with_local(|local| local.walks.set(local.walks.get() - 1));
            destroy(released);
        }
    }
}

/// Destroys what died while it was being read. A destructor that panics here would take the walk with it, for a fault that is
/// not the walk's: it ends with that one object.
#[inline]
fn destroy(released: Option<Released>) {
    if let Some(released) = released {
        destroy_all(&released);
    }
}

#[cold]
fn destroy_all(released: &Released) {
    for (object, remains) in released.iter() {
        // SAFETY: parked objects have no strong handle, and no walker reads this one any more.
        ends(|| unsafe { destroy_parked(object, remains) });
    }
}

/// Runs `work`; whether it came to its end. A panic goes no further.
#[inline]
pub(super) fn ends(work: impl FnOnce()) -> bool {
    // But a model ends when loom, or an assertion, panics.
    if cfg!(loom) {
        work();
        return true;
    }
    contain(work).is_ok()
}

/// The pages of a class at one moment, to be visited one by one.
pub(crate) struct Pages(Vec<PageRef>);

impl Class {
    /// The pages that there are now: all objects made before this call stand on one of them until they die.
    pub(crate) fn visits(&self) -> Pages {
        Pages(self.pages())
    }
}

impl Pages {
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// # Panics
    /// If this is not the class of the pages.
    fn page(&self, index: usize, type_id: TypeId) -> &'static Page {
        let page = self.0[index].page();
        assert!(page.class().is_found_by(type_id), "a page is read as what it holds, {}", page.class().name());
        page
    }

    /// What is known of a page.
    fn known(&self, index: usize, type_id: TypeId) -> Option<Known> {
        if let Some(later) = self.0.get(index + PAGES) {
            prefetch_page(later.0);
        }
        self.page(index, type_id).known()
    }
}
