//! The rows of objects in some bytes each, for as long as somebody wants to look at them.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::packed_row::{Place, Row};
use super::tables::Tables;
use crate::{ListedObject, Site, Trace};

/// The objects that a snapshot lists, in 3 to 10 bytes each.
///
/// Of each object there are the serial, the class, the size, whether it was read whole, the birth, the site and the trace; neither
/// a repr nor referents nor the flat size. They are iterated in the order of the snapshot, which is by serial where a tracker made
/// the dump ([`rise`](Self::rise)), so two snapshots are compared by going through both side by side. Numbers of classes are
/// the same in all snapshots up to the next one that [begins anew](super::CompactSnapshot::anew).
///
/// ```
/// use std::fs::File;
/// use classtracker_stats::dump::CompactReader;
///
/// let mut reader = CompactReader::new(File::open("docs/factory.ctdump")?)?;
/// let objects = reader.next().unwrap()?.objects;
/// assert_eq!((objects.len(), objects.is_empty(), objects.rise()), (2, false, true));
/// assert!(objects.memory_bytes() < 200);
/// let largest = objects.iter().max_by_key(|object| object.bytes());
/// assert_eq!(largest.map(|object| object.bytes()), Some(200));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct PackedObjects {
    chunks: Vec<Chunk>,
    len: u64,
    rise: bool,
    tables: Arc<Tables>,
}

/// Some rows, packed, and how many there are.
#[derive(Clone)]
pub(super) struct Chunk {
    pub(super) bytes: Arc<[u8]>,
    pub(super) rows: u32,
}

impl PackedObjects {
    pub(super) fn new(chunks: Vec<Chunk>, len: u64, rise: bool, tables: &Arc<Tables>) -> Self {
        Self { chunks, len, rise, tables: Arc::clone(tables) }
    }

    pub(super) fn none(tables: &Arc<Tables>) -> Self {
        Self::new(Vec::new(), 0, true, tables)
    }

    pub(super) fn chunks(&self) -> &[Chunk] {
        &self.chunks
    }

    /// How many objects there are.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.len
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Whether each serial is higher than the one before.
    #[must_use]
    pub fn rise(&self) -> bool {
        self.rise
    }

    /// What they take in memory, in bytes. Snapshots share none of it; names, sites and traces are shared by all and not counted.
    #[must_use]
    pub fn memory_bytes(&self) -> usize {
        let counts = 2 * size_of::<usize>();
        let packed: usize = self.chunks.iter().map(|chunk| counts + chunk.bytes.len()).sum();
        packed + self.chunks.capacity() * size_of::<Chunk>()
    }

    /// The objects one after the other, each unpacked as it comes.
    #[must_use]
    pub fn iter(&self) -> PackedIter<'_> {
        PackedIter {
            chunks: self.chunks.iter(),
            packed: &[],
            rows: 0,
            place: Place::default(),
            left: self.len,
            tables: &self.tables,
        }
    }
}

impl fmt::Debug for PackedObjects {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PackedObjects").field("len", &self.len).field("rise", &self.rise).finish_non_exhaustive()
    }
}

impl<'a> IntoIterator for &'a PackedObjects {
    type Item = PackedObject<'a>;
    type IntoIter = PackedIter<'a>;

    fn into_iter(self) -> PackedIter<'a> {
        self.iter()
    }
}

/// Goes through the objects of a snapshot.
///
/// ```
/// use std::fs::File;
/// use classtracker_stats::dump::{CompactReader, PackedIter};
///
/// let mut reader = CompactReader::new(File::open("docs/factory.ctdump")?)?;
/// let snapshot = reader.next().unwrap()?;
/// let mut objects: PackedIter<'_> = snapshot.objects.iter();
/// assert_eq!(objects.size_hint(), (2, Some(2)));
/// assert_eq!(objects.next().map(|object| object.serial()), Some(1));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct PackedIter<'a> {
    chunks: std::slice::Iter<'a, Chunk>,
    /// The piece that is being read, and how many of its rows are left.
    packed: &'a [u8],
    rows: u32,
    place: Place,
    left: u64,
    tables: &'a Tables,
}

impl<'a> Iterator for PackedIter<'a> {
    type Item = PackedObject<'a>;

    fn next(&mut self) -> Option<PackedObject<'a>> {
        if self.rows == 0 {
            let chunk = self.chunks.next()?;
            (self.packed, self.rows, self.place) = (&chunk.bytes, chunk.rows, Place::default());
        }
        self.rows -= 1;
        self.left -= 1;
        Some(PackedObject { row: self.place.next(self.packed), tables: self.tables })
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = usize::try_from(self.left);
        (left.unwrap_or(usize::MAX), left.ok())
    }
}

impl fmt::Debug for PackedIter<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PackedIter").field("left", &self.left).finish_non_exhaustive()
    }
}

/// One object of a snapshot, unpacked: a [`ListedObject`].
///
/// ```
/// use std::{fs::File, time::Duration};
/// use classtracker_stats::dump::CompactReader;
///
/// let mut reader = CompactReader::new(File::open("docs/factory.ctdump")?)?;
/// let snapshot = reader.next().unwrap()?;
/// let object = snapshot.objects.iter().next().unwrap();
/// assert_eq!((object.serial(), &**object.class(), object.class_number()), (1, "factory::staff::Employee", 0));
/// assert_eq!((object.bytes(), object.unread()), (200, false));
/// assert_eq!(object.birth(), Some(Duration::ZERO));
/// assert_eq!(object.site().unwrap().to_string(), "src/staff.rs:12:9");
/// assert_eq!(object.trace().unwrap().frames.len(), 2);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy)]
pub struct PackedObject<'a> {
    row: Row,
    tables: &'a Tables,
}

impl<'a> PackedObject<'a> {
    /// As [`ObjectRecord::serial`](crate::ObjectRecord::serial).
    #[must_use]
    pub fn serial(&self) -> u64 {
        self.row.serial
    }

    /// As [`ObjectRecord::class`](crate::ObjectRecord::class).
    #[must_use]
    pub fn class(&self) -> &'a Arc<str> {
        &self.tables.classes[self.row.class as usize]
    }

    /// The class' number, from 0: shorter to compare and to look up than its name.
    #[must_use]
    pub fn class_number(&self) -> usize {
        self.row.class as usize
    }

    /// As [`ObjectRow::bytes`](crate::ObjectRow::bytes).
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.row.bytes
    }

    /// As [`ObjectRow::unread`](crate::ObjectRow::unread).
    #[must_use]
    pub fn unread(&self) -> bool {
        self.row.unread
    }

    /// As [`ObjectRecord::birth`](crate::ObjectRecord::birth).
    #[must_use]
    pub fn birth(&self) -> Option<Duration> {
        self.row.birth
    }

    /// As [`ObjectRecord::site`](crate::ObjectRecord::site).
    #[must_use]
    pub fn site(&self) -> Option<&'a Arc<Site>> {
        self.row.site.map(|site| &self.tables.sites[site as usize])
    }

    /// As [`ObjectRecord::trace`](crate::ObjectRecord::trace).
    #[must_use]
    pub fn trace(&self) -> Option<&'a Arc<Trace>> {
        self.row.trace.map(|trace| &self.tables.traces[trace as usize])
    }
}

impl ListedObject for PackedObject<'_> {
    fn serial(&self) -> u64 {
        self.serial()
    }

    fn class(&self) -> &Arc<str> {
        self.class()
    }

    fn bytes(&self) -> u64 {
        self.bytes()
    }

    fn birth(&self) -> Option<Duration> {
        self.birth()
    }

    fn site(&self) -> Option<&Arc<Site>> {
        self.site()
    }

    fn trace(&self) -> Option<&Arc<Trace>> {
        self.trace()
    }
}

impl fmt::Debug for PackedObject<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = f.debug_struct("PackedObject");
        text.field("serial", &self.row.serial).field("class", self.class()).field("bytes", &self.row.bytes);
        text.finish_non_exhaustive()
    }
}
