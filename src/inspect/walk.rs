//! What a value tells what it owns.

mod blocks;
mod collections;
mod objects;
mod pace;
mod parts;

use super::carry::{self, Origin};
use super::referents::Referents;
use super::session::Session;
use super::{Inspect, depth};
use deepsize::{Context, DeepSizeOf};
use std::any::type_name;

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

    /// Runs `inspect` one level further down.
    #[inline]
    pub(crate) fn deeper(&mut self, inspect: impl FnOnce(&mut Walk<'_>)) {
        self.depth = self.depth.wrapping_add(1);
        if depth::due(self.depth) {
            depth::with_room(|| inspect(self));
        } else {
            inspect(self);
        }
        self.depth = self.depth.wrapping_sub(1);
    }
}
