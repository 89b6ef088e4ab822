//! What a value tells what it owns.

use super::carry::{self, Origin};
use super::ledger::BlockId;
use super::referents::{Entered, Referents};
use super::session::Session;
use super::{Inspect, depth, wait};
use deepsize::{Context, DeepSizeOf};
use std::any::type_name;
use std::mem;

/// How many elements of one object are visited before those who wait for the walk are let go.
const PACE: usize = 4096;

/// A walk over everything that an object owns.
///
/// An [`Inspect`] impl gets it and tells it what the value owns. All sizes are in bytes, as they were asked from the
/// allocator: what an allocator rounds up or keeps for itself is not in them.
///
/// ```
/// use classtracker::{Inspect, Walk};
///
/// struct Picture {
///     name: String,
///     /// In an allocation of its own, `width * height` bytes.
///     pixels: *const u8,
///     width: usize,
///     height: usize,
/// }
///
/// impl Inspect for Picture {
///     fn inspect(&self, walk: &mut Walk<'_>) {
///         walk.field("name", &self.name);
///         walk.heap(self.width * self.height);
///     }
/// }
///
/// let picture = Picture { name: "sea".into(), pixels: std::ptr::null(), width: 30, height: 20 };
/// assert_eq!(classtracker::deep_size_of(&picture), size_of::<Picture>() + 3 + 600);
/// # let _ = picture.pixels;
/// ```
pub struct Walk<'a> {
    /// What was found so far, without shared blocks.
    bytes: usize,
    /// Elements that may still be visited before `pace` is called.
    budget: usize,
    /// The serial of the object that is sized.
    serial: u64,
    depth: u32,
    /// Whether the session was asked for since the object began: only then does it know of it, and may have something to tell.
    touched: bool,
    /// Whether the parts get names. While it is false, nothing but sums are made.
    naming: bool,
    /// Whether the entries of a map are walked inside of the part of all its values, because its keys own nothing.
    in_values: bool,
    /// Whether what is found goes to a part that has a name, or is in one.
    detailed: bool,
    /// Whether values of derived types are counted.
    census: bool,
    origin: Origin,
    /// Where the parts of the objects are added up, if they are to get names.
    referents: Option<Box<Referents>>,
    /// Comes when it is needed: the size of a value that shares nothing is found without.
    session: Option<Box<Session>>,
    context: &'a mut Context,
}

impl Walk<'_> {
    /// Counts an allocation of `bytes` that the value owns.
    ///
    /// ```
    /// use classtracker::{Inspect, Walk};
    ///
    /// /// Text that ends at a zero byte, in an allocation of its own.
    /// struct Text {
    ///     length: usize,
    /// }
    ///
    /// impl Inspect for Text {
    ///     fn inspect(&self, walk: &mut Walk<'_>) {
    ///         walk.heap(self.length + 1);
    ///     }
    /// }
    /// ```
    #[inline]
    pub fn heap(&mut self, bytes: usize) {
        self.bytes = self.bytes.wrapping_add(bytes);
    }

    /// Walks a part of the value that lies within its flat bytes, under a name.
    ///
    /// ```
    /// use classtracker::{Inspect, Walk};
    ///
    /// struct Page {
    ///     url: String,
    ///     links: Vec<String>,
    /// }
    ///
    /// impl Inspect for Page {
    ///     fn inspect(&self, walk: &mut Walk<'_>) {
    ///         walk.field("url", &self.url);
    ///         walk.field("links", &self.links);
    ///     }
    /// }
    /// ```
    #[inline]
    pub fn field<T: Inspect + ?Sized>(&mut self, name: &'static str, value: &T) {
        if self.naming {
            self.name(name, 1, size_of_val(value), |walk| value.inspect(walk));
        } else {
            value.inspect(self);
        }
    }

    /// As [`field`](Self::field), for a part that `inspect` walks: `flat` are the bytes that it takes within the value.
    ///
    /// ```
    /// use classtracker::{Inspect, Walk};
    ///
    /// /// Of a crate that knows nothing of sizes.
    /// struct Matrix {
    ///     cells: Box<[f64]>,
    /// }
    ///
    /// struct Model {
    ///     weights: Matrix,
    /// }
    ///
    /// impl Inspect for Model {
    ///     fn inspect(&self, walk: &mut Walk<'_>) {
    ///         let flat = size_of_val(&self.weights);
    ///         walk.field_with("weights", flat, |walk| walk.heap(size_of_val(&*self.weights.cells)));
    ///     }
    /// }
    ///
    /// let model = Model { weights: Matrix { cells: vec![0.0; 100].into() } };
    /// assert_eq!(classtracker::deep_size_of(&model), 16 + 800);
    /// ```
    #[inline]
    pub fn field_with(&mut self, name: &'static str, flat: usize, inspect: impl FnOnce(&mut Walk<'_>)) {
        if self.naming {
            self.name(name, 1, flat, inspect);
        } else {
            inspect(self);
        }
    }

    /// Walks the variant of an enum: `name` is the variant's, `value` the whole enum.
    ///
    /// ```
    /// use classtracker::{Inspect, Walk};
    ///
    /// enum Body {
    ///     Empty,
    ///     Text(String),
    /// }
    ///
    /// impl Inspect for Body {
    ///     fn inspect(&self, walk: &mut Walk<'_>) {
    ///         match self {
    ///             Self::Empty => walk.variant("Empty", self, |_| {}),
    ///             Self::Text(text) => walk.variant("Text", self, |walk| walk.field("0", text)),
    ///         }
    ///     }
    /// }
    /// # let _ = (Body::Empty, Body::Text(String::new()));
    /// ```
    #[inline]
    pub fn variant<T: ?Sized>(&mut self, name: &'static str, value: &T, inspect: impl FnOnce(&mut Walk<'_>)) {
        if self.naming {
            self.name(name, 1, size_of_val(value), inspect);
        } else {
            inspect(self);
        }
    }

    /// Walks what `value` owns, and takes note of the value itself where a snapshot counts the values of each type. The derive
    /// does it for the whole of a value; an impl by hand may, around all else that it tells.
    ///
    /// ```
    /// use classtracker::{Inspect, Walk};
    ///
    /// struct Picture {
    ///     layers: Vec<String>,
    /// }
    ///
    /// impl Inspect for Picture {
    ///     fn inspect(&self, walk: &mut Walk<'_>) {
    ///         walk.value(self, |walk| walk.field("layers", &self.layers));
    ///     }
    /// }
    /// ```
    #[inline]
    pub fn value<T: ?Sized>(&mut self, value: &T, inspect: impl FnOnce(&mut Walk<'_>)) {
        if self.census {
            self.count(type_name::<T>(), size_of_val(value), inspect);
        } else {
            inspect(self);
        }
    }

    /// Walks the elements of a collection, `length` of them. Their flat bytes must be counted with the allocation that
    /// holds them, by [`heap`](Self::heap).
    ///
    /// When the elements own nothing, they are not visited, unless a snapshot counts the values of each type.
    ///
    /// ```
    /// use classtracker::{Inspect, Walk};
    ///
    /// /// A ring of a fixed capacity.
    /// struct Ring<T> {
    ///     slots: Box<[Option<T>]>,
    /// }
    ///
    /// impl<T: Inspect> Inspect for Ring<T> {
    ///     fn inspect(&self, walk: &mut Walk<'_>) {
    ///         walk.heap(size_of_val(&*self.slots));
    ///         let live = self.slots.iter().flatten();
    ///         walk.elements(live.clone().count(), live);
    ///     }
    /// }
    ///
    /// let ring = Ring { slots: Box::new([Some(String::from("one")), None]) };
    /// assert_eq!(classtracker::deep_size_of(&ring), 16 + 2 * 24 + 3);
    /// ```
    #[inline]
    pub fn elements<'v, T: Inspect + 'v>(&mut self, length: usize, values: impl IntoIterator<Item = &'v T>) {
        self.elements_by::<T>(length, |walk| values.into_iter().for_each(|value| value.inspect(walk)));
    }

    /// Walks the keys and values of a map, `length` of each. Their flat bytes must be counted with the allocation that
    /// holds them, by [`heap`](Self::heap).
    ///
    /// When neither keys nor values own anything, they are not visited, unless a snapshot counts the values of each type.
    ///
    /// ```
    /// use classtracker::{Inspect, Walk};
    ///
    /// /// A small map: pairs in order of their keys.
    /// struct Flat<K, V> {
    ///     pairs: Vec<(K, V)>,
    /// }
    ///
    /// impl<K: Inspect, V: Inspect> Inspect for Flat<K, V> {
    ///     fn inspect(&self, walk: &mut Walk<'_>) {
    ///         walk.heap(self.pairs.capacity() * size_of::<(K, V)>());
    ///         walk.entries(self.pairs.len(), self.pairs.iter().map(|(key, value)| (key, value)));
    ///     }
    /// }
    ///
    /// let flat = Flat { pairs: vec![(1_u64, String::from("one"))] };
    /// assert_eq!(classtracker::deep_size_of(&flat), 24 + 32 + 3);
    /// ```
    #[inline]
    pub fn entries<'v, K: Inspect + 'v, V: Inspect + 'v>(
        &mut self,
        length: usize,
        entries: impl IntoIterator<Item = (&'v K, &'v V)>,
    ) {
        self.entries_by::<K, V>(length, |walk| entries.into_iter().for_each(|(key, value)| walk.entry(key, value)));
    }

    /// Walks what a pointer owns alone, one level further down. Its flat bytes are to be counted by
    /// [`heap`](Self::heap).
    ///
    /// ```
    /// use classtracker::{Inspect, Walk};
    ///
    /// struct Node {
    ///     name: String,
    ///     next: Option<Box<Node>>,
    /// }
    ///
    /// impl Inspect for Node {
    ///     fn inspect(&self, walk: &mut Walk<'_>) {
    ///         walk.field("name", &self.name);
    ///         if let Some(next) = &self.next {
    ///             walk.heap(size_of::<Node>());
    ///             walk.nested(&**next);
    ///         }
    ///     }
    /// }
    ///
    /// let last = Node { name: "b".into(), next: None };
    /// let list = Node { name: "a".into(), next: Some(Box::new(last)) };
    /// assert_eq!(classtracker::deep_size_of(&list), 2 * size_of::<Node>() + 2);
    /// ```
    #[inline]
    pub fn nested<T: Inspect + ?Sized>(&mut self, value: &T) {
        self.deeper(|walk| value.inspect(walk));
    }

    /// Counts a block that may have several owners, as that behind an `Arc`, once in the whole walk.
    ///
    /// `address` tells blocks apart, `bytes` is what the block was allocated with, `inspect` walks its content.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use classtracker::{Inspect, Walk};
    ///
    /// /// A handle of some crate's own, with two counts before its value.
    /// struct Handle(Arc<Vec<u8>>);
    ///
    /// impl Inspect for Handle {
    ///     fn inspect(&self, walk: &mut Walk<'_>) {
    ///         let block = Arc::as_ptr(&self.0).cast();
    ///         walk.shared(block, 2 * size_of::<usize>() + size_of::<Vec<u8>>(), |walk| (*self.0).inspect(walk));
    ///     }
    /// }
    ///
    /// let one = Handle(Arc::new(vec![0; 100]));
    /// let both = (Handle(Arc::clone(&one.0)), one);
    /// assert_eq!(classtracker::deep_size_of(&both), 2 * 8 + 40 + 100, "the block counts once");
    /// ```
    #[inline]
    pub fn shared(&mut self, address: *const (), bytes: usize, inspect: impl FnOnce(&mut Walk<'_>)) {
        self.block(address, bytes, || false, inspect);
    }

    /// Counts what a value owns whose type knows only [`deepsize::DeepSizeOf`]: one sum, without names for its parts.
    ///
    /// ```
    /// use classtracker::{DeepSizeOf, Inspect, Walk};
    ///
    /// struct Cache<V> {
    ///     values: V,
    /// }
    ///
    /// impl<V: DeepSizeOf> Inspect for Cache<V> {
    ///     fn inspect(&self, walk: &mut Walk<'_>) {
    ///         walk.opaque(&self.values);
    ///     }
    /// }
    ///
    /// let cache = Cache { values: vec![0_u8; 100] };
    /// assert_eq!(classtracker::deep_size_of(&cache), 24 + 100);
    /// ```
    pub fn opaque<T: DeepSizeOf + ?Sized>(&mut self, value: &T) {
        if self.session.is_some() {
            // Those who find it there rely on its serial.
            let _ = self.session();
        }
        let loan = carry::lend(&mut self.session, self.context);
        let bytes = value.deep_size_of_children(self.context);
        drop(loan);
        self.heap(bytes);
    }

    /// Tells that something could not be read, so that the size is too small.
    ///
    /// ```
    /// use std::cell::RefCell;
    /// use classtracker::{Inspect, Walk};
    ///
    /// struct Lazy(RefCell<String>);
    ///
    /// impl Inspect for Lazy {
    ///     fn inspect(&self, walk: &mut Walk<'_>) {
    ///         match self.0.try_borrow() {
    ///             Ok(text) => walk.field("0", &*text),
    ///             Err(_) => walk.unread(),
    ///         }
    ///     }
    /// }
    ///
    /// let lazy = Lazy(RefCell::new("text".into()));
    /// assert_eq!(classtracker::deep_size_of(&lazy), size_of::<Lazy>() + 4);
    /// ```
    #[cold]
    pub fn unread(&mut self) {
        self.session().unread = true;
    }
}

/// What the impls of this crate need beyond.
impl<'a> Walk<'a> {
    /// Whether the tracked object of this class with this serial is counted on its own in this walk.
    pub(crate) fn covers(&mut self, class_index: u32, serial: u64) -> bool {
        self.session().covers.as_ref().is_some_and(|covers| covers.covers(class_index, serial))
    }

    /// Tells that `count` elements are going to be visited. Called once a collection.
    #[inline]
    pub(crate) fn visiting_elements(&mut self, count: usize) {
        match self.budget.checked_sub(count) {
            Some(rest) => self.budget = rest,
            None => self.let_go(),
        }
    }

    /// Tries to get at what a lock guards, for a bounded time.
    #[inline]
    pub(crate) fn try_for<G>(&mut self, mut attempt: impl FnMut() -> Option<G>) -> Option<G> {
        match attempt() {
            Some(guard) => Some(guard),
            None => {
                self.let_go();
                let guard = wait::wait_for(&mut self.session().patience, attempt);
                if guard.is_none() {
                    self.session().locked_out();
                }
                guard
            }
        }
    }

    pub(super) fn new(context: &'a mut Context, session: Session) -> Self {
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
    pub(super) fn visiting(context: &'a mut Context) -> Self {
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

    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Begins with the next object. What is not set here is as an object leaves it that touches nothing, or is put back by
    /// [`Walk::end_touched`] or [`Walk::break_off`].
    #[inline]
    pub(super) fn begin(&mut self, serial: u64) {
        (self.bytes, self.serial, self.touched) = (0, serial, false);
    }

    /// Whether there is more to say of the object that ends than its bytes; see [`Walk::end_touched`].
    #[inline]
    pub(super) fn is_touched(&self) -> bool {
        self.touched
    }

    /// Ends with an object: whether something of it could not be read, and whether it claims shared blocks.
    #[inline]
    pub(super) fn end_touched(&mut self) -> (bool, bool) {
        if self.budget > PACE {
            self.budget = PACE;
        }
        let session = self.session();
        (mem::take(&mut session.unread), mem::take(&mut session.claims))
    }

    /// Counts the values of derived types from here on.
    pub(super) fn count_values(&mut self) {
        self.session().census = Some(Box::default());
        self.census = true;
    }

    /// Sets where the parts of the next objects are added up; what was set before.
    pub(super) fn set_referents(&mut self, referents: Option<Box<Referents>>) -> Option<Box<Referents>> {
        mem::replace(&mut self.referents, referents)
    }

    /// Where the parts of the present object are added up.
    pub(super) fn referents(&mut self) -> Option<&mut Referents> {
        self.referents.as_deref_mut()
    }

    /// Begins with an object whose parts get names.
    pub(super) fn begin_detailed(&mut self, serial: u64, levels: u32) {
        self.begin(serial);
        if let Some(referents) = &mut self.referents {
            referents.begin(levels);
            (self.naming, self.detailed) = (referents.naming(), true);
        }
    }

    /// Forgets what was under way in an object that broke off.
    #[cold]
    pub(super) fn break_off(&mut self) {
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
    pub(super) fn end_detailed(&mut self) {
        (self.naming, self.in_values, self.detailed) = (false, false, false);
    }

    #[inline]
    pub(super) fn session(&mut self) -> &mut Session {
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

    /// As [`shared`](Self::shared), for a block of which can be told whether it has just the one owner that is walked.
    ///
    /// Such a block need not be remembered: nobody else can reach it.
    #[inline]
    pub(super) fn block(
        &mut self,
        address: *const (),
        bytes: usize,
        alone: impl Fn() -> bool,
        inspect: impl FnOnce(&mut Walk<'_>),
    ) {
        match &self.session {
            // What most of many objects do that share a few blocks, so it has to be short.
            Some(session) if session.is_settled(address.addr(), self.serial) => (),
            Some(_) => self.unsettled_block(address.addr(), bytes, alone, inspect),
            // The count lies in the block, which is elsewhere in memory. So it is read last, but for those who have no table.
            None if alone() => {
                self.heap(bytes);
                self.deeper(inspect);
            }
            None => self.unsettled_block(address.addr(), bytes, alone, inspect),
        }
    }

    #[inline]
    fn unsettled_block(
        &mut self,
        address: usize,
        bytes: usize,
        alone: impl Fn() -> bool,
        inspect: impl FnOnce(&mut Walk<'_>),
    ) {
        if self.detailed {
            self.detailed_block(address, bytes, alone, inspect);
        } else if !self.session().meet(address) {
            self.new_block(address, bytes, alone, inspect);
        }
    }

    #[inline(never)]
    fn new_block(
        &mut self,
        address: usize,
        bytes: usize,
        alone: impl Fn() -> bool,
        inspect: impl FnOnce(&mut Walk<'_>),
    ) {
        if alone() {
            self.heap(bytes);
            return self.deeper(inspect);
        }
        if let Some(block) = self.session().enter(address) {
            InBlock::enter(self, block, bytes, true).walk(inspect);
        }
    }

    /// Walks the content of a shared block: what of it lies in no counted value belongs to none of those that reach it, so
    /// that the census does not depend on who comes first.
    #[inline]
    fn apart(&mut self, inspect: impl FnOnce(&mut Walk<'_>)) {
        let outer = self.counted(0);
        self.deeper(inspect);
        self.counted(outer);
    }

    /// Sets what the counted values within the present one take in all; what it was.
    #[inline]
    fn counted(&mut self, bytes: u64) -> u64 {
        if !self.census {
            return 0;
        }
        self.session().census.as_mut().map_or(0, |census| mem::replace(&mut census.within, bytes))
    }

    /// As [`block`](Self::block) while parts get names. A block that is known already is walked once more, for its names,
    /// unless an older object reaches it too: then it is not charged to this one.
    #[cold]
    fn detailed_block(
        &mut self,
        address: usize,
        bytes: usize,
        alone: impl Fn() -> bool,
        inspect: impl FnOnce(&mut Walk<'_>),
    ) {
        let session = self.session();
        let known = session.meet(address);
        if !known && alone() {
            self.heap(bytes);
            return self.deeper(inspect);
        }
        let block = if known { session.claimed_block(address) } else { session.enter(address) };
        let Some(block) = block else { return };
        let Some(entered) = self.referents.as_mut().and_then(|referents| referents.enter_block(block)) else {
            return;
        };
        // The values in a known block were counted when it was new.
        let census = self.census;
        self.census = census && !known;
        let mut inside = InBlock::enter(self, block, bytes, !known);
        inside.part = Some(entered);
        inside.walk(inspect);
        self.census = census;
    }

    /// Runs `inspect` one level further down.
    #[inline]
    pub(super) fn deeper(&mut self, inspect: impl FnOnce(&mut Walk<'_>)) {
        self.depth = self.depth.wrapping_add(1);
        if depth::due(self.depth) {
            depth::with_room(|| inspect(self));
        } else {
            inspect(self);
        }
        self.depth = self.depth.wrapping_sub(1);
    }

    #[inline]
    pub(super) fn entry<K: Inspect, V: Inspect>(&mut self, key: &K, value: &V) {
        if self.naming && self.in_values {
            // What is in the value may be a map of its own.
            self.in_values = false;
            value.inspect(self);
            self.in_values = true;
        } else if self.naming {
            self.name("keys", 1, size_of::<K>(), |walk| key.inspect(walk));
            self.name("values", 1, size_of::<V>(), |walk| value.inspect(walk));
        } else {
            key.inspect(self);
            value.inspect(self);
        }
    }

    /// As [`elements`](Self::elements), where `visit` inspects the elements.
    #[inline]
    pub(super) fn elements_by<T: Inspect>(&mut self, length: usize, visit: impl FnOnce(&mut Walk<'_>)) {
        if self.naming {
            self.name("elements", length, length.saturating_mul(size_of::<T>()), |walk| walk.visit::<T>(length, visit));
        } else {
            self.visit::<T>(length, visit);
        }
    }

    /// As [`entries`](Self::entries), where `visit` walks the [entries](Self::entry).
    #[inline]
    pub(super) fn entries_by<K: Inspect, V: Inspect>(&mut self, length: usize, visit: impl FnOnce(&mut Walk<'_>)) {
        let visits = self.visits_entries::<K, V>() && length != 0;
        if self.naming && !(visits && self.visits_elements::<K>()) {
            self.name("keys", length, length.saturating_mul(size_of::<K>()), |_| ());
            self.name("values", length, length.saturating_mul(size_of::<V>()), |walk| {
                if visits {
                    let outer = mem::replace(&mut walk.in_values, true);
                    walk.visiting_elements(length);
                    walk.deeper(visit);
                    walk.in_values = outer;
                }
            });
        } else if visits {
            self.visiting_elements(length);
            self.deeper(visit);
        }
    }

    /// Whether elements of this type are visited at all.
    #[inline]
    pub(super) fn visits_elements<T: Inspect>(&self) -> bool {
        !T::owns_nothing() || (self.census && T::holds_counted_values())
    }

    /// Whether entries of these types are visited at all.
    #[inline]
    pub(super) fn visits_entries<K: Inspect, V: Inspect>(&self) -> bool {
        self.visits_elements::<K>() || self.visits_elements::<V>()
    }

    #[inline]
    fn visit<T: Inspect>(&mut self, length: usize, visit: impl FnOnce(&mut Walk<'_>)) {
        if length != 0 && self.visits_elements::<T>() {
            self.visiting_elements(length);
            self.deeper(visit);
        }
    }

    /// Lets those go who wait for the walk: this object takes longer.
    #[cold]
    fn let_go(&mut self) {
        // Once for an object.
        self.budget = usize::MAX;
        if let Some(pace) = self.session().pace.clone() {
            pace();
        }
    }

    /// Walks a value of a derived type, and counts it.
    #[cold]
    fn count(&mut self, name: &'static str, flat: usize, inspect: impl FnOnce(&mut Walk<'_>)) {
        let outer = self.counted(0);
        let before = self.bytes;
        inspect(self);
        let bytes = (flat + self.bytes.wrapping_sub(before)) as u64;
        let session = self.session();
        if let Some(census) = &mut session.census {
            census.add(name, bytes, outer, session.serial, session.block);
        }
    }

    /// Walks a part, or `count` of them, that takes `flat` bytes within the value, under its name.
    #[cold]
    fn name(&mut self, name: &'static str, count: usize, flat: usize, inspect: impl FnOnce(&mut Walk<'_>)) {
        let Some(referents) = &mut self.referents else { return inspect(self) };
        self.naming = referents.enter(name, count, flat);
        let outer = mem::take(&mut self.bytes);
        let inside = InPart { walk: self, outer };
        inspect(&mut *inside.walk);
    }
}

/// A part that is walked; dropped, also by unwinding, the walk goes back to what is around it.
struct InPart<'w, 'a> {
    walk: &'w mut Walk<'a>,
    /// Bytes found around it so far.
    outer: usize,
}

impl Drop for InPart<'_, '_> {
    #[inline]
    fn drop(&mut self) {
        let bytes = mem::replace(&mut self.walk.bytes, self.outer);
        self.walk.naming = true;
        if let Some(referents) = &mut self.walk.referents {
            referents.leave(bytes);
        }
        self.walk.heap(bytes);
    }
}

/// A shared block that is walked; dropped, also by unwinding, the walk goes back to what is around it.
///
/// A block that a panic breaks off weighs what was found until then.
struct InBlock<'w, 'a> {
    walk: &'w mut Walk<'a>,
    block: BlockId,
    /// Whether nobody walked it before.
    new: bool,
    /// The block around it, if it is reached through one.
    around: Option<BlockId>,
    /// Bytes found around it so far, and whether something there could not be read.
    outer: (usize, bool),
    /// Its place among the parts, if they get names.
    part: Option<Entered>,
    whole: bool,
}

impl<'w, 'a> InBlock<'w, 'a> {
    fn enter(walk: &'w mut Walk<'a>, block: BlockId, bytes: usize, new: bool) -> Self {
        let session = walk.session();
        let around = session.block.replace(block);
        let unread = mem::take(&mut session.unread);
        let outer = (mem::replace(&mut walk.bytes, bytes), unread);
        Self { walk, block, new, around, outer, part: None, whole: false }
    }

    #[inline]
    fn walk(mut self, inspect: impl FnOnce(&mut Walk<'_>)) {
        self.walk.apart(inspect);
        self.whole = true;
    }
}

impl Drop for InBlock<'_, '_> {
    fn drop(&mut self) {
        let bytes = mem::replace(&mut self.walk.bytes, self.outer.0);
        let session = self.walk.session();
        session.block = self.around;
        let unread = session.unread | !self.whole;
        session.unread = unread | self.outer.1;
        let charged = if self.new { session.weigh(self.block, bytes, unread) } else { 0 };
        match (self.part.take(), &mut self.walk.referents) {
            (Some(part), Some(referents)) => referents.leave_block(part, bytes),
            _ => self.walk.heap(charged),
        }
    }
}

impl Drop for Walk<'_> {
    fn drop(&mut self) {
        if let Some(session) = self.session.take() {
            carry::give_back(session, self.origin);
        }
    }
}
